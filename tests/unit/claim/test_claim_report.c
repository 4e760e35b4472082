/* SPDX-License-Identifier: MIT */
/* covers: src/claim/claims.c src/claim/claim_fields.c src/claim/claim_words.c */
/* Tested claims as text and Markdown. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/claim_report.h"
#include "claim/claim_words.h"
#include "test.h"

static struct claims claims;
static struct claims_entry entries[2];
static struct claim_line ratio, level;
static struct claim_line_outcome outcomes[3];
static struct claim_test tests[4];
static struct claim first, second;
static struct claims_point point;
static struct claims_contender contenders[2];
static struct claims_figure figures[] = {
	{"iops", 625000, 600000, 650000}, {"cpu_ns_per_io", 607, 590, 620}};
static char *text;

static void make_lines(void)
{
	ratio = (struct claim_line){.name = "1",
		.text = "fixed.cpu_ns_per_io <= 0.95 * plain.cpu_ns_per_io",
		.left = {.contender = "fixed", .value = VALUE_CPU_PER_IO},
		.relation = CLAIM_AT_MOST,
		.factor = 0.95};
	level = (struct claim_line){.name = "rate",
		.is_tagged = true,
		.text = "plain.iops >= 1m",
		.left = {.contender = "plain", .value = VALUE_IOPS},
		.relation = CLAIM_AT_LEAST,
		.is_level = true,
		.level = 1e6};
	tests[0] = (struct claim_test){.point = "bs=4k",
		.verdict = CLAIM_CONFIRMED,
		.is_ratio = true,
		.measured = 0.62,
		.lo = 0.6,
		.hi = 0.64,
		.border = 0.95,
		.block_count = 9};
	tests[1] = tests[0];
	tests[1].point = "bs=64k";
	tests[1].measured = 0.88;
	tests[2] = (struct claim_test){.point = "bs=4k",
		.verdict = CLAIM_REFUTED,
		.measured = 625000,
		.lo = 600000,
		.hi = 650000,
		.border = 1e6,
		.caution = "it drifted",
		.block_count = 9};
	tests[3] = (struct claim_test){.point = "",
		.verdict = CLAIM_NOT_TESTABLE,
		.reason = "it needs root",
		.measured = NAN,
		.lo = NAN,
		.hi = NAN,
		.border = 1e6};
}

static int start(void **state)
{
	(void)state;
	make_lines();
	claims_init(&claims);
	first = (struct claim){.path = "jobs/claims/fixed.job",
		.name = "fixed",
		.title = "Fixed buffers save the page walk",
		.statement = "They cost 5 % less.",
		.about = "Of | pages."};
	second = (struct claim){.path = "b.job", .name = "b", .title = "Second", .statement = "S."};
	outcomes[0] = (struct claim_line_outcome){&ratio, CLAIM_CONFIRMED, 2, tests};
	outcomes[1] = (struct claim_line_outcome){&level, CLAIM_REFUTED, 1, tests + 2};
	outcomes[2] = (struct claim_line_outcome){&level, CLAIM_NOT_TESTABLE, 1, tests + 3};
	contenders[0] = (struct claims_contender){.name = "plain", .figure_count = 2};
	contenders[0].figures = figures;
	contenders[1] = (struct claims_contender){.name = "fixed", .problem = "it failed"};
	point = (struct claims_point){.name = "bs=4k",
		.summary = "randread 4k",
		.reference = "plain",
		.block_count = 9,
		.trial_s = 0.5,
		.noise = NAN,
		.floor = NAN,
		.contender_count = 2,
		.contenders = contenders};
	entries[0] = (struct claims_entry){.claim = &first, .point_count = 1, .points = &point};
	entries[0].outcome = (struct claim_outcome){
		.claim = &first, .elapsed_s = 98, .line_count = 2, .lines = outcomes};
	entries[1] = (struct claims_entry){.claim = &second};
	entries[1].outcome = (struct claim_outcome){.claim = &second,
		.obstacle = "it needs root",
		.line_count = 1,
		.lines = outcomes + 2};
	claims.entries = entries;
	claims.entry_count = claims.asked_count = 2;
	claims.elapsed_s = 571;
	claims.seed = 7;
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	claims_free(&claims);
	return 0;
}

static void print(bool is_wide, bool is_utf8)
{
	const struct page_options options = {.is_utf8 = is_utf8, .columns = is_wide ? 160 : 100};
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(claim_report_text_with(&claims, is_wide, &options, stream), 0);
	assert_int_equal(fclose(stream), 0);
}

static void print_markdown(void)
{
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(claim_report_markdown(&claims, stream), 0);
	assert_int_equal(fclose(stream), 0);
}

static void expect(const char *part)
{
	if (!strstr(text, part))
		fail_msg("this is not in it: %s\n%s", part, text);
}

static void expect_no(const char *part)
{
	if (strstr(text, part))
		fail_msg("this is in it: %s\n%s", part, text);
}

TEST_FIXTURE(start, end);

TEST(several_claims_are_a_row_for_each_line)
{
	print(false, true);
	expect("2 claims in 9:31 min — lines: 1 confirmed, 1 refuted, 1 not testable here, seed 7");
	expect("Fixed buffers save the page walk  fixed, 1:38 min");
	expect("all 2  0.620 .. 0.880     <= 0.950  confirmed");
	expect("\n    rate "); /* its name; the text is in the wide one */
	expect("bs=4k  625k [600k, 650k]  >= 1.00M  refuted");
	expect("Second  b, not run");
	expect("b: it needs root");
	expect("again     ringside claims --seed=7");
	expect_no("They cost 5 % less."); /* of a single claim, and in the wide text */
}

