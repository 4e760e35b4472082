/* SPDX-License-Identifier: MIT */
/* Annotations of GitHub. */
#include "check/check.h"
#include "test.h"

#include "check_report.h"

TEST(what_fails_and_what_is_unknown_are_annotations)
{
	struct check report;

	report_fill_small(&report);
	report_is(&report, check_write_annotations,
		"::error title=ringside regression::rr.read.iops -7.8 %25 ["
		"-9.1, -6.4], limit -5 %25, sees 3.1 %25\n"
		"::warning title=ringside inconclusive::rr.read.lat.p99 (an"
		"chor) -7.8 %25 [-9.1, -6.4], limit +5 %25, sees 3.1 %25: t"
		"oo noisy\n");
	check_free(&report);
}

TEST(annotations_are_escaped_and_few)
{
	struct check report;
	char *text;
	size_t errors = 0;

	report_fill(&report);
	report.gate_count = 1;
	text = report_text(&report, check_write_annotations);
	assert_string_equal(text,
		"::error title=ringside regression::rra&b<c>\"d\",:%25%0A\x01|"
		"\xff.read.iops -7.8 %25 [-9.1, -6.4], limit -5 %25, sees 3.1 %25\n");
	free(text);
	for (int i = 0; i < 20; i++)
		report_add(&report, "slow", OUTCOME_FAIL);
	text = report_text(&report, check_write_annotations);
	for (const char *at = text; (at = strstr(at, "::error ")); at++)
		errors++;
	assert_int_equal(errors, 10);
	assert_non_null(strstr(text, "::and 12 more\n"));
	free(text);
	check_free(&report);
}

/* Source: actions/toolkit, packages/core/src/command.ts. */
TEST(messages_are_escaped_as_github_wants_it)
{
	struct check report;

	check_init(&report);
	report_add(&report, "50%, a:b\r\nc", OUTCOME_ERROR);
	report_has(&report, check_write_annotations,
		"::error title=ringside error::50%25, a:b%0D%0Ac.read.iops -7.8 %25 ");
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
