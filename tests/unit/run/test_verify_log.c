/* SPDX-License-Identifier: MIT */
#include "run/verify_log.h"

#include <string.h>

#include "base/random.h"
#include "test.h"

enum { UNIT = 4096, REGION_BLOCKS = 64, SLOTS = 8 };

static struct verify_log log_;
static struct arena arena;

static void open_log_of(uint32_t unit_bytes, bool is_narrow, bool needs_start)
{
	const struct verify_log_region regions[] = {
		{.offset = 0, .bytes = REGION_BLOCKS * UNIT},
		{.offset = 3 * UNIT, .bytes = REGION_BLOCKS * UNIT},
	};
	const struct verify_log_spec spec = {.regions = regions,
		.target_count = 2,
		.unit_bytes = unit_bytes,
		.block_bytes = UNIT,
		.largest_io_bytes = 4 * UNIT,
		.slot_count = SLOTS,
		.is_narrow = is_narrow,
		.needs_start = needs_start};

	assert_int_equal(verify_log_open(&log_, &arena, &spec), 0);
}

static void open_log(uint32_t unit_bytes, bool is_narrow)
{
	open_log_of(unit_bytes, is_narrow, false);
}

static void close_log(void)
{
	verify_log_close(&log_);
	arena_free(&arena);
}

static void begin(unsigned slot, unsigned target, uint64_t offset, uint32_t length, uint64_t number)
{
	verify_log_begin(&log_, slot,
		&(struct state_flight){.offset = offset,
			.length = length,
			.target = (uint16_t)target,
			.number = number});
}

static void write_block(unsigned target, uint64_t offset, uint32_t length, uint64_t number)
{
	begin(0, target, offset, length, number);
	verify_log_end(&log_, 0, length);
}

static void expect_run(struct verify_cursor *cursor, unsigned target, uint64_t offset,
	uint32_t length, uint64_t number)
{
	struct verify_run run;

	assert_true(verify_log_next(&log_, cursor, 4 * UNIT, &run));
	assert_int_equal(run.target, target);
	assert_int_equal(run.offset, offset);
	assert_int_equal(run.length, length);
	assert_int_equal(verify_log_number(&log_, run.kept), number);
}

static void expect_end(struct verify_cursor *cursor)
{
	struct verify_run run;

	assert_false(verify_log_next(&log_, cursor, 4 * UNIT, &run));
}

TEST(acknowledged_writes_come_back_in_the_order_of_their_offsets)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	write_block(1, 5 * UNIT, UNIT, 1);
	write_block(0, 9 * UNIT, 2 * UNIT, 2);
	write_block(0, 2 * UNIT, UNIT, 3);
	expect_run(&cursor, 0, 2 * UNIT, UNIT, 3);
	expect_run(&cursor, 0, 9 * UNIT, 2 * UNIT, 2);
	expect_run(&cursor, 1, 5 * UNIT, UNIT, 1);
	expect_end(&cursor);
	close_log();
}

TEST(a_later_write_takes_the_place_of_an_earlier_one)
{
	struct verify_cursor cursor = {0};
	struct verify_run run;

	open_log(UNIT, false);
	write_block(0, 0, 4 * UNIT, 1);
	write_block(0, UNIT, UNIT, 2);
	expect_run(&cursor, 0, 0, UNIT, 1);
	expect_run(&cursor, 0, UNIT, UNIT, 2);
	assert_true(verify_log_next(&log_, &cursor, 4 * UNIT, &run));
	assert_int_equal(run.offset, 2 * UNIT);
	assert_int_equal(run.length, 2 * UNIT);
	assert_false(run.is_from_start);
	expect_end(&cursor);
	close_log();
}

TEST(two_writes_side_by_side_are_two_runs)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	write_block(0, 0, UNIT, 7);
	write_block(0, UNIT, UNIT, 8);
	expect_run(&cursor, 0, 0, UNIT, 7);
	expect_run(&cursor, 0, UNIT, UNIT, 8);
	close_log();
}

