/* SPDX-License-Identifier: MIT */
/* What stands beside the figures: who is missing, what is unequal, what disturbed. */
#include <math.h>
#include <string.h>

#include "report_text.h"
#include "test.h"

/* All notes of the record, a line each. */
static const char *notes(void)
{
	const char *text = "\n";
	struct view view;

	view_make(&view, &record, &record.points[0], &record.arena);
	for (const char **lines = report_notes(&view); *lines; lines++)
		text = arena_printf(&record.arena, "%s%s\n", text, *lines);
	return text;
}

static void assert_note(const char *line)
{
	assert_says(notes(), arena_printf(&record.arena, "\n%s\n", line));
}

static void assert_no_note(const char *part)
{
	if (strstr(notes(), part))
		fail_msg("\"%s\" in%s", part, notes());
}

static struct contender *contender(size_t c)
{
	return &record.points[0].contenders[c];
}

/* Sets an option of a contender as if its job had it. */
static void give(size_t c, const char *key, const char *value)
{
	struct settings *options = &contender(c)->options;
	struct setting *items =
		arena_alloc_array(&record.arena, options->count + 1, sizeof(*items));

	if (options->count > 0)
		memcpy(items, options->items, options->count * sizeof(*items));
	items[options->count] = (struct setting){.key = key, .value = value};
	*options = (struct settings){.count = options->count + 1, .items = items};
}

TEST_FIXTURE(open_record, close_record);

TEST(who_is_missing_is_named_with_the_reason)
{
	struct record_point *point = &record.points[0];

	assert_note("refused does not run: this kernel has it not");
	contender(SAMPLE_REFUSED)->exit_code = EXIT_RUN_FAILED;
	assert_note("refused failed: this kernel has it not");
	contender(SAMPLE_FAST)->problem = "the disk is full";
	assert_note("fast failed after 9 trials: the disk is full");
	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].counts &= point->trials[i].contender != SAMPLE_FAST || i == 1;
	assert_note("fast failed after 1 trial: the disk is full");
	contender(SAMPLE_CONTROL)->problem = "the disk is full";
	assert_no_note("control ref' ");
	assert_note("the control failed after 9 trials: the disk is full");
	contender(SAMPLE_REF)->problem = "the disk is full";
	assert_no_note("the control failed");
}

TEST(what_a_turn_leaves_behind_is_said)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].carry_over = log(1.05) + 1e-4 * (double)(i % 3);
	assert_no_note("after its own");
	point->rounds = 20;
	assert_note("warning: a turn of the reference is 5.0 % faster after its own than after "
		    "another's: what a turn leaves behind is in these figures; --window=0 has "
		    "trials in a row");
	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].carry_over = log(1.005) + 1e-4 * (double)(i % 3);
	assert_no_note("after its own");
	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].carry_over = point->trials[i].block % 2 ? 0.1 : -0.09;
	assert_no_note("after its own");
	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].carry_over = NAN;
	assert_no_note("after its own");
}

TEST(trials_in_place_of_turns_have_their_reason)
{
	assert_no_note("no turns of milliseconds");
	record.points[0].why_trials = "fast: it writes";
	assert_note("trials in a row, no turns of milliseconds: fast: it writes");
}

TEST(why_there_is_no_table_is_said)
{
	remake_record(0);
	contender(SAMPLE_FAST)->problem = contender(SAMPLE_SAME)->problem = "it broke";
	assert_note("only ref runs: there is nothing to compare it with");
	contender(SAMPLE_REF)->problem = "it broke";
	assert_note("no contender runs");
	record.points[0].stop = STOP_OUT_OF_TIME;
	assert_note("the time was over (--max-time) before the first block was whole");
	record.signal = 2;
	assert_note("interrupted before the first block");
}

TEST(one_alone_is_compared_with_itself)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].counts &= point->trials[i].contender == SAMPLE_REF ||
					   point->trials[i].contender == SAMPLE_CONTROL;
	assert_note("only ref runs: there is nothing to compare it with but itself");
}

/* Depth and batches are of those that have a queue; a contender that does not run has nothing. */
TEST(what_is_unequal_is_listed)
{
	contender(SAMPLE_REFUSED)->numjobs = 9;
	assert_note("unequal: iodepth is ref 32, fast 64");
	assert_no_note("numjobs is");
	contender(SAMPLE_FAST)->depth = 32;
	contender(SAMPLE_SAME)->depth = 1;
	assert_no_note("unequal: iodepth");
	contender(SAMPLE_FAST)->batch = 8;
	contender(SAMPLE_FAST)->numjobs = 4;
	contender(SAMPLE_SAME)->is_direct = true;
	assert_note("unequal: iodepth_batch_submit is ref 1, fast 8");
	assert_note("unequal: numjobs is ref 1, fast 4, same 1");
	assert_note("unequal: direct is ref 0, fast 0, same 1");
}

