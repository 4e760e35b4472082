/* SPDX-License-Identifier: MIT */
/* What ends a job, or sets its depth, by what is measured: values read, refused, printed. */
#include "job/job_goals.h"
#include "job_rig.h"
#include "test.h"

#include "base/clock.h"
#include "near.h"

static struct arena arena;
static struct option_problem problem;

static struct steady_limit read_steady(const char *value)
{
	struct steady_limit limit = {0};

	if (job_steady_parse(value, &limit, &arena, &problem) < 0)
		fail_msg("%s: %s", value, problem.what);
	return limit;
}

TEST(criteria_have_limits_in_their_own_units)
{
	struct steady_limit limit = read_steady("iops:5%");

	assert_true(limit.figure == STEADY_IOPS && !limit.is_slope && limit.is_percent);
	assert_near(limit.limit, 5, 0);
	limit = read_steady("bw_slope:1m");
	assert_true(limit.figure == STEADY_BANDWIDTH && limit.is_slope && !limit.is_percent);
	assert_near(limit.limit, 1 << 20, 0);
	limit = read_steady("lat:20");
	assert_true(limit.figure == STEADY_LATENCY && !limit.is_slope && !limit.is_percent);
	assert_near(limit.limit, 20 * NS_PER_US, 0);
	assert_near(read_steady("lat_slope:3ms").limit, 3 * NS_PER_MS, 0);
	assert_near(read_steady("iops_slope:0.5").limit, 0.5, 0);
}

TEST(criteria_are_printed_as_they_are_read)
{
	static const char *const values[] = {"iops:5%", "iops_slope:0.01%", "bw:10m",
		"bw_slope:0.25%", "lat:20us", "lat_slope:1%", "iops:300"};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct steady_limit limit = read_steady(values[i]);

		assert_string_equal(job_steady_print(&limit, &arena), values[i]);
	}
	assert_null(job_steady_print(&(struct steady_limit){0}, &arena));
}

TEST(options_have_fios_names_units_and_defaults)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\n");

	assert_int_equal(job->rare->steadystate.duration_ns, 0);
	assert_int_equal(job->rare->steadystate.check_interval_ns, NS_PER_S);
	assert_true(
		job->rare->steadystate.limit.is_slope && job->rare->steadystate.limit.is_percent);
	assert_near(job->rare->steadystate.limit.limit, 0.01, 0);
	rig_free(&rig);
	job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\nss=bw:3%\nss_dur=5m\nss_ramp=7\n"
			    "ss_interval=30\n");
	assert_int_equal(job->rare->steadystate.duration_ns, 300 * NS_PER_S);
	assert_int_equal(job->rare->steadystate.ramp_time_ns, 7 * NS_PER_S);
	assert_int_equal(job->rare->steadystate.check_interval_ns, 30 * NS_PER_S);
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

/* In [global], and switched off by one section. */
TEST(a_duration_of_nothing_switches_it_off)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[global]\nss=bw:3%\nss_dur=5m\nss_ramp=1\n"
					      "[a]\nioengine=null\nsize=1m\nss_dur=0\n");

	assert_int_equal(job->rare->steadystate.duration_ns, 0);
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
	job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\nss_ramp=1\n");
	assert_non_null(strstr(rig.messages, "warning: steadystate_ramp_time has no effect"));
	rig_free(&rig);
}

TEST(fios_misspelling_is_told_and_runs)
{
	struct job_rig rig;

	(void)rig_job(&rig, "[a]\nioengine=null\nsize=1m\nthreads=1\n");
	assert_non_null(strstr(rig.messages, "note: 'threads' changes nothing"));
	assert_non_null(strstr(rig.messages, "hint: numjobs=N makes N workers"));
	rig_free(&rig);
}

TEST(limits_of_latency_are_read_as_fio_reads_them)
{
	struct job_rig rig;
	const struct job *job =
		rig_job(&rig, "[a]\nioengine=null\nsize=1m\nlatency_target=500\nlatency_window=2s\n"
			      "latency_percentile=99.9\nlatency_run=1\nmax_latency=10ms,20\n");

	assert_int_equal(job->rare->latency.target_ns, 500 * NS_PER_US);
	assert_int_equal(job->rare->latency.window_ns, 2 * NS_PER_S);
	assert_near(job->rare->latency.percentile, 99.9, 0);
	assert_true(job->rare->latency.runs_on);
	assert_int_equal(job->rare->latency.max_ns[DIRECTION_READ], 10 * NS_PER_MS);
	assert_int_equal(job->rare->latency.max_ns[DIRECTION_WRITE], 20 * NS_PER_US);
	assert_int_equal(job->rare->latency.max_ns[DIRECTION_TRIM], 20 * NS_PER_US);
	assert_string_equal(
		job_latencies_print(job->rare->latency.max_ns, &arena), "10ms,20us,20us");
	assert_string_equal(job_share_print(&job->rare->latency.percentile, &arena), "99.9");
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
	job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\nlatency_window=1s\n");
	assert_int_equal(job->rare->latency.target_ns, 0);
	assert_near(job->rare->latency.percentile, 100, 0);
	assert_non_null(strstr(rig.messages, "warning: latency_window has no effect without"));
	rig_free(&rig);
}

static int end(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_MAIN(NULL, end);
