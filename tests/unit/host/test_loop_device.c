/* SPDX-License-Identifier: MIT */
/* Which loop devices stand on a file, by whatever name it is known. */
#include <fcntl.h>
#include <sys/sysmacros.h>

#include "host/device_use.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

enum { MEBIBYTE = 1 << 20 };

static struct loop_device loop, upper;
static struct arena arena;

static int tear_down(void **state)
{
	(void)state;
	loop_device_detach(&upper);
	if (loop.file[0])
		loop_device_close(&loop);
	loop.file[0] = '\0';
	arena_free(&arena);
	return 0;
}

static size_t devices_on(const char *path, struct loop_device_name **loops)
{
	int descriptor = open(path, O_PATH | O_CLOEXEC);
	struct stat status;
	size_t count;

	assert_true(descriptor >= 0);
	assert_int_equal(fstat(descriptor, &status), 0);
	if (S_ISBLK(status.st_mode))
		count = loop_devices_on_device(status.st_rdev, loops, &arena);
	else
		count = loop_devices_on_file(descriptor, path, loops, &arena);
	close(descriptor);
	return count;
}

static void assert_one_device_on(const char *path, const struct loop_device *expected)
{
	struct loop_device_name *loops;

	assert_int_equal(devices_on(path, &loops), 1);
	assert_string_equal(loops[0].name, expected->path + strlen("/dev/"));
	assert_true(loops[0].number == expected->number);
}

TEST_FIXTURE(NULL, tear_down);

TEST(a_file_is_known_by_all_its_names)
{
	struct loop_device_name *loops;
	char hard[80], soft[80];

	if (!loop_device_open(&loop, MEBIBYTE))
		SKIP_WITHOUT_LOOP_DEVICES();
	snprintf(hard, sizeof(hard), "%s-hard", loop.file);
	snprintf(soft, sizeof(soft), "%s-soft", loop.file);
	assert_int_equal(link(loop.file, hard), 0);
	assert_int_equal(symlink(loop.file, soft), 0);
	assert_one_device_on(loop.file, &loop);
	assert_one_device_on(hard, &loop);
	assert_one_device_on(soft, &loop);
	/* sysfs now names a file that is gone: the driver still knows which one it was. */
	unlink(loop.file);
	assert_one_device_on(hard, &loop);
	loop_device_detach(&loop);
	assert_int_equal(devices_on(hard, &loops), 0);
	unlink(hard);
	unlink(soft);
}

TEST(a_device_on_a_device_does_not_stand_on_its_file)
{
	if (!loop_device_open(&loop, MEBIBYTE) || !loop_device_attach(&upper, loop.path))
		SKIP_WITHOUT_LOOP_DEVICES();
	assert_one_device_on(loop.path, &upper);
	assert_one_device_on(loop.file, &loop);
}

TEST(two_devices_on_one_file_are_both_found)
{
	struct loop_device_name *loops;

	if (!loop_device_open(&loop, MEBIBYTE) || !loop_device_attach(&upper, loop.file))
		SKIP_WITHOUT_LOOP_DEVICES();
	assert_int_equal(devices_on(loop.file, &loops), 2);
	assert_true(loops[0].number + loops[1].number == loop.number + upper.number);
}

/* As a test that failed may leave it: its message must not wait for ever. */
TEST(a_device_that_is_still_open_is_not_waited_for_without_end)
{
	int holder;

	if (!loop_device_open(&loop, MEBIBYTE))
		SKIP_WITHOUT_LOOP_DEVICES();
	holder = open(loop.path, O_RDONLY | O_CLOEXEC);
	assert_true(holder >= 0);
	wait_limit_ns = 50 * NS_PER_MS;
	loop_device_detach(&loop);
	wait_limit_ns = 10 * NS_PER_S;
	close(holder);
}

/* As for a user who may not open /dev/loopN. */
TEST(the_name_in_sysfs_is_enough)
{
	struct loop_device_name *loops;
	struct fake_tree sys;
	char path[PATH_MAX];
	size_t count = 0;
	bool is_mounted;

	fake_tree_open(&sys);
	fake_file(&sys, "disk image", "");
	fake_tree_path(&sys, "disk image", path);
	fake_file(&sys, "block/loop9998/loop/backing_file", path);
	fake_file(&sys, "block/loop9998/dev", "7:9998\n");
	fake_file(&sys, "block/loop9997/dev", "7:9997\n"); /* not attached */
	fake_file(&sys, "block/loop9999/loop/backing_file", "/nowhere (deleted)\n");
	is_mounted = fake_tree_mount(&sys, "/sys");
	if (is_mounted)
		count = devices_on(path, &loops);
	fake_tree_close(&sys, is_mounted ? "/sys" : NULL);
	need_mount(is_mounted);
	assert_int_equal(count, 1);
	assert_string_equal(loops[0].name, "loop9998");
	assert_true(loops[0].number == makedev(7, 9998));
}

TEST_MAIN(NULL, NULL);
