/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Instructions per I/O as a gate: from what counters read to the outcome, by script. Where one side
 * has none the gate is off, and a note says why.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/judge.h"
#include "check/sides.h"
#include "job/job_set.h"
#include "judge_bench.h"
#include "result/result_figures.h"
#include "run/collect.h"
#include "test.h"

/* Rates are those of the plain flavour. */
#ifdef __SANITIZE_ADDRESS__
enum { SESSIONS = 100 };
#else
enum { SESSIONS = 400 };
#endif
enum { BLOCKS = 7 };

static const char user_only[] = "user (kernel: kernel.perf_event_paranoid is 2)";
static const char none[] = "none (no performance counters of the CPU)";

static struct job_set set;

static int read_job(void **state)
{
	static const char text[] = "[rr]\nioengine=null\nrw=read\nsize=1m\n";
	const struct job_request request = {0};
	struct diag diag;

	(void)state;
	diag_init(&diag, stderr);
	return job_set_read_text(&set, "rr.job", text, strlen(text), NULL, &request, &diag);
}

static int forget_job(void **state)
{
	(void)state;
	job_set_free(&set);
	return 0;
}

/* Of a side: instructions an I/O; 0: not counted. */
struct counted {
	double user, kernel;
};

/* What a worker's counters told of `ios` I/Os, as the run collects it and a trial has it. */
static void count(struct trial *trial, struct counted per_io, double noise)
{
	const uint64_t ios = 100000;
	struct worker_measurement *measurement = calloc(1, worker_measurement_bytes(2));
	struct worker_outcome outcome = {.measurement = measurement};
	struct planned_job planned = {.job = &set.jobs[0]};
	struct result_job collected = {0};
	double values[VALUE_COUNT];
	struct result result;
	const double amounts[PERF_SCOPE_COUNT] = {per_io.user, per_io.kernel};

	assert_non_null(measurement);
	measurement->tally_limit = 2;
	worker_measurement_bind(measurement);
	measurement->started_ns = 1;
	measurement->ended_ns = 1000001;
	measurement->directions[DIRECTION_READ].ios = ios;
	for (int s = 0; s < PERF_SCOPE_COUNT; s++)
		measurement->cpu.counts.scopes[s] = (struct perf_count){
			.error = amounts[s] > 0 ? 0 : -EACCES,
			.instructions = (uint64_t)(amounts[s] * (double)ios * exp(noise)),
			.cycles = ios,
			.enabled_ns = 1000,
			.running_ns = 1000,
		};
	result_init(&result);
	result.jobs = &collected;
	collect_job(&result, &collected, &planned, &outcome, 0);
	trial_values_take(&collected, values);
	for (int v = VALUE_INSTRUCTIONS_PER_IO; v <= VALUE_KERNEL_CYCLES_PER_IO; v++)
		trial->values[v] = values[v];
	result_free(&result);
	free(measurement);
}

/* All trials of a contender: a session's own level, and trials that vary around it. */
static void count_session(struct bench *b, struct check_session *session, size_t contender,
	struct counted per_io, double trial_noise, double session_noise)
{
	double level = session_noise * noise_normal(&b->random);

	for (size_t i = 0; i < session->block_count; i++)
		count(&session->contenders[contender].trials[i], per_io,
			level + trial_noise * noise_normal(&b->random));
}

static struct check_session *duel_session(
	struct bench *b, struct counted reference, struct counted own, double noise)
{
	struct check_session *session = measure(b, duel, 2);

	session->reference = duel[0].name;
	count_session(b, session, 0, reference, noise, 0);
	count_session(b, session, 1, own, noise, 0);
	return session;
}

static void judge_paired(struct bench *b, const struct check_session *session)
{
	check_restart(&b->report);
	judge_begin(&b->judgement, &b->report, &b->settings, NULL, session, 1);
	decide_all(&b->judgement);
}

static const struct check_gate *find_gate(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->report.gate_count; i++) {
		if (strcmp(b->report.gates[i].name, name) == 0)
			return &b->report.gates[i];
	}
	return NULL;
}

static unsigned notes_with(const struct bench *b, const char *text)
{
	unsigned found = 0;

	for (size_t i = 0; i < b->report.note_count; i++)
		found += strstr(b->report.notes[i], text) != NULL;
	return found;
}

static void set_counters(struct check_session *session, const char *counters, struct arena *arena)
{
	rig_set_facts(&session->environment.soft, arena, "cpu_counters", counters);
}

