/* SPDX-License-Identifier: MIT */
/* The words below the tables, about a comparison whose answers are known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_text.h"
#include "test.h"

/* In every trial of a contender. */
static void multiply(size_t contender, enum trial_value value, double factor)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == contender)
			point->trials[i].values[value] *= factor;
	}
}

TEST_FIXTURE(open_record, close_record);

TEST(a_winner_is_told_with_its_price)
{
	const char *text;

	text = text_of(false, plain);
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
}

TEST(few_blocks_and_quick_sessions_claim_nothing)
{
	const char *text;

	remake_record(4);
	text = text_of(false, plain);
	assert_null(strstr(text, "▲"));
	assert_says(text, "exploratory: fast has the best IOPS");
	remake_record(9);
	record.is_exploratory = true;
	text = text_of(false, plain);
	assert_null(strstr(text, "▲"));
	assert_says(text, "exploratory: fast has the best IOPS");
}

TEST(a_control_that_differs_is_a_warning)
{
	const char *text;

	multiply(SAMPLE_CONTROL, VALUE_IOPS, 1.3);
	text = text_of(false, plain);
	assert_says(text, "warning: this session cannot support comparisons below 3");
	assert_null(strstr(text, "▲ +20.0%"));
	assert_says(text, "not claimed against ref, which differs as much from itself: fast");
	assert_null(strstr(text, "about 0 blocks"));
}

TEST(a_doubtful_engine_keeps_its_mark_in_the_words)
{
	const char *text;

	for (size_t i = 0; i < record.points[0].trial_count; i++) {
		struct trial *trial = &record.points[0].trials[i];

		if (trial->contender == SAMPLE_FAST)
			trial->mismatch = "it punted";
	}
	text = text_of(false, plain);
	assert_says(text, "! fast wins, +20.0% IOPS against ref");
	assert_says(text, "the price: ! fast uses 2.00 cores");
	record.is_exploratory = true;
	assert_says(text_of(false, plain), "exploratory: ! fast has the best IOPS");
}

/* A factor of 100 up and down: whatever stands in the middle is no figure. */
TEST(an_interval_that_says_nothing_is_not_a_figure)
{
	struct record_point *point;
	const char *text;

	remake_record(9);
	point = &record.points[0];
	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender != SAMPLE_REF)
			point->trials[i].values[VALUE_IOPS] *=
				point->trials[i].block % 2 ? 100 : 0.01;
	}
	text = text_of(false, plain);
	assert_says(text, ">100%");
	assert_says(text, "~ unknown (±>100%)");
	assert_says(text, "noise floor ±more than 100 %");
	assert_null(strstr(text, "[-9"));
}

/* A write and its fdatasync beside a dsync write: a tenth of the time by leaving out the sync. */
TEST(latencies_without_their_syncs_win_nothing)
{
	const char *text;

	record.points[0].primary = VALUE_LAT_P50;
	multiply(SAMPLE_FAST, VALUE_LAT_P50, 0.1);
	for (size_t i = 0; i < record.points[0].trial_count; i++) {
		struct trial *trial = &record.points[0].trials[i];

		trial->values[VALUE_WRITE_IOPS] = trial->values[VALUE_IOPS];
		trial->values[VALUE_READ_IOPS] = NAN;
		if (trial->contender == SAMPLE_FAST)
			trial->values[VALUE_SYNC_P50] = 300000;
	}
	text = text_of(false, plain);
	assert_says(text, "sync p50");
	assert_says(text, "unequal: fast syncs by calls of their own");
	assert_says(text, "no winner in lat.p50: syncs that are calls of their own are not in it");
	assert_null(strstr(text, "▲ -9"));
	record.points[0].primary = VALUE_IOPS;
	assert_says(text_of(false, plain), "fast wins, +20.0% IOPS");
}

TEST(equals_at_the_top_are_tied)
{
	const char *text;

	multiply(SAMPLE_FAST, VALUE_IOPS, 1 / 1.2);
	text = text_of(false, plain);
	assert_says(text, "tied at the top: ");
}

/* Zero is not in its interval, and it is too small to spoil the session. */
TEST(a_control_that_is_a_little_off_raises_the_floor)
{
	const char *text;

	multiply(SAMPLE_CONTROL, VALUE_IOPS, 1.006);
	text = text_of(false, plain);
	assert_says(text, "noise floor ±0.8 %: ref against itself differs by +0.5%");
}

