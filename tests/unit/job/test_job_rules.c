/* SPDX-License-Identifier: MIT */
/* covers: src/job/job_say.c src/job/job_pace_check.c src/job/job_order_check.c */
/* What is resolved, and what cannot be run. */
#include "job/job_bind.h"
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

TEST(logs_count_in_ms)
{
	static const char *const options[] = {"log_avg_msec", "log_hist_msec"};
	static const char *const values[] = {"999us", "1", "0"};

	for (size_t i = 0; i < 6; i++) {
		const char *option = options[i / 3];
		char text[200];
		struct job_rig rig;

		snprintf(text, sizeof(text),
			"[a]\nioengine=null\nsize=1m\nwrite_bw_log=x\nwrite_hist_log=x\n%s=%s\n",
			option, values[i % 3]);
		rig_read(&rig, text);
		assert_int_equal(rig.rc == 0, i % 3 != 0);
		assert_int_equal(rig.messages[0] == '\0', i % 3 != 0);
		if (i % 3 == 0) {
			assert_non_null(strstr(rig.messages, option));
			assert_non_null(strstr(rig.messages, " is shorter than the ms that logs"));
		}
		rig_free(&rig);
	}
}

TEST(what_belongs_to_a_log_is_noted_where_there_is_none)
{
	static const char *const texts[] = {
		"log_avg_msec=100\nwrite_hist_log=x\n",
		"log_max_value=1\nwrite_bw_log=x\n",
		"log_hist_msec=100\nwrite_lat_log=x\n",
		"log_hist_coarseness=2\nwrite_lat_log=x\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[200];
		struct job_rig rig;

		snprintf(text, sizeof(text), "[a]\nioengine=null\nsize=1m\n%s", texts[i]);
		rig_job(&rig, text);
		assert_non_null(strstr(rig.messages, "has no effect without write_"));
		rig_free(&rig);
	}
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
		assert_non_null(strstr(rig.messages, "not multiples of 512 bytes"));
		rig_free(&rig);
		snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", unfit[i]);
		rig_job(&rig, text);
		assert_null(strstr(rig.messages, "not multiples of 512 bytes"));
		rig_free(&rig);
		snprintf(text, sizeof(text), "[a]\nsize=1m\ndirect=1\n%s\n", fit[i]);
		rig_job(&rig, text);
		assert_null(strstr(rig.messages, "not multiples of 512 bytes"));
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

static void expect_refusal(const char *options, const char *message)
{
	struct job_rig rig;
	char text[256];

	snprintf(text, sizeof(text), "[a]\nioengine=psync\nfilesize=4k\n%s\n", options);
	rig_read(&rig, text);
	assert_int_equal(rig.rc, -EINVAL);
	if (!strstr(rig.messages, message))
		fail_msg("'%s' is not in:\n%s", message, rig.messages);
	rig_free(&rig);
}

TEST(whole_files_leave_no_room_for_some_options)
{
	expect_refusal("rw=openread\noffset=4k", "offset does not go with rw=openread");
	expect_refusal("rw=stat\noffset_increment=4k", "offset_increment does not go with rw=stat");
	expect_refusal("rw=openread\nopenfiles=2", "no file is kept open");
	expect_refusal("rw=openread\ncreate_on_open=1", "create_on_open does not go");
	expect_refusal("rw=openread\nsize=50%", "a share of a file is not the whole of it");
	expect_refusal("rw=stat\nio_size=1m", "use number_ios, loops or runtime");
	expect_refusal("rw=create\nio_size=1m", "use number_ios, loops or runtime");
	expect_refusal("rw=create\nfsync=1", "fsync does not go with rw=create");
	expect_refusal("rw=unlink\nloops=2", "each file can be removed once");
	expect_refusal("rw=unlink\ncreate_on_open=1", "create_on_open does not go with rw=unlink");
	expect_refusal("rw=create\nreadonly=1", "readonly is set");
	expect_refusal("rw=openread\nio_size=50%", "it needs a number of bytes");
	expect_refusal("rw=openread\nfile_service_type=roundrobin:8", "once before the next");
	expect_refusal("rw=openread:8", "this mode is for whole files");
}

TEST(a_copy_goes_from_one_file_to_another)
{
	expect_refusal("rw=copy", "filename names none");
	expect_refusal("rw=copy\nfilename=a", "filename names an odd number of them");
	expect_refusal("rw=copy\nfilename=a:b:c", "write filename=SOURCE:DESTINATION");
	expect_refusal("rw=copy\nfilename=a:a", "a file cannot be copied to itself");
	expect_refusal("rw=copy\nfilename=a:b\nbsrange=4k-8k", "blocks of one size only");
	expect_refusal("rw=copy\nfilename=a:b\nreadonly=1", "readonly is set");
}

TEST(engines_without_the_operation_name_those_with_it)
{
	expect_refusal("rw=openread\nioengine=libaio", "t.job:4:4: error: engine 'libaio' cannot "
						       "openread\n");
	expect_refusal("rw=copy\nfilename=a:b\nioengine=mmap", "engine 'mmap' cannot copy\n");
	expect_refusal("rw=stat\nioengine=posixaio", "engines that can: ");
	expect_refusal("rw=stat\nioengine=epoll", "pvsync2, threads");
	expect_refusal("rw=unlink\nioengine=io_uring", "engine 'io_uring' cannot unlink\n");
}

TEST(what_they_do_follows_from_rw)
{
	static const struct {
		const char *text;
		enum io_op op;
		bool is_whole, reads, writes;
	} cases[] = {
		{"[a]\nrw=openread\nfilesize=1k", IO_OPEN_READ, true, true, false},
		{"[a]\nrw=stat\nnrfiles=3\nsize=1m", IO_STAT, true, true, false},
		{"[a]\nrw=create\nnrfiles=3", IO_CREATE, true, false, true},
		{"[a]\nrw=unlink\nnrfiles=3\nsize=1m", IO_UNLINK, true, false, true},
		{"[a]\nioengine=filecreate\ncreate_on_open=1\nopenfiles=1", IO_CREATE, true, false,
			true},
		{"[a]\nioengine=filestat\nrw=randwrite\nsize=1m", IO_STAT, true, true, false},
		{"[a]\nioengine=filedelete\nfilesize=4k", IO_UNLINK, true, false, true},
		{"[a]\nrw=copy\nfilename=a:b:c:d", IO_COPY, false, false, true},
		{"[a]\nrw=read\nsize=1m", IO_OP_COUNT, false, true, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;
		const struct job *job = rig_job(&rig, cases[i].text);

		assert_int_equal(job_composite_op(job), cases[i].op);
		assert_int_equal(job_is_of_whole_files(job), cases[i].is_whole);
		assert_int_equal(job_reads(job), cases[i].reads);
		assert_int_equal(job_writes(job), cases[i].writes);
		assert_false(job_is_random(job));
		rig_free(&rig);
	}
}

/* bs is for other jobs: files and ends of copies may be smaller. */
TEST(sizes_below_a_block_are_fine)
{
	struct job_rig rig;

	rig_job(&rig, "[a]\nioengine=psync\nrw=openread\nfilesize=1k\nbs=64k\ndirect=1");
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
	rig_job(&rig, "[a]\nioengine=psync\nrw=copy\nfilename=a:b\nsize=1k\nbs=64k");
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

TEST(content_options_are_told_to_have_no_effect_on_copies)
{
	struct job_rig rig;

	rig_job(&rig, "[a]\nioengine=psync\nrw=copy\nfilename=a:b\nbuffer_pattern=0x5a");
	assert_non_null(strstr(rig.messages, "note: buffer_pattern has no effect on rw=copy"));
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
