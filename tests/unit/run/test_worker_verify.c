/* SPDX-License-Identifier: MIT */
/* Whole runs that verify, on files: no false alarm, and what was planted is found. */
/* covers: src/run/collect_verify.c */
/* covers: src/run/verify_pool.c */
/* covers: src/run/verify_states.c */
/* flavours: address thread */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "test.h"
#include "unit/run/run_rig.h"

static const struct result_verify *verified(unsigned index)
{
	assert_true(index < result.job_count);
	assert_non_null(result.jobs[index].verify);
	return result.jobs[index].verify;
}

static const char *warned(const char *code)
{
	for (size_t i = 0; i < result.warning_count; i++) {
		if (strcmp(result.warnings[i].code, code) == 0)
			return result.warnings[i].message;
	}
	return NULL;
}

static uint64_t ios_of(enum io_direction direction)
{
	return result.jobs[0].directions[direction].ios;
}

static void change(const char *name, off_t offset, const void *bytes, size_t count)
{
	int file = open(name, O_WRONLY);

	assert_true(file >= 0);
	assert_int_equal(pwrite(file, bytes, count, offset), count);
	close(file);
}

static void peek(const char *name, off_t offset, void *bytes, size_t count)
{
	int file = open(name, O_RDONLY);

	assert_true(file >= 0);
	assert_int_equal(pread(file, bytes, count, offset), count);
	close(file);
}

static void flip_bit(const char *name, off_t offset, unsigned bit)
{
	uint8_t byte;

	peek(name, offset, &byte, 1);
	byte ^= (uint8_t)(1 << bit);
	change(name, offset, &byte, 1);
}

TEST_FIXTURE(plan_rig_open, end);

TEST(what_was_written_is_read_back_once)
{
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=1m\nrw=randwrite\nverify=crc32c\n"), EXIT_DONE);
	assert_int_equal(ios_of(DIRECTION_WRITE), 256);
	assert_int_equal(ios_of(DIRECTION_READ), 256);
	assert_int_equal(verified(0)->blocks, 256);
	assert_int_equal(verified(0)->bytes, MIB);
	assert_int_equal(verified(0)->wrong, 0);
	assert_int_equal(verified(0)->left, 0);
	assert_true(verified(0)->elapsed_ns > 0);
	assert_true(result.jobs[0].directions[DIRECTION_READ].runtime_ns > 0);
	assert_true(
		result.jobs[0].directions[DIRECTION_WRITE].runtime_ns < result.jobs[0].elapsed_ns);
}

static const struct {
	const char *options;
	uint64_t writes, reads, blocks;
} good_jobs[] = {
	{"rw=write\nverify=md5", 256, 256, 256},
	{"rw=write\nverify=null", 256, 256, 0},
	{"rw=write\nverify=crc32c\nloops=3", 768, 768, 768},
	{"rw=write\nverify=crc32c\ndo_verify=0", 256, 0, 0},
	{"rw=write\nverify=crc32c\nverify_interval=512", 256, 256, 2048},
	{"rw=write\nverify=crc32c\nverify_interval=512\nverify_offset=100", 256, 256, 2048},
	{"rw=randwrite\nverify=crc32c\nnumber_ios=10\nloops=2", 20, 20, 20},
	{"rw=randwrite\nverify=crc32c\nverify_backlog=16", 256, 256, 256},
	{"rw=randwrite\nverify=crc32c\nverify_backlog=16\nverify_backlog_batch=4", 256, 256, 256},
	{"rw=randwrite\nverify=crc32c\nverify_backlog=16\ndo_verify=0", 256, 256, 256},
	{"rw=randwrite\nverify=crc32c\nverify_backlog=16\nverify_backlog_batch=4\ndo_verify=0", 256,
		64, 64},
	{"rw=randwrite\nverify=crc32c\nnrfiles=4", 256, 256, 256},
	{"rw=randwrite\nverify=crc32c\nnrfiles=4\nopenfiles=2", 256, 256, 256},
	{"rw=randwrite\nverify=crc32c\nnrfiles=4\nopenfiles=1\nfile_service_type=sequential\n"
	 "verify_backlog=30",
		256, 256, 256},
	{"rw=write\nverify=pattern\nverify_pattern=0xdeadbeef%o", 256, 256, 256},
	{"rw=write\nverify=pattern_hdr\nverify_pattern=\"abc\"", 256, 256, 256},
	{"rw=write\nverify_pattern=0x55", 256, 256, 256},
	{"rw=write\nverify=meta", 256, 256, 256},
	{"rw=write:4k\nverify=crc32c", 256, 128, 128},
	{"rw=write:1k\nverify=crc32c", 205, 205, 205},
	{"rw=randwrite\nverify=crc32c\nblockalign=512\nnorandommap=1\nverify_write_sequence=0\n"
	 "io_size=4k",
		1, 1, 1},
	{"rw=write\nverify=crc32c\nioengine=null", 256, 256, 0},
	{"rw=write\nverify=sha256\nioengine=mmap", 256, 256, 256},
	{"rw=trimwrite\nverify=crc32c", 256, 256, 256},
	{"rw=randwrite\nverify=md5\nverify_async=2", 256, 256, 256},
	{"rw=randwrite\nverify=md5\nverify_async=3\nverify_async_cpus=0\niodepth=8\n"
	 "ioengine=io_uring\nverify_backlog=16\nloops=2",
		512, 512, 512},
	{"rw=randwrite\nnorandommap=1\nfilesize=4k\nverify=sha512\nverify_async=1\n"
	 "verify_backlog=1\nserialize_overlap=1\niodepth=4\nioengine=io_uring\ndo_verify=0\n"
	 "io_size=256k",
		64, 64, 64},
};

