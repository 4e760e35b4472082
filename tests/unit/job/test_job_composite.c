/* SPDX-License-Identifier: MIT */
/* What rw=openread, copy and stat are let through with, and what they are not. */
#include "job_rig.h"
#include "test.h"

#include "job/job_composite.h"

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
	expect_refusal("rw=stat\nio_size=1m", "take number_ios, loops or runtime");
	expect_refusal("rw=openread\nio_size=50%", "say how many bytes");
	expect_refusal("rw=openread\nfile_service_type=roundrobin:8", "once before the next");
	expect_refusal("rw=openread:8", "this is done to whole files");
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
	expect_refusal("rw=stat\nioengine=epoll", "psync, pvsync2, threads");
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
