/* SPDX-License-Identifier: MIT */
/* What a report comes to: verdict, exit code, notes. */
#include "check/check.h"
#include "test.h"

#include "check/check_text.h"
#include "check_report.h"

TEST(policies_change_the_exit_code)
{
	const struct outcome_policy passes = {.inconclusive = INCONCLUSIVE_PASSES};
	const struct outcome_policy fails = {.inconclusive = INCONCLUSIVE_FAILS};
	const struct outcome_policy strict = {.improved = IMPROVED_FAILS};
	const struct outcome_policy usual = {0};
	struct check report;
	char *text;

	check_init(&report);
	report.title = "policies";
	check_conclude(&report, &usual);
	assert_int_equal(report.exit_code, EXIT_INCOMPARABLE);
	report_add(&report, "a", OUTCOME_INCONCLUSIVE);
	check_conclude(&report, &usual);
	assert_int_equal(report.exit_code, EXIT_INCONCLUSIVE);
	check_conclude(&report, &passes);
	assert_int_equal(report.exit_code, EXIT_DONE);
	assert_string_equal(check_verdict(&report), "inconclusive");
	assert_string_equal(check_text_counts(&report, &report.arena),
		"1 inconclusive; exit code 0 by --inconclusive=pass");
	assert_false(check_gate_fails(&report, &report.gates[0]));
	check_conclude(&report, &fails);
	assert_int_equal(report.exit_code, EXIT_REGRESSION);
	assert_string_equal(check_verdict(&report), "inconclusive");
	assert_string_equal(check_text_counts(&report, &report.arena),
		"1 inconclusive; exit code 1 by --inconclusive=fail");
	assert_true(check_gate_fails(&report, &report.gates[0]));
	text = report_text(&report, check_write_junit);
	assert_non_null(strstr(text, "failures=\"1\" errors=\"0\" skipped=\"0\""));
	assert_non_null(strstr(text, "<failure type=\"inconclusive\""));
	free(text);
	text = report_text(&report, check_write_annotations);
	assert_non_null(strstr(text, "::error title=ringside inconclusive::"));
	assert_null(strstr(text, "::warning"));
	free(text);
	report.gates[0].outcome = OUTCOME_IMPROVED;
	check_conclude(&report, &usual);
	assert_string_equal(check_verdict(&report), "improved");
	assert_int_equal(report.note_count, 0);
	report.can_be_updated = true;
	check_conclude(&report, &usual);
	assert_int_equal(report.note_count, 1);
	assert_non_null(strstr(report.notes[0], "baseline update"));
	/* Not where other gates leave the session in doubt. */
	report_add(&report, "b", OUTCOME_INCONCLUSIVE);
	check_conclude(&report, &usual);
	assert_int_equal(report.note_count, 1);
	report.gate_count = 1;
	check_conclude(&report, &strict);
	assert_int_equal(report.exit_code, EXIT_REGRESSION);
	assert_string_equal(check_verdict(&report), "improved");
	assert_string_equal(check_text_counts(&report, &report.arena),
		"1 improved; exit code 1 by --improved=fail");
	text = report_text(&report, check_write_markdown);
	assert_non_null(strstr(text, "❌ improved"));
	free(text);
	report.exit_code = 130;
	assert_string_equal(check_verdict(&report), "interrupted");
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