/* Once the time was over, more blocks alone are no cure. */
TEST(what_would_resolve_is_told)
{
	struct record_point *point;
	struct page_options one_line = {.is_utf8 = true, .columns = 400};
	const char *text;

	point = &record.points[0];
	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_SAME)
			point->trials[i].values[VALUE_IOPS] *=
				point->trials[i].block % 2 ? 1.03 : 0.98;
	}
	text = text_of(false, one_line);
	assert_says(text, "not resolved against ref: same (about ");
	assert_null(strstr(text, "without --max-time"));
	point->stop = STOP_OUT_OF_TIME;
	text = text_of(false, one_line);
	assert_says(text, " blocks would do: --blocks=");
	assert_says(text, " without --max-time)");
}

/* System calls by the I/O are no shares of anything. */
TEST(plain_metrics_are_told_without_percent)
{
	const char *text;

	record.points[0].primary = VALUE_SYSCALLS_PER_IO;
	text = text_of(false, plain);
	assert_says(text, "fast wins, -1 syscalls_per_io against ref [-1, -1]");
	assert_says(text, "noise floor ±0: ref against itself differs by +0");
	assert_says(text, "a difference below 0 can stay unseen");
}

/* The fastest one fails in its fourth block: it has the best figure, and no win. */
TEST(who_fails_half_way_does_not_win)
{
	struct record_point *point;
	const char *text;

	point = &record.points[0];
	point->contenders[SAMPLE_FAST].problem = "the disk is full";
	for (size_t i = 0; i < point->trial_count; i++) {
		struct trial *trial = &point->trials[i];

		if (trial->contender == SAMPLE_FAST && trial->block >= 3)
			trial->counts = false;
		if (trial->contender == SAMPLE_SAME)
			trial->values[VALUE_IOPS] *= 1.1;
	}
	text = text_of(false, plain);
	assert_says(text, "fast failed after 3 trials: the disk is full");
	assert_says(text, "same wins, +10");
	assert_says(text, "the price: same uses");
	point->contenders[SAMPLE_SAME].problem = "the disk is full";
	text = text_of(false, plain);
	assert_says(text, "no claim: fewer than two ran to the end");
}

TEST(a_leader_per_core_is_one_that_is_shown)
{
	const char *text;

	multiply(SAMPLE_SAME, VALUE_IOPS_PER_CORE, 1.1);
	text = text_of(false, plain);
	assert_says(text, "per core same leads with 110k IOPS");
	record.is_exploratory = true;
	text = text_of(false, plain);
	assert_says(text, "per core same has the most, 110k IOPS");
}

TEST(the_line_to_run_it_again_has_one_seed)
{
	static const char *arguments[] = {"--seed", "1", "a.job"};
	const char *text;

	remake_record(1);
	record.arguments = arguments;
	text = text_of(false, plain);
	assert_says(text, "again     ringside compare a.job --seed=77");
	arguments[0] = "TARGET=/mnt/a b";
	arguments[1] = "--comparison=c.json";
	record.command = "check";
	text = text_of(false, plain);
	assert_says(text, "again     TARGET='/mnt/a b' ringside check --comparison=c.json a.job");
}

TEST(why_it_ended_is_told)
{
	const char *text;

	record.is_adaptive = false;
	record.points[0].stop = STOP_BLOCK_LIMIT; /* as asked */
	text = text_of(false, plain);
	assert_null(strstr(text, "it ended after"));
	record.points[0].stop = STOP_OUT_OF_TIME;
	text = text_of(false, plain);
	assert_says(text, "it ended after 9 blocks because the time was over");
	record.points[0].stop = STOP_NOT_YET;
	record.signal = 2;
	text = text_of(false, plain);
	assert_says(text, "it ended after 9 blocks because it was interrupted");
	record.signal = 0;
	record.points[0].contenders[SAMPLE_REF].problem = "the disk is full";
	text = text_of(false, plain);
	assert_says(text, "it ended after 9 blocks because the reference failed");
}

/* Words in which a part is looked for, or is not to be. */
static const char *words(void)
{
	static const struct page_options one_line = {.is_utf8 = true, .columns = 400};

	return text_of(false, one_line);
}

TEST(how_much_the_winner_wins_by_is_said_where_it_is_known)
{
	struct record_point *point;
	const char *text = words();

	assert_says(text, "fast wins, +20.0% IOPS against ref [+19.");
	remake_record(2);
	record.is_exploratory = true;
	assert_says(words(), "exploratory: fast has the best IOPS; fewer than 6 blocks");
	remake_record(9);
	point = &record.points[0];
	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_FAST)
			point->trials[i].values[VALUE_IOPS] *= point->trials[i].block % 2 ? 100 : 2;
	}
	assert_says(words(), "; how far it is from ref in IOPS is unknown (±>100%)");
}