TEST(other_targets_and_loads_are_unequal_too)
{
	give(SAMPLE_REF, "filename", "/dev/nvme0n1");
	assert_no_note("filename");
	give(SAMPLE_FAST, "filename", "/dev/ng0n1");
	give(SAMPLE_REF, "bs", "4k");
	give(SAMPLE_FAST, "bs", "4k");
	give(SAMPLE_FAST, "bssplit", "4k/50:8k/50");
	give(SAMPLE_SAME, "rate_process", "poisson");
	give(SAMPLE_REFUSED, "rw", "write");
	give(SAMPLE_REF, "rw", "read");
	assert_note("unequal: filename is ref /dev/nvme0n1, fast /dev/ng0n1");
	assert_note("unequal: bs is ref 4k, fast 4k/50:8k/50");
	assert_note("unequal: rate_process is ref linear, fast linear, same poisson");
	assert_no_note("unequal: rw");
}

TEST(rates_are_told)
{
	assert_no_note("rate");
	for (size_t c = 0; c < SAMPLE_COUNT; c++)
		contender(c)->asked.iops = 100000;
	assert_says(notes(), "\nall have the same rate");
	assert_no_note("not kept"); /* 99900 is near enough */
	contender(SAMPLE_REF)->asked.iops = contender(SAMPLE_FAST)->asked.iops =
		contender(SAMPLE_SAME)->asked.iops = 110000;
	assert_note("warning: the rate was not kept: ref 100k/s of 110k/s, same 100k/s of 110k/s");
	contender(SAMPLE_FAST)->asked.iops = 8000;
	assert_says(notes(), "\nwarning: unequal loads: the rate is ref 110k/s, fast 8.00k/s, "
			     "same 110k/s, of all clones together");
	assert_no_note("all have the same rate");
}

TEST(engines_without_a_queue_are_named)
{
	assert_note(
		"same: one I/O at a time and thread, iodepth=64 does not apply (numjobs=64 makes "
		"as many threads)");
	contender(SAMPLE_REF)->depth = contender(SAMPLE_FAST)->depth = 1;
	contender(SAMPLE_SAME)->depth = 1;
	assert_no_note("one I/O at a time");
}

TEST(settings_that_were_refused_are_told_with_the_reason)
{
	static struct setting mute = {.key = "registerring", .value = "1"};

	assert_note("fast ran without fixedbufs: memlock is too small");
	contender(SAMPLE_SAME)->refused = (struct settings){.count = 1, .items = &mute};
	assert_note("same ran without registerring: refused");
	contender(SAMPLE_SAME)->problem = "it broke";
	assert_no_note("registerring");
}

TEST(an_engine_that_was_another_is_told_by_the_number_of_trials)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].block < 2)
			point->trials[i].mismatch = "it was a thread pool";
	}
	assert_note("warning: ! fast is not what its name says, in 2 trials: it was a thread pool");
	assert_no_note("! control");
}

TEST(disturbed_trials_are_told_apart_by_what_became_of_them)
{
	struct record_point *point = &record.points[0];
	struct trial *again = record_add_trial(&record, point);

	assert_no_note("disturbed");
	*again = point->trials[0];
	again->attempt = 2;
	point->trials[0].counts = false;
	point->trials[0].causes = 1u << GUARD_STEAL;
	point->trials[0].problem = "time stolen: 4 %";
	assert_note("1 of 36 trials were disturbed and run again: steal 1 (time stolen: 4 %)");
	assert_no_note("kept");
	point->trials[5].causes = 1u << GUARD_SWAP;
	point->trials[5].problem = "swapped: 8 pages";
	assert_note("trials disturbed and kept, having been run again already or being too many: "
		    "swap 1 (swapped: 8 pages)");
}

TEST(a_ramp_that_was_cut_is_told)
{
	assert_no_note("the ramp was cut");
	record.points[0].ramp_s = 2;
	record.points[0].ramp_wanted_s = 10;
	assert_says(notes(), "\nthe ramp was cut to 2 s, the slowest contender takes 10 s");
}

/* Multiplies IOPS by what a trial's block and position make of it. */
static void tilt(double by_block, double by_position)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		struct trial *trial = &point->trials[i];

		trial->values[VALUE_IOPS] *=
			1 + by_block * (double)trial->block + by_position * (double)trial->position;
	}
}

TEST(a_session_that_drifts_is_told)
{
	assert_no_note("drift");
	tilt(0.01, 0);
	assert_note("drift +8.0 % over the session (cancelled by blocks)");
	tilt(0.05, 0);
	assert_says(notes(), "\nwarning: the session drifted by +");
	assert_no_note("cancelled by blocks)\n");
}

TEST(an_order_that_matters_is_told)
{
	assert_no_note("order effect");
	remake_record(25);
	tilt(0, -0.01);
	assert_says(notes(), "\nwarning: order effect -");
}

TEST(a_noisy_machine_is_told)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < 8; i++)
		point->trials[i].attempt = 2;
	assert_note("warning: noisy machine: more than 20 % of the trials were disturbed");
	point->trials[0].attempt = 1;
	assert_no_note("noisy machine");
}

TEST(a_short_ramp_is_told)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_SAME)
			point->trials[i].early_excess = 0.3;
	}
	assert_says(notes(),
		"\nwarning: same is faster or slower at the start of its trials than later: ");
	assert_says(notes(), "use a longer --ramp-time");
}

TEST_MAIN(NULL, NULL);
