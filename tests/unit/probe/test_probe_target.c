/* SPDX-License-Identifier: MIT */
/* Trial reads on files, character devices and a loop device. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "probe/probe.h"
#include "test.h"
#include "unit/host/loop_device.h"

enum { BLOCK_BYTES = 4096 };

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void make_file(char path[64], const char *folder, size_t bytes)
{
	int descriptor;

	snprintf(path, 64, "%s/ringside-probe-XXXXXX", folder);
	descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(ftruncate(descriptor, (off_t)bytes), 0);
	close(descriptor);
}

static struct target inspect(const char *path)
{
	struct target target;
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(target_inspect(path, &target, &arena, &diag, NULL), 0);
	return target;
}

static const struct ability *answer(const struct ability_list *list, const char *name)
{
	const struct ability *ability = ability_find(list, name);

	if (!ability)
		fail_msg("no answer about %s", name);
	return ability;
}

static int readable(const char *path, const char **reason, const char **cure)
{
	struct target target = inspect(path);

	return probe_target_readable(&target, reason, cure, &arena);
}

TEST_FIXTURE(NULL, free_arena);

TEST(only_what_is_harmless_is_read)
{
	const char *reason, *cure;
	char path[64];

	assert_int_equal(readable("/dev/zero", &reason, &cure), 0);
	assert_null(reason);
	assert_int_equal(readable("/dev/null", &reason, &cure), 0);
	assert_int_equal(readable("/dev/tty", &reason, &cure), -EPERM);
	assert_non_null(strstr(reason, "not opened"));
	make_file(path, "/var/tmp", 0);
	assert_int_equal(readable(path, &reason, &cure), -ENODATA);
	assert_non_null(strstr(cure, path));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(readable(path, &reason, &cure), -ESPIPE); /* A read would wait forever. */
	unlink(path);
	/* The minor of /dev/zero, but of another driver: a virtual console. */
	if (geteuid() == 0 && mknod(path, S_IFCHR | 0600, makedev(4, 5)) == 0) {
		assert_int_equal(readable(path, &reason, &cure), -EPERM);
		unlink(path);
	}
}

TEST(a_file_that_may_not_be_read_is_explained)
{
	const char *reason, *cure;
	char path[64];
	int error;

	if (geteuid() != 0) {
		print_message("skipped: needs root to become another user\n");
		skip();
	}
	make_file(path, "/var/tmp", BLOCK_BYTES);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(seteuid(65534), 0);
	error = readable(path, &reason, &cure);
	assert_int_equal(seteuid(0), 0);
	unlink(path);
	assert_int_equal(error, -EACCES);
	assert_non_null(strstr(reason, "EACCES"));
	assert_non_null(strstr(cure, "root"));
}

TEST(zero_answers_what_it_can)
{
	struct target target = inspect("/dev/zero");
	struct ability_list list = {0};

	probe_target_read(&target, NULL, true, &list, &arena);
	assert_int_equal(answer(&list, "O_DIRECT")->answer, ABILITY_NO);
	assert_non_null(strstr(answer(&list, "O_DIRECT")->reason, "EINVAL"));
	assert_int_equal(answer(&list, "RWF_NOWAIT, buffered")->answer, ABILITY_YES);
	assert_null(ability_find(&list, "RWF_ATOMIC"));
}

TEST(a_file_in_memory_cannot_do_what_disks_do)
{
	struct ability_list list = {0};
	struct target target;
	char path[64];

	make_file(path, "/dev/shm", BLOCK_BYTES);
	target = inspect(path);
	probe_target_read(&target, NULL, true, &list, &arena);
	unlink(path);
	assert_string_equal(target.file_system, "tmpfs");
	assert_int_equal(answer(&list, "RWF_DONTCACHE")->answer, ABILITY_NO);
	assert_int_equal(answer(&list, "RWF_ATOMIC")->answer, ABILITY_NO);
	for (const struct ability *a = list.first; a; a = a->next)
		assert_true(a->answer == ABILITY_YES || a->reason);
}

TEST(what_may_not_be_read_is_only_asked)
{
	struct ability_list list = {0};
	struct target target;
	char path[64];

	make_file(path, "/var/tmp", BLOCK_BYTES);
	target = inspect(path);
	target.offset_align = 4096;
	target.memory_align = 4;
	probe_target_read(&target, NULL, false, &list, &arena);
	unlink(path);
	assert_int_equal(answer(&list, "O_DIRECT")->answer, ABILITY_UNKNOWN);
	assert_string_equal(answer(&list, "O_DIRECT")->value,
		"offset and length multiples of 4096, memory of 4");
	assert_null(ability_find(&list, "RWF_NOWAIT, buffered"));
	assert_null(ability_find(&list, "polled I/O"));
}

/* A loop device has no poll queues; whoever says that it has is not believed by the trial. */
TEST(a_loop_device_cannot_be_polled)
{
	struct block_queue queue = {
		.disk = "loop0",
		.driver = "loop",
		.io_poll = 0,
		.poll_queues = BLOCK_QUEUE_UNKNOWN,
	};
	struct ability_list list = {0};
	struct loop_device loop;
	struct target target;

	if (!loop_device_open(&loop, 1 << 20)) {
		loop_device_close(&loop);
		SKIP_WITHOUT_LOOP_DEVICES();
	}
	target = inspect(loop.path);
	probe_target_read(&target, &queue, true, &list, &arena);
	loop_device_close(&loop);
	assert_int_equal(answer(&list, "O_DIRECT")->answer, ABILITY_YES);
	if (answer(&list, "polled I/O")->answer != ABILITY_UNKNOWN) {
		assert_int_equal(answer(&list, "polled I/O")->answer, ABILITY_NO);
		assert_non_null(strstr(answer(&list, "polled I/O")->reason, "queue"));
	}
	assert_int_equal(answer(&list, "RWF_NOWAIT, direct")->answer, ABILITY_YES);
}

TEST_MAIN(NULL, NULL);
