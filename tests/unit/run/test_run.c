/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* Runs from plan to result: exit codes, waves, who ends whom, and what is left behind. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "unit/run/run_rig.h"

static bool has_warning(const char *code, const char *job)
{
	for (size_t i = 0; i < result.warning_count; i++) {
		const struct result_warning *warning = &result.warnings[i];

		if (strcmp(warning->code, code) == 0 &&
			(!job || (warning->job && strcmp(warning->job, job) == 0)))
			return true;
	}
	return false;
}

static int64_t size_of(const char *name)
{
	struct stat status;

	return stat(name, &status) == 0 ? status.st_size : -1;
}

static bool exists(const char *name)
{
	return access(name, F_OK) == 0;
}

TEST_FIXTURE(plan_rig_open, end);

TEST(a_result_has_all_jobs_and_what_was_asked)
{
	assert_int_equal(run(*state, "[a]\nioengine=null\nsize=64k\nrandseed=5\nnumjobs=2\n[b]\n"
				     "ioengine=null\nsize=128k\nrw=write\n"),
		EXIT_DONE);
	assert_int_equal(result.job_count, 3);
	assert_string_equal(result.jobs[0].name, "a");
	assert_string_equal(result.jobs[2].name, "b");
	assert_int_equal(result.jobs[1].directions[DIRECTION_READ].ios, 16);
	assert_int_equal(result.jobs[2].directions[DIRECTION_WRITE].bytes, 128 * KIB);
	assert_int_equal(result.argument_count, 2);
	assert_string_equal(result.arguments[1], "t.job");
	assert_int_equal(result.signal, 0);
	assert_non_null(result.clock);
	assert_true(result.environment.hard.count > 0);
	assert_true(result.started.tv_sec > 0);
}

TEST(what_is_refused_writes_nothing)
{
	assert_int_equal(
		run(*state, "[a]\nfilename=new\nsize=1m\nrw=write\n[b]\nfilename=other\nrw=read\n"),
		EXIT_BAD_REQUEST);
	assert_int_equal(result.job_count, 0);
	assert_false(exists("new"));
}

TEST(clones_are_one_group_where_they_are_asked_to)
{
	assert_int_equal(run(*state, "[a]\nioengine=null\nsize=64k\nnumjobs=3\ngroup_reporting\n"),
		EXIT_DONE);
	assert_int_equal(result.job_count, 1);
	assert_int_equal(result.jobs[0].numjobs, 3);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, 48);
}

TEST(waves_run_one_after_the_other)
{
	assert_int_equal(run(*state, "[a]\nioengine=null\nsize=4k\ntime_based\nruntime=50ms\n"
				     "[b]\nioengine=null\nsize=4k\nstonewall\n"),
		EXIT_DONE);
	assert_int_equal(result.job_count, 2);
	assert_true(result.jobs[0].elapsed_ns >= 50000000);
	assert_true(
		result.jobs[1].started_ns >= result.jobs[0].started_ns + result.jobs[0].elapsed_ns);
}

/* Of several workers that fail alike one message is enough. */
TEST(an_io_error_fails_the_run_and_is_said_once)
{
	struct plan_rig *rig = *state;
	const char *said;

	assert_int_equal(run(rig, "[full]\nfilename=/dev/full\nsize=8k\nrw=write\nnumjobs=3\n"
				  "ioengine=psync\n[good]\nioengine=null\nsize=4k\n"),
		EXIT_RUN_FAILED);
	assert_int_equal(result.job_count, 4);
	for (int i = 0; i < 3; i++)
		assert_int_equal(result.jobs[i].error, ENOSPC);
	assert_int_equal(result.jobs[3].error, 0);
	said = strstr(rig->messages, "job 'full': ");
	assert_non_null(said);
	assert_non_null(strstr(said, "(3 of its workers)"));
	assert_null(strstr(said + 1, "job 'full': "));
	assert_int_equal(rig->diag.error_count, 1);
}