static void store_counted(struct bench *b, unsigned sessions, struct counted per_io, double noise)
{
	start(b, quiet, 1, sessions);
	for (unsigned i = 0; i < sessions; i++)
		count_session(b, &b->baseline.sessions[i].session, 0, per_io, noise, noise);
}

/* Half a percent between trials is more than counters have: interrupts in user mode's 300. */
TEST(three_percent_more_are_found_and_none_without)
{
	static const struct counted before = {300, 1500}, worse = {309, 1545};
	struct bench b;
	unsigned found = 0, alarms = 0, undecided = 0;

	start(&b, duel, 2, 0);
	for (int i = 0; i < SESSIONS; i++) {
		const struct check_gate *gate;

		judge_paired(&b, duel_session(&b, before, worse, 0.005));
		gate = rig_gate(&b.report, "uring.instructions_per_io");
		assert_int_equal(gate->kind, GATE_PAIRED);
		found += gate->outcome == OUTCOME_FAIL;
		judge_paired(&b, duel_session(&b, before, before, 0.005));
		gate = rig_gate(&b.report, "uring.instructions_per_io");
		alarms += gate->outcome == OUTCOME_FAIL;
		undecided += gate->outcome == OUTCOME_INCONCLUSIVE;
		assert_null(find_gate(&b, "uring.user_instructions_per_io"));
	}
	print_message(
		"found %u, alarms %u, undecided %u of %d\n", found, alarms, undecided, SESSIONS);
	assert_true(found >= SESSIONS * 99 / 100);
	assert_int_equal(alarms, 0);
	assert_true(undecided <= SESSIONS / 100);
	end(&b);
}

/* One stored session is enough: days hardly differ, as the prior has it. */
TEST(stored_sessions_show_three_percent_too)
{
	static const struct counted before = {300, 1500}, worse = {309, 1545};
	static const unsigned sessions[] = {1, 2, 5};

	for (size_t s = 0; s < sizeof(sessions) / sizeof(sessions[0]); s++) {
		unsigned found = 0, alarms = 0, undecided = 0;

		for (int i = 0; i < SESSIONS / 4; i++) {
			struct check_session *today;
			struct bench b;

			store_counted(&b, sessions[s], before, 0.001);
			random_init(&b.random, 1000 + (uint64_t)i);
			today = measure(&b, quiet, 1);
			count_session(&b, today, 0, worse, 0.001, 0.001);
			judge_stored(&b, today);
			found += rig_gate(&b.report, "rr.instructions_per_io")->outcome ==
				 OUTCOME_FAIL;
			count_session(&b, today, 0, before, 0.001, 0.001);
			judge_stored(&b, today);
			alarms += rig_gate(&b.report, "rr.instructions_per_io")->outcome ==
				  OUTCOME_FAIL;
			undecided += rig_gate(&b.report, "rr.instructions_per_io")->outcome ==
				     OUTCOME_INCONCLUSIVE;
			end(&b);
		}
		print_message("%u stored: found %u, alarms %u, undecided %u of %d\n", sessions[s],
			found, alarms, undecided, SESSIONS / 4);
		assert_int_equal(found, SESSIONS / 4);
		assert_int_equal(alarms + undecided, 0);
	}
}

/* As most distributions have it: the kernel may not be looked into. */
TEST(user_mode_is_judged_where_the_kernel_is_unknown)
{
	static const struct counted before = {300, 0}, worse = {309, 0};
	struct check_session *session;
	struct bench b;

	start(&b, duel, 2, 0);
	session = duel_session(&b, before, worse, 0.002);
	set_counters(session, user_only, &b.report.arena);
	judge_paired(&b, session);
	assert_int_equal(
		rig_gate(&b.report, "uring.user_instructions_per_io")->outcome, OUTCOME_FAIL);
	assert_null(find_gate(&b, "uring.instructions_per_io"));
	assert_int_equal(notes_with(&b, "in user mode only"), 1);
	assert_int_equal(notes_with(&b, "perf_event_paranoid is 2"), 1);
	end(&b);
}

/* Neither side has counters: it is said once, and is no reason for any outcome. */
TEST(without_counters_the_gate_is_off_and_that_is_said)
{
	static const struct counted nothing = {0, 0};
	struct check_session *today;
	struct bench b;

	store_counted(&b, 20, nothing, 0);
	today = measure(&b, quiet, 1);
	set_counters(today, none, &b.report.arena);
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_null(find_gate(&b, "rr.instructions_per_io"));
	assert_null(find_gate(&b, "rr.user_instructions_per_io"));
	assert_int_equal(notes_with(&b, none + strlen("none ")), 1);
	assert_int_equal(notes_with(&b, "instructions"), 1);
	/* A ringside of before there were counters knows no reason, and then nothing is said. */
	rig_set_facts(&today->environment.soft, &b.report.arena, "kernel_release", "6.6.10");
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_int_equal(notes_with(&b, "instructions"), 0);
	end(&b);
}

