/* SPDX-License-Identifier: MIT */
/* A report as a screen. */
#include "check/check.h"
#include "test.h"

#include "check_report.h"

TEST(a_report_is_a_screen)
{
	struct check report;

	report_fill_small(&report);
	report_is(&report, check_write_text,
		"night against b.json (1 session)\n"
		"\n"
		"gate               kind       before      now   change    "
		"    bounds      limit   sees  outcome\n"
		"rr\n"
		"  read.iops        relative    2.00×    1.84×   -7.8 %  [-"
		"9.1, -6.4]       -5 %  3.1 %  regression\n"
		"  read.lat.p99     anchor    90.0 µs  83.0 µs   -7.8 %  [-"
		"9.1, -6.4]       +5 %  3.1 %  inconclusive\n"
		"ww\n"
		"  syscalls_per_io  exact        2.00    0.500  -75.0 %    "
		"                 +0.1         improved\n"
		"  read.lat.p99     asserted           83.0 µs             "
		"            <= 200 µs         pass\n"
		"\n"
		"  notes     rr.read.lat.p99 (anchor): too noisy\n"
		"            another machine: cpu_model Z80 -> 6502 (allowe"
		"d)\n"
		"            changed since the baseline: kernel 6.6 -> (unk"
		"nown)\n"
		"            a note\n"
		"\n"
		"regression: 1 regression, 1 inconclusive, 1 improved, 1 pa"
		"ss\n");
	check_free(&report);
}

/* What it is held against: a file of so many sessions, or contenders of its own session. */
TEST(the_title_says_against_what)
{
	struct check report;
	struct contender contenders[] = {{.name = "a", .reference = "a (old)"}, {.name = "a (old)"},
		{.name = "b", .reference = "b (old)"}, {.name = "b (old)"}};
	struct check_session today = {.contender_count = 2, .contenders = contenders};

	report_fill_small(&report);
	report.session_count = 3;
	report_has(&report, check_write_text, "night against b.json (3 sessions)\n");
	report.today = &today;
	report.baseline = NULL;
	report_has(&report, check_write_text, "night against a (old) in the same session\n");
	today.contender_count = 4;
	report_has(&report, check_write_text,
		"night against a (old) and 1 more in the same session\n");
	contenders[0].reference = contenders[2].reference = NULL;
	today.reference = "b";
	report_has(&report, check_write_text, "night against b in the same session\n");
	today.contender_count = 0;
	report_has(&report, check_write_text, "night\n\ngate");
	check_free(&report);
}

TEST(bad_names_and_reasons_are_told)
{
	struct check report;
	char *text;

	report_fill(&report);
	text = report_text(&report, check_write_text);
	assert_non_null(strstr(text, "-7.8 %"));
	assert_non_null(strstr(text, "[-9.1, -6.4]"));
	assert_non_null(strstr(text, "unsure.read.iops: losses are seen from 9 % on only"));
	assert_non_null(strstr(text, "error: 1 error, 2 regression, 1 inconclusive, 2 pass, "
				     "1 skipped"));
	assert_non_null(strstr(text, "\nbroken "));
	assert_null(strchr(text, '\x01'));
	free(text);
	check_free(&report);
}

TEST(a_reason_of_many_gates_is_told_once)
{
	static const char *const names[] = {"a.x", "b.x", "c.x", "d.x", "e.x"};
	struct check report;
	char *text;

	check_init(&report);
	report.title = "many";
	for (int i = 0; i < 5; i++) {
		struct check_gate *gate = check_add_gate(&report);

		gate->name = names[i];
		gate->contender = "rr";
		gate->metric = &trial_value_metrics[VALUE_READ_IOPS];
		gate->outcome = OUTCOME_INCONCLUSIVE;
		gate->reason = "the session was disturbed";
	}
	text = report_text(&report, check_write_text);
	assert_non_null(strstr(text, "\n  notes     a.x, b.x, c.x and 2 more: the session "
				     "was disturbed\n"));
	assert_null(strstr(strstr(text, "was disturbed") + 1, "was disturbed"));
	free(text);
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
