/* SPDX-License-Identifier: MIT */
/* job_pace.c: whose rate is whose. How rates are written stands in the tables of job files. */
#include "job_rig.h"
#include "test.h"

#include "job/job_pace.h"

TEST(a_direction_has_the_rate_of_its_place)
{
	struct job_rig rig;
	const struct job *job =
		rig_job(&rig, "[a]\nioengine=null\nsize=1m\nrw=randrw\nrate_iops=100,25\n"
			      "rate_process=poisson\n");
	struct pacer_spec read = job_pace_of(job, DIRECTION_READ);
	struct pacer_spec write = job_pace_of(job, DIRECTION_WRITE);

	assert_true(job_is_paced(job));
	assert_float_equal(read.ios_per_second, 100, 0);
	assert_float_equal(write.ios_per_second, 25, 0);
	assert_true(read.is_poisson);
	assert_float_equal(read.bytes_per_second, 0, 0);
	rig_free(&rig);
}

TEST(what_a_job_does_not_do_has_none)
{
	struct job_rig rig;
	const struct job *job =
		rig_job(&rig, "[a]\nioengine=null\nsize=1m\nrw=randwrite\nrate=1m\n");

	assert_float_equal(job_pace_of(job, DIRECTION_READ).bytes_per_second, 0, 0);
	assert_float_equal(job_pace_of(job, DIRECTION_SYNC).bytes_per_second, 0, 0);
	assert_float_equal(job_pace_of(job, DIRECTION_WRITE).bytes_per_second, 1048576, 0);
	rig_free(&rig);
	/* fio: a rate of reads, where only writes are done, is none. */
	job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\nrw=randwrite\nrate=1m,0\n");
	assert_false(job_is_paced(job));
	rig_free(&rig);
}

TEST(composite_jobs_have_the_rate_of_what_they_count_as)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig,
		"[a]\nfilename=a:b\nsize=1m\nrw=copy\nrate_iops=,50\n[b]\nrw=stat\nnrfiles=4\n"
		"size=1m\nrate_iops=10\n");

	assert_float_equal(job_pace_of(job, DIRECTION_WRITE).ios_per_second, 50, 0);
	assert_true(job_is_paced(job));
	assert_float_equal(job_pace_of(&job[1], DIRECTION_READ).ios_per_second, 10, 0);
	rig_free(&rig);
	rig_read(&rig, "[b]\nrw=stat\nnrfiles=4\nsize=1m\nrate=1m\n");
	assert_int_equal(rig.rc, -EINVAL);
	assert_non_null(strstr(rig.messages, "rw=stat moves no bytes"));
	rig_free(&rig);
}

/* Nothing of the whole is lost to the division. */
TEST(a_total_is_divided_among_the_clones)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\nrw=randrw\nnumjobs=3\n"
					      "rate_iops_total=2000,10\n");
	double reads = 0, writes = 0;

	for (unsigned c = 0; c < 3; c++) {
		reads += job_pace_of(&job[c], DIRECTION_READ).ios_per_second;
		writes += job_pace_of(&job[c], DIRECTION_WRITE).ios_per_second;
		assert_true(job_is_paced(&job[c]));
	}
	assert_float_equal(reads, 2000, 0);
	assert_float_equal(writes, 10, 0);
	assert_float_equal(job_pace_of(job, DIRECTION_READ).ios_per_second, 667, 0);
	rig_free(&rig);
	job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\nrw=read\nnumjobs=4\nrate_total=1m\n");
	assert_float_equal(job_pace_of(job, DIRECTION_READ).bytes_per_second, 262144, 0);
	rig_free(&rig);
}

TEST(two_rates_of_the_same_ios_are_refused)
{
	static const struct {
		const char *options, *message;
	} wrong[] = {
		{"rate_iops=10\nrate_iops_total=40\n",
			"rate_iops and rate_iops_total, for the same I/Os"},
		{"rate=1m\nrate_iops_total=40\n", "rate and rate_iops_total, for the same I/Os"},
		{"rate_iops_total=3\n", "rate_iops_total: fewer than one for each of 4 clones"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[256];
		struct job_rig rig;

		snprintf(text, sizeof(text), "[a]\nioengine=null\nsize=1m\nrw=read\nnumjobs=4\n%s",
			wrong[i].options);
		rig_read(&rig, text);
		assert_int_equal(rig.rc, -EINVAL);
		assert_non_null(strstr(rig.messages, wrong[i].message));
		rig_free(&rig);
	}
}

TEST_MAIN(NULL, NULL);