TEST(a_baseline_of_before_there_were_counters_is_read_as_it_is)
{
	static const struct counted nothing = {0, 0}, now = {300, 1500};
	struct check_session *today;
	struct bench b;

	store_counted(&b, 20, nothing, 0);
	today = measure(&b, quiet, 1);
	count_session(&b, today, 0, now, 0, 0);
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_null(find_gate(&b, "rr.instructions_per_io"));
	assert_int_equal(
		notes_with(
			&b, "rr.instructions_per_io is not judged: the baseline does not have it"),
		1);
	end(&b);
}

/* The counters are gone today: another virtual machine, a stricter kernel. */
TEST(counters_that_are_gone_are_no_regression)
{
	static const struct counted before = {300, 1500}, user = {309, 0};
	struct check_session *today;
	struct bench b;

	store_counted(&b, 20, before, 0.001);
	today = measure(&b, quiet, 1);
	set_counters(today, none, &b.report.arena);
	assert_int_equal(judge_stored(&b, today), EXIT_DONE);
	assert_null(find_gate(&b, "rr.instructions_per_io"));
	assert_int_equal(notes_with(&b, "today's trials do not have it"), 1);
	assert_int_equal(notes_with(&b, none + strlen("none ")), 1);
	/* Those of user mode are left, and judged. */
	count_session(&b, today, 0, user, 0.001, 0);
	set_counters(today, user_only, &b.report.arena);
	assert_int_equal(judge_stored(&b, today), EXIT_REGRESSION);
	assert_int_equal(rig_gate(&b.report, "rr.user_instructions_per_io")->outcome, OUTCOME_FAIL);
	assert_int_equal(notes_with(&b, "perf_event_paranoid is 2"), 1);
	end(&b);
}

/* --ref=./ringside-of-main, which does not count yet. */
TEST(a_reference_without_counters_is_named)
{
	static const struct counted nothing = {0, 0}, now = {300, 1500};
	struct bench b;

	start(&b, duel, 2, 0);
	judge_paired(&b, duel_session(&b, nothing, now, 0.002));
	assert_null(find_gate(&b, "uring.instructions_per_io"));
	assert_int_equal(
		notes_with(&b, "uring.instructions_per_io is not judged: libaio does not have it"),
		1);
	judge_paired(&b, duel_session(&b, now, nothing, 0.002));
	assert_int_equal(
		notes_with(
			&b, "uring.instructions_per_io is not judged: its trials do not have it"),
		1);
	end(&b);
}

/* The anchor is of before there were counters, and the window has moved on. */
TEST(an_anchor_without_counters_is_no_gate)
{
	static const struct counted now = {300, 1500};
	struct check_session *session;
	struct bench b;

	start(&b, quiet, 1, 0);
	for (unsigned i = 0; i < 6; i++) {
		session = rig_session(&b.baseline.arena, i, quiet, 1, BLOCKS, &b.random);
		if (i > 1)
			count_session(&b, session, 0, now, 0.001, 0.001);
		baseline_add(&b.baseline, session, i < 2);
	}
	session = measure(&b, quiet, 1);
	count_session(&b, session, 0, now, 0.001, 0.001);
	judge_stored(&b, session);
	assert_int_equal(rig_gate(&b.report, "rr.instructions_per_io")->outcome, OUTCOME_PASS);
	assert_null(find_gate(&b, "rr.instructions_per_io (anchor)"));
	assert_non_null(find_gate(&b, "rr.read.iops (anchor)"));
	end(&b);
}

/* Who asks for the gate is told that it cannot be judged by its outcome. */
TEST(an_asked_gate_without_figures_is_inconclusive)
{
	static const struct baseline_threshold asked = {"instructions_per_io", 0.01};
	static const struct counted before = {300, 1500};
	struct check_session *today;
	struct bench b;

	store_counted(&b, 20, before, 0.001);
	b.settings.thresholds = &asked;
	b.settings.threshold_count = 1;
	today = measure(&b, quiet, 1);
	assert_int_equal(judge_stored(&b, today), EXIT_INCONCLUSIVE);
	assert_int_equal(
		rig_gate(&b.report, "rr.instructions_per_io")->outcome, OUTCOME_INCONCLUSIVE);
	end(&b);
}

TEST_MAIN(read_job, forget_job);
