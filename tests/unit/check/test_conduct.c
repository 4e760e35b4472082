/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Whole checks against scripted contenders with known noise: how often a false alarm is raised,
 * whether what is there is found, and what becomes of trials that fail.
 */
#include "check/conduct.h"
#include "test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include <signal.h>

#include "base/clock.h"
#include "run/stop_signal.h"
#include "scripted_ringside.h"
#include "simulation.h"

/*
 * Checks of processes are slow: a few by default, fewer yet by those of the sanitizers, and as many
 * as the limits are meant for where long simulations are asked for.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { CHECKS_SHARE = 100, LOSSES_SHARE = 10 };
#else
enum { CHECKS_SHARE = 10, LOSSES_SHARE = 5 };
#endif
enum { CHECKS = 200, LOSSES = 10 };

static struct simulation plan_checks(unsigned whole, unsigned share)
{
	bool is_whole = getenv("RINGSIDE_SIMULATIONS");

	return (struct simulation){
		.rounds = is_whole ? whole : whole / share, .is_whole = is_whole};
}

static const struct outcome_policy policy;

static void prepare(struct conduct_request *request, const char *const *options, size_t count,
	const char *const *references, size_t reference_count, uint64_t seed)
{
	char text[32];

	*request = (struct conduct_request){
		.trials =
			{
				.job = {.options = options, .option_count = count},
				.reference_count = reference_count,
				.references = references,
				.program = "/proc/self/exe",
				.contest =
					{
						.trial_ns = NS_PER_MS,
						.limit_ns = 3600 * NS_PER_S,
						.rule = stop_rule_default,
						.primary = VALUE_IOPS,
						.has_control = true,
						.is_quiet = true,
						/* Nothing is measured: only the script decides. */
						.is_unguarded = true,
					},
				.seed = seed,
			},
		.settings = {.compares_jobs = true},
		.policy = policy,
	};
	snprintf(text, sizeof(text), "%llu", (unsigned long long)seed);
	setenv("RINGSIDE_SCRIPT_SEED", text, 1);
}

static int conduct(const struct conduct_request *request, struct check *report)
{
	struct trials_plan plan;
	struct diag diag;

	check_init(report);
	report->title = "test";
	diag_init(&diag, stderr);
	assert_int_equal(trials_plan_make(&plan, &request->trials, &diag), 0);
	assert_int_equal(conduct_check(report, &plan, request, &diag), 0);
	trials_plan_free(&plan);
	return report->exit_code;
}

/*
 * A check of a job against itself with another script as the reference. *improved, where not NULL:
 * how many gates got better.
 */
static int check_against(const char *script, const char *reference, bool has_control, uint64_t seed,
	size_t *improved)
{
	const char *options[] = {
		"--filename=/dev/zero", "--size=1m", "--rw=randread", "--name=rr", script};
	const char *references[] = {reference};
	struct conduct_request request;
	struct check report;
	int code;

	prepare(&request, options, 5, references, 1, seed);
	request.trials.contest.has_control = has_control;
	code = conduct(&request, &report);
	if (improved)
		*improved = check_count(&report, OUTCOME_IMPROVED);
	check_free(&report);
	return code;
}

/* Without a control, which could only keep the check from saying anything. */
static void nothing_has_changed_and_few_checks_say_otherwise(void **state)
{
	struct simulation plan = plan_checks(CHECKS, CHECKS_SHARE);
	unsigned alarms = 0, passes = 0;

	(void)state;
	for (unsigned i = 0; i < plan.rounds; i++) {
		int code = check_against("--description=iops=100000 noise=2",
			"description=iops=100000 noise=2", false, 1000 + i, NULL);

		alarms += code == EXIT_REGRESSION;
		passes += code == EXIT_DONE;
		assert_true(
			code == EXIT_REGRESSION || code == EXIT_DONE || code == EXIT_INCONCLUSIVE);
	}
	print_message("%u of %u checks alarmed, %u passed\n", alarms, plan.rounds, passes);
	simulation_at_most(&plan, "alarms", 100.0 * alarms / plan.rounds, 2);
	simulation_at_least(&plan, "passes", 100.0 * passes / plan.rounds, 95);
}

