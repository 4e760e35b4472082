/* SPDX-License-Identifier: MIT */
/* Files that are swap space or mounted; with loop devices in test_write_guard.c. */
#include <fcntl.h>
#include <sys/swap.h>

#include "host/device_use.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

static struct fake_tree tree;
static const char *swap_file; /* in use; NULL: none is */
static struct arena arena;

static int set_up(void **state)
{
	*state = NULL;
	fake_tree_open(&tree);
	fake_file(&tree, "file", "data");
	return 0;
}

static int tear_down(void **state)
{
	if (swap_file)
		swapoff(swap_file);
	swap_file = NULL;
	fake_tree_close(&tree, *state);
	arena_free(&arena);
	return 0;
}

static const char *path_of(const char *name)
{
	char path[PATH_MAX];

	fake_tree_path(&tree, name, path);
	return arena_strdup(&arena, path);
}

static const char *use_of(const char *path)
{
	struct file_use use;
	int descriptor = open(path, O_PATH | O_CLOEXEC);

	assert_true(descriptor >= 0);
	assert_int_equal(device_use_of_file(descriptor, path, &use, &arena), 0);
	close(descriptor);
	assert_int_equal(use.loop_count, 0);
	return use.reason;
}

TEST_FIXTURE(set_up, tear_down);

TEST(a_file_like_any_other_has_no_use)
{
	assert_null(use_of(path_of("file")));
}

TEST(swap_space_is_a_use_by_any_name)
{
	const char *path = path_of("a b"), *other = path_of("other");

	if (!run_command("dd if=/dev/zero of='%s' bs=64k count=16 status=none && chmod 600 '%s' && "
			 "mkswap -q '%s'",
		    path, path, path) ||
		swapon(path, 0) < 0) {
		print_message("skipped: may not swap to a file here\n");
		skip();
	}
	swap_file = path;
	assert_int_equal(link(path, other), 0);
	assert_string_equal(use_of(path), arena_printf(&arena, "%s is in use as swap space", path));
	assert_string_equal(
		use_of(other), arena_printf(&arena, "%s is in use as swap space", other));
	assert_null(use_of(path_of("file")));
	assert_int_equal(swapoff(path), 0);
	swap_file = NULL;
	assert_null(use_of(path));
}

/* As an erofs image, which a kernel may lack. */
TEST(a_mount_whose_source_is_the_file_is_a_use)
{
	const char *path = path_of("file"), *other = path_of("other");

	assert_int_equal(symlink(path, other), 0);
	fake_file(&tree, "folder/x", "");
	need_mount(enter_private_mounts() && mount(path, path_of("folder"), "tmpfs", 0, NULL) == 0);
	*state = (void *)path_of("folder");
	assert_string_equal(use_of(other),
		arena_printf(&arena, "%s is mounted on %s", other, path_of("folder")));
}

TEST_MAIN(NULL, NULL);