/* The more pairs are judged, the more it takes: in between, mark and letter seem to disagree. */
TEST(a_tie_with_a_mark_is_told_why)
{
	struct record_point *point = &record.points[0];
	size_t told = 0;

	for (double lead = 1; lead < 1.04; lead += 0.0005) {
		const char *text;
		bool is_marked;

		for (size_t i = 0; i < point->trial_count; i++) {
			struct trial *trial = &point->trials[i];

			if (trial->contender == SAMPLE_FAST)
				trial->values[VALUE_IOPS] =
					1e5 * (lead + 0.01 * (double)(trial->block * 7 % 5) - 0.02);
		}
		is_marked = strstr(text_of(false, plain), "▲ +") != NULL;
		text = words();
		told += strstr(text, "between them when every pair is judged; fast differs from "
				     "ref where only pairs with ref are") != NULL;
		assert_int_equal(strstr(text, "when every pair is judged") != NULL,
			is_marked && strstr(text, "tied at the top: fast, ") &&
				strstr(text, "ref (ref); no difference"));
	}
	assert_in_range(told, 1, 40);
}

/* Those that share the letter of the best, not all. */
TEST(ties_are_of_those_at_the_top)
{
	const char *text;

	multiply(SAMPLE_SAME, VALUE_IOPS, 1.2);
	text = words();
	assert_true(strstr(text, "tied at the top: same, fast;") ||
		    strstr(text, "tied at the top: fast, same;"));
}

TEST(what_was_asked_for_is_no_merit)
{
	struct contender *contenders = record.points[0].contenders;
	const char *text;

	for (size_t c = 0; c < SAMPLE_COUNT; c++)
		contenders[c].asked.iops = 1000;
	text = words();
	assert_says(text, "no winner in IOPS: all of them kept their rate");
	assert_says(text, "in p50 latency fast leads with 267");
	assert_says(text, "in p99 latency fast leads with");
	assert_null(strstr(text, "the price: "));
	record.points[0].primary = VALUE_LAT_P50;
	text = words();
	assert_says(text, "fast wins, -16.");
	assert_null(strstr(text, "in p50 latency"));
	record.points[0].primary = VALUE_IOPS;
	for (size_t c = 0; c < SAMPLE_COUNT; c++)
		contenders[c].asked.iops = 110000;
	assert_says(words(), "fast wins, +20.0% IOPS"); /* the others do not keep it */
	contenders[SAMPLE_FAST].asked.iops = 1000;
	text = words();
	assert_says(text, "no winner in IOPS: the contenders were asked for unlike rates");
	assert_null(strstr(text, "per core "));
}

/* Percentiles of few I/Os decide nothing, and lead in nothing. */
TEST(thin_percentiles_have_no_leader)
{
	struct record_point *point = &record.points[0];
	const char *text;

	for (size_t c = 0; c < SAMPLE_COUNT; c++)
		point->contenders[c].asked.iops = 1000;
	for (size_t i = 0; i < point->trial_count; i++)
		point->trials[i].window_s = 0.01;
	text = words();
	assert_says(text, "in p50 latency fast leads with");
	assert_null(strstr(text, "in p99 latency"));
	point->primary = VALUE_LAT_P99;
	assert_says(words(), "no claim: too few I/Os of a trial lie beyond lat.p99; --trial-time");
}

/* The winner against the reference, or, where that has won, against the second. */
TEST(the_price_is_the_winners_against_another)
{
	multiply(SAMPLE_REF, VALUE_IOPS, 2);
	assert_says(words(), "the price: ref uses 1.00 cores, fast 2.00; per core that is");
	for (size_t i = 0; i < record.points[0].trial_count; i++)
		record.points[0].trials[i].counts &=
			record.points[0].trials[i].contender == SAMPLE_REF;
	assert_null(strstr(words(), "the price: ")); /* it is alone */
}

TEST(what_nothing_would_resolve_is_told)
{
	struct record_point *point = &record.points[0];

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].contender == SAMPLE_SAME)
			point->trials[i].values[VALUE_IOPS] *= point->trials[i].block % 2 ? 3 : 0.4;
	}
	assert_says(words(),
		"not resolved against ref: same (even 200 blocks would not do: it takes "
		"a quieter machine or longer trials)");
}

/*
 * What is said to hold "fast" back: 120000 I/Os of 4 KiB a second, 492 MB/s, with 2 cores; NULL:
 * nothing.
 */
