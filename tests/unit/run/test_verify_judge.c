/* SPDX-License-Identifier: MIT */
#include "run/verify_judge.h"

#include <string.h>

#include "test.h"

enum { BLOCK = 4096, BLOCKS = 8 };

static struct arena arena;
static struct verify_log journal;
static struct verify_format format;
static struct verify_judge judge;
static struct target target = {.path = "f"};
static struct byte_pattern pattern;
static char data[BLOCKS * BLOCK];
static char scratch[BLOCK];
static struct verify_finding findings[VERIFY_FINDING_LIMIT + 1];

static void set_up(enum checksum_kind kind, bool is_narrow)
{
	static const struct verify_log_region region = {0, BLOCKS * BLOCK};
	const struct verify_log_spec spec = {.regions = &region,
		.target_count = 1,
		.unit_bytes = BLOCK,
		.block_bytes = BLOCK,
		.largest_io_bytes = BLOCKS * BLOCK,
		.slot_count = 2,
		.is_narrow = is_narrow};
	const char *problem;

	assert_int_equal(verify_log_open(&journal, &arena, &spec), 0);
	format = (struct verify_format){.kind = kind,
		.interval_bytes = BLOCK,
		.pattern = &pattern,
		.source = {.run = 7, .job = 1}};
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	judge = (struct verify_judge){.format = &format,
		.log = &journal,
		.targets = &target,
		.checks_number = true,
		.looks_up = true,
		.scratch = scratch,
		.findings = findings};
	memset(data, 0, sizeof(data));
}

static void tear_down(void)
{
	verify_log_close(&journal);
	arena_free(&arena);
	pattern.length = pattern.offset_count = 0;
}

/* As the log has it, and in `data` where it arrives. */
static void write_blocks(uint64_t number, unsigned first, unsigned count, bool arrives)
{
	verify_log_begin(&journal, 0,
		&(struct state_flight){
			.offset = first * BLOCK, .length = count * BLOCK, .number = number});
	verify_log_end(&journal, 0, count * BLOCK);
	if (arrives)
		verify_block_fill(
			&format, number, data + first * BLOCK, count * BLOCK, first * BLOCK);
}

/* All that the log has, of so many bytes of the target. */
static void judge_all(uint32_t bytes)
{
	struct verify_cursor cursor = {0};
	struct verify_read read = {0};

	while (verify_log_next(&journal, &cursor, sizeof(data), &read.run)) {
		uint64_t end = read.run.offset + read.run.length;

		read.buffer = data + read.run.offset;
		read.done_bytes = end <= bytes              ? read.run.length
				  : bytes > read.run.offset ? bytes - (uint32_t)read.run.offset
							    : 0;
		verify_judge_expect(&judge, &read);
		(void)verify_judge_read(&judge, &read);
	}
}

TEST(what_was_written_is_right)
{
	set_up(CHECKSUM_CRC32C, false);
	write_blocks(1, 0, 4, true);
	write_blocks(2, 1, 2, true);
	judge_all(sizeof(data));
	assert_int_equal(judge.counts.blocks, 4);
	assert_int_equal(judge.counts.bytes, 4 * BLOCK);
	assert_int_equal(judge.counts.wrong, 0);
	tear_down();
}

TEST(a_lost_write_is_found_by_its_number)
{
	for (int is_narrow = 0; is_narrow < 2; is_narrow++) {
		set_up(CHECKSUM_CRC32C, is_narrow);
		write_blocks(1, 0, 4, true);
		write_blocks(2, 1, 2, false);
		write_blocks(3, 5, 1, true);
		judge_all(sizeof(data));
		assert_int_equal(judge.counts.blocks, 5);
		assert_int_equal(judge.counts.wrong, 2);
		assert_int_equal(judge.finding_count, 2);
		assert_int_equal(findings[0].diagnosis.offset, BLOCK);
		assert_int_equal(findings[1].diagnosis.offset, 2 * BLOCK);
		if (!is_narrow)
			assert_int_equal(judge.counts.kinds[DIAGNOSIS_OLDER], 2);
		tear_down();
	}
}

/* A log keeps the lowest bits of a number only, and a block may be older than they tell. */
TEST(a_block_older_than_the_log_can_count_is_right)
{
	uint64_t later = (UINT64_C(1) << STATE_WIDE_NUMBER_BITS) + 9;

	set_up(CHECKSUM_CRC32C, false);
	write_blocks(5, 0, 4, true);
	write_blocks(6, 2, 1, false);
	write_blocks(later, 6, 1, true);
	judge_all(sizeof(data));
	assert_int_equal(judge.counts.blocks, 5);
	assert_int_equal(judge.counts.wrong, 1);
	assert_int_equal(findings[0].diagnosis.offset, 2 * BLOCK);
	tear_down();
	set_up(CHECKSUM_CRC32C, false);
	write_blocks(5, 0, 4, true);
	write_blocks(later, 6, 1, true);
	data[BLOCK + 1000] ^= 1;
	judge_all(sizeof(data));
	assert_int_equal(judge.counts.wrong, 1);
	assert_int_equal(findings[0].diagnosis.kind, DIAGNOSIS_FLIPPED_BITS);
	tear_down();
}

