/* SPDX-License-Identifier: MIT */
/*
 * One trial: the job file that it is given, the command line, and what is made of each end that a
 * program can come to. The program is this one: as `run …` it does what its environment says.
 */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "job/job_set.h"
#include "result/result_fields.h"
#include "session/trial.h"
#include "test.h"

/* ACT_RESULT is copied to --output, ACT_SAYS goes to stderr, ACT_ARGUMENTS gets the command line.
 */
static int act(int argc, char **argv)
{
	struct arena arena = {0};
	const char *result = getenv("ACT_RESULT"), *says = getenv("ACT_SAYS");
	const char *arguments = getenv("ACT_ARGUMENTS"), *code = getenv("ACT_CODE");
	FILE *stream = arguments ? fopen(arguments, "we") : NULL;

	for (int i = 0; i < argc; i++) {
		if (stream)
			fprintf(stream, "%s\n", argv[i]);
		if (result && text_starts_with(argv[i], "--output=")) {
			FILE *output = fopen(argv[i] + strlen("--output="), "we");

			fputs(text_read_file(&arena, result), output);
			fclose(output);
		}
	}
	if (stream)
		fclose(stream);
	if (says)
		fputs(says, stderr);
	if (getenv("ACT_SLEEPS"))
		sleep(60);
	return code ? (int)strtol(code, NULL, 10) : 0;
}

static struct arena arena;
static struct trial_folder folder;
static struct job_set set;
static struct trial_request request;
static struct trial_outcome outcome;
static const char *played; /* the result that the program will write */

/* Sections, each after a --name, are the jobs that run together. */
static void read_jobs(const char *const *options, size_t count)
{
	const struct job_request jobs = {.options = options, .option_count = count};
	static const struct job *together[4];
	struct diag diag;

	diag_init(&diag, stderr);
	job_set_free(&set);
	assert_int_equal(job_set_read(&set, &jobs, &diag), 0);
	for (size_t i = 1; i < set.count; i++)
		together[i - 1] = &set.jobs[i];
	request.job = &set.jobs[0];
	request.together = together;
	request.together_count = set.count - 1;
}

static int set_up(void **state)
{
	static const char *const options[] = {
		"--name=reads", "--filename=/dev/zero", "--size=1m", "--rw=randread"};
	(void)state; /* cmocka's signature */
	assert_int_equal(trial_folder_open(&folder, &arena), 0);
	played = arena_printf(&arena, "%s/result.json.played", folder.path);
	request = (struct trial_request){
		.program = "/proc/self/exe",
		.folder = folder.path,
		.seed = 11,
		.runtime_ns = 2 * NS_PER_S,
		.ramp_ns = 300 * NS_PER_MS,
		.timeout_ns = 600 * NS_PER_S,
	};
	setenv("ACT_RESULT", played, 1);
	read_jobs(options, 4);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unsetenv("ACT_RESULT");
	unsetenv("ACT_SAYS");
	unsetenv("ACT_CODE");
	unsetenv("ACT_ARGUMENTS");
	unsetenv("ACT_SLEEPS");
	if (outcome.has_result)
		result_free(&outcome.result);
	outcome.has_result = false;
	job_set_free(&set);
	trial_folder_close(&folder);
	arena_free(&arena);
	return 0;
}

/* A job that did a thousand reads in a second. */
static struct result_job measured(const char *name)
{
	static struct histogram lat;
	struct result_job job = {
		.name = name,
		.engine = "psync",
		.numjobs = 1,
		.elapsed_ns = 1000000000,
		.cpu = {.user_ns = 100, .system_ns = 200, .total_ns = 300},
		.first_fifth_share = 1.0 / 3,
		.submit_share = -1,
	};
	struct result_direction *reads = &job.directions[DIRECTION_READ];

	memset(&lat, 0, sizeof(lat));
	histogram_record(&lat, 1000, 1000);
	reads->ios = 1000;
	reads->bytes = 1000 * 4096;
	reads->lat = (struct result_latency){lat.summary, &lat, NULL};
	return job;
}

/* What the program will write: these jobs, and a warning of this code where it is not NULL. */
static void play(struct result_job *jobs, size_t count, const char *warning)
{
	struct result_warning said = {.code = warning, .message = "it was a thread pool"};
	FILE *stream = fopen(played, "we");
	struct result result;

	assert_non_null(stream);
	result_init(&result);
	result.job_count = count;
	result.jobs = jobs;
	result.warning_count = warning ? 1 : 0;
	result.warnings = &said;
	assert_int_equal(result_write_json(&result, stream), 0);
	result_free(&result);
	fclose(stream);
}

static void run(void)
{
	if (outcome.has_result)
		result_free(&outcome.result);
	trial_run(&request, &arena, &outcome);
}

static const char *job_text(void)
{
	const char *problem;

	return trial_job_text(&request, &arena, &problem);
}

static void assert_says(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		print_error("missing: %s\n%s\n", part, text ? text : "(nothing)");
	assert_non_null(text);
	assert_non_null(strstr(text, part));
}

TEST_FIXTURE(set_up, tear_down);