TEST(writes_that_are_in_flight_together_have_no_order)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	begin(0, 0, 0, 2 * UNIT, 1);
	begin(1, 0, UNIT, UNIT, 2);
	verify_log_end(&log_, 0, 2 * UNIT);
	assert_int_equal(log_.live->unordered, 0);
	verify_log_end(&log_, 1, UNIT);
	assert_int_equal(log_.live->unordered, 1);
	expect_run(&cursor, 0, 0, UNIT, 1);
	expect_end(&cursor);
	assert_int_equal(verify_log_count(&log_).unknown, 1);
	write_block(0, UNIT, UNIT, 3);
	cursor = (struct verify_cursor){0};
	expect_run(&cursor, 0, 0, UNIT, 1);
	expect_run(&cursor, 0, UNIT, UNIT, 3);
	assert_int_equal(verify_log_count(&log_).unknown, 0);
	close_log();
}

TEST(a_third_write_keeps_the_block_contested)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	begin(0, 0, 0, UNIT, 1);
	begin(1, 0, 0, UNIT, 2);
	verify_log_end(&log_, 0, UNIT);
	begin(2, 0, 0, UNIT, 3);
	verify_log_end(&log_, 1, UNIT);
	verify_log_end(&log_, 2, UNIT);
	expect_end(&cursor);
	close_log();
}

TEST(what_was_never_sent_leaves_no_trace)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	write_block(0, 0, UNIT, 1);
	begin(3, 0, 0, 2 * UNIT, 2);
	verify_log_undo(&log_, 3);
	verify_log_undo(&log_, 3);
	expect_run(&cursor, 0, 0, UNIT, 1);
	expect_end(&cursor);
	close_log();
}

TEST(what_was_never_sent_does_not_settle_a_contested_block)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	begin(0, 0, 0, UNIT, 1);
	begin(1, 0, 0, UNIT, 2);
	verify_log_undo(&log_, 1);
	verify_log_end(&log_, 0, UNIT);
	expect_end(&cursor);
	assert_int_equal(verify_log_count(&log_).unknown, 1);
	close_log();
}

TEST(of_a_short_write_whole_blocks_count)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	begin(0, 0, 0, 4 * UNIT, 1);
	verify_log_end(&log_, 0, 2 * UNIT + 512);
	expect_run(&cursor, 0, 0, 2 * UNIT, 1);
	expect_end(&cursor);
	assert_int_equal(verify_log_count(&log_).unknown, 2);
	close_log();
}

TEST(a_write_that_failed_leaves_what_nobody_knows)
{
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	write_block(0, 0, UNIT, 1);
	begin(0, 0, 0, UNIT, 2);
	verify_log_end(&log_, 0, 0);
	expect_end(&cursor);
	assert_int_equal(verify_log_count(&log_).unknown, 1);
	close_log();
}

TEST(checked_blocks_are_not_checked_again_until_they_are_written)
{
	struct verify_cursor cursor = {0};
	struct verify_run run;

	open_log(UNIT, false);
	write_block(0, 0, UNIT, 1);
	assert_true(verify_log_next(&log_, &cursor, UNIT, &run));
	assert_true(verify_log_holds(&log_, &run));
	verify_log_note_checked(&log_, &run);
	assert_false(verify_log_holds(&log_, &run));
	cursor = (struct verify_cursor){0};
	expect_end(&cursor);
	assert_int_equal(verify_log_count(&log_).checked, 1);
	write_block(0, 0, UNIT, 2);
	assert_false(verify_log_holds(&log_, &run));
	cursor = (struct verify_cursor){0};
	expect_run(&cursor, 0, 0, UNIT, 2);
	close_log();
}

TEST(trimmed_blocks_are_runs_of_their_own)
{
	struct verify_cursor cursor = {0};
	struct verify_run run;

	open_log(UNIT, false);
	write_block(0, 0, UNIT, 1);
	verify_log_begin(&log_, 0,
		&(struct state_flight){
			.offset = UNIT, .length = UNIT, .number = 1, .is_trim = true});
	verify_log_end(&log_, 0, UNIT);
	assert_true(verify_log_next(&log_, &cursor, 4 * UNIT, &run));
	assert_false(run.is_trimmed);
	assert_true(verify_log_next(&log_, &cursor, 4 * UNIT, &run));
	assert_true(run.is_trimmed);
	assert_int_equal(run.offset, UNIT);
	close_log();
}

TEST(a_block_that_is_covered_in_part_is_lost)
{
	struct verify_cursor cursor = {0};

	open_log(512, false);
	write_block(0, 0, UNIT, 1);
	write_block(0, UNIT, 2 * UNIT, 2);
	write_block(0, UNIT / 2, UNIT, 3);
	expect_run(&cursor, 0, UNIT / 2, UNIT, 3);
	expect_run(&cursor, 0, 2 * UNIT, UNIT, 2);
	expect_end(&cursor);
	close_log();
}

