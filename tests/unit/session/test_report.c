/* SPDX-License-Identifier: MIT */
/* covers: src/session/view.c src/session/grid.c src/session/report_words.c */
/* Tables and words about a comparison whose answers are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sample_record.h"
#include "session/report.h"

/* The text of a session of `block_count` blocks, malloc'd. */
static char *text_of(struct record *record, bool is_wide, struct write_text_options options)
{
	char *text;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(report_text_with(record, is_wide, &options, stream), 0);
	fclose(stream);
	return text;
}

static const struct write_text_options plain = {.is_utf8 = true, .columns = 100};

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("missing: %s\n%s", part, text);
	assert_non_null(strstr(text, part));
}

static void a_winner_is_told_with_its_price(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	text = text_of(&record, false, plain);
	assert_says(text, "randread 4k, direct, data — 9 blocks × 4 × 2 s, seed 77");
	assert_says(text, "▲ +20.0% [");
	assert_says(text, "≈ ");
	assert_says(text, "fast wins, +20.0% IOPS against ref");
	assert_says(text, "fast uses 2.00 cores, ref 1.00; per core that is 60.0k and 100k IOPS");
	assert_says(text, "tied per core: same, ref (ref)");
	assert_says(text, "noise floor ±");
	assert_says(text, "refused does not run: this kernel has it not");
	assert_says(text, "fast ran without fixedbufs: memlock is too small");
	assert_says(text, "unequal: iodepth is ref 32, fast 64");
	assert_says(text, "same: one I/O at a time and thread, iodepth=64 does not apply");
	assert_says(text, "again     ringside compare --engines 'a,b c' --seed=77");
	free(text);
	record_free(&record);
}

static void no_line_is_wider_than_asked(void **state)
{
	static const char *const long_name = "io_uring+fixedbufs+registerfiles+sqthread_poll";
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	record.points[0].contenders[SAMPLE_FAST].name = long_name;
	text = text_of(&record, false, plain);
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		char copy[1024];

		snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\n"), line);
		assert_true(page_width(copy) <= 100);
	}
	free(text);
	record_free(&record);
}

static void few_blocks_and_quick_sessions_claim_nothing(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 4);
	text = text_of(&record, false, plain);
	assert_null(strstr(text, "▲"));
	assert_says(text, "exploratory: fast has the best IOPS");
	free(text);
	record_free(&record);
	sample_record(&record, 9);
	record.is_exploratory = true;
	text = text_of(&record, false, plain);
	assert_null(strstr(text, "▲"));
	assert_says(text, "exploratory: fast has the best IOPS");
	free(text);
	record_free(&record);
}

static void one_block_is_values_only(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 1);
	text = text_of(&record, false, plain);
	assert_says(text, "1 block ×");
	assert_null(strstr(text, "["));
	free(text);
	record_free(&record);
	sample_record(&record, 2);
	text = text_of(&record, false, plain);
	assert_says(text, "?"); /* a range, no interval */
	assert_null(strstr(text, "["));
	free(text);
	record_free(&record);
}

static void equals_at_the_top_are_tied(void **state)
{
	struct record record;
	struct record_point *point;
	char *text;

	(void)state;
	sample_record(&record, 9);
	point = &record.points[0];
	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_FAST)
			point->trials[i].values[VALUE_IOPS] /= 1.2;
	}
	text = text_of(&record, false, plain);
	assert_says(text, "tied at the top: ");
	free(text);
	record_free(&record);
}

static void a_control_that_differs_is_a_warning(void **state)
{
	struct record record;
	struct record_point *point;
	char *text;

	(void)state;
	sample_record(&record, 9);
	point = &record.points[0];
	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_CONTROL)
			point->trials[i].values[VALUE_IOPS] *= 1.3;
	}
	text = text_of(&record, false, plain);
	assert_says(text, "warning: this session cannot support comparisons below 3");
	assert_null(strstr(text, "▲ +20.0%"));
	assert_says(text, "not claimed against ref, which differs as much from itself: fast");
	assert_null(strstr(text, "about 0 blocks"));
	free(text);
	record_free(&record);
}

/* The file that a writer makes of a session, malloc'd. */
static char *document_of(
	const struct record *record, int (*write)(const struct record *record, FILE *stream))
{
	char *text;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(write(record, stream), 0);
	fclose(stream);
	return text;
}

static void quick_sessions_claim_nothing_in_files_either(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	text = document_of(&record, report_csv);
	assert_says(text, ",better\n");
	free(text);
	record.is_exploratory = true;
	text = document_of(&record, report_csv);
	assert_null(strstr(text, ",better\n"));
	assert_says(text, ",exploratory\n");
	free(text);
	text = document_of(&record, report_json);
	assert_null(strstr(text, "\"better\""));
	assert_null(strstr(text, "\"letters\": \"A\""));
	free(text);
	record_free(&record);
}

