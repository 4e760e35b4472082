/* SPDX-License-Identifier: MIT */
/* The readers of small files, in a folder made up for the test. */
#include <errno.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "host/sysfs.h"
#include "test.h"
#include "unit/host/fake_tree.h"

static struct fake_tree tree;
static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_tree_close(&tree, NULL);
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(set_up, tear_down);

TEST(texts_numbers_and_devices_are_read_or_missing)
{
	fake_file(&tree, "text", "[none] kyber\n");
	fake_file(&tree, "number", "-12 kB\n");
	fake_file(&tree, "empty", "");
	fake_file(&tree, "dev", "259:7\n");
	assert_string_equal(sysfs_text(&arena, "%s/text", tree.folder), "[none] kyber");
	assert_string_equal(sysfs_text(&arena, "%s/empty", tree.folder), "");
	assert_null(sysfs_text(&arena, "%s/missing", tree.folder));
	assert_int_equal(sysfs_number(&arena, 7, "%s/number", tree.folder), -12);
	assert_int_equal(sysfs_number(&arena, 7, "%s/text", tree.folder), 7);
	assert_int_equal(sysfs_number(&arena, 7, "%s/empty", tree.folder), 7);
	assert_int_equal(sysfs_number(&arena, 7, "%s/missing", tree.folder), 7);
	assert_true(sysfs_device(&arena, "%s/dev", tree.folder) == makedev(259, 7));
	assert_true(sysfs_device(&arena, "%s/number", tree.folder) == 0);
	assert_true(sysfs_device(&arena, "%s/missing", tree.folder) == 0);
	assert_string_equal(sysfs_block_folder(makedev(259, 7), &arena), "/sys/dev/block/259:7");
}

TEST(entries_are_sorted_and_end)
{
	size_t count = 99;
	char **names;

	fake_file(&tree, "folder/sdb", "");
	fake_file(&tree, "folder/sda", "");
	fake_file(&tree, "folder/.hidden", "");
	names = sysfs_entries(&arena, &count, "%s/folder", tree.folder);
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "sda");
	assert_string_equal(names[1], "sdb");
	assert_null(names[2]);
	assert_null(sysfs_entries(&arena, &count, "%s/missing", tree.folder));
	assert_int_equal(count, 0);
}

TEST(a_link_is_followed_whatever_its_shape)
{
	static const char *const targets[] = {
		"../../devices/pci/sda",
		"../../devices/pci/./sda",
		"../../devices/pci/../pci/sda",
		"../block/../../devices/pci/sda",
		"other",
	};
	const char *link = arena_printf(&arena, "%s/dev/block/8:0", tree.folder);

	fake_file(&tree, "devices/pci/sda/dev", "8:0\n");
	fake_link(&tree, "dev/block/other", "../../devices/pci/sda");
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		fake_link(&tree, "dev/block/8:0", targets[i]);
		assert_string_equal(
			sysfs_text(&arena, "%s/dev", sysfs_follow(link, &arena)), "8:0");
		assert_string_equal(text_name_of(sysfs_follow(link, &arena)), "sda");
		assert_int_equal(unlink(link), 0);
	}
	assert_null(sysfs_follow(link, &arena));
	assert_int_equal(errno, ENOENT);
	fake_file(&tree, "dev/block/8:0", "no link");
	assert_string_equal(sysfs_follow(link, &arena), link);
}

TEST(a_folder_above_is_the_nearest_with_the_entry)
{
	const char *deep, *found;

	fake_file(&tree, "a/mark", "");
	fake_file(&tree, "a/b/mark", "");
	fake_file(&tree, "a/b/c/d/other", "");
	deep = arena_printf(&arena, "%s/a/b/c/d", tree.folder);
	found = sysfs_folder_above(deep, "mark", &arena);
	assert_string_equal(found, arena_printf(&arena, "%s/a/b", tree.folder));
	assert_null(sysfs_folder_above(deep, "no-such-entry", &arena));
}

TEST(a_choice_is_what_stands_in_brackets)
{
	assert_string_equal(sysfs_chosen("always [madvise] never", &arena), "madvise");
	assert_string_equal(sysfs_chosen("none", &arena), "none");
	assert_string_equal(sysfs_chosen("[broken", &arena), "[broken");
	assert_null(sysfs_chosen(NULL, &arena));
}

TEST(values_are_found_by_their_whole_key)
{
	static const char text[] = "MemTotalLow:  1 kB\nMemTotal:   24731708 kB\n"
				   "model name\t: Some CPU\npswpin 12\nMemTotal: 2\nempty:\n";

	assert_true(text_starts_with(sysfs_value(text, "MemTotal"), "24731708 kB\n"));
	assert_true(text_starts_with(sysfs_value(text, "model name"), "Some CPU\n"));
	assert_true(text_starts_with(sysfs_value(text, "pswpin"), "12\n"));
	assert_true(text_starts_with(sysfs_value(text, "empty"), "\n"));
	assert_null(sysfs_value(text, "Mem"));
	assert_null(sysfs_value(text, "model"));
	assert_null(sysfs_value(text, "missing"));
	assert_null(sysfs_value(NULL, "MemTotal"));
}

TEST_MAIN(NULL, NULL);
