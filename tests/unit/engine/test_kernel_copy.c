/* SPDX-License-Identifier: MIT */
/* What is its own of the engines that copy inside the kernel; test_blocking_composite has the rest.
 */
#include <stdarg.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include "test.h"
#include "unit/engine/rig.h"

/* In place of libc's: of a copy the kernel does so many bytes in one call. */
static size_t most_bytes = SIZE_MAX;

long syscall(long number, ...)
{
	va_list list;
	long a[6];

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_sendfile)
		return sendfile((int)a[0], (int)a[1], (off_t *)a[2],
			(size_t)a[3] < most_bytes ? (size_t)a[3] : most_bytes);
	assert_int_equal(number, SYS_copy_file_range);
	return copy_file_range((int)a[0], (off64_t *)a[1], (int)a[2], (off64_t *)a[3],
		(size_t)a[4] < most_bytes ? (size_t)a[4] : most_bytes, 0);
}

enum { PAIR = 2, FILE_BLOCKS = 4 };

struct pair {
	struct rig rig;
	struct target targets[PAIR];
};

static void open_pair(struct pair *pair, const char *engine)
{
	*pair = (struct pair){0};
	for (unsigned i = 0; i < PAIR; i++) {
		char path[] = "/var/tmp/ringside-engine-XXXXXX";
		int descriptor = mkstemp(path);

		assert_true(descriptor >= 0);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(ftruncate(descriptor, FILE_BLOCKS * RIG_BLOCK_BYTES), 0);
		pair->targets[i] = (struct target){.kind = TARGET_FILE, .descriptor = descriptor};
	}
	pair->rig.targets = pair->targets;
	pair->rig.target_count = PAIR;
	if (rig_open(&pair->rig, engine, "", 1, 1, IO_BIT(IO_COPY) | IO_BIT(IO_DATASYNC)) < 0)
		fail_msg("%s: %s", engine, pair->rig.report.problem);
}

static void copy(struct pair *pair, unsigned block)
{
	assert_int_equal(rig_run_one(&pair->rig, IO_COPY, (uint64_t)block * RIG_BLOCK_BYTES,
				 RIG_BLOCK_BYTES),
		RIG_BLOCK_BYTES);
}

/* The proof of copies of these blocks, and a sync. */
static void expect_calls(const char *engine, const char *expected)
{
	static const unsigned blocks[] = {0, 1, 2, 0, 3};
	struct pair pair;

	open_pair(&pair, engine);
	for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		copy(&pair, blocks[i]);
	assert_int_equal(rig_run_one(&pair.rig, IO_DATASYNC, 0, 0), 0);
	pair.rig.class->prove(pair.rig.engine, &pair.rig.report);
	assert_string_equal(rig_setting(pair.rig.report.proof, "calls"), expected);
	for (unsigned i = 0; i < PAIR; i++)
		close(pair.targets[i].descriptor);
	rig_close(&pair.rig);
}

TEST(sendfile_seeks_where_it_stands_elsewhere)
{
	expect_calls("sendfile", "sendfile 5, lseek 3, fdatasync 1");
}

TEST(copy_file_range_needs_no_position)
{
	expect_calls("copy_file_range", "copy_file_range 5, fdatasync 1");
}

/* 4 KiB by calls of 1,500 bytes. */
TEST(what_the_kernel_left_is_copied_by_more_calls)
{
	most_bytes = 1500;
	expect_calls("sendfile", "sendfile 5, after a short one 10, lseek 3, fdatasync 1");
	expect_calls("copy_file_range", "copy_file_range 5, after a short one 10, fdatasync 1");
	most_bytes = SIZE_MAX;
}

TEST_MAIN(NULL, NULL);
