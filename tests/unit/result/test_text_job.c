/* SPDX-License-Identifier: MIT */
/* Each line of a job's block, and when it is left out. */
#include "result/job_table.h"
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "result/result_fields.h"

enum { COLUMNS = 200 };

#define SETTINGS(...)                                                                              \
	{                                                                                          \
		sizeof((struct setting[]){__VA_ARGS__}) / sizeof(struct setting),                  \
			(struct setting[])                                                         \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

/* The block as it is read, without colours. */
static char *block_of(const struct result_job *job)
{
	const struct page_options options = {.columns = COLUMNS, .is_utf8 = true};
	struct arena arena = {0};
	struct page page;
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	page_open(&page, &options, stream);
	text_job(job, &arena, &page);
	assert_int_equal(page_close(&page), 0);
	fclose(stream);
	arena_free(&arena);
	return text;
}

static void check_part(const struct result_job *job, const char *part, bool is_there)
{
	char *text = block_of(job);

	if ((strstr(text, part) != NULL) != is_there)
		fail_msg("%s is%s in\n%s", part, is_there ? " not" : "", text);
	free(text);
}

static void has(const struct result_job *job, const char *part)
{
	check_part(job, part, true);
}

static void lacks(const struct result_job *job, const char *part)
{
	check_part(job, part, false);
}

/* 10 reads of 4 KiB in a second, at depth 1. */
static struct result_job plain(void)
{
	struct result_job job = {
		.name = "j",
		.engine = "null",
		.numjobs = 1,
		.elapsed_ns = NS_PER_S,
		.depth_asked = 1,
		.depth_max = 1,
		.depth_mean = 1,
		.batch_submit_asked = 1,
		.batch_complete_min_asked = 1,
		.submit_share = -1,
	};

	job.directions[DIRECTION_READ].ios = 10;
	job.directions[DIRECTION_READ].bytes = 40960;
	return job;
}

TEST(the_job_line_tells_what_was_asked_for)
{
	struct setting options[] = {{.key = "rw", .value = "randread"},
		{.key = "bs", .value = "4k"}, {.key = "direct", .value = "1"},
		{.key = "iodepth", .value = "8"}};
	struct result_job job = plain();

	job.options = (struct settings){.count = 4, .items = options};
	has(&job, "job       randread 4k, depth 8, direct, 1.00 s, 10 reads\n");
	job.numjobs = 3;
	has(&job, "depth 8, 3 jobs, direct");
	job.directions[DIRECTION_WRITE].ios = 1;
	has(&job, "10 reads, 1 write\n");
	/* What is opened and read whole has no block size; what is only looked at no access. */
	options[0].value = "openread";
	has(&job, "openread, depth 8, 3 jobs, direct, 1.00 s");
	options[0].value = "stat";
	has(&job, "stat, depth 8, 3 jobs, 1.00 s");
}

TEST(a_description_has_the_rest_of_the_line_if_it_is_worth_it)
{
	char name[COLUMNS];
	struct result_job job = plain();

	job.description = "what it is for";
	has(&job, "\nj  what it is for\n");
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 10] = '\0';
	job.name = name;
	lacks(&job, "what");
}

TEST(four_targets_are_named)
{
	struct result_target targets[5];
	struct result_job job = plain();

	for (size_t i = 0; i < 5; i++)
		targets[i] = (struct result_target){
			.path = "/t", .kind = "file", .bytes = i ? 4096 : UINT64_MAX};
	targets[1].file_system = "ext4";
	targets[1].device = "sda";
	job.target_count = 4;
	job.targets = targets;
	has(&job,
		"target    /t (file), /t (file, 4.00 KiB, ext4, on sda), /t (file, 4.00 KiB), /t");
	lacks(&job, "more");
	job.target_count = 5;
	has(&job, ", and 1 more\n");
}

/* The longest word decides, wherever it stands. */
TEST(proof_that_no_line_holds_is_left_to_the_json)
{
	struct setting proof[] = {{.key = "opcodes", .value = "READ 7"},
		{.key = "flags",
			.value = "A_FLAG_OF_A_SET_THAT_IS_LONGER_THAN_SIXTY_CHARACTERS_WHICH_NO_"
				 "LINE_HOLDS "
				 "B"},
		{.key = "told", .value = "1"}};
	struct setting effective[] = {
		{.key = "told", .value = "1"}, {.key = "fixedbufs", .value = "1"}};
	struct result_job job = plain();

	job.engine_proof = (struct settings){.count = 3, .items = proof};
	job.engine_effective = (struct settings){.count = 2, .items = effective};
	has(&job, "engine    null: told=1, fixedbufs=1\n  proof     opcodes=READ 7\n");
	lacks(&job, "flags");
	job.engine_proof.count = 0;
	lacks(&job, "proof");
}

TEST(a_rate_is_told_as_it_was_asked_for)
{
	struct result_direction *read;
	struct result_job job = plain();

	lacks(&job, "rate  ");
	read = &job.directions[DIRECTION_READ];
	read->pace.iops_asked = 2000;
	read->pace.bytes_per_second_asked = 8192000;
	has(&job,
		"rate      read 2.00k IOPS asked (linear); latency is from when an I/O was due\n");
	read->pace.unsent = 5;
	has(&job, "(linear), 5 never sent; latency");
	read->pace.iops_asked = 0;
	read->pace.bytes_per_second_asked = 1048576;
	has(&job, "read 1.00 MiB/s asked");
	job.cpu.pacing_ns = 1000;
	has(&job, "due; 100 ns CPU/IO of waiting awake are left out below\n");
}