TEST(good_data_are_never_called_wrong)
{
	for (size_t i = 0; i < sizeof(good_jobs) / sizeof(good_jobs[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", good_jobs[i].options);
		if (run(*state, text) != EXIT_DONE)
			fail_msg("%s", text);
		if (ios_of(DIRECTION_WRITE) != good_jobs[i].writes ||
			ios_of(DIRECTION_READ) != good_jobs[i].reads ||
			verified(0)->blocks != good_jobs[i].blocks || verified(0)->wrong != 0)
			fail_msg("%s: %llu writes, %llu reads, %llu blocks", text,
				(unsigned long long)ios_of(DIRECTION_WRITE),
				(unsigned long long)ios_of(DIRECTION_READ),
				(unsigned long long)verified(0)->blocks);
	}
}

TEST(overwrites_of_several_sizes_are_never_called_wrong)
{
	static const char *const engines[] = {
		"psync",
		"io_uring",
		"libaio",
		"mmap",
#ifndef __SANITIZE_THREAD__ /* glibc's own threads are beyond it. */
		"posixaio",
#endif
	};

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			"[a]\nfilename=f\nsize=1m\nio_size=8m\nrw=randwrite\nnorandommap=1\n"
			"verify=crc32c\nbssplit=4k/40:8k/40:16k/20\niodepth=64\nioengine=%s\n"
			"loops=2\n",
			engines[i]);
		assert_int_equal(run(*state, text), EXIT_DONE);
		assert_true(verified(0)->blocks > 200);
		assert_int_equal(verified(0)->wrong, 0);
	}
}

TEST(a_mix_verifies_what_it_wrote)
{
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=1m\nrw=randrw\nverify=crc32c\n"), EXIT_DONE);
	assert_int_equal(verified(0)->blocks, ios_of(DIRECTION_WRITE));
	assert_int_equal(ios_of(DIRECTION_READ), 256);
}

TEST(a_job_that_reads_verifies_what_it_reads)
{
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\ndo_verify=0\n"),
		EXIT_DONE);
	assert_int_equal(run(*state, "[a]\nfilename=f\nrw=randread\nverify=crc32c\n"), EXIT_DONE);
	assert_int_equal(verified(0)->blocks, 256);
	flip_bit("f", 9000, 3);
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nrw=randread\nverify=crc32c\n"), EXIT_RUN_FAILED);
	assert_int_equal(verified(0)->blocks, 256);
	assert_int_equal(verified(0)->wrong, 1);
	assert_int_equal(verified(0)->wrong_blocks[0].offset, 8192);
	assert_string_equal(verified(0)->wrong_blocks[0].path, "f");
	assert_int_equal(result.jobs[0].error, EILSEQ);
}