TEST(any_write_is_right_where_numbers_are_not_checked)
{
	set_up(CHECKSUM_CRC32C, false);
	judge.checks_number = false;
	write_blocks(1, 0, 4, true);
	write_blocks(2, 1, 2, false);
	judge_all(sizeof(data));
	assert_int_equal(judge.counts.wrong, 0);
	tear_down();
}

TEST(blocks_behind_the_end_are_missing)
{
	set_up(CHECKSUM_CRC32C, false);
	write_blocks(1, 0, 4, true);
	judge_all(2 * BLOCK + 100);
	assert_int_equal(judge.counts.blocks, 4);
	assert_int_equal(judge.counts.wrong, 2);
	assert_int_equal(judge.counts.missing, 2);
	assert_true(findings[0].is_missing);
	assert_int_equal(findings[0].diagnosis.offset, 2 * BLOCK);
	assert_string_equal(verify_judge_kind(&findings[0]), "missing");
	assert_string_equal(verify_judge_text(&findings[0], &arena), "the target ends before");
	tear_down();
}

TEST(trimmed_blocks_have_to_be_zeros)
{
	set_up(CHECKSUM_CRC32C, false);
	write_blocks(1, 0, 2, true);
	verify_log_begin(&journal, 0,
		&(struct state_flight){.length = 2 * BLOCK, .number = 1, .is_trim = true});
	verify_log_end(&journal, 0, 2 * BLOCK);
	memset(data, 0, BLOCK);
	judge_all(BLOCK);
	assert_int_equal(judge.counts.wrong, 0);
	judge_all(sizeof(data));
	assert_int_equal(judge.counts.blocks, 4);
	assert_int_equal(judge.counts.wrong, 1);
	assert_int_equal(findings[0].diagnosis.offset, BLOCK);
	tear_down();
}

/* The beginning of the first write is written over, and a pattern of 3 bytes runs on from there. */
TEST(a_pattern_without_its_beginning_is_not_judged)
{
	const char *problem;

	assert_int_equal(byte_pattern_parse("0x010203", &pattern, &problem), 0);
	set_up(CHECKSUM_PATTERN, false);
	write_blocks(1, 0, 4, true);
	write_blocks(2, 0, 1, true);
	judge_all(sizeof(data));
	assert_int_equal(judge.counts.blocks, 1);
	assert_int_equal(judge.counts.unplaced, 3);
	assert_int_equal(judge.counts.wrong, 0);
	tear_down();
	assert_int_equal(byte_pattern_parse("0x01020304", &pattern, &problem), 0);
	set_up(CHECKSUM_PATTERN, false);
	write_blocks(1, 0, 4, true);
	write_blocks(2, 0, 1, true);
	judge_all(sizeof(data));
	assert_int_equal(judge.counts.blocks, 4);
	assert_int_equal(judge.counts.wrong, 0);
	tear_down();
}

/* verify_pattern_interval counts from there, too. */
TEST(intervals_of_a_pattern_without_its_beginning_are_not_judged)
{
	static const struct {
		uint32_t interval;
		uint64_t blocks;
	} cases[] = {{2 * BLOCK, 1}, {BLOCK, 4}, {512, 4}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *problem;

		assert_int_equal(byte_pattern_parse("%o", &pattern, &problem), 0);
		set_up(CHECKSUM_PATTERN, false);
		format.pattern_interval_bytes = cases[i].interval;
		write_blocks(1, 0, 4, true);
		write_blocks(2, 0, 1, true);
		judge_all(sizeof(data));
		assert_int_equal(judge.counts.blocks, cases[i].blocks);
		assert_int_equal(judge.counts.wrong, 0);
		tear_down();
	}
}

TEST(more_wrong_blocks_than_are_kept_are_counted)
{
	set_up(CHECKSUM_CRC32C, false);
	for (unsigned i = 0; i < VERIFY_FINDING_LIMIT; i += BLOCKS / 2) {
		write_blocks(i + 1, 0, BLOCKS, false);
		judge_all(sizeof(data));
	}
	assert_int_equal(judge.counts.wrong, 2 * VERIFY_FINDING_LIMIT);
	assert_int_equal(judge.finding_count, VERIFY_FINDING_LIMIT);
	tear_down();
}

TEST(what_several_judges_found_adds_up)
{
	static struct verify_finding others[VERIFY_FINDING_LIMIT + 1];
	struct verify_judge other;

	set_up(CHECKSUM_CRC32C, false);
	write_blocks(1, 0, 2, false);
	judge_all(sizeof(data));
	other = judge;
	memcpy(others, findings, sizeof(findings));
	other.findings = others;
	verify_judge_merge(&judge, &other);
	assert_int_equal(judge.counts.blocks, 4);
	assert_int_equal(judge.counts.wrong, 4);
	assert_int_equal(judge.counts.kinds[DIAGNOSIS_ZEROS], 4);
	assert_int_equal(judge.finding_count, 4);
	tear_down();
}

TEST_MAIN(NULL, NULL);