static void expect_limit(const char *key, const char *value, bool is_direct, const char *options,
	const char *expected)
{
	static const char *const starts[] = {
		"limited by", "perhaps limited by", "warning: faster than the drive's"};
	struct setting fact = {.key = key, .value = value};
	struct setting option = {.key = options, .value = "1"};
	const char *sentence = NULL;
	struct view view;

	remake_record(6);
	record.environment.soft = (struct settings){.count = 1, .items = &fact};
	record.points[0].contenders[SAMPLE_FAST].is_direct = is_direct;
	if (options)
		record.points[0].contenders[SAMPLE_FAST].options =
			(struct settings){.count = 1, .items = &option};
	view_make(&view, &record, &record.points[0], &record.arena);
	for (const char **lines = report_words(&view); *lines; lines++) {
		for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
			if (strncmp(*lines, starts[i], strlen(starts[i])) == 0)
				sentence = *lines;
		}
	}
	if (!expected)
		assert_null(sentence);
	else if (!sentence || strncmp(sentence, expected, strlen(expected)) != 0)
		fail_msg("%s: \"%s\" and not \"%s\"", value, sentence ? sentence : "nothing",
			expected);
}

/* Line coding takes a fifth up to 5 GT/s, little above. */
TEST(a_drives_link_is_a_limit)
{
	static const char link[] = "device.nvme0n1.pci_link";

	expect_limit(link, "5.0 GT/s PCIe x1", true, NULL,
		"limited by the drive's PCIe link: fast moves 468 MiB/s, the link carries 477 "
		"MiB/s "
		"(5.0 GT/s PCIe x1)");
	expect_limit(link, "2.5 GT/s PCIe x2", true, NULL,
		"limited by the drive's PCIe link: fast moves 468 MiB/s, the link carries 477 "
		"MiB/s");
	expect_limit(link, "4.0 GT/s PCIe x1", true, NULL,
		"warning: faster than the drive's PCIe link: fast moves 468 MiB/s, the link "
		"carries "
		"381 MiB/s (4.0 GT/s PCIe x1): a cache took part");
	expect_limit(link, "5.1 GT/s PCIe x1", true, "hipri", NULL);  /* 599 MiB/s */
	expect_limit(link, "2.5 GT/s PCIe x1", false, "hipri", NULL); /* from the page cache */
	expect_limit(link, "8.0 GT/s PCIe x4", true, "hipri", NULL);
	expect_limit(link, "Unknown x1", true, "hipri", NULL);
	expect_limit(link, "2.5 GT/s PCIe", true, "hipri", NULL);
	expect_limit(link, "2.5 GT/s PCIe x0", true, "hipri", NULL);
	expect_limit("pci_link", "2.5 GT/s PCIe x1", true, "hipri", NULL); /* of no device */
}

/* Which of several drives was used is not known: all links together are the limit. */
TEST(links_of_all_drives_are_added)
{
	static struct setting facts[] = {
		{.key = "device.nvme0n1.pci_link", .value = "5.0 GT/s PCIe x1"},
		{.key = "device.nvme1n1.pci_link", .value = "5.0 GT/s PCIe x1"},
	};

	record.points[0].contenders[SAMPLE_FAST].is_direct = true;
	record.environment.soft = (struct settings){.count = 1, .items = facts};
	assert_says(words(), "limited by the drive's PCIe link");
	record.environment.soft = (struct settings){.count = 2, .items = facts};
	assert_null(strstr(words(), "limited by the drive's PCIe link"));
}

/* Two cores of one thread and a helper; or of two threads, that each have one. */
TEST(threads_that_are_busy_are_a_limit)
{
	record.points[0].contenders[SAMPLE_FAST].numjobs = 2;
	assert_says(words(), "limited by the CPU: fast's threads are busy all the time");
	record.points[0].contenders[SAMPLE_FAST].numjobs = 3;
	assert_null(strstr(words(), "limited by the CPU"));
}

TEST(cpus_and_the_cgroup_are_limits)
{
	static const char link[] = "device.nvme0n1.pci_link";

	expect_limit(link, "8.0 GT/s PCIe x4", true, NULL, "limited by the CPU: fast's thread is");
	expect_limit("cpus_allowed", "0-1", true, "sqthread_poll",
		"limited by the CPUs: fast uses 2.00 of 2");
	expect_limit("cpus_allowed", "0-3", true, "sqthread_poll", NULL);
	expect_limit("cgroup.io_max", "8:0 rbps=1000", true, "sqthread_poll",
		"perhaps limited by the cgroup's io.max: 8:0 rbps=1000");
	expect_limit("cgroup.io_max", "none", true, "sqthread_poll", NULL);
}

TEST_MAIN(NULL, NULL);