TEST(verify_only_writes_nothing_and_finds_what_changed)
{
	static const char job[] = "[a]\nfilename=f\nsize=1m\nrw=randwrite\nverify=crc32c\n%s\n";
	char text[256], before[16], after[16];

	snprintf(text, sizeof(text), job, "do_verify=0");
	assert_int_equal(run(*state, text), EXIT_DONE);
	flip_bit("f", 5000, 0);
	peek("f", 4992, before, sizeof(before));
	snprintf(text, sizeof(text), job, "verify_only");
	assert_int_equal(run(*state, text), EXIT_RUN_FAILED);
	assert_int_equal(ios_of(DIRECTION_WRITE), 0);
	assert_int_equal(ios_of(DIRECTION_READ), 256);
	assert_int_equal(verified(0)->wrong, 1);
	peek("f", 4992, after, sizeof(after));
	assert_memory_equal(before, after, sizeof(before));
}

TEST(verify_only_needs_no_right_to_write)
{
	static const char *const engines[] = {"psync", "mmap", "io_uring"};
	struct plan_rig *rig = *state;
	char text[256];

	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\n"), EXIT_DONE);
	assert_int_equal(chmod("f", 0400), 0);
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		snprintf(text, sizeof(text),
			"[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\nverify_only\n"
			"readonly\nioengine=%s\n",
			engines[i]);
		assert_int_equal(run(*state, text), EXIT_DONE);
		assert_int_equal(verified(0)->blocks, 256);
	}
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=2m\nrw=write\nverify=crc32c\n"
				     "verify_only\n"),
		EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "does not extend files"));
}

TEST(the_first_wrong_block_ends_a_job_with_verify_fatal)
{
	static const char zeros[64 * KIB];

	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\ndo_verify=0\n"),
		EXIT_DONE);
	change("f", 64 * KIB, zeros, sizeof(zeros));
	assert_int_equal(run(*state, "[a]\nfilename=f\nrw=read\nverify=crc32c\n"), EXIT_RUN_FAILED);
	assert_int_equal(verified(0)->wrong, 16);
	assert_int_equal(verified(0)->kinds[DIAGNOSIS_ZEROS], 16);
	assert_int_equal(ios_of(DIRECTION_READ), 256);
	assert_int_equal(run(*state, "[a]\nfilename=f\nrw=read\nverify=crc32c\nverify_fatal=1\n"),
		EXIT_RUN_FAILED);
	assert_int_equal(verified(0)->wrong, 1);
	assert_int_equal(ios_of(DIRECTION_READ), 17);
}

TEST(other_threads_find_what_is_wrong_too)
{
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\ndo_verify=0\n"),
		EXIT_DONE);
	flip_bit("f", 9000, 3);
	flip_bit("f", 90000, 3);
	assert_int_equal(run(*state, "[a]\nfilename=f\nrw=read\nverify=crc32c\nverify_async=2\n"
				     "ioengine=io_uring\niodepth=8\n"),
		EXIT_RUN_FAILED);
	assert_int_equal(verified(0)->blocks, 256);
	assert_int_equal(verified(0)->wrong, 2);
	assert_int_equal(verified(0)->wrong_block_count, 2);
	assert_int_equal(run(*state, "[a]\nfilename=f\nrw=read\nverify=crc32c\nverify_async=2\n"
				     "verify_fatal=1\n"),
		EXIT_RUN_FAILED);
	assert_true(ios_of(DIRECTION_READ) < 250);
}

static void expect_contents(const char *name, const char bytes[4096])
{
	char found[4096];

	peek(name, 0, found, sizeof(found));
	assert_memory_equal(found, bytes, sizeof(found));
}

TEST(a_wrong_block_is_dumped_beside_the_right_one)
{
	char right[4096], wrong[4096];

	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\n"
				     "verify_state_save=1\n"),
		EXIT_DONE);
	peek("f", 8192, right, sizeof(right));
	flip_bit("f", 9000, 3);
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\n"
				     "verify_only\nverify_state_load=1\n"),
		EXIT_RUN_FAILED);
	assert_int_not_equal(access("f.8192.received", F_OK), 0);
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\n"
				     "verify_only\nverify_state_load=1\nverify_dump=1\n"),
		EXIT_RUN_FAILED);
	peek("f", 8192, wrong, sizeof(wrong));
	expect_contents("f.8192.received", wrong);
	expect_contents("f.8192.expected", right);
}