TEST(the_job_file_has_the_trials_time_and_seed)
{
	static const char *const options[] = {"--name=reads", "--filename=/dev/zero", "--size=1m",
		"--rw=randread", "--number_ios=7", "--stonewall"};

	read_jobs(options, 6);
	assert_says(job_text(), "[reads]\n");
	assert_says(job_text(),
		"\nrandseed=11\ntime_based=1\nruntime=2000000000ns\n"
		"ramp_time=300000000ns\nnumber_ios=0\n"
		"steadystate_duration=0\nlatency_target=0\nmax_latency=0\ngroup_reporting=1\n"
		"stonewall=0\nnew_group=1\n");
	/* What the trial says comes last, and so it holds. */
	assert_true(strstr(job_text(), "number_ios=7") < strstr(job_text(), "number_ios=0"));
}

/* A file that was cached before the session is so when turns are thought of. */
TEST(the_cache_is_kept_for_turns)
{
	static const char *const options[] = {
		"--filename=/dev/zero", "--size=1m", "--rw=randread", "--invalidate=1"};

	read_jobs(options, 3);
	assert_null(strstr(job_text(), "invalidate=0"));
	request.keeps_cache = true;
	assert_says(job_text(), "\ninvalidate=0\n");
	read_jobs(options, 4); /* what is asked for holds */
	assert_null(strstr(job_text(), "invalidate=0"));
	request.keeps_cache = false;
}

