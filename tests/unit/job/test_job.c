/* SPDX-License-Identifier: MIT */
/* job.c: what a job does, and where its options were set. */
#include "job_rig.h"
#include "test.h"

TEST(directions_of_every_mode)
{
	static const struct {
		const char *mode;
		bool reads, writes, trims, is_random;
	} modes[] = {
		{"read", true, false, false, false},
		{"write", false, true, false, false},
		{"trim", false, false, true, false},
		{"randread", true, false, false, true},
		{"randwrite", false, true, false, true},
		{"randtrim", false, false, true, true},
		{"rw", true, true, false, false},
		{"randrw", true, true, false, true},
		{"trimwrite", false, true, true, false},
		{"randtrimwrite", false, true, true, true},
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct job_rig rig;
		char text[64];
		const struct job *job;

		snprintf(text, sizeof(text), "[a]\nioengine=null\nsize=1m\nrw=%s\n", modes[i].mode);
		job = rig_job(&rig, text);
		assert_int_equal(job_does(job, DIRECTION_READ), modes[i].reads);
		assert_int_equal(job_does(job, DIRECTION_WRITE), modes[i].writes);
		assert_int_equal(job_does(job, DIRECTION_TRIM), modes[i].trims);
		assert_false(job_does(job, DIRECTION_SYNC));
		assert_int_equal(job_reads(job), modes[i].reads);
		assert_int_equal(job_writes(job), modes[i].writes || modes[i].trims);
		assert_int_equal(job_is_random(job), modes[i].is_random);
		rig_free(&rig);
	}
}

TEST(places_are_of_the_entry_that_holds)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[global]\nbs=8k\nsize=1m\n[a]\nbs=4k\n"
					      "ioengine=libaio\nuserspace_reap=1\nbuffered=0\n");

	assert_int_equal(job_place(job, "bs")->line, 5);
	assert_int_equal(job_place(job, "bs")->column, 4);
	assert_int_equal(job_place(job, "size")->line, 3);
	assert_int_equal(job_place(job, "userspace_reap")->line, 7);
	assert_int_equal(job_place(job, "iodepth")->line, 4); /* nobody: the section */
	assert_int_equal(job_place(job, "direct")->line, 8);  /* through its opposite */
	assert_true(job_sets(job, "size"));
	assert_true(job_sets(job, "direct"));
	assert_false(job_sets(job, "iodepth"));
	assert_false(job_sets(job, "no_such_option"));
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