/* At 2 % noise a loss of 5 % is found in 96 % of checks; a control that failed finds nothing. */
static void losses_are_found(void **state)
{
	struct simulation plan = plan_checks(LOSSES, LOSSES_SHARE);
	unsigned tenth = 0, twentieth = 0, passes = 0;

	(void)state;
	for (unsigned i = 0; i < plan.rounds; i++) {
		int code = check_against("--description=iops=90000 noise=2",
			"description=iops=100000 noise=2", true, 5000 + i, NULL);

		tenth += code == EXIT_REGRESSION;
		passes += code == EXIT_DONE;
		code = check_against("--description=iops=95000 noise=2",
			"description=iops=100000 noise=2", true, 7000 + i, NULL);
		twentieth += code == EXIT_REGRESSION;
		passes += code == EXIT_DONE;
	}
	print_message("of %u: -10 %% found %u times, -5 %% %u times, passed %u\n", plan.rounds,
		tenth, twentieth, passes);
	simulation_at_least(&plan, "-10 % found", 100.0 * tenth / plan.rounds, 90);
	simulation_at_least(&plan, "-5 % found", 100.0 * twentieth / plan.rounds, 80);
	assert_int_equal(passes, 0);
}

static void what_got_better_is_improved(void **state)
{
	size_t improved;

	(void)state;
	assert_int_equal(check_against("--description=iops=130000 noise=1",
				 "description=iops=100000 noise=1", false, 3, &improved),
		EXIT_DONE);
	assert_true(improved >= 1);
}

static void trials_that_fail_end_as_they_did(void **state)
{
	(void)state;
	assert_int_equal(
		check_against("--description=problem=5", "description=iops=1000", true, 1, NULL),
		EXIT_RUN_FAILED);
	assert_int_equal(
		check_against("--description=problem=4", "description=iops=1000", true, 1, NULL),
		EXIT_INCOMPARABLE);
	assert_int_equal(
		check_against("--description=iops=1000", "description=problem=5", true, 1, NULL),
		EXIT_RUN_FAILED);
}

static void record(struct baseline *baseline, const char *script, unsigned sessions)
{
	const char *options[] = {
		"--filename=/dev/zero", "--size=1m", "--rw=randread", "--name=rr", script};
	struct conduct_request request;
	struct trials_plan plan;
	struct diag diag;

	diag_init(&diag, stderr);
	baseline_init(baseline);
	for (unsigned i = 0; i < sessions; i++) {
		struct sample sample;

		prepare(&request, options, 5, NULL, 0, 100 + i);
		assert_int_equal(trials_plan_make(&plan, &request.trials, &diag), 0);
		assert_int_equal(conduct_session(&plan, &request.trials, 7, &sample,
					 &baseline->arena, &diag),
			EXIT_DONE);
		baseline_add(baseline, &sample, true);
		trials_plan_free(&plan);
	}
}

static int check_baseline(const struct baseline *baseline, const char *script, uint64_t seed)
{
	const char *options[] = {
		"--filename=/dev/zero", "--size=1m", "--rw=randread", "--name=rr", script};
	struct conduct_request request;
	struct check report;
	int code;

	prepare(&request, options, 5, NULL, 0, seed);
	request.baseline = baseline;
	code = conduct(&request, &report);
	check_free(&report);
	return code;
}

static void a_baseline_passes_itself_and_fails_what_is_slower(void **state)
{
	struct baseline baseline;

	(void)state;
	record(&baseline, "--description=iops=100000 noise=1", 10);
	assert_int_equal(baseline.session_count, 10);
	assert_int_equal(baseline.sessions[0].sample.block_count, 7);
	assert_int_equal(
		check_baseline(&baseline, "--description=iops=100000 noise=1", 900), EXIT_DONE);
	assert_int_equal(check_baseline(&baseline, "--description=iops=90000 noise=1", 910),
		EXIT_REGRESSION);
	baseline_free(&baseline);
}

