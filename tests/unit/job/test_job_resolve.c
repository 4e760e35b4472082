/* SPDX-License-Identifier: MIT */
/* job_resolve.c: what follows from other values. */
#include "job_rig.h"
#include "test.h"

TEST(batches_fit_the_depth)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig,
		"[a]\nioengine=null\nsize=1m\niodepth=16\niodepth_batch_submit=0\n"
		"iodepth_batch_complete_min=20\niodepth_batch_complete_max=30\niodepth_low=17\n");

	assert_int_equal(job->iodepth_batch_submit, 16);
	assert_int_equal(job->iodepth_batch_complete_min, 16);
	assert_int_equal(job->iodepth_batch_complete_max, 16);
	assert_int_equal(job->iodepth_low, 16);
	rig_free(&rig);
}

TEST(unset_batches_stay_as_fio_has_them)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[a]\nioengine=null\nsize=1m\niodepth=16\n");

	assert_int_equal(job->iodepth_batch_submit, 1);
	assert_int_equal(job->iodepth_batch_complete_min, 1);
	assert_int_equal(job->iodepth_batch_complete_max, 0);
	assert_int_equal(job->iodepth_low, 16);
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

struct map_case {
	const char *options;
	bool is_off;
	bool is_noted;
};

TEST(map_is_off_where_blocks_cannot_be_visited_once)
{
	static const struct map_case cases[] = {
		{"rw=randread", false, false},
		{"rw=randread\nnorandommap", true, false},
		{"rw=randread\nbsrange=4k-8k", false, false},
		{"rw=randread\nbsrange=4k-8k\nbs_unaligned", true, true},
		{"rw=randread\nbsrange=4k-8k\nnorandommap", true, false},
		{"rw=randread\nbssplit=4k/50:8k/50", false, false},
		{"rw=randread\nbssplit=4k/100", false, false},
		{"rw=randread\nbs=4k,8k", false, false},
		{"rw=randrw\nbs=4k,8k", false, false},
		{"rw=randread\nblockalign=4k", false, false},
		{"rw=randread\nblockalign=16k", true, true},
		{"rw=randread\nrandom_distribution=pareto:0.5", true, false},
		{"rw=read\nbsrange=4k-8k", false, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;
		char text[128];

		snprintf(text, sizeof(text), "[a]\nioengine=null\nsize=1m\n%s\n", cases[i].options);
		assert_int_equal(rig_job(&rig, text)->norandommap, cases[i].is_off);
		assert_int_equal(
			strstr(rig.messages, "norandommap=1\n") != NULL, cases[i].is_noted);
		rig_free(&rig);
	}
}

TEST(passthrough_is_direct)
{
	struct job_rig rig;

	assert_true(rig_job(&rig, "[a]\nioengine=nvme_ioctl\nfilename=/dev/ng0n1\n")->direct);
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
	assert_true(rig_job(&rig, "[a]\nioengine=io_uring_cmd\nfilename=/dev/ng0n1\ndirect=0\n")
			    ->direct);
	assert_non_null(strstr(rig.messages, "direct=1"));
	rig_free(&rig);
}

TEST(options_for_writes_are_noted_on_readers)
{
	static const char *const options[] = {"fsync=1", "fdatasync=1", "end_fsync=1",
		"fsync_on_close=1", "zero_buffers", "buffer_pattern=0xff",
		"buffer_compress_percentage=50", "dedupe_percentage=10"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct job_rig rig;
		char text[128];

		snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", options[i]);
		rig_job(&rig, text);
		assert_non_null(strstr(rig.messages, "has no effect on a job that writes nothing"));
		rig_free(&rig);
		snprintf(text, sizeof(text), "[a]\nsize=1m\nrw=write\n%s\n", options[i]);
		rig_job(&rig, text);
		assert_string_equal(rig.messages, "");
		rig_free(&rig);
	}
}

TEST_MAIN(NULL, NULL);
