/* SPDX-License-Identifier: MIT */
#include "run/plan_verify.h"

#include "test.h"
#include "unit/run/plan_rig.h"

static int make(struct plan_rig *rig, const char *text)
{
	int error;

	plan_of(rig, text);
	assert_int_equal(rig->rc, 0);
	error = plan_verify_make(&rig->plan, &rig->diag);
	fflush(rig->diag.stream);
	return error;
}

TEST_FIXTURE(plan_rig_open, plan_rig_close);

static const char *const bad[] = {
	"[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\nnumjobs=2\n",
	"[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\n[b]\nfilename=f\nsize=1m\nrw=write\n",
	"[a]\nfilename=f\nsize=1m\nrw=write\n[b]\nfilename=f\noffset=512k\nsize=1m\nrw=write\n"
	"verify=md5\n",
	"[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\n[b]\nfilename=./f\nsize=1m\nrw=trim\n",
};

static const char *const good[] = {
	"[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\nnumjobs=2\noffset_increment=1m\n",
	"[a]\nsize=1m\nrw=write\nverify=md5\nnumjobs=2\n",
	"[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\n[b]\nstonewall\nfilename=f\nsize=1m\n"
	"rw=write\n",
	"[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\n[b]\nfilename=f\nsize=1m\nrw=read\n",
	"[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\ndo_verify=0\nnumjobs=2\n",
	"[a]\nfilename=f\nsize=1m\nrw=write\nnumjobs=2\n",
	"[a]\nioengine=null\nfilename=f\nsize=1m\nrw=write\nverify=md5\nnumjobs=2\n",
};

TEST(jobs_that_write_the_same_blocks_at_once_cannot_be_verified)
{
	struct plan_rig *rig = *state;
	int file = open("f", O_CREAT | O_RDWR, 0600);

	close(file);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(make(rig, bad[i]), -EINVAL);
		assert_non_null(strstr(rig->messages, "write the same blocks of"));
	}
	assert_int_equal(make(rig, bad[0]), -EINVAL);
	assert_non_null(strstr(rig->messages, "offset_increment=SIZE"));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(make(rig, good[i]), 0);
		assert_string_equal(rig->messages, "");
	}
}

TEST(what_does_not_give_back_what_is_written_cannot_be_verified)
{
	struct plan_rig *rig = *state;

	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(make(rig, "[a]\nfilename=pipe\nioengine=sync\nsize=1m\nrw=write\n"
				   "verify=md5\n"),
		-EINVAL);
	assert_non_null(strstr(rig->messages, "pipe does not give back what is written to it"));
	assert_int_equal(make(rig, "[a]\nfilename=pipe\nioengine=sync\nsize=1m\nrw=write\n"
				   "verify=md5\ndo_verify=0\n"),
		0);
}

TEST(workers_have_numbers_of_their_own_in_one_run)
{
	struct plan_rig *rig = *state;

	assert_int_equal(make(rig, "[a]\nsize=1m\nrw=write\nverify=md5\nnumjobs=2\n"), 0);
	assert_int_not_equal(rig->plan.jobs[0].verify.source.run, 0);
	assert_int_equal(rig->plan.jobs[0].verify.source.run, rig->plan.jobs[1].verify.source.run);
	assert_int_equal(rig->plan.jobs[0].verify.source.job, 1);
	assert_int_equal(rig->plan.jobs[1].verify.source.job, 2);
}

static uint32_t unit_of(struct plan_rig *rig, const char *options)
{
	char text[256];

	snprintf(text, sizeof(text), "[a]\nfilename=f\nsize=1m\nverify=md5\n%s\n", options);
	assert_int_equal(make(rig, text), 0);
	return rig->plan.jobs[0].verify.unit_bytes;
}

TEST(the_log_has_a_unit_that_all_writes_are_made_of)
{
	struct plan_rig *rig = *state;

	assert_int_equal(unit_of(rig, "rw=write"), 4096);
	assert_int_equal(unit_of(rig, "rw=write\nbs=8k"), 8192);
	assert_int_equal(unit_of(rig, "rw=randwrite\nbssplit=4k/50:16k/50"), 4096);
	assert_int_equal(unit_of(rig, "rw=randwrite\nblockalign=512"), 512);
	assert_int_equal(unit_of(rig, "rw=write:3k"), 1024);
	assert_int_equal(unit_of(rig, "rw=write\nbs=64k\nverify_interval=4k"), 4096);
}

TEST(a_log_that_would_be_large_is_narrow)
{
	struct plan_rig *rig = *state;

	assert_int_equal(make(rig, "[a]\nfilename=f\nsize=1m\nrw=write\nverify=md5\n"), 0);
	assert_int_equal(plan_verify_check_memory(&rig->plan, 4096, &rig->diag), 0);
	assert_int_equal(plan_verify_log_bytes(&rig->plan.jobs[0]), 1024);
	assert_int_equal(plan_verify_check_memory(&rig->plan, 4095, &rig->diag), 0);
	assert_true(rig->plan.jobs[0].verify.is_narrow);
	assert_int_equal(plan_verify_log_bytes(&rig->plan.jobs[0]), 256);
	assert_int_equal(plan_verify_check_memory(&rig->plan, 511, &rig->diag), -EINVAL);
	fflush(rig->diag.stream);
	assert_non_null(strstr(rig->messages, "the log of what is written needs"));
}

TEST(logs_that_are_never_there_at_once_are_not_added_up)
{
	struct plan_rig *rig = *state;
	char text[256];

	for (int stonewall = 0; stonewall < 2; stonewall++) {
		snprintf(text, sizeof(text),
			"[global]\nsize=1m\nrw=write\nverify=md5\n[a]\nfilename=f\n"
			"[b]\nfilename=g\n%s\n",
			stonewall ? "stonewall" : "");
		assert_int_equal(make(rig, text), 0);
		assert_int_equal(plan_verify_check_memory(&rig->plan, 4096, &rig->diag), 0);
		for (int i = 0; i < 2; i++)
			assert_int_equal(rig->plan.jobs[i].verify.is_narrow, !stonewall);
	}
}

TEST_MAIN(NULL, NULL);