TEST(exitall_ends_those_that_exit_what_names)
{
	static const struct {
		const char *exit_what;
		bool ends_other_group, starts_next_wave;
	} cases[] = {
		{"group", false, true},
		{"stonewall", true, true},
		{"all", true, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			"[global]\nioengine=null\nsize=4k\nexit_what=%s\n"
			"[first]\nexitall\n"
			"[same]\ntime_based\nruntime=20\n"
			"[other]\nnew_group\ntime_based\nruntime=%s\n"
			"[next]\nstonewall\n",
			cases[i].exit_what, cases[i].ends_other_group ? "20" : "300ms");
		assert_int_equal(run(*state, text), EXIT_DONE);
		assert_true(has_warning("ended-early", "same"));
		assert_int_equal(has_warning("ended-early", "other"), cases[i].ends_other_group);
		assert_int_equal(has_warning("not-started", NULL), !cases[i].starts_next_wave);
		assert_int_equal(result.job_count, 4);
		assert_int_equal(result.jobs[3].directions[DIRECTION_READ].ios,
			cases[i].starts_next_wave ? 1 : 0);
		assert_true(result.jobs[1].elapsed_ns < 15000000000);
		assert_true(result.jobs[2].elapsed_ns < 15000000000);
	}
}

/* As fio: those that are read or may be as long as they are asked for are. */
TEST(create_only_makes_files_and_does_no_io)
{
	int devnull = open("/dev/null", O_RDONLY);

	assert_true(dup2(devnull, STDIN_FILENO) == STDIN_FILENO);
	if (devnull != STDIN_FILENO)
		close(devnull);
	assert_int_equal(run(*state, "[global]\nsize=64k\ncreate_only=1\n[a]\nfilename=a\n"
				     "[b]\nfilename=b\nrw=write\nfallocate=none\n"
				     "[c]\nfilename=c\ncreate_only=0\nstonewall\n"),
		EXIT_DONE);
	assert_int_equal(size_of("a"), 64 * KIB);
	assert_int_equal(size_of("b"), 0);
	assert_int_equal(result.job_count, 3);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, 0);
	assert_int_equal(result.jobs[1].directions[DIRECTION_WRITE].ios, 0);
	assert_int_equal(result.jobs[2].directions[DIRECTION_READ].ios, 16);
	/* Threads that opened nothing closed nothing: not descriptor 0. */
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
}

TEST(jobs_that_wait_start_after_all_clones_of_the_other)
{
	uint64_t ended_ns = 0;

	assert_int_equal(run(*state, "[global]\nioengine=null\nsize=4k\nnumjobs=2\n"
				     "[a]\ntime_based\nruntime=50ms\nrate_iops=100\n"
				     "[b]\nwait_for=a\nexec_prerun=true\n"
				     "[c]\nwait_for=b\nexec_prerun=false\n"
				     "[d]\nwait_for=c\nexec_postrun=true\n"),
		EXIT_RUN_FAILED);
	assert_int_equal(result.job_count, 8);
	for (int i = 0; i < 2; i++) {
		uint64_t end_ns = result.jobs[i].started_ns + result.jobs[i].elapsed_ns;

		ended_ns = end_ns > ended_ns ? end_ns : ended_ns;
		assert_int_equal(result.jobs[4 + i].error, ECHILD);
		assert_int_equal(result.jobs[4 + i].directions[DIRECTION_READ].ios, 0);
		assert_int_equal(result.jobs[6 + i].directions[DIRECTION_READ].ios, 1);
	}
	assert_true(result.jobs[2].started_ns >= ended_ns);
	assert_true(result.jobs[6].started_ns >= ended_ns);
	assert_int_equal(result.jobs[2].started_ns, result.jobs[3].started_ns);
	assert_true(exists("b.prerun.txt"));
	assert_true(exists("d.postrun.txt"));
}

TEST(jobs_of_a_flow_share_their_ios)
{
	assert_int_equal(run(*state, "[global]\nioengine=null\nsize=400k\nflow_id=3\n"
				     "[a]\nflow=3\n[b]\nflow=1\ntime_based\nruntime=10\n"
				     "exitall\n"),
		EXIT_DONE);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, 100);
	assert_in_range(result.jobs[1].directions[DIRECTION_READ].ios, 33, 36);
}

