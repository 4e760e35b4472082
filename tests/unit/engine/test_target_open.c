/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* How targets are opened: flags the kernel really has, exclusive claims, the page cache. */
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>

#include "engine/target_open.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

static struct fake_tree tree;
static char path[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	fake_file(&tree, "data", "some data");
	fake_tree_path(&tree, "data", path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_tree_close(&tree, NULL);
	return 0;
}

static struct target a_file(void)
{
	return (struct target){.path = path, .kind = TARGET_FILE, .descriptor = -1};
}

static int status_flags(const struct target *target)
{
	return fcntl(target->descriptor, F_GETFL);
}

TEST_FIXTURE(set_up, tear_down);

/* Whoever opens it: nobody makes it shorter, and who only reads leaves it. */
TEST(writer_gets_a_file_of_the_least_length)
{
	struct target target = a_file();
	static const struct {
		uint64_t least;
		unsigned flags;
		off_t bytes;
	} steps[] = {{100, TARGET_READS, 9}, {0, TARGET_WRITES, 9}, {100, TARGET_WRITES, 100},
		{50, TARGET_WRITES, 100}, {200, TARGET_WRITES | TARGET_READS, 200}};
	struct stat status;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		target.least_bytes = steps[i].least;
		assert_int_equal(target_open(&target, steps[i].flags), 0);
		target_close(&target);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_size, steps[i].bytes);
	}
}

TEST(reader_gets_a_read_only_descriptor)
{
	struct target target = a_file();

	assert_int_equal(target_open(&target, TARGET_READS), 0);
	assert_int_equal(status_flags(&target) & (O_ACCMODE | O_DIRECT | O_SYNC), O_RDONLY);
	assert_int_equal(status_flags(&target) & O_NOATIME, O_NOATIME);
	assert_int_equal(fcntl(target.descriptor, F_GETFD), FD_CLOEXEC);
	assert_false(target.is_direct);
	target_close(&target);
	assert_int_equal(target.descriptor, -1);
	target_close(&target);
}

TEST(writer_gets_what_the_flags_say)
{
	struct target target = a_file();

	assert_int_equal(target_open(&target, TARGET_WRITES | TARGET_SYNC), 0);
	assert_int_equal(status_flags(&target) & (O_ACCMODE | O_SYNC), O_RDWR | O_SYNC);
	target_close(&target);
	assert_int_equal(target_open(&target, TARGET_WRITES | TARGET_DSYNC), 0);
	assert_int_equal(status_flags(&target) & (O_ACCMODE | O_SYNC), O_RDWR | O_DSYNC);
	target_close(&target);
}

TEST(direct_is_on_where_the_file_system_has_it_and_einval_elsewhere)
{
	struct target target = a_file();
	struct target proc = {.path = "/proc/version", .kind = TARGET_FILE, .descriptor = -1};
	struct target zero = {.path = "/dev/zero", .kind = TARGET_CHARACTER, .descriptor = -1};
	int error = target_open(&target, TARGET_READS | TARGET_DIRECT);

	if (error == 0) {
		assert_int_equal(status_flags(&target) & O_DIRECT, O_DIRECT);
		assert_true(target.is_direct);
	} else {
		assert_int_equal(error, -EINVAL);
	}
	target_close(&target);
	assert_int_equal(target_open(&proc, TARGET_READS | TARGET_DIRECT), -EINVAL);
	assert_int_equal(proc.descriptor, -1);
	assert_int_equal(target_open(&zero, TARGET_READS | TARGET_DIRECT), -EINVAL);
	assert_int_equal(target_open(&zero, TARGET_READS), 0);
	target_close(&zero);
}

TEST(file_is_created_only_when_asked_for)
{
	struct target target = a_file();
	struct stat status;

	assert_int_equal(unlink(path), 0);
	assert_int_equal(target_open(&target, TARGET_WRITES), -ENOENT);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(target_open(&target, TARGET_WRITES | TARGET_CREATE), 0);
	target_close(&target);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
}