/* The fastest one fails in its fourth block: it has the best figure, and no win. */
static void who_fails_half_way_does_not_win(void **state)
{
	struct record record;
	struct record_point *point;
	char *text;

	(void)state;
	sample_record(&record, 9);
	point = &record.points[0];
	point->contenders[SAMPLE_FAST].problem = "the disk is full";
	for (size_t i = 0; i < point->trial_count; i++) {
		struct record_trial *trial = &point->trials[i];

		if (trial->contender == SAMPLE_FAST && trial->block >= 3)
			trial->counts = false;
		if (trial->contender == SAMPLE_SAME)
			trial->values[VALUE_IOPS] *= 1.1;
	}
	text = text_of(&record, false, plain);
	assert_says(text, "fast failed after 3 trials: the disk is full");
	assert_says(text, "same wins, +10");
	assert_says(text, "the price: same uses");
	free(text);
	point->contenders[SAMPLE_SAME].problem = "the disk is full";
	text = text_of(&record, false, plain);
	assert_says(text, "no claim: fewer than two ran to the end");
	free(text);
	record_free(&record);
}

static void a_leader_per_core_is_one_that_is_shown(void **state)
{
	struct record record;
	struct record_point *point;
	char *text;

	(void)state;
	sample_record(&record, 9);
	point = &record.points[0];
	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_SAME)
			point->trials[i].values[VALUE_IOPS_PER_CORE] *= 1.1;
	}
	text = text_of(&record, false, plain);
	assert_says(text, "per core same leads with 110k IOPS");
	free(text);
	record.is_exploratory = true;
	text = text_of(&record, false, plain);
	assert_says(text, "per core same has the most, 110k IOPS");
	free(text);
	record_free(&record);
}

static void why_it_ended_is_told(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	record.is_adaptive = false;
	record.points[0].stop = STOP_BLOCK_LIMIT; /* as asked */
	text = text_of(&record, false, plain);
	assert_null(strstr(text, "it ended after"));
	free(text);
	record.points[0].stop = STOP_OUT_OF_TIME;
	text = text_of(&record, false, plain);
	assert_says(text, "it ended after 9 blocks because its time was over");
	free(text);
	record.points[0].stop = STOP_NOT_YET;
	record.signal = 2;
	text = text_of(&record, false, plain);
	assert_says(text, "it ended after 9 blocks because it was broken off");
	free(text);
	record.signal = 0;
	record.points[0].contenders[SAMPLE_REF].problem = "the disk is full";
	text = text_of(&record, false, plain);
	assert_says(text, "it ended after 9 blocks because the reference failed");
	free(text);
	record_free(&record);
}

/* System calls by the I/O are no shares of anything. */
static void plain_metrics_are_told_without_percent(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	record.points[0].primary = VALUE_SYSCALLS_PER_IO;
	text = text_of(&record, false, plain);
	assert_says(text, "fast wins, -1 syscalls_per_io against ref [-1, -1]");
	assert_says(text, "noise floor ±0: ref against itself differs by +0");
	assert_says(text, "a difference below 0 can stay unseen");
	free(text);
	record_free(&record);
}

static void the_line_to_run_it_again_has_one_seed(void **state)
{
	static const char *arguments[] = {"--seed", "1", "a.job"};
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 1);
	record.arguments = arguments;
	text = text_of(&record, false, plain);
	assert_says(text, "again     ringside compare a.job --seed=77");
	free(text);
	record_free(&record);
}

static void long_names_are_cut_between_letters(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	record.points[0].contenders[SAMPLE_REF].name = "aéééééééééééééééééé";
	text = document_of(&record, report_markdown);
	assert_says(text, "vs aéééééééééééééé… |");
	free(text);
	record_free(&record);
}

/* As if a guard had found these causes in a trial, and it had been run again. */
static void disturb(struct record *record, size_t index, unsigned causes)
{
	struct record_point *point = &record->points[0];
	struct record_trial *again = record_add_trial(record, point);

	*again = point->trials[index];
	again->attempt = 2;
	point->trials[index].causes = causes;
	point->trials[index].counts = false;
	point->trials[index].problem = "time stolen";
}

static void disturbed_trials_are_counted_by_their_causes(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	disturb(&record, 0, 1u << GUARD_STEAL);
	disturb(&record, 6, 1u << GUARD_STEAL | 1u << GUARD_SWAP);
	record.points[0].trials[9].causes = 1u << GUARD_HOT_DISK;
	record.points[0].trials[9].problem = "too hot";
	text = text_of(&record, false, plain);
	assert_says(text, "2 of 36 trials were disturbed and run again: steal 2, swap 1");
	assert_says(text, "hot_disk 1");
	free(text);
	text = record_print(&record);
	assert_says(text, "\"repeated_causes\": {");
	assert_says(text, "\"hot_disk\": 1");
	free(text);
	record_free(&record);
}

