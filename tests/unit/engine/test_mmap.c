/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "engine/mmap.h"
#include "test.h"
#include "unit/engine/rig.h"

enum { READS_AND_WRITES = IO_BIT(IO_READ) | IO_BIT(IO_WRITE) };

static void open_file(struct rig *rig, const char *settings, off_t bytes)
{
	char path[64];

	*rig = (struct rig){.target = {.kind = TARGET_FILE}};
	rig->target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(ftruncate(rig->target.descriptor, bytes), 0);
	assert_int_equal(rig_open(rig, "mmap", settings, 1, 1, READS_AND_WRITES), 0);
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

TEST(a_file_is_mapped_once_before_the_start)
{
	struct rig rig;

	open_file(&rig, "madvise=random thp=1 populate=1", 65536);
	assert_string_equal(rig_setting(rig.report.effective, "madvise"), "random");
	assert_string_equal(rig_setting(rig.report.effective, "populate"), "1");
	assert_int_equal(rig.engine->syscalls, 1); /* In open: the worker counts from its window. */
	for (uint64_t offset = 0; offset < 65536; offset += 4096)
		assert_int_equal(rig_run_one(&rig, IO_READ, offset, 4096), 4096);
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 4096, 4096), 4096);
	assert_int_equal(rig.engine->syscalls, 1);
	assert_int_equal(rig_run_one(&rig, IO_SYNC, 0, 0), 0);
	assert_int_equal(rig.engine->syscalls, 2);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "calls"),
		"copy from the mapping 16, copy to the mapping 1, msync 1, mmap 1");
	assert_non_null(strstr(rig_setting(rig.report.proof, "page_faults"), "minor "));
	close_target(&rig);
}

enum { FAR_APART = 128 << 10 }; /* farther than the pages that one fault maps along */

/* Page faults of reads of 16 blocks, far from each other. */
static long faults_of_reads(const char *settings)
{
	struct rusage before, after;
	struct rig rig;

	open_file(&rig, settings, 17 * FAR_APART);
	/* What the first I/O alone needs: the buffer, code. */
	assert_int_equal(rig_run_one(&rig, IO_READ, 16 * FAR_APART, 4096), 4096);
	assert_int_equal(getrusage(RUSAGE_THREAD, &before), 0);
	for (int i = 0; i < 16; i++)
		assert_int_equal(rig_run_one(&rig, IO_READ, (uint64_t)i * FAR_APART, 4096), 4096);
	assert_int_equal(getrusage(RUSAGE_THREAD, &after), 0);
	close_target(&rig);
	return after.ru_minflt + after.ru_majflt - before.ru_minflt - before.ru_majflt;
}

TEST(what_is_populated_causes_no_faults)
{
	assert_in_range(faults_of_reads(""), 16, 64);
	/* Fewer than one a read: a sanitizer's shadow has some of its own. */
	assert_in_range(faults_of_reads("populate=1"), 0, 15);
}

TEST(a_mapping_follows_a_file_that_grew)
{
	struct rig rig;

	open_file(&rig, "", 4096);
	assert_int_equal(rig_run_one(&rig, IO_READ, 4096, 4096), 0);
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 4096, 4096), -EFBIG);
	assert_int_equal(ftruncate(rig.target.descriptor, 8192), 0);
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 4096, 4096), 4096);
	assert_int_equal(rig_run_one(&rig, IO_READ, 4096, 4096), 4096);
	close_target(&rig);
}

TEST(an_empty_file_has_nothing_to_map)
{
	struct rig rig;

	open_file(&rig, "", 0);
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 4096), 0);
	assert_int_equal(rig_run_one(&rig, IO_SYNC, 0, 0), 0);
	close_target(&rig);
}

TEST(a_file_that_shrank_is_an_error_not_a_crash)
{
	struct rig rig;

	open_file(&rig, "", 8192);
	assert_int_equal(ftruncate(rig.target.descriptor, 4096), 0);
	assert_int_equal(rig_run_one(&rig, IO_READ, 4096, 4096), -EIO);
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 4096, 4096), -EIO);
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 4096), 4096);
	close_target(&rig);
}

TEST(what_has_no_end_is_mapped_in_windows)
{
	struct rig rig = {.target = {.kind = TARGET_CHARACTER, .bytes = UINT64_MAX}};

	rig.target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(&rig, "mmap", "", 1, 1, IO_BIT(IO_READ)), 0);
	for (uint64_t gigabytes = 0; gigabytes < 8; gigabytes++)
		assert_int_equal(rig_run_one(&rig, IO_READ, gigabytes << 30, 512), 512);
	/* The last bytes of one window's I/Os lie in the next. */
	assert_int_equal(rig_run_one(&rig, IO_READ, (8ull << 30) - 256, 512), 512);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(
		rig_setting(rig.report.proof, "calls"), "copy from the mapping 9, mmap 5");
	close_target(&rig);
}

TEST(direct_is_refused)
{
	struct rig rig = {.target = {.kind = TARGET_FILE, .is_direct = true, .descriptor = -1}};

	assert_int_equal(rig_open(&rig, "mmap", "", 1, 1, IO_BIT(IO_READ)), -EINVAL);
	assert_non_null(strstr(rig.report.problem, "page cache"));
	rig_close(&rig);
}

TEST(what_cannot_be_mapped_is_told_at_open)
{
	struct rig rig = {.target = {.kind = TARGET_PIPE, .path = "a pipe", .bytes = UINT64_MAX}};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	assert_int_equal(rig_open(&rig, "mmap", "", 1, 1, IO_BIT(IO_READ)), -ENODEV);
	assert_non_null(strstr(rig.report.problem, "a pipe cannot be mapped: a pipe"));
	assert_non_null(strstr(rig.report.hint, "epoll"));
	close(ends[0]);
	close(ends[1]);
	rig_close(&rig);
}

/* Two pages of a file that then loses the second. */
static char *map_truncated(void)
{
	char path[64];
	int file = rig_temporary_file(path);
	char *memory;

	unlink(path);
	assert_int_equal(ftruncate(file, 8192), 0);
	memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	assert_true(memory != MAP_FAILED);
	assert_int_equal(ftruncate(file, 4096), 0);
	close(file);
	return memory;
}

TEST(a_page_that_is_gone_is_a_result)
{
	char *memory;
	char buffer[4096];

	memory = map_truncated();
	mmap_guard_install();
	for (int round = 0; round < 3; round++) { /* The signal must not stay blocked. */
		memset(buffer, 'x', sizeof(buffer));
		assert_true(mmap_guarded_copy(buffer, memory, 4096));
		rig_check_zero(buffer, 4096);
		assert_false(mmap_guarded_copy(buffer, memory + 4096, 4096));
		assert_false(mmap_guarded_copy(memory + 4096, buffer, 4096));
	}
	munmap(memory, 8192);
}

TEST(other_faults_go_where_they_went)
{
	volatile char *memory = map_truncated();
	pid_t child;
	int status;

	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit no_core = {0, 0};

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGBUS, SIG_DFL); /* Not a sanitizer's. */
		mmap_guard_install();
		memory[4096] = 'x';
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
	munmap((void *)memory, 8192);
}

TEST_MAIN(NULL, NULL);