/* Of a file somebody else owns the access time cannot be spared: EPERM is not the end. */
TEST(file_of_another_owner_opens_without_noatime)
{
	pid_t child;
	int status;

	if (geteuid() != 0) {
		print_message("skipped: needs root, to be somebody else\n");
		skip();
	}
	assert_int_equal(chmod(tree.folder, 0755), 0);
	assert_int_equal(chmod(path, 0644), 0);
	child = fork();
	if (child == 0) {
		struct target target = a_file();

		if (setresuid(65534, 65534, 65534) < 0 || target_open(&target, TARGET_READS) < 0)
			_exit(1);
		_exit(status_flags(&target) & O_NOATIME ? 2 : 0);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
}

TEST(pipes_open_one_way_and_are_never_direct)
{
	struct target target = {.path = path, .kind = TARGET_PIPE, .descriptor = -1};
	int reader;

	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(target_open(&target, TARGET_WRITES | TARGET_DIRECT), -EINVAL);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(target_open(&target, TARGET_WRITES), 0);
	assert_int_equal(status_flags(&target) & (O_ACCMODE | O_NONBLOCK), O_WRONLY);
	target_close(&target);
	close(reader);
}

TEST(a_socket_is_the_descriptor_that_was_inherited)
{
	struct target target = {.kind = TARGET_PIPE, .descriptor = -1};
	char name[32], byte = 0;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	target.path = name;
	assert_int_equal(target_open(&target, TARGET_READS), 0);
	assert_int_not_equal(target.descriptor, ends[0]);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(read(target.descriptor, &byte, 1), 1);
	assert_int_equal(byte, 'x');
	target_close(&target);
	assert_int_equal(write(ends[1], "y", 1), 1); /* The inherited one is still open. */
	close(ends[0]);
	close(ends[1]);
}

/* Makes a loop device, or skips. */
static struct loop_device need_loop_device(void **state)
{
	static struct loop_device loop;

	*state = &loop;
	if (!loop_device_open(&loop, 1 << 20))
		SKIP_WITHOUT_LOOP_DEVICES();
	return loop;
}

static int drop_loop_device(void **state)
{
	if (*state)
		loop_device_close(*state);
	*state = NULL;
	return 0;
}

static struct target a_device(const struct loop_device *loop)
{
	return (struct target){
		.path = loop->path,
		.claim_path = loop->path,
		.kind = TARGET_BLOCK,
		.device = loop->number,
		.descriptor = -1,
	};
}

static bool is_free(const char *device)
{
	int descriptor = open(device, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (descriptor >= 0)
		close(descriptor);
	return descriptor >= 0;
}

TEST_FIXTURE(NULL, drop_loop_device);

TEST(written_device_is_held_until_the_last_worker_closes_it)
{
	struct loop_device loop = need_loop_device(state);
	struct target first = a_device(&loop), second = a_device(&loop), reader = a_device(&loop);

	assert_int_equal(target_open(&reader, TARGET_READS), 0);
	assert_true(is_free(loop.path));
	assert_int_equal(target_open(&first, TARGET_WRITES), 0);
	assert_int_equal(target_open(&second, TARGET_READS | TARGET_WRITES), 0);
	assert_false(is_free(loop.path));
	target_close(&first);
	target_close(&first);
	assert_false(is_free(loop.path));
	target_close(&second);
	assert_true(is_free(loop.path));
	target_close(&reader);
}

TEST(device_that_somebody_holds_is_busy_for_writers_only)
{
	struct loop_device loop = need_loop_device(state);
	struct target target = a_device(&loop);
	int holder = open(loop.path, O_RDONLY | O_EXCL | O_CLOEXEC);

	assert_true(holder >= 0);
	assert_int_equal(target_open(&target, TARGET_WRITES), -EBUSY);
	assert_int_equal(target.descriptor, -1);
	assert_int_equal(target_open(&target, TARGET_READS), 0);
	target_close(&target);
	close(holder);
	assert_int_equal(target_open(&target, TARGET_WRITES), 0);
	target_close(&target);
}

TEST(node_that_became_another_device_is_not_written)
{
	struct loop_device loop = need_loop_device(state);
	struct target target = a_device(&loop);

	target.device = loop.number + 1;
	assert_int_equal(target_open(&target, TARGET_WRITES), -ESTALE);
	assert_true(is_free(loop.path));
}

static bool is_cached(const char *file, size_t bytes)
{
	int descriptor = open(file, O_RDONLY | O_CLOEXEC);
	void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, descriptor, 0);
	unsigned char resident = 0;

	assert_true(map != MAP_FAILED);
	for (size_t page = 0; page < bytes; page += 4096) {
		unsigned char flag;

		assert_int_equal(mincore((char *)map + page, 1, &flag), 0);
		resident |= flag & 1;
	}
	munmap(map, bytes);
	close(descriptor);
	return resident;
}

TEST_FIXTURE(set_up, tear_down);

TEST(invalidate_empties_the_page_cache_of_a_dirty_file)
{
	static char data[1 << 16];
	struct target target = a_file();
	struct statfs status;

	assert_int_equal(statfs(path, &status), 0);
	if (status.f_type == TMPFS_MAGIC) {
		print_message("skipped: a tmpfs is nothing but page cache\n");
		skip();
	}
	fake_file_bytes(&tree, "data", data, sizeof(data));
	assert_true(is_cached(path, sizeof(data)));
	assert_int_equal(target_open(&target, TARGET_READS), 0);
	assert_int_equal(target_invalidate(&target), 0);
	target_close(&target);
	assert_false(is_cached(path, sizeof(data)));
}

TEST_FIXTURE(NULL, drop_loop_device);

TEST(invalidate_empties_the_page_cache_of_a_device)
{
	struct loop_device loop = need_loop_device(state);
	struct target target = a_device(&loop);
	char data[4096];

	assert_int_equal(target_open(&target, TARGET_READS), 0);
	assert_int_equal(read(target.descriptor, data, sizeof(data)), sizeof(data));
	assert_true(is_cached(loop.path, 1 << 16));
	assert_int_equal(target_invalidate(&target), 0);
	assert_false(is_cached(loop.path, 1 << 16));
	target_close(&target);
}

TEST_FIXTURE(set_up, tear_down);

TEST(invalidate_has_nothing_to_do_elsewhere)
{
	struct target zero = {.path = "/dev/zero", .kind = TARGET_CHARACTER, .descriptor = -1};

	assert_int_equal(target_invalidate(&zero), 0);
}

/* What is left of a device after a moment: its backing file, and so its size, is gone. */
static void *shrink_device(void *argument)
{
	const struct loop_device *loop = argument;
	const struct timespec moment = {.tv_nsec = 20000000};
	int descriptor = open(loop->path, O_RDONLY | O_CLOEXEC);
	bool is_done;

	nanosleep(&moment, NULL);
	is_done = truncate(loop->file, 0) == 0 && ioctl(descriptor, LOOP_SET_CAPACITY, 0) == 0;
	close(descriptor);
	return is_done ? argument : NULL;
}

TEST_FIXTURE(NULL, drop_loop_device);

TEST(a_device_is_gone_once_the_kernel_has_taken_it_away)
{
	enum { PATIENCE_MS = 60000 };
	struct loop_device loop = need_loop_device(state);
	struct target target = a_device(&loop);
	struct target file = {.kind = TARGET_FILE, .descriptor = -1};
	pthread_t thread;
	void *done;

	assert_int_equal(target_open(&target, TARGET_READS), 0);
	assert_false(target_is_gone(&target, 0));
	assert_false(target_is_gone(&target, 2));
	assert_int_equal(pthread_create(&thread, NULL, shrink_device, &loop), 0);
	assert_true(target_is_gone(&target, PATIENCE_MS));
	assert_int_equal(pthread_join(thread, &done), 0);
	assert_non_null(done);
	assert_true(target_is_gone(&target, 0));
	target_close(&target);
	assert_false(target_is_gone(&file, PATIENCE_MS));
}

TEST_FIXTURE(set_up, tear_down);

TEST(a_device_without_a_place_in_sysfs_is_gone_to_who_has_patience)
{
	struct target target = {
		.kind = TARGET_BLOCK, .device = makedev(4095, 77), .descriptor = -1};

	assert_false(target_is_gone(&target, 0));
	assert_true(target_is_gone(&target, 1));
}

TEST_MAIN(NULL, NULL);
