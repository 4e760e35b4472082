/* SPDX-License-Identifier: MIT */
/* Facts about files and their file systems, of files made for the test. */
#include <fcntl.h>

#include "test.h"
#include "unit/host/fact_check.h"
#include "unit/host/fake_tree.h"

static struct fake_tree tree;
static struct arena arena;
static struct fact_list list;

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	list = (struct fact_list){.arena = &arena};
	return 0;
}

static int tear_down(void **state)
{
	fake_tree_close(&tree, *state);
	*state = NULL;
	arena_free(&arena);
	return 0;
}

static struct fact_target target_at(const char *name)
{
	char path[PATH_MAX];

	fake_tree_path(&tree, name, path);
	return (struct fact_target){
		.path = arena_strdup(&arena, path),
		.file_system = "ext4",
	};
}

static const char *key(const char *path, const char *fact)
{
	return arena_printf(&arena, "file.%s.%s", path, fact);
}

TEST_FIXTURE(set_up, tear_down);

TEST(holes_show_as_what_is_not_allocated)
{
	struct fact_target targets[] = {target_at("whole"), target_at("sparse")};
	char data[64 << 10];

	memset(data, 'x', sizeof(data));
	fake_file_bytes(&tree, "whole", data, sizeof(data));
	fake_file_bytes(&tree, "sparse", data, sizeof(data));
	assert_int_equal(truncate(targets[1].path, 4 * sizeof(data)), 0);
	for (int i = 0; i < 2; i++) {
		int descriptor = open(targets[i].path, O_RDONLY | O_CLOEXEC);

		assert_int_equal(fsync(descriptor), 0);
		close(descriptor);
	}
	fact_read_files(&list, targets, 2);
	assert_fact(&list, FACT_SOFT, key(targets[0].path, "bytes"), "65536");
	assert_fact(&list, FACT_SOFT, key(targets[0].path, "allocated_percent"), "100");
	assert_fact(&list, FACT_SOFT, key(targets[1].path, "bytes"), "262144");
	assert_fact(&list, FACT_SOFT, key(targets[1].path, "allocated_percent"), "25");
	assert_fact(&list, FACT_SOFT, key(targets[1].path, "attributes"), "none");
}

TEST(extents_are_counted_where_the_file_system_tells)
{
	struct fact_target target = target_at("two");
	const struct setting *fact;
	int descriptor = open(target.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char data[8 << 10] = "x";

	assert_int_equal(pwrite(descriptor, data, sizeof(data), 0), sizeof(data));
	assert_int_equal(pwrite(descriptor, data, sizeof(data), 1 << 20), sizeof(data));
	assert_int_equal(fsync(descriptor), 0);
	close(descriptor);
	fact_read_files(&list, &target, 1);
	fact = find_fact(&list, FACT_SOFT, key(target.path, "extents"));
	assert_non_null(fact);
	if (!fact->value) {
		print_message("skipped: no FIEMAP in this file system\n");
		skip();
	}
	assert_string_equal(fact->value, "2");
}

TEST(file_system_is_described_once_and_hard)
{
	struct fact_target targets[] = {target_at("a"), target_at("b"), target_at("a")};

	need_mount(fake_tree_mount_on(&tree, "of-the-test", "tmpfs", MS_NOATIME, "size=1m"));
	*state = tree.folder;
	fake_file(&tree, "a", "x");
	for (int i = 0; i < 3; i++)
		targets[i].file_system = "tmpfs";
	fact_read_files(&list, targets, 3);
	assert_fact(&list, FACT_HARD, arena_printf(&arena, "mount.%s.type", tree.folder), "tmpfs");
	assert_fact(&list, FACT_SOFT, arena_printf(&arena, "mount.%s.source", tree.folder),
		"of-the-test");
	assert_non_null(strstr(
		find_fact(&list, FACT_SOFT, arena_printf(&arena, "mount.%s.options", tree.folder))
			->value,
		"noatime"));
	assert_non_null(find_fact(
		&list, FACT_SOFT, arena_printf(&arena, "now.mount.%s.free_percent", tree.folder))
				->value);
	/* "b" is not there. */
	assert_fact(&list, FACT_SOFT, key(targets[0].path, "bytes"), "1");
	assert_null(find_fact(&list, FACT_SOFT, key(targets[1].path, "bytes")));
}

TEST(file_that_is_gone_is_looked_for_by_its_folder)
{
	struct fact_target target = {.path = "/proc/ringside-gone", .file_system = "proc"};

	fact_read_files(&list, &target, 1);
	assert_fact(&list, FACT_HARD, "mount./proc.type", "proc");
	assert_int_equal(list.tiers[FACT_HARD].count, 1);
}

TEST(file_systems_of_one_type_on_two_devices_are_two)
{
	struct fact_target targets[] = {
		{.path = "/proc/version", .file_system = "xfs", .block_device = 1},
		{.path = "/sys/kernel", .file_system = "xfs", .block_device = 2},
	};

	fact_read_files(&list, targets, 2);
	assert_fact(&list, FACT_HARD, "mount./proc.type", "xfs");
	assert_fact(&list, FACT_HARD, "mount./sys.type", "xfs");
}

TEST(devices_and_what_has_no_file_system_are_left_out)
{
	struct fact_target target = {.path = "/dev/null"};

	fact_read_files(&list, &target, 1);
	assert_int_equal(list.tiers[FACT_HARD].count + list.tiers[FACT_SOFT].count, 0);
}

TEST(of_many_files_some_are_described)
{
	enum { FILES = 40 };
	struct fact_target targets[FILES];
	size_t described = 0;

	for (int i = 0; i < FILES; i++) {
		const char *name = arena_printf(&arena, "file%d", i);

		fake_file(&tree, name, "x");
		targets[i] = target_at(name);
	}
	fact_read_files(&list, targets, FILES);
	for (int i = 0; i < FILES; i++)
		described += find_fact(&list, FACT_SOFT, key(targets[i].path, "bytes")) != NULL;
	assert_int_equal(described, 8);
}

TEST_MAIN(NULL, NULL);
