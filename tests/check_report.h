/* SPDX-License-Identifier: MIT */
/* Reports as a check might have made them, for tests of their writers. */
#ifndef TESTS_CHECK_REPORT_H
#define TESTS_CHECK_REPORT_H

#include <unistd.h>

#include "check/check.h"
#include "check_rig.h"
#include "test.h"

/* What each format has to escape. */
#define NASTY "a&b<c>\"d\",:%\n\x01|\xff"

typedef int report_writer(const struct check *report, FILE *stream);

/* malloc'd. Inlined it makes gcc 12 see a dangling pointer. */
static __attribute__((noinline, unused)) char *report_text(
	const struct check *report, report_writer *write)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(write(report, stream), 0);
	fclose(stream);
	return text;
}

static inline void report_has(const struct check *report, report_writer *write, const char *part)
{
	char *text = report_text(report, write);

	if (!strstr(text, part))
		fail_msg("%s\n is not in\n%s", part, text);
	free(text);
}

static inline void report_is(const struct check *report, report_writer *write, const char *expected)
{
	char *text = report_text(report, write);

	if (strcmp(text, expected) != 0)
		fail_msg("%s\n is not\n%s", text, expected);
	free(text);
}

static inline struct check_gate *report_add(
	struct check *report, const char *name, enum outcome outcome)
{
	struct check_gate *gate = check_add_gate(report);

	gate->contender = name;
	gate->metric = &trial_value_metrics[VALUE_READ_IOPS];
	gate->name = arena_printf(&report->arena, "%s.%s", name, gate->metric->name);
	gate->kind = GATE_ABSOLUTE;
	gate->outcome = outcome;
	gate->threshold = 0.05;
	gate->before = 804000;
	gate->now = 741288;
	gate->change = -0.078;
	gate->change_lo = -0.091;
	gate->change_hi = -0.064;
	gate->p_worse = 0.0001;
	gate->smallest_loss = 0.031;
	gate->before_count = 5;
	gate->now_count = 12;
	return gate;
}

/* A gate of each kind, of each outcome; names that each format has to escape. */
static inline void report_fill(struct check *report)
{
	const struct outcome_policy policy = {0};
	const struct rig_contender contenders[] = {{"rr", 100000, 0.01}};
	struct check_session *today;
	struct random random;
	struct check_gate *gate;

	random_init(&random, 1);
	check_init(report);
	report->title = "night" NASTY;
	report->baseline = "b" NASTY ".json";
	report->session_count = 5;
	report->host = "ci&7";
	report->elapsed_s = 70;
	report->today = today = rig_session(&report->arena, 1, contenders, 1, 7, &random);
	today->environment.soft.items[0].value = NASTY;
	report_add(report, "rr" NASTY, OUTCOME_FAIL);
	report_add(report, "pass", OUTCOME_PASS);
	report_add(report, "unsure", OUTCOME_INCONCLUSIVE)->reason =
		"losses are seen from 9 % on only";
	gate = report_add(report, "limit", OUTCOME_FAIL);
	gate->kind = GATE_ASSERTED;
	gate->metric = &trial_value_metrics[VALUE_READ_P99];
	gate->relation = GATE_AT_MOST;
	gate->limit = 200000;
	gate->before = gate->change = NAN;
	gate = report_add(report, "counts", OUTCOME_PASS);
	gate->kind = GATE_EXACT;
	gate->metric = &trial_value_metrics[VALUE_SYSCALLS_PER_IO];
	gate->before = gate->now = 1;
	gate->change = 0;
	gate->smallest_loss = gate->change_lo = gate->change_hi = NAN;
	report_add(report, "skipped", OUTCOME_SKIPPED)->now = NAN;
	gate = report_add(report, "broken", OUTCOME_ERROR);
	gate->name = gate->contender; /* the job as a whole */
	gate->reason = "EIO";
	check_note(report, "a note, %d %%", 5);
	check_conclude(report, &policy);
}

/* A ratio that is a loss, its latency, a count, a limit: no name that needs care. */
static inline void report_fill_small(struct check *report)
{
	static struct check_change hard[] = {{"cpu_model", "Z80", "6502", true}};
	static struct check_change soft[] = {{"kernel", "6.6", NULL, false}};
	const struct outcome_policy policy = {0};
	struct check_gate *gate;

	check_init(report);
	report->title = "night";
	report->baseline = "b.json";
	report->session_count = 1;
	report->hard = (struct check_changes){1, hard};
	report->soft = (struct check_changes){1, soft};
	gate = report_add(report, "rr", OUTCOME_FAIL);
	gate->kind = GATE_RELATIVE;
	gate->before = 2;
	gate->now = 1.844;
	gate = report_add(report, "rr", OUTCOME_INCONCLUSIVE);
	gate->metric = &trial_value_metrics[VALUE_READ_P99];
	gate->name = "rr.read.lat.p99 (anchor)";
	gate->is_anchor = true;
	gate->reason = "too noisy";
	gate->before = 90000;
	gate->now = 82980;
	gate = report_add(report, "ww", OUTCOME_IMPROVED);
	gate->kind = GATE_EXACT;
	gate->metric = &trial_value_metrics[VALUE_SYSCALLS_PER_IO];
	gate->name = "ww.syscalls_per_io";
	gate->absolute = 0.02;
	gate->before = 2;
	gate->now = 0.5;
	gate->change = -1.5;
	gate->smallest_loss = gate->change_lo = gate->change_hi = NAN;
	gate = report_add(report, "ww", OUTCOME_PASS);
	gate->kind = GATE_ASSERTED;
	gate->metric = &trial_value_metrics[VALUE_READ_P99];
	gate->name = "ww.read.lat.p99";
	gate->relation = GATE_AT_MOST;
	gate->limit = 200000;
	gate->now = 82980;
	gate->threshold = gate->before = gate->change = gate->change_lo = gate->change_hi = NAN;
	gate->smallest_loss = NAN;
	check_note(report, "a note");
	check_conclude(report, &policy);
}

/* Runs a Python script with the text in the file it is given. */
static inline void report_python(const char *script, const char *text)
{
	char path[] = "/tmp/ringside-check-XXXXXX", *command = NULL;
	int descriptor = mkstemp(path);
	int status;

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
	close(descriptor);
	assert_true(asprintf(&command, "/usr/bin/python3 -c '%s' %s", script, path) > 0);
	status = system(command);
	free(command);
	unlink(path);
	assert_int_equal(status, 0);
}

#endif