TEST(of_a_trimmed_block_zeros_are_dumped)
{
	static const char *const options[] = {"verify_state_save=1",
		"trim_percentage=100\ntrim_backlog=4\nverify_state_load=1\nverify_state_save=1",
		"trim_percentage=100\ntrim_backlog=4\nverify_only\nverify_state_load=1\n"
		"verify_dump=1"};
	static const char zeros[4096];
	char old[4096], job[256];

	for (int i = 0; i < 3; i++) {
		snprintf(job, sizeof(job),
			"[a]\nfilename=f\nsize=64k\nrw=write\nverify=crc32c\n%s\n", options[i]);
		assert_int_equal(run(*state, job), i < 2 ? EXIT_DONE : EXIT_RUN_FAILED);
		if (i == 0)
			peek("f", 8192, old, sizeof(old));
		else if (i == 1)
			change("f", 8192 + 2048, old + 2048, 2048);
	}
	assert_int_equal(verified(0)->wrong, 1);
	expect_contents("f.8192.expected", zeros);
}

TEST(dumps_that_cannot_be_written_are_told)
{
	static const char *const threads[] = {"0", "2"};

	for (size_t i = 0; i < 2; i++) {
		char text[256], zeros[8192] = {0};
		int file = open("f", O_WRONLY | O_CREAT | O_TRUNC, 0644);

		assert_int_equal(write(file, zeros, sizeof(zeros)), sizeof(zeros));
		close(file);
		unlink("f.0.received");
		unlink("f.4096.received");
		assert_int_equal(symlink("victim", "f.0.received"), 0);
		snprintf(text, sizeof(text),
			"[a]\nfilename=f\nrw=read\nverify=crc32c\nverify_dump=1\n"
			"verify_async=%s\n",
			threads[i]);
		assert_int_equal(run(*state, text), EXIT_RUN_FAILED);
		assert_non_null(warned("verify-dump"));
		assert_non_null(strstr(warned("verify-dump"), "1 files"));
		assert_non_null(strstr(warned("verify-dump"), strerror(ELOOP)));
		assert_int_not_equal(access("victim", F_OK), 0);
		assert_int_equal(access("f.4096.received", F_OK), 0);
	}
}

static const char with_state[] = "[a]\nfilename=f\nsize=1m\nrw=randwrite\nverify=crc32c\n%s\n";

static int run_with(void **state, const char *options)
{
	char text[512];

	snprintf(text, sizeof(text), with_state, options);
	return run(*state, text);
}

TEST(a_state_knows_the_last_write_of_each_block)
{
	char old[4096];

	assert_int_equal(run_with(state, "verify_state_save=1"), EXIT_DONE);
	peek("f", 16384, old, sizeof(old));
	assert_int_equal(run_with(state, "verify_state_load=1\nverify_state_save=1"), EXIT_DONE);
	assert_int_equal(run_with(state, "verify_state_load=1\nverify_only"), EXIT_DONE);
	assert_int_equal(ios_of(DIRECTION_WRITE), 0);
	assert_int_equal(verified(0)->blocks, 256);
	/* The write of the first run: the one of the second was lost. */
	change("f", 16384, old, sizeof(old));
	assert_int_equal(run_with(state, "verify_only"), EXIT_DONE);
	assert_int_equal(run_with(state, "verify_state_load=1\nverify_only"), EXIT_RUN_FAILED);
	assert_int_equal(verified(0)->kinds[DIAGNOSIS_OLDER], 1);
	assert_int_equal(verified(0)->wrong_blocks[0].offset, 16384);
	assert_int_equal(run(*state, "[a]\nfilename=f\nrw=read\nbs=16k,4k\nverify=crc32c\n"
				     "verify_state_load=1\n"),
		EXIT_RUN_FAILED);
	assert_int_equal(verified(0)->blocks, 256);
	assert_int_equal(verified(0)->wrong, 1);
}

TEST(what_a_state_does_not_know_is_not_judged)
{
	assert_int_equal(run_with(state, "verify_state_save=1\nnumber_ios=10"), EXIT_DONE);
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=1m\nrw=read\nverify=crc32c\n"
				     "verify_state_load=1\noverwrite=1\n"),
		EXIT_DONE);
	assert_int_equal(ios_of(DIRECTION_READ), 256);
	assert_int_equal(verified(0)->blocks, 10);
}