TEST(writers_find_their_blocks_laid_out)
{
	static const struct {
		const char *options[6];
		bool is_laid_out;
	} table[] = {
		{{"--rw=randwrite"}, true},
		{{"--rw=randread"}, false},
		{{"--rw=randrw"}, true},
		{{"--rw=randwrite", "--overwrite=0"}, false},
		{{"--rw=randwrite", "--create_on_open=1"}, false},
		{{"--rw=randwrite", "--unlink=1"}, false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *options[8] = {"--filename=/tmp/none", "--size=1m"};
		size_t count = 2;

		for (size_t k = 0; table[i].options[k]; k++)
			options[count++] = table[i].options[k];
		read_jobs(options, count);
		assert_int_equal(
			strstr(job_text(), "\noverwrite=1\n") != NULL, table[i].is_laid_out);
	}
}

TEST(jobs_that_run_together_are_sections_of_one_file)
{
	static const char *const options[] = {"--name=reads", "--filename=/dev/zero", "--size=1m",
		"--rw=randread", "--name=log", "--filename=/dev/zero", "--size=1m", "--rw=write"};

	read_jobs(options, 8);
	assert_says(job_text(), "[reads]\n");
	assert_says(strstr(job_text(), "[log]\n"), "\nrandseed=11\n");
}

TEST(what_no_job_file_can_hold_is_a_problem)
{
	static const char *const options[] = {
		"--filename=/dev/zero", "--size=1m", "--rw=read", "--description=a;b#c"};

	read_jobs(options, 4);
	run();
	assert_says(outcome.problem, "a job file cannot");
	assert_int_equal(outcome.exit_code, EXIT_BAD_REQUEST);
	assert_false(outcome.has_result);
	assert_true(isnan(outcome.values[VALUE_IOPS]));
}

/* A text of the job that looks like the message about one is none. */
TEST(a_description_may_say_anything_else)
{
	static const char *const options[] = {"--filename=/dev/zero", "--size=1m", "--rw=read",
		"--description=cannot be read back"};

	read_jobs(options, 4);
	assert_says(job_text(), "\ndescription=cannot be read back\n");
}

TEST(the_command_line_names_files_and_devices)
{
	static const char *const devices[] = {"/dev/loop7", "/dev/loop8"};
	struct result_job job = measured("reads");
	char *path = arena_printf(&arena, "%s/messages.arguments", folder.path);

	play(&job, 1, NULL);
	setenv("ACT_ARGUMENTS", path, 1);
	request.destroy = devices;
	request.destroy_count = 2;
	run();
	assert_null(outcome.problem);
	assert_string_equal(text_read_file(&arena, path),
		arena_printf(&arena,
			"/proc/self/exe\nrun\n--quiet\n--format=json\n--output=%s/result.json\n"
			"--destroy=/dev/loop7\n--destroy=/dev/loop8\n%s/job",
			folder.path, folder.path));
	assert_says(
		text_read_file(&arena, arena_printf(&arena, "%s/job", folder.path)), "randseed=11");
}

TEST(figures_are_taken)
{
	struct result_job job = measured("reads");

	play(&job, 1, NULL);
	run();
	assert_null(outcome.problem);
	assert_null(outcome.mismatch);
	assert_true(outcome.has_result);
	assert_int_equal(outcome.exit_code, EXIT_DONE);
	assert_true(outcome.values[VALUE_IOPS] == 1000);
	assert_true(outcome.window_s == 1);
	assert_true(fabs(outcome.early_excess - 1) < 1e-9);
	assert_true(outcome.own.cpu_s > 0);
	assert_true(outcome.own.preempted_count >= 0);
}

/* Helpers take turns with the job's threads, and drive them away, too. */
TEST(who_drove_whom_away_is_not_known_with_helpers)
{
	struct result_job job = measured("reads");

	job.cpu.helper_ns = 50;
	play(&job, 1, NULL);
	run();
	assert_null(outcome.problem);
	assert_true(isnan(outcome.own.preempted_count));
}

TEST(jobs_that_ran_together_are_one)
{
	static const char *const options[] = {"--name=reads", "--filename=/dev/zero", "--size=1m",
		"--rw=randread", "--name=log", "--filename=/dev/zero", "--size=1m", "--rw=write"};
	struct result_job jobs[] = {measured("reads"), measured("log")};

	read_jobs(options, 8);
	play(jobs, 2, NULL);
	run();
	assert_null(outcome.problem);
	assert_true(outcome.values[VALUE_IOPS] == 2000);
	play(jobs, 1, NULL);
	run();
	assert_says(outcome.problem, "does not have as many jobs");
	assert_false(outcome.has_result);
	assert_true(isnan(outcome.values[VALUE_IOPS]));
}

TEST(an_engine_that_was_another_is_a_mismatch)
{
	struct result_job job = measured("reads");

	play(&job, 1, "io-wq");
	run();
	assert_null(outcome.problem);
	assert_string_equal(outcome.mismatch, "it was a thread pool");
	play(&job, 1, "disk-is-full");
	run();
	assert_null(outcome.mismatch);
}

TEST(figures_of_a_faulty_job_do_not_count)
{
	struct result_job job = measured("reads");

	job.directions[DIRECTION_READ].short_ios = 3;
	play(&job, 1, NULL);
	run();
	assert_says(outcome.problem, "3 I/Os moved fewer bytes");
	job = measured("reads");
	memset(&job.directions[DIRECTION_READ], 0, sizeof(job.directions[0]));
	play(&job, 1, NULL);
	run();
	assert_says(outcome.problem, "no I/O was done in the window");
	assert_true(outcome.has_result);
}

/* Its first error says more than its code; whose job it is goes without saying. */
TEST(a_program_that_fails_is_quoted)
{
	unsetenv("ACT_RESULT");
	setenv("ACT_CODE", "4", 1);
	setenv("ACT_SAYS", "a note\nerror: job 'reads': no such engine\nhint: another\n", 1);
	run();
	assert_int_equal(outcome.exit_code, 4);
	assert_string_equal(outcome.problem, "no such engine");
	setenv("ACT_SAYS", "x.job:3: error: the disk is gone\n", 1);
	run();
	assert_string_equal(outcome.problem, "the disk is gone");
	setenv("ACT_SAYS", "killed\nmore\n", 1);
	run();
	assert_string_equal(outcome.problem, "killed");
	setenv("ACT_SAYS", "job:65:9: warning: fio reads this otherwise\n", 1);
	run();
	assert_string_equal(outcome.problem, "ended with code 4");
	setenv("ACT_SAYS", "", 1);
	run();
	assert_string_equal(outcome.problem, "ended with code 4");
}

/* What the result says of its own end goes before what stands on stderr. */
TEST(a_result_that_names_the_fault_is_believed)
{
	struct result_job job = measured("reads");

	job.error = 5;
	job.error_message = "read at 4096: Input/output error";
	play(&job, 1, NULL);
	setenv("ACT_CODE", "5", 1);
	setenv("ACT_SAYS", "error: something else\n", 1);
	run();
	assert_string_equal(outcome.problem, "read at 4096: Input/output error");
	assert_true(outcome.has_result);
}

/* A good result of a program that says that it failed does not count either. */
TEST(the_exit_code_goes_before_the_result)
{
	struct result_job job = measured("reads");

	play(&job, 1, NULL);
	setenv("ACT_CODE", "5", 1);
	run();
	assert_string_equal(outcome.problem, "ended with code 5");
}

/* The trial before has left its result in the same folder. */
TEST(the_result_of_the_trial_before_is_no_result)
{
	struct result_job job = measured("reads");

	play(&job, 1, NULL);
	run();
	assert_null(outcome.problem);
	unsetenv("ACT_RESULT");
	run();
	assert_says(outcome.problem, "its result cannot be read");
	assert_false(outcome.has_result);
}

TEST(a_program_that_is_not_there_is_named)
{
	request.program = "/nowhere/ringside";
	run();
	assert_string_equal(
		outcome.problem, "/nowhere/ringside cannot be started: No such file or directory");
}

/* Its result is whole, but it came too late: killed, named so, and of no account. */
TEST(a_late_trial_is_killed_and_named)
{
	struct result_job job = measured("reads");

	play(&job, 1, NULL);
	setenv("ACT_SLEEPS", "1", 1);
	request.timeout_ns = 50 * NS_PER_MS;
	run();
	assert_true(outcome.was_late);
	assert_false(outcome.was_interrupted);
	assert_int_equal(outcome.exit_code, 128 + SIGTERM);
	assert_string_equal(outcome.problem, "did not end within 0.05 s and was killed");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return act(argc, argv);
	return test_run_all(argc, argv, NULL, NULL);
}