static void an_engine_that_is_something_else_is_marked(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	for (size_t i = 0; i < record.points[0].trial_count; i++) {
		struct record_trial *trial = &record.points[0].trials[i];

		if (trial->contender == SAMPLE_FAST && trial->block % 2 == 0)
			trial->mismatch = "it was a thread pool";
	}
	text = text_of(&record, false, plain);
	assert_says(text, "! fast ");
	assert_says(text, "! fast is not what its name says, in 5 trials: it was a thread pool");
	assert_says(text, "but it is not what its name says");
	assert_null(strstr(text, "! same"));
	free(text);
	record_free(&record);
}

static void tails_of_few_ios_get_no_verdict(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	text = text_of(&record, false, plain);
	assert_null(strstr(text, "? p99.9"));
	free(text);
	for (size_t block = 0; block < 3; block++) { /* 12 of 12000 I/Os */
		if (block == 2) {
			text = text_of(&record, false, plain);
			assert_null(strstr(text, "? p99.9")); /* two stalled, of nine */
			free(text);
		}
		for (size_t i = 0; i < record.points[0].trial_count; i++) {
			struct record_trial *trial = &record.points[0].trials[i];

			if (trial->contender == SAMPLE_FAST && trial->block == block)
				trial->window_s = 0.1;
		}
	}
	text = text_of(&record, false, plain);
	assert_says(text, "? p99.9 of fast: too few I/Os of a trial lie beyond it (30 are needed)");
	assert_null(strstr(text, "? p99 of"));
	assert_says(text, "fast wins");
	free(text);
	record.points[0].primary = VALUE_LAT_P999;
	text = text_of(&record, false, plain);
	assert_says(text, "no claim: too few I/Os of a trial lie beyond lat.p99.9");
	assert_null(strstr(text, "wins"));
	free(text);
	record_free(&record);
}

static void nothing_but_reasons_where_nobody_ran(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 0);
	record.points[0].reference = SESSION_NONE;
	text = text_of(&record, false, plain);
	assert_says(text, "refused does not run");
	assert_null(strstr(text, "IOPS"));
	free(text);
	record_free(&record);
}

static void ascii_has_signs_for_all_marks(void **state)
{
	struct record record;
	char *text;

	(void)state;
	sample_record(&record, 9);
	text = text_of(&record, true, (struct write_text_options){.columns = 250});
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80 && *c != '?');
	assert_says(text, "+ +20.0%");
	free(text);
	record_free(&record);
}

static void every_writer_writes(void **state)
{
	struct record record;

	(void)state;
	sample_record(&record, 9);
	for (const struct report_writer *writer = report_writers; writer->name; writer++) {
		char *text;
		size_t bytes;
		FILE *stream = open_memstream(&text, &bytes);

		assert_ptr_equal(report_writer_find(writer->name), writer);
		assert_int_equal(writer->write(&record, stream), 0);
		fclose(stream);
		assert_non_null(strstr(text, "fast"));
		free(text);
	}
	assert_null(report_writer_find("yaml"));
	record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_winner_is_told_with_its_price),
		cmocka_unit_test(no_line_is_wider_than_asked),
		cmocka_unit_test(few_blocks_and_quick_sessions_claim_nothing),
		cmocka_unit_test(one_block_is_values_only),
		cmocka_unit_test(equals_at_the_top_are_tied),
		cmocka_unit_test(a_control_that_differs_is_a_warning),
		cmocka_unit_test(quick_sessions_claim_nothing_in_files_either),
		cmocka_unit_test(who_fails_half_way_does_not_win),
		cmocka_unit_test(a_leader_per_core_is_one_that_is_shown),
		cmocka_unit_test(why_it_ended_is_told),
		cmocka_unit_test(plain_metrics_are_told_without_percent),
		cmocka_unit_test(the_line_to_run_it_again_has_one_seed),
		cmocka_unit_test(long_names_are_cut_between_letters),
		cmocka_unit_test(disturbed_trials_are_counted_by_their_causes),
		cmocka_unit_test(an_engine_that_is_something_else_is_marked),
		cmocka_unit_test(tails_of_few_ios_get_no_verdict),
		cmocka_unit_test(nothing_but_reasons_where_nobody_ran),
		cmocka_unit_test(ascii_has_signs_for_all_marks),
		cmocka_unit_test(every_writer_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