TEST(two_blocks_that_changed_places_are_named_as_each_other)
{
	char one[4096], other[4096];

	assert_int_equal(run_with(state, "verify_state_save=1"), EXIT_DONE);
	peek("f", 8192, one, sizeof(one));
	peek("f", 65536, other, sizeof(other));
	change("f", 8192, other, sizeof(other));
	change("f", 65536, one, sizeof(one));
	assert_int_equal(run_with(state, "verify_state_load=1\nverify_only"), EXIT_RUN_FAILED);
	assert_int_equal(verified(0)->kinds[DIAGNOSIS_OTHER_BLOCK], 2);
	assert_non_null(strstr(verified(0)->wrong_blocks[0].text, "the block at 65536"));
	assert_non_null(strstr(verified(0)->wrong_blocks[1].text, "the block at 8192"));
}

TEST(a_state_of_another_job_is_refused)
{
	struct plan_rig *rig = *state;

	assert_int_equal(run_with(state, "verify_state_load=1"), EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "cannot load the state file a-verify.state"));
	assert_int_equal(run_with(state, "verify_state_save=1"), EXIT_DONE);
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=512k\nrw=randwrite\nverify=crc32c\n"
				     "verify_state_load=1\n"),
		EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "its targets have another size or offset"));
	assert_int_equal(run_with(state, "bs=8k\nverify_state_load=1"), EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "its blocks have another size"));
	assert_int_equal(run_with(state, "verify=md5\nverify_state_load=1"), EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "it has another verify"));
	assert_int_equal(run_with(state, "numjobs=2\noffset_increment=1m\nverify_state_load=1"),
		EXIT_BAD_REQUEST);
	assert_non_null(strstr(rig->messages, "it has fewer clones"));
	change("a-verify.state", 100, "damaged", 7);
	assert_int_equal(run_with(state, "verify_state_load=1"), EXIT_BAD_REQUEST);
}

TEST(older_writes_pass_where_the_sequence_is_not_checked)
{
	char old[4096];

	assert_int_equal(run_with(state, "verify_state_save=1"), EXIT_DONE);
	peek("f", 16384, old, sizeof(old));
	assert_int_equal(run_with(state, "verify_state_load=1\nverify_state_save=1"), EXIT_DONE);
	change("f", 16384, old, sizeof(old));
	assert_int_equal(run_with(state, "verify_state_load=1\nverify_only\n"
					 "verify_write_sequence=0"),
		EXIT_DONE);
	assert_int_equal(run_with(state, "verify_state_load=1\nverify_only\n"
					 "verify_write_sequence=0\nverify_header_seed=1"),
		EXIT_RUN_FAILED);
}

TEST(wrong_blocks_that_are_ignored_are_counted)
{
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=crc32c\ndo_verify=0\n"),
		EXIT_DONE);
	flip_bit("f", 9000, 3);
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nrw=read\nverify=crc32c\nignore_error=,,EILSEQ\n"),
		EXIT_DONE);
	assert_int_equal(verified(0)->wrong, 1);
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nrw=read\nverify=crc32c\nignore_error=EILSEQ\n"),
		EXIT_RUN_FAILED);
}

TEST(a_file_that_ends_early_lacks_its_blocks)
{
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=64k\nrw=write\nverify=crc32c\ndo_verify=0\n"),
		EXIT_DONE);
	assert_int_equal(truncate("f", 60 * KIB), 0);
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=60k\nbs=20k\nverify_interval=4k\n"
				     "rw=read\nverify=crc32c\n"),
		EXIT_DONE);
	assert_int_equal(verified(0)->blocks, 15);
}

TEST(trimmed_blocks_have_to_be_zeros)
{
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=1m\nrw=randwrite\nverify=crc32c\n"
				     "trim_percentage=50\ntrim_backlog=8\n"),
		EXIT_DONE);
	assert_true(ios_of(DIRECTION_TRIM) > 64 && ios_of(DIRECTION_TRIM) < 192);
	assert_int_equal(verified(0)->blocks, 256);
	assert_int_equal(ios_of(DIRECTION_READ), 256);
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=1m\nrw=randwrite\nverify=crc32c\n"
				     "trim_percentage=50\ntrim_backlog=8\ntrim_verify_zero=0\n"),
		EXIT_DONE);
	assert_int_equal(verified(0)->blocks, 256 - ios_of(DIRECTION_TRIM));
}

/* A trim for every eighth write: more are chosen than a queue has room for. */
TEST(all_that_are_chosen_are_trimmed)
{
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=16m\nrw=write\nverify=crc32c\n"
				     "iodepth=16\nioengine=io_uring\ntrim_percentage=100\n"
				     "trim_backlog=8\ntrim_backlog_batch=1\n"),
		EXIT_DONE);
	assert_int_equal(ios_of(DIRECTION_TRIM), 4096);
	assert_int_equal(verified(0)->blocks, 4096);
}