TEST(pauses_are_told_where_there_are_some)
{
	struct setting options[] = {
		{.key = "thinktime", .value = "1ms"}, {.key = "thinktime_blocks", .value = "1"}};
	struct result_job job = plain();

	job.options = (struct settings){.count = 2, .items = options};
	has(&job, "pauses    1ms after every 1 I/O (thinktime)\n");
	options[1].value = "4";
	has(&job, "after every 4 I/Os");
	options[0].value = "0s";
	lacks(&job, "pauses");
}

/* A tick that the kernel samples at says nothing of 100 ms. */
TEST(user_and_system_are_told_apart_where_they_can_be)
{
	struct result_job job = plain();

	job.cpu = (struct result_cpu){.user_ns = 60000000,
		.system_ns = 30000000,
		.helper_ns = 10000000,
		.total_ns = 100000000};
	has(&job, "10.0 ms CPU/IO (user and system together 9.00 ms, helpers 1.00 ms)");
	job.cpu.user_ns = 80000000;
	job.cpu.total_ns = 120000000;
	has(&job, "12.0 ms CPU/IO (user 8.00 ms, system 3.00 ms, helpers 1.00 ms)");
	job.cpu.pacing_ns = 1;
	has(&job, "user and system together 11.0 ms");
	job.syscalls = 5;
	job.voluntary_switches = 1;
	job.involuntary_switches = 1;
	has(&job, "0.500 syscalls/IO, 0.200 context switches/IO\n");
	job.punts = 10;
	lacks(&job, "punts");
	job.knows_punts = true;
	has(&job, "context switches/IO, 1.00 punts/IO\n");
	job.lacks_costs = true;
	has(&job, "cost      not known: a worker hangs in the kernel\n");
}

TEST(exchanges_are_no_reads_and_their_client_has_a_line)
{
	struct result_job job = plain();
	struct setting set[] = {{.key = "rw", .value = "echo"}, {.key = "direct", .value = "0"}};

	job.options = (struct settings){.count = 2, .items = set};
	lacks(&job, "  client ");
	job.client_ns = 20000;
	job.client_syscalls = 30;
	has(&job, "client    2.00 µs CPU/IO, 3.00 syscalls/IO; not in cost");
	has(&job, ", 10 exchanges\n");
	lacks(&job, "buffered");
}

TEST(instructions_have_a_line_where_they_are_counted)
{
	struct result_job job = plain();

	lacks(&job, "instructions");
	job.counts[PERF_USER] = (struct result_counts){true, 8120, 9000, 1, NULL};
	has(&job, "counted   812 instructions/IO in user mode, 900 cycles/IO in user mode\n");
	job.counts[PERF_KERNEL] = (struct result_counts){true, 44000, 51000, 1, NULL};
	has(&job, "counted   5.21k instructions/IO (user 812, kernel 4.40k), 6.00k cycles/IO "
		  "(user 900, kernel 5.10k)\n");
	job.counts[PERF_USER].is_known = false;
	has(&job, "counted   4.40k instructions/IO in the kernel, 5.10k cycles/IO in the kernel\n");
}

TEST(depth_and_batches_are_told_with_what_was_asked)
{
	struct result_job job = plain();

	job.depth_asked = 8;
	job.depth_mean = 7.5;
	job.depth_max = 8;
	job.batch_submit_mean = job.batch_reap_mean = 2;
	job.batch_submit_asked = 4;
	has(&job, "depth     7.50 of 8 asked, max 8; batches: submit 2.00 of 4, reap 2.00 of at "
		  "least 1");
	lacks(&job, "until the batch");
	job.batch_complete_min_asked = 2;
	has(&job, "reap 2.00 of at least 2; latency is until the batch was seen\n");
	job.depth_mean = 0;
	has(&job, "depth     – of 8 asked");
}

TEST(slow_submission_has_a_line)
{
	static struct histogram slat;
	struct result_direction *read;
	struct result_job job = plain();

	read = &job.directions[DIRECTION_READ];
	read->lat.summary = (struct latency_summary){.count = 10, .sum_ns = 10000, .max_ns = 2000};
	read->slat.summary = (struct latency_summary){.count = 10, .sum_ns = 900, .max_ns = 200};
	lacks(&job, "submit  "); /* 9 % of the latency */
	read->slat.summary.sum_ns = 1000;
	has(&job, "submit    read slat 100 ns mean, 200 ns max\n");
	job.submit_share = 0.25;
	has(&job, "max, 25.0 % of the time inside submit\n");
	/* With buckets it has a row of the table. */
	histogram_record(&slat, 100, 10);
	read->slat = (struct result_latency){slat.summary, &slat, NULL};
	lacks(&job, "submit  ");
}

TEST(errors_are_told_by_kind)
{
	struct result_direction *read;
	struct result_job job = plain();

	lacks(&job, "errors");
	read = &job.directions[DIRECTION_READ];
	read->short_ios = 2;
	has(&job, "errors    read: 2 short\n");
	read->error_count = 1;
	read->errors[0] = (struct result_error_count){EIO, "EIO", 3};
	read->ignored_errors = 1;
	has(&job, "errors    read: 3 EIO (1 ignored, by ignore_error), read: 2 short\n");
	read->error_count = 0;
	read->ignored_errors = read->short_ios = 0;
	job.unreturned_ios = 7;
	job.oldest_unreturned_ns = 2 * NS_PER_S;
	has(&job, "errors    7 never came back (the oldest was sent 2.00 s before the end)\n");
}

TEST(how_it_failed_is_told_last)
{
	struct result_job job = plain();

	lacks(&job, "failed");
	job.error = EIO;
	has(&job, "failed    Input/output error (EIO)\n");
	job.error = 0;
	job.error_message = "it broke";
	has(&job, "failed    it broke\n");
}

TEST_MAIN(NULL, NULL);