TEST(a_line_without_a_tag_is_named_without_its_point)
{
	ratio.text = "at(bs=4k): fixed.iops >= plain.iops";
	print(false, true);
	expect("\n    fixed.iops >= plain.iops ");
	free(text);
	ratio.text = "at(filename='unix:a'): fixed.iops >= plain.iops";
	print(false, true);
	expect("\n    fixed.iops >= plain.iops ");
}

TEST(no_line_is_longer_than_the_page)
{
	print(false, true);
	for (char *rest = text, *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
		assert_true(page_width(line) <= 100);
}

TEST(a_single_claim_has_every_point_the_figures_and_the_notes)
{
	claims.entry_count = 1;
	print(false, true);
	expect("Fixed buffers save the page walk — 1 confirmed, 1 refuted");
	expect("claim     They cost 5 % less.");
	expect("0.620 [0.600, 0.640]  <= 0.950");
	expect("bs=64k");
	expect("rate: plain.iops >= 1m");
	expect("bs=4k, plain");
	expect("bs=4k: it drifted");
	expect("fixed, bs=4k: it failed");
}

/* As a claim on p99.9 has the column that no other table has. */
TEST(what_lines_are_about_has_a_column)
{
	static struct claims_figure tails[] = {
		{"iops", 1, 1, 1}, {"lat.p99.9", 42000, 1, 1}, {"helper_ns_per_io", 7, 1, 1}};

	contenders[0].figures = tails;
	contenders[0].figure_count = 3;
	claims.entry_count = 1;
	print_markdown();
	assert_null(strstr(text, "lat.p99.9"));
	free(text);
	level.left.value = VALUE_LAT_P999;
	print_markdown();
	expect("| contender | IOPS | lat.p99.9 µs |");
	expect("| bs=4k, plain | 1 | 42.0 |");
	assert_null(strstr(text, "helper"));
}

TEST(the_wide_text_has_that_of_all_claims)
{
	print(true, true);
	expect("They cost 5 % less.");
	expect("claim     S.");
	expect("all 2");
}

TEST(a_terminal_without_utf8_gets_ascii)
{
	print(true, false);
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80);
}

