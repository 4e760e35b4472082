/* SPDX-License-Identifier: MIT */
/* job_check.c: rules that need an engine of their own; the others stand in the tables. */
#include "job_rig.h"
#include "test.h"

#include "job/job_check.h"

/* Reads, and nothing else. */
static const struct engine_class reader = {
	.name = "reader",
	.op_mask = IO_BIT(IO_READ) | IO_BIT(IO_WRITE),
	.traits = ENGINE_NEEDS_DIRECT,
};

/* What is said of the job when `reader` runs it. */
static const char *said_with_reader(struct job_rig *rig, const char *options)
{
	char text[256];
	struct job job;
	FILE *stream;

	snprintf(text, sizeof(text), "[a]\nioengine=null\nsize=1m\n%s\n", options);
	job = *rig_job(rig, text);
	job.engine = &reader;
	free(rig->messages);
	stream = open_memstream(&rig->messages, &rig->room);
	diag_init(&rig->diag, stream);
	job_check(&job, &rig->diag);
	fclose(stream);
	return rig->messages;
}

TEST(engines_that_cannot_are_named)
{
	struct job_rig rig;

	assert_non_null(strstr(said_with_reader(&rig, "direct=1\nrw=trim"),
		"t.job:5:4: error: engine 'reader' cannot trim\n"));
	rig_free(&rig);
	assert_non_null(strstr(said_with_reader(&rig, "direct=1\nrw=write\nfsync=8\nfdatasync=4"),
		"t.job:6:7: error: engine 'reader' cannot sync\n"));
	assert_non_null(
		strstr(rig.messages, "t.job:7:11: error: engine 'reader' cannot datasync\n"));
	assert_int_equal(rig.diag.error_count, 2);
	rig_free(&rig);
}

TEST(engines_that_need_direct_say_so)
{
	struct job_rig rig;

	assert_string_equal(said_with_reader(&rig, "direct=1"), "");
	rig_free(&rig);
	assert_non_null(strstr(said_with_reader(&rig, "direct=0"),
		"t.job:2:10: error: engine 'reader' needs direct=1\n"));
	rig_free(&rig);
}

TEST(syncs_of_readers_need_nothing)
{
	struct job_rig rig;

	assert_string_equal(said_with_reader(&rig, "direct=1\nfsync=8"), "");
	rig_free(&rig);
}

TEST(sizes_unfit_for_direct_are_warned_of)
{
	static const char *const unfit[] = {
		"bs=1000", "bsrange=1000-8k", "bssplit=4k/50:1000/50", "bs=4k\nbs_unaligned"};
	static const char *const fit[] = {"bs=512", "bsrange=512-8k", "bs=4k,1000", "bs=512,4k"};

	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		struct job_rig rig;
		char text[128];

		snprintf(text, sizeof(text), "[a]\nsize=1m\ndirect=1\n%s\n", unfit[i]);
		rig_job(&rig, text);
		assert_non_null(strstr(rig.messages, "no multiples of 512 bytes"));
		rig_free(&rig);
		snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", unfit[i]);
		rig_job(&rig, text);
		assert_null(strstr(rig.messages, "no multiples of 512 bytes"));
		rig_free(&rig);
		snprintf(text, sizeof(text), "[a]\nsize=1m\ndirect=1\n%s\n", fit[i]);
		rig_job(&rig, text);
		assert_null(strstr(rig.messages, "no multiples of 512 bytes"));
		rig_free(&rig);
	}
}

TEST(amounts_are_checked_where_they_are_known)
{
	struct job_rig rig;

	/* filesize makes size an amount of its own; a percentage is known later. */
	rig_job(&rig, "[a]\nsize=2k\nfilesize=1m\n");
	rig_free(&rig);
	rig_job(&rig, "[a]\nsize=1%\nbs=1m\n");
	rig_free(&rig);
	rig_job(&rig, "[a]\nsize=4k\nbs=4k,1m\n");
	rig_free(&rig);
	rig_read(&rig, "[a]\nsize=4k\nrw=rw\nbs=8k,1m\n");
	assert_non_null(strstr(rig.messages, "size is less than a block of 8k"));
	rig_free(&rig);
	rig_read(&rig, "[a]\nsize=8k\nfilename=x:y:z\n");
	assert_non_null(strstr(rig.messages, "divided over 3 files"));
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