/* What is read back is not what the page cache has of the writes. */
TEST(reading_back_reads_from_the_device)
{
	struct rusage before, after;
	struct statfs system;

	assert_int_equal(statfs(".", &system), 0);
	if (system.f_type != EXT4_SUPER_MAGIC && system.f_type != XFS_SUPER_MAGIC)
		skip(); /* Not every filesystem counts what it reads. */
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(
		run(*state, "[a]\nfilename=f\nsize=4m\nrw=write\nverify=crc32c\n"), EXIT_DONE);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(verified(0)->blocks, 1024);
	assert_true((after.ru_inblock - before.ru_inblock) * 512 >= 4 * MIB);
}

TEST(clones_of_one_entry_add_up)
{
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=256k\noffset_increment=256k\n"
				     "rw=randwrite\nverify=crc32c\nnumjobs=3\ngroup_reporting\n"),
		EXIT_DONE);
	assert_int_equal(result.job_count, 1);
	assert_int_equal(verified(0)->blocks, 192);
}

TEST(time_that_ends_in_the_writes_leaves_blocks_unverified)
{
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=1g\nrw=randwrite\nverify=crc32c\n"
				     "runtime=50ms\n"),
		EXIT_DONE);
	assert_int_equal(verified(0)->blocks, 0);
	assert_int_equal(verified(0)->left, ios_of(DIRECTION_WRITE));
	assert_non_null(warned("verify-left"));
	assert_null(warned("verify-nothing"));
}

TEST(a_run_that_verified_nothing_says_so_and_why)
{
	run(*state, "[a]\nfilename=f\nsize=64k\nrw=randwrite\nverify=null\n");
	assert_non_null(warned("verify-nothing"));
	assert_non_null(strstr(warned("verify-nothing"), "verify=null"));
	run(*state, "[a]\nfilename=f\nsize=64k\nrw=read\nverify=null\n");
	assert_non_null(warned("verify-nothing"));
	run(*state, "[a]\nfilename=f\nsize=64k\nrw=randrw\nrwmixread=100\nverify=crc32c\n");
	assert_non_null(strstr(warned("verify-nothing"), "nothing was written"));
	run(*state, "[a]\nioengine=null\nsize=64k\nrw=write\nverify=crc32c\n");
	assert_non_null(strstr(warned("verify-nothing"), "null"));
	run(*state, "[a]\nfilename=f\nsize=64k\nrw=write\nverify=crc32c\n");
	assert_null(warned("verify-nothing"));
	run(*state, "[a]\nfilename=f\nsize=64k\nrw=read\nverify=crc32c\n");
	assert_null(warned("verify-nothing"));
	run(*state, "[a]\nfilename=f\nsize=64k\nrw=write\nverify=crc32c\ndo_verify=0\n");
	assert_null(warned("verify-nothing"));
}

TEST(blocks_that_none_can_judge_are_no_verification)
{
	if (run(*state, "[a]\nfilename=f\nsize=1m\nbs=4k,4k,64k\nrw=randtrimwrite\niodepth=16\n"
			"ioengine=io_uring\nverify=crc32c\n") != EXIT_DONE)
		skip();
	assert_true(verified(0)->blocks > 0 || warned("verify-nothing"));
	if (verified(0)->blocks == 0)
		assert_non_null(strstr(warned("verify-nothing"), "not judged"));
}

TEST(passes_go_on_and_are_verified_as_long_as_there_is_time)
{
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=64k\nrw=write\nverify=crc32c\n"
				     "time_based\nruntime=200ms\n"),
		EXIT_DONE);
	assert_true(ios_of(DIRECTION_WRITE) > 32);
	assert_true(verified(0)->blocks > 16);
}

TEST(a_file_that_is_full_leaves_what_nobody_knows)
{
	struct rlimit limit = {.rlim_cur = 96 * KIB, .rlim_max = RLIM_INFINITY}, before;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(run(*state, "[a]\nfilename=f\nsize=128k\nrw=write\nverify=crc32c\n"
				     "fallocate=none\nignore_error=,EFBIG\n"),
		EXIT_DONE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(verified(0)->blocks, 24);
	assert_int_equal(verified(0)->unordered, 8);
	assert_int_equal(verified(0)->wrong, 0);
}

TEST_MAIN(NULL, NULL);