TEST(a_block_that_another_write_meets_in_part_while_it_is_out_is_lost_whole)
{
	struct verify_cursor cursor = {0};

	open_log(512, false);
	begin(0, 0, 0, UNIT, 1);
	begin(1, 0, UNIT / 2, UNIT, 2);
	verify_log_end(&log_, 0, UNIT);
	verify_log_end(&log_, 1, UNIT);
	expect_end(&cursor);
	assert_int_equal(verify_log_count(&log_).written, 0);
	assert_int_equal(verify_log_count(&log_).unknown, 2);
	close_log();
}

/* Blocks of 8 units anywhere: whatever is to be verified is whole, and nothing else is left. */
TEST(what_is_written_is_due_or_unknown)
{
	struct state_flight flights[SLOTS] = {0};
	struct random random;

	random_init(&random, 11);
	open_log(512, false);
	for (uint64_t step = 1; step < 5000; step++) {
		unsigned slot = (unsigned)random_below(&random, SLOTS);
		struct state_flight *flight = &flights[slot];

		if (flight->length != 0) {
			verify_log_end(&log_, slot, flight->length);
			flight->length = 0;
		} else {
			*flight = (struct state_flight){
				.offset = random_below(&random, REGION_BLOCKS * 8 - 16) * 512,
				.length = (1 + (uint32_t)random_below(&random, 2)) * UNIT,
				.number = step};
			verify_log_begin(&log_, slot, flight);
		}
	}
	for (unsigned slot = 0; slot < SLOTS; slot++)
		verify_log_end(&log_, slot, flights[slot].length);
	{
		struct verify_cursor cursor = {0};
		struct verify_run run;
		uint64_t due = 0;

		while (verify_log_next(&log_, &cursor, 4 * UNIT, &run))
			due += run.length / UNIT;
		assert_true(due > 0);
		assert_int_equal(verify_log_count(&log_).written, due);
	}
	close_log();
}

TEST(few_bits_tell_the_last_writes_apart)
{
	struct verify_cursor cursor = {0};
	struct verify_run run;

	open_log(UNIT, true);
	write_block(0, 0, UNIT, 1001);
	assert_true(verify_log_next(&log_, &cursor, 4 * UNIT, &run));
	assert_true(verify_log_number(&log_, run.kept) == VERIFY_LOG_UNSURE);
	assert_true(verify_log_is_number(&log_, run.kept, 1001));
	for (uint64_t older = 1001 - 7; older < 1001; older++)
		assert_false(verify_log_is_number(&log_, run.kept, older));
	close_log();
}

/* Of two writes side by side whose numbers end alike the second has lost its beginning. */
TEST(a_write_without_its_beginning_is_not_taken_for_the_end_of_another)
{
	struct verify_cursor cursor = {0};
	struct verify_run run;

	open_log_of(UNIT, true, true);
	write_block(0, UNIT, 3 * UNIT, 1);
	write_block(0, 0, 2 * UNIT, 9);
	assert_true(verify_log_next(&log_, &cursor, 4 * UNIT, &run));
	assert_true(run.is_from_start);
	assert_int_equal(run.offset, 0);
	assert_int_equal(run.length, 2 * UNIT);
	while (verify_log_next(&log_, &cursor, 4 * UNIT, &run))
		assert_false(run.is_from_start);
	assert_int_equal(verify_log_count(&log_).unknown, 1);
	close_log();
}

TEST(a_run_does_not_hold_where_a_write_with_the_same_end_begins_in_it)
{
	struct verify_cursor cursor = {0};
	struct verify_run run;

	open_log_of(UNIT, true, true);
	write_block(0, UNIT, 3 * UNIT, 1);
	assert_true(verify_log_next(&log_, &cursor, 4 * UNIT, &run));
	assert_true(verify_log_holds(&log_, &run));
	write_block(0, 3 * UNIT, UNIT, 9);
	assert_false(verify_log_holds(&log_, &run));
	write_block(0, UNIT, 3 * UNIT, 17);
	assert_true(verify_log_holds(&log_, &run));
	write_block(0, 0, 4 * UNIT, 25);
	assert_false(verify_log_holds(&log_, &run));
	close_log();
}