TEST(time_based_without_runtime_has_no_effect)
{
	assert_int_equal(run(*state, "[a]\nioengine=null\nsize=64k\ntime_based\n"), EXIT_DONE);
	assert_int_equal(result.jobs[0].directions[DIRECTION_READ].ios, 16);
}

TEST(an_error_ends_others_only_where_that_is_asked_for)
{
	for (int asked = 0; asked <= 1; asked++) {
		char text[256];

		snprintf(text, sizeof(text),
			"[bad]\nfilename=/dev/full\nsize=4k\nrw=write\nioengine=psync\n"
			"exitall_on_error=%d\n[other]\nioengine=null\nsize=4k\ntime_based\n"
			"runtime=%s\n",
			asked, asked ? "20" : "200ms");
		assert_int_equal(run(*state, text), EXIT_RUN_FAILED);
		assert_int_equal(has_warning("ended-early", "other"), asked);
	}
}

TEST(unlink_removes_what_was_made_and_no_source)
{
	make_file("source", 64 * KIB);
	assert_int_equal(run(*state, "[a]\nfilename=a\nsize=64k\nrw=write\nunlink=1\n[b]\n"
				     "filename=b\nsize=64k\nrw=write\n[c]\n"
				     "filename=source:copy\nrw=copy\nunlink=1\n"),
		EXIT_DONE);
	assert_false(exists("a"));
	assert_true(exists("b"));
	assert_true(exists("source"));
	assert_false(exists("copy"));
}

TEST(what_cannot_be_laid_out_is_in_the_result)
{
	const struct rlimit small = {MIB, RLIM_INFINITY};
	struct rlimit before;
	int code;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	code = run(*state, "[a]\nfilename=a\nsize=4k\nrw=read\nunlink=1\n[b]\nfilename=b\nsize=2m\n"
			   "rw=read\nfallocate=none\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(code, EXIT_RUN_FAILED);
	assert_int_equal(result.job_count, 2);
	assert_int_equal(result.jobs[0].error, 0);
	assert_int_equal(result.jobs[0].elapsed_ns, 0);
	assert_int_equal(result.jobs[1].error, EFBIG);
	assert_non_null(strstr(result.jobs[1].error_message, "cannot lay out b: "));
	assert_false(exists("a"));
}

/* It came before the first wave: nothing is run, and the result says why. */
TEST(a_signal_is_the_exit_code)
{
	stop_signal_catch();
	raise(SIGTERM);
	assert_int_equal(run(*state, "[a]\nioengine=null\nsize=4k\n"), 128 + SIGTERM);
	stop_signal_release();
	assert_int_equal(result.signal, SIGTERM);
	assert_int_equal(result.job_count, 0);
}

static void on_alarm(int number)
{
	(void)number;
	raise(SIGINT);
}

TEST(a_signal_ends_a_run_well)
{
	signal(SIGALRM, on_alarm); /* handled: so it is not one that ends the run */
	alarm(1);
	assert_int_equal(
		run(*state, "[a]\nioengine=null\nsize=4k\ntime_based\nruntime=30\n"), 128 + SIGINT);
	assert_int_equal(result.job_count, 1);
	assert_true(result.jobs[0].directions[DIRECTION_READ].ios > 0);
	assert_true(result.jobs[0].elapsed_ns < 20000000000);
	assert_int_equal(result.jobs[0].error, 0);
}

/* A mismatch that is a warning of others is the error of this one. */
TEST(a_strict_job_fails_by_what_others_are_warned_of)
{
	struct plan_rig *rig = *state;

	make_file("f", 64 * KIB);
	assert_int_equal(run(rig, "[a]\nfilename=f\nioengine=libaio\n"), EXIT_DONE);
	assert_true(has_warning("libaio-buffered", "a"));
	assert_int_equal(
		run(rig, "[a]\nfilename=f\nioengine=libaio\nstrict_engine=1\n"), EXIT_RUN_FAILED);
	assert_int_equal(result.jobs[0].error, EPROTO);
	assert_non_null(strstr(rig->messages, "job 'a': libaio-buffered: "));
}

TEST_MAIN(NULL, NULL);