TEST(the_page_has_an_anchor_a_table_and_the_reasons_of_each_claim)
{
	print_markdown();
	expect("# Claims, tested on this machine");
	expect("| [Fixed buffers save the page walk](#fixed) | 1 confirmed, 1 refuted | 1:38 min "
	       "|");
	expect("<a id=\"fixed\"></a>");
	expect("> They cost 5 % less.");
	expect("| confirmed |");
	expect("| not testable here | it needs root |");
	expect("Of \\| pages.");
	expect("- bs=4k: randread 4k: 9 blocks of trials of 0.5 s");
	expect("Again: `ringside claims --seed=7`");
}

/* Of two folders: a link leads to the one that is meant. */
TEST(claims_of_one_name_are_told_apart)
{
	second.name = "fixed";
	second.path = "other/fixed.job";
	print(false, true);
	expect("walk  jobs/claims/fixed.job, 1:38 min");
	expect("other/fixed.job: it needs root");
	free(text);
	print_markdown();
	expect("(#claim-1-fixed)");
	expect("(#claim-2-fixed)");
	expect("<a id=\"claim-1-fixed\"></a>");
	expect("<a id=\"claim-2-fixed\"></a>");
}

TEST(a_file_of_any_name_has_an_anchor_that_is_text)
{
	second.name = "a b\"><script>(1)";
	print_markdown();
	expect("(#claim-2-a-b---script--1-)");
	expect("<a id=\"claim-2-a-b---script--1-\"></a>");
}

/* Ten contenders that cannot lay out one file are one problem, and a reason has said it already. */
TEST(one_problem_of_several_contenders_is_one_note)
{
	claims.entry_count = 1;
	contenders[0].problem = contenders[1].problem = "cannot lay out a file";
	print(false, true);
	expect("plain, bs=4k; fixed, bs=4k: cannot lay out a file");
	free(text);
	tests[0].verdict = CLAIM_NOT_TESTABLE;
	tests[0].reason = "fixed: cannot lay out a file";
	print(false, true);
	expect("line 1, bs=4k: fixed: cannot lay out a file");
	expect_no("plain, bs=4k; fixed");
}

TEST(the_command_is_a_span_of_code_whatever_files_are_called)
{
	static const char *arguments[] = {"a`b.job"};

	claims.arguments = arguments;
	claims.argument_count = 1;
	print_markdown();
	expect("Again: `` ringside claims 'a`b.job'");
}

TEST(what_was_broken_off_says_so)
{
	claims.signal = 2;
	claims.asked_count = 14;
	print(false, true);
	expect("by signal 2 in claim 2 of 14");
	free(text);
	print_markdown();
	expect("It was broken off by signal 2 in claim 2 of 14.");
}

TEST(why_a_line_is_not_resolved_and_what_it_would_take)
{
	claims.entry_count = 1;
	tests[2].verdict = outcomes[1].verdict = CLAIM_NOT_RESOLVED;
	tests[2].blocks_needed = 40;
	print(false, true);
	expect("rate, bs=4k: the interval contains the border; 9 blocks were run, about 40 would");
}

TEST(the_same_reason_of_several_lines_is_one_note)
{
	claims.entry_count = 1;
	for (size_t i = 0; i < 3; i++) {
		tests[i].verdict = CLAIM_NOT_RESOLVED;
		tests[i].reason = "too few blocks";
	}
	print(false, true);
	expect("line 1, bs=4k; line 1, bs=64k; rate, bs=4k: too few blocks");
}

TEST(a_quick_test_says_that_it_is_no_verdict)
{
	claims.is_exploratory = true;
	print_markdown();
	expect("(`--quick`): nothing is confirmed or refuted.");
}

TEST(lines_are_counted_by_their_verdict)
{
	assert_int_equal(claims_count(&claims, NULL, CLAIM_CONFIRMED), 1);
	assert_int_equal(claims_count(&claims, &entries[1], CLAIM_CONFIRMED), 0);
	assert_int_equal(claims_count(&claims, &entries[1], CLAIM_NOT_TESTABLE), 1);
}

TEST_MAIN(NULL, NULL);
