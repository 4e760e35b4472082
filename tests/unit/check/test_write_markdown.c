/* SPDX-License-Identifier: MIT */
/* A report on a pull request. */
#include "check/check.h"
#include "test.h"

#include "check_report.h"

TEST(a_report_is_a_table_and_notes)
{
	struct check report;

	report_fill_small(&report);
	report_is(&report, check_write_markdown,
		"### ringside: night: regression\n"
		"\n"
		"1 regression, 1 inconclusive, 1 improved, 1 pass, against "
		"b.json (1 session)\n"
		"\n"
		"| gate | kind | before | now | change | limit | sees | out"
		"come |\n"
		"|---|---|---:|---:|---:|---:|---:|---|\n"
		"| rr.read.iops | relative | 2.00× | 1.84× | -7.8 % [-9.1, "
		"-6.4] | -5 % | 3.1 % | ❌ regression |\n"
		"| rr.read.lat.p99 (anchor) | absolute | 90.0 µs | 83.0 µs "
		"| -7.8 % [-9.1, -6.4] | +5 % | 3.1 % | ⚠️ inconclusive: to"
		"o noisy |\n"
		"| ww.syscalls\\_per\\_io | exact | 2.00 | 0.500 | -75.0 % | "
		"+5 % or 0.02 |  | ✅ improved |\n"
		"| ww.read.lat.p99 | asserted |  | 83.0 µs |  | \\<= 200 µs "
		"|  | ✅ pass |\n"
		"\n"
		"- another machine: cpu\\_model Z80 -\\> 6502 (allowed)\n"
		"- changed since the baseline: kernel 6.6 -\\> (unknown)\n"
		"- a note\n");
	check_free(&report);
}

/* Bad news first; a bar in a name does not end its cell. */
TEST(markdown_survives_any_name)
{
	struct check report;
	char *text;

	report_fill(&report);
	text = report_text(&report, check_write_markdown);
	assert_true(strstr(text, "| broken |") < strstr(text, "| pass.read.iops |"));
	assert_non_null(strstr(text, "❌ error: EIO |"));
	assert_non_null(strstr(text, "| 3.1 % | skipped |"));
	assert_non_null(strstr(text, "\\|"));
	free(text);
	check_free(&report);
}

TEST(long_markdown_is_cut_below_60_kib)
{
	struct check report;
	char *text;

	report_fill(&report);
	for (int i = 0; i < 2000; i++)
		report_add(&report, "a-rather-long-name-of-a-gate", OUTCOME_PASS);
	text = report_text(&report, check_write_markdown);
	assert_true(strlen(text) < 60 * 1024);
	assert_non_null(strstr(text, "rows omitted"));
	assert_non_null(strstr(text, "| broken |"));
	free(text);
	check_free(&report);
}

TEST(notes_have_a_room_of_their_own)
{
	struct check report;
	char long_note[3000], *text;

	memset(long_note, 'x', sizeof(long_note));
	long_note[sizeof(long_note) - 1] = '\0';
	report_fill_small(&report);
	check_note(&report, "%s", long_note);
	check_note(&report, "y%s", long_note);
	check_note(&report, "short");
	text = report_text(&report, check_write_markdown);
	assert_true(strlen(text) < 5000); /* one of the long ones has no room */
	assert_non_null(strstr(text, "- short\n"));
	free(text);
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
