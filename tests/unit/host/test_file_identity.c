/* SPDX-License-Identifier: MIT */
/* One file and two, by names of one file system and through an overlay. */
#include <fcntl.h>

#include "base/cleanup.h"
#include "host/file_identity.h"
#include "test.h"
#include "unit/host/fake_tree.h"

static struct fake_tree tree;
static const char *overlay; /* mounted; NULL: not */
static char merged[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	overlay = NULL;
	fake_file(&tree, "lower/low", "low");
	fake_file(&tree, "lower/moved", "moved");
	fake_file(&tree, "upper/up", "up");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (overlay && umount(overlay) < 0)
		abort();
	fake_tree_close(&tree, NULL);
	return 0;
}

static void need_overlay(void)
{
	char lower[PATH_MAX], upper[PATH_MAX], work[PATH_MAX], options[4 * PATH_MAX];

	fake_tree_path(&tree, "lower/", lower);
	fake_tree_path(&tree, "upper/", upper);
	fake_tree_path(&tree, "work/", work);
	fake_tree_path(&tree, "merged/", merged);
	snprintf(
		options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work);
	need_mount(enter_private_mounts() && mount("overlay", merged, "overlay", 0, options) == 0);
	overlay = merged;
}

static enum file_likeness compare(const char *one, const char *other)
{
	char path[PATH_MAX];
	AUTO_CLOSE int a = -1;
	AUTO_CLOSE int b = -1;

	fake_tree_path(&tree, one, path);
	a = open(path, O_PATH | O_CLOEXEC);
	fake_tree_path(&tree, other, path);
	b = open(path, O_PATH | O_CLOEXEC);
	assert_true(a >= 0 && b >= 0);
	return file_compare(a, b);
}

TEST_FIXTURE(set_up, tear_down);

TEST(names_of_one_file_system_are_told_apart_by_inode)
{
	char path[PATH_MAX], other[PATH_MAX];

	fake_tree_path(&tree, "lower/low", path);
	fake_tree_path(&tree, "lower/hard", other);
	assert_int_equal(link(path, other), 0);
	fake_link(&tree, "lower/soft", path);
	assert_int_equal(compare("lower/low", "lower/low"), FILE_IS_SAME);
	assert_int_equal(compare("lower/low", "lower/hard"), FILE_IS_SAME);
	assert_int_equal(compare("lower/soft", "lower/hard"), FILE_IS_SAME);
	assert_int_equal(compare("lower/low", "upper/up"), FILE_IS_OTHER);
}

TEST(a_file_seen_through_an_overlay_may_be_the_same)
{
	need_overlay();
	assert_int_equal(compare("upper/up", "merged/up"), FILE_MAY_BE_SAME);
	assert_int_equal(compare("merged/up", "upper/up"), FILE_MAY_BE_SAME);
	assert_int_equal(compare("merged/low", "lower/low"), FILE_MAY_BE_SAME);
	assert_int_equal(compare("merged/up", "merged/up"), FILE_IS_SAME);
	/* Copied up, with the lower one's inode number: but it is the upper one. */
	fake_file(&tree, "merged/moved", "written through the overlay");
	assert_int_equal(compare("merged/moved", "upper/moved"), FILE_MAY_BE_SAME);
	assert_int_equal(compare("merged/moved", "lower/moved"), FILE_IS_OTHER);
}

TEST(another_file_of_an_overlay_is_another)
{
	need_overlay();
	fake_file(&tree, "merged/new", "new");
	assert_int_equal(compare("merged/new", "upper/up"), FILE_IS_OTHER);
	assert_int_equal(compare("merged/new", "lower/low"), FILE_IS_OTHER);
	assert_int_equal(compare("merged/new", "merged/up"), FILE_IS_OTHER);
}

TEST_MAIN(NULL, NULL);