static void references_that_cannot_be_are_refused(void **state)
{
	static const char *const wrong[] = {"nosuchsection", "/nonexistent/ringside", "nosuch=1"};
	const char *options[] = {"--filename=/dev/zero", "--size=1m", "--name=rr"};
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	(void)state;
	diag_init(&diag, stream);
	for (size_t i = 0; i < 3; i++) {
		struct conduct_request request;
		struct trials_plan plan;
		unsigned errors = diag.error_count;

		prepare(&request, options, 3, &wrong[i], 1, 1);
		assert_true(trials_plan_make(&plan, &request.trials, &diag) != 0);
		assert_true(diag.error_count > errors);
		trials_plan_free(&plan);
	}
	fclose(stream);
	free(messages);
}

/* Whatever the section says itself: else the job would be held against itself. */
static void a_reference_overrides_what_the_section_says(void **state)
{
	static const char *const engine[] = {"psync"};
	static const char *const options[] = {"ioengine=libaio", "iodepth=2"};
	char path[] = "/tmp/ringside-job-XXXXXX";
	const char *files[] = {path};
	FILE *file = fdopen(mkstemp(path), "w");
	struct conduct_request request;
	struct trials_plan plan;
	struct diag diag;

	(void)state;
	assert_non_null(file);
	fputs("[rr]\nfilename=/dev/zero\nsize=1m\nioengine=io_uring\nfixedbufs=1\niodepth=8\n",
		file);
	fclose(file);
	diag_init(&diag, stderr);
	prepare(&request, NULL, 0, engine, 1, 1);
	request.trials.job.files = files;
	request.trials.job.file_count = 1;
	assert_int_equal(trials_plan_make(&plan, &request.trials, &diag), 0);
	assert_int_equal(plan.point.count, 2);
	assert_string_equal(plan.point.contenders[0].job->ioengine, "io_uring");
	assert_string_equal(plan.point.contenders[1].job->ioengine, "psync");
	assert_string_equal(plan.point.contenders[1].name, "rr (psync)");
	trials_plan_free(&plan);
	request.trials.references = options;
	request.trials.reference_count = 2;
	assert_int_equal(trials_plan_make(&plan, &request.trials, &diag), 0);
	assert_string_equal(plan.point.contenders[1].job->ioengine, "libaio");
	assert_int_equal(plan.point.contenders[1].job->iodepth, 2);
	assert_int_equal(plan.point.contenders[0].job->iodepth, 8);
	trials_plan_free(&plan);
	unlink(path);
}

static void the_pause_between_sessions_is_as_long_as_was_asked(void **state)
{
	uint64_t started_ns = clock_now();

	(void)state;
	assert_int_equal(trials_idle(0), 0);
	assert_int_equal(trials_idle(120 * NS_PER_MS), 0);
	assert_true(clock_now() - started_ns >= 120 * NS_PER_MS);
	/* A signal ends it: this one would take an hour. */
	stop_signal_catch();
	raise(SIGTERM);
	assert_int_equal(trials_idle(3600 * NS_PER_S), SIGTERM);
	stop_signal_release();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_has_changed_and_few_checks_say_otherwise),
		cmocka_unit_test(losses_are_found),
		cmocka_unit_test(what_got_better_is_improved),
		cmocka_unit_test(trials_that_fail_end_as_they_did),
		cmocka_unit_test(a_baseline_passes_itself_and_fails_what_is_slower),
		cmocka_unit_test(the_pause_between_sessions_is_as_long_as_was_asked),
		cmocka_unit_test(references_that_cannot_be_are_refused),
		cmocka_unit_test(a_reference_overrides_what_the_section_says),
	};
	char counter[] = "/tmp/ringside-script-XXXXXX";
	int descriptor, failed;

	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return scripted_main(argc, argv);
	descriptor = mkstemp(counter);
	if (descriptor < 0)
		return 1;
	close(descriptor);
	setenv("RINGSIDE_SCRIPT", counter, 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(counter);
	return failed;
}