/* Writes of several sizes, several in flight: what is from its start is of that write alone. */
TEST(three_bits_never_give_a_block_a_wrong_start)
{
	struct state_flight flights[SLOTS] = {0};
	uint64_t starts[REGION_BLOCKS] = {0}; /* of the last write of a block that came back */
	struct random random;
	uint64_t judged = 0;

	random_init(&random, 3);
	open_log_of(UNIT, true, true);
	for (uint64_t step = 1; step < 20000; step++) {
		unsigned slot = (unsigned)random_below(&random, SLOTS);
		struct state_flight *flight = &flights[slot];
		struct verify_cursor cursor = {0};
		struct verify_run run;

		if (flight->length != 0) {
			verify_log_end(&log_, slot, flight->length);
			for (unsigned i = 0; i < flight->length / UNIT; i++)
				starts[flight->offset / UNIT + i] = flight->offset;
			flight->length = 0;
		} else {
			uint32_t blocks = 1 + (uint32_t)random_below(&random, 4);

			*flight = (struct state_flight){
				.offset = random_below(&random, REGION_BLOCKS - blocks + 1) * UNIT,
				.length = blocks * UNIT,
				.number = step};
			verify_log_begin(&log_, slot, flight);
		}
		while (verify_log_next(&log_, &cursor, REGION_BLOCKS * UNIT, &run)) {
			for (unsigned i = 0; run.is_from_start && i < run.length / UNIT; i++) {
				assert_int_equal(starts[run.offset / UNIT + i], run.offset);
				judged++;
			}
		}
	}
	assert_true(judged > 0);
	close_log();
}

TEST(numbers_beyond_the_bits_that_are_kept_come_back_whole)
{
	uint64_t number = (UINT64_C(1) << 40) + 12345;
	struct verify_cursor cursor = {0};

	open_log(UNIT, false);
	write_block(0, 0, UNIT, number);
	write_block(0, UNIT, UNIT, number + 100000);
	expect_run(&cursor, 0, 0, UNIT, number);
	close_log();
}

/* Random writes and trims of several sizes, several in flight, against a plain model. */
struct model {
	uint64_t number[REGION_BLOCKS]; /* 0: not known */
	unsigned out[REGION_BLOCKS];    /* in flight */
	bool contested[REGION_BLOCKS];
};

static void model_begin(struct model *model, const struct state_flight *flight)
{
	for (unsigned i = 0; i < flight->length / UNIT; i++) {
		unsigned block = (unsigned)(flight->offset / UNIT) + i;

		if (model->out[block]++ > 0)
			model->contested[block] = true;
	}
}

static void model_end(struct model *model, const struct state_flight *flight)
{
	for (unsigned i = 0; i < flight->length / UNIT; i++) {
		unsigned block = (unsigned)(flight->offset / UNIT) + i;

		model->number[block] = model->contested[block] ? 0 : flight->number;
		if (--model->out[block] == 0)
			model->contested[block] = false;
	}
}

static void compare(const struct model *model)
{
	struct verify_cursor cursor = {0};
	uint64_t found[REGION_BLOCKS] = {0};
	struct verify_run run;

	while (verify_log_next(&log_, &cursor, 4 * UNIT, &run)) {
		assert_int_equal(run.target, 0);
		for (unsigned i = 0; i < run.length / UNIT; i++)
			found[run.offset / UNIT + i] = verify_log_number(&log_, run.kept);
	}
	for (unsigned i = 0; i < REGION_BLOCKS; i++) {
		if (model->out[i] == 0)
			assert_int_equal(found[i], model->number[i]);
		else
			assert_int_equal(found[i], 0);
	}
}

TEST(any_order_of_writes_agrees_with_a_model)
{
	struct state_flight flights[SLOTS] = {0};
	static struct model model;
	struct random random;

	random_init(&random, 7);
	open_log(UNIT, false);
	for (uint64_t step = 1; step < 20000; step++) {
		unsigned slot = (unsigned)random_below(&random, SLOTS);
		struct state_flight *flight = &flights[slot];

		if (flight->length != 0) {
			verify_log_end(&log_, slot, flight->length);
			model_end(&model, flight);
			flight->length = 0;
		} else {
			uint32_t blocks = 1 + (uint32_t)random_below(&random, 4);

			*flight = (struct state_flight){
				.offset = random_below(&random, REGION_BLOCKS - blocks + 1) * UNIT,
				.length = blocks * UNIT,
				.number = step};
			verify_log_begin(&log_, slot, flight);
			model_begin(&model, flight);
		}
		compare(&model);
	}
	close_log();
}

TEST_MAIN(NULL, NULL);
