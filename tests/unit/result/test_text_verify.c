/* SPDX-License-Identifier: MIT */
/* What came of a verification: in text, in the document and back, merged, in CSV and Markdown. */
/* covers: src/result/verify_fields.c */
#include <stdlib.h>

#include "result/job_table.h"
#include "result/result_fields.h"
#include "result/result_figures.h"
#include "test.h"
#include "unit/result/golden.h"

static struct result_wrong_block blocks[] = {
	{"f", 4096, 4096, "flipped_bits", "a flipped bit: bit 2 of byte 904, 0x22 for 0x26"},
	{"f", 8192, 4096, "zeros", "zeros"},
};

static struct result_verify found = {
	.blocks = 4096,
	.bytes = 16 << 20,
	.wrong = 2,
	.kinds = {[DIAGNOSIS_FLIPPED_BITS] = 1, [DIAGNOSIS_ZEROS] = 1},
	.unordered = 3,
	.left = 7,
	.elapsed_ns = 1000000,
	.wrong_block_count = 2,
	.wrong_blocks = blocks,
};

static void make(struct result *result, struct result_job *job, struct result_verify *verify)
{
	*job = (struct result_job){
		.name = "j", .engine = "null", .numjobs = 1, .elapsed_ns = 4000000};
	job->verify = verify;
	job->directions[DIRECTION_WRITE].ios = 300;
	job->directions[DIRECTION_WRITE].runtime_ns = 3000000;
	result_init(result);
	result->job_count = 1;
	result->jobs = job;
}

static char *write_with(struct result_verify *verify, int (*write)(const struct result *, FILE *))
{
	struct result_job job;
	struct result result;
	char *text;

	make(&result, &job, verify);
	text = written(&result, write);
	result_free(&result);
	return text;
}

TEST(wrong_blocks_are_told_with_what_they_are_instead)
{
	char *text = write_with(&found, write_text);

	assert_non_null(strstr(text, "4096 blocks, 16.0 MiB, 1.00 ms of reading back: 2 wrong"));
	assert_non_null(strstr(text, "1 a flipped bit, 1 zeros"));
	assert_non_null(strstr(text, "f at 4096: a flipped bit: bit 2 of byte 904"));
	assert_non_null(strstr(text, "f at 8192: zeros"));
	assert_non_null(strstr(text, "3 where writes overlapped"));
	assert_non_null(strstr(text, "7 left when the job ended"));
	free(text);
}

TEST(what_is_behind_the_end_and_each_reason_not_to_judge_are_told)
{
	struct result_verify verify = {.blocks = 9,
		.wrong = 4,
		.missing = 4,
		.unordered = 10,
		.superseded = 20,
		.unread = 30,
		.unplaced = 40,
		.left = 50};
	char *text = write_with(&verify, write_text), *csv = write_with(&verify, write_csv);
	char *markdown = write_with(&verify, write_markdown);

	assert_non_null(strstr(text, "4 behind the end of the target"));
	assert_non_null(strstr(text, "10 where writes overlapped"));
	assert_non_null(strstr(text, "20 written anew while they were read"));
	assert_non_null(strstr(text, "30 that could not be read"));
	assert_non_null(strstr(text, "40 of patterns without their beginning"));
	assert_non_null(strstr(text, "50 left when the job ended"));
	assert_non_null(strstr(csv, ",9,4,missing:4,150\n"));
	assert_non_null(strstr(markdown, ", 4 behind the end of the target, 150 not judged\n"));
	free(markdown);
	free(csv);
	free(text);
}

TEST(what_is_right_is_one_line)
{
	struct result_verify good = {.blocks = 1, .bytes = 4096};
	char *text = write_with(&good, write_text);

	assert_non_null(strstr(text, "1 block, 4.00 KiB: all right"));
	assert_null(strstr(text, "unjudged"));
	free(text);
}

TEST(a_document_reads_back)
{
	char *text = write_with(&found, result_write_json), *again;
	struct diag diag;
	struct result result;

	diag_init(&diag, stderr);
	assert_int_equal(result_read_memory("t", text, strlen(text), &result, &diag), 0);
	assert_int_equal(result.jobs[0].verify->wrong, 2);
	assert_int_equal(result.jobs[0].verify->kinds[DIAGNOSIS_ZEROS], 1);
	assert_int_equal(result.jobs[0].verify->left, 7);
	assert_string_equal(result.jobs[0].verify->wrong_blocks[1].kind, "zeros");
	assert_int_equal(result.jobs[0].directions[DIRECTION_WRITE].runtime_ns, 3000000);
	again = written(&result, result_write_json);
	assert_string_equal(text, again);
	result_free(&result);
	free(again);
	free(text);
}

TEST(a_direction_has_the_rate_of_its_part_of_the_window)
{
	struct result_job job;
	struct result result;

	make(&result, &job, NULL);
	assert_true(result_iops(&job, DIRECTION_WRITE) == 100000);
	job.directions[DIRECTION_WRITE].runtime_ns = 0;
	assert_true(result_iops(&job, DIRECTION_WRITE) == 75000);
	result_free(&result);
}

TEST(clones_add_up)
{
	struct result_job job, other;
	struct result_verify mine = found, theirs = found;
	struct result result;

	make(&result, &job, &mine);
	other = job;
	other.verify = &theirs;
	result_merge_job(&result, &job, &other);
	assert_int_equal(job.verify->blocks, 8192);
	assert_int_equal(job.verify->wrong, 4);
	assert_int_equal(job.verify->kinds[DIAGNOSIS_ZEROS], 2);
	assert_int_equal(job.verify->wrong_block_count, 4);
	assert_int_equal(result_verify_unjudged(job.verify), 20);
	job.verify = NULL;
	result_merge_job(&result, &job, &other);
	assert_int_equal(job.verify->blocks, 4096);
	result_free(&result);
}

TEST(tables_have_counts_by_kind)
{
	char *csv = write_with(&found, write_csv), *markdown = write_with(&found, write_markdown);

	assert_non_null(strstr(csv, ",4096,2,flipped_bits:1 zeros:1,10\n"));
	assert_non_null(strstr(markdown,
		"- verify: 4096 blocks, 2 wrong, 1 a flipped bit, 1 zeros, 10 not judged\n"));
	free(csv);
	free(markdown);
}

TEST_MAIN(NULL, NULL);
