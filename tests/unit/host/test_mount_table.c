/* SPDX-License-Identifier: MIT */
/* The mount table of a namespace that the test makes its own. */
#include "host/mount_table.h"
#include "test.h"
#include "unit/host/fake_tree.h"

static struct arena arena;
static struct mount_table table;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, free_arena);

TEST(proc_is_found_by_any_path_below_it)
{
	const struct mount_point *point;

	assert_int_equal(mount_table_read(&table, &arena), 0);
	assert_true(table.count > 0);
	point = mount_table_find(&table, "/proc/self/status");
	assert_non_null(point);
	assert_string_equal(point->type, "proc");
	assert_string_equal(point->folder, "/proc");
	assert_true(point->source_device == 0);
	assert_null(mount_table_find(&table, "/nowhere/at/all"));
}

TEST(names_with_blanks_and_options_are_read_back)
{
	struct fake_tree tree;
	char folder[PATH_MAX], path[PATH_MAX];
	const struct mount_point *point;
	bool is_mounted;

	fake_tree_open(&tree);
	fake_file(&tree, "a b\\c/file", "x");
	fake_tree_path(&tree, "a b\\c", folder);
	is_mounted = enter_private_mounts() &&
		     mount("some source", folder, "tmpfs", MS_NOATIME, "size=64k") == 0;
	if (!is_mounted)
		fake_tree_close(&tree, NULL);
	need_mount(is_mounted);
	fake_file(&tree, "a b\\c/file", "x");
	fake_tree_path(&tree, "a b\\c/file", path);
	assert_int_equal(mount_table_read(&table, &arena), 0);
	point = mount_table_find(&table, path);
	assert_non_null(point);
	assert_string_equal(point->folder, folder);
	assert_string_equal(point->type, "tmpfs");
	assert_string_equal(point->source, "some source");
	assert_non_null(strstr(point->options, "noatime"));
	assert_non_null(strstr(point->options, "size=64k"));
	assert_int_equal(umount(folder), 0);
	fake_tree_close(&tree, NULL);
}

TEST_MAIN(NULL, NULL);
