/* SPDX-License-Identifier: MIT */
/* covers: src/job/job_options_replay.c */
/* What a log makes of a job: files, directions, sizes; what has no effect, and what is refused. */
#include <fcntl.h>
#include <unistd.h>

#include "job_rig.h"
#include "test.h"

static char folder[] = "/tmp/ringside-iolog.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void write_file(const char *path, const char *text)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	fputs(text, stream);
	fclose(stream);
}

/* The job of these options, whose logs are read. */
static void read_options(struct job_rig *rig, const char *const *options)
{
	struct job_request request = {.options = options};

	while (options[request.option_count])
		request.option_count++;
	rig_open(rig);
	rig_finish(rig, job_set_read(&rig->set, &request, &rig->diag));
}

#define OPTIONS(...) ((const char *const[]){"--name=r", __VA_ARGS__, NULL})

static void expect_said(const struct job_rig *rig, const char *text)
{
	if (!strstr(rig->messages, text))
		fail_msg("not said: %s\n%s", text, rig->messages);
}

static void write_logs(void)
{
	write_file("one", "fio version 3 iolog\n0 a add\n0 b add\n0 a open\n0 b open\n"
			  "1 a read 0 4096\n2 a read 8192 65536\n3 b sync 0 0\n");
	write_file("two", "fio version 2 iolog\nc add\nc open\nc write 0 512\nc trim 512 1048576\n"
			  "c datasync 0 0\n");
}

static void remove_logs(void)
{
	unlink("one");
	unlink("two");
}

TEST(a_log_decides_on_files_directions_and_sizes)
{
	struct job_rig rig;
	const struct job *job;

	write_logs();
	read_options(&rig, OPTIONS("--read_iolog=one"));
	assert_int_equal(rig.rc, 0);
	assert_string_equal(rig.messages, "");
	job = &rig.set.jobs[0];
	assert_true(job_replays(job));
	assert_int_equal(job->filename.count, 2);
	assert_string_equal(job->filename.texts[1], "b");
	assert_true(job_does(job, DIRECTION_READ));
	assert_false(job_writes(job));
	assert_int_equal(job->rare->replay.ops, IO_BIT(IO_READ) | IO_BIT(IO_SYNC));
	assert_int_equal(job_block_range(job).min, 4096);
	assert_int_equal(job_block_range(job).max, 65536);
	assert_int_equal(job->rare->replay.buffer_bytes, 65536);
	assert_int_equal(job->rw.mode, RW_READ);
	rig_free(&rig);
	remove_logs();
}

TEST(clones_take_logs_in_turn)
{
	struct job_rig rig;
	const struct job *jobs;

	write_logs();
	read_options(&rig, OPTIONS("--read_iolog=one:two", "--numjobs=3"));
	assert_int_equal(rig.rc, 0);
	jobs = rig.set.jobs;
	assert_int_equal(rig.set.count, 3);
	assert_string_equal(jobs[1].filename.texts[0], "c");
	assert_int_equal(jobs[1].filename.count, 1);
	assert_true(job_does(&jobs[1], DIRECTION_TRIM));
	assert_false(job_does(&jobs[1], DIRECTION_READ));
	assert_false(job_trims_and_writes(&jobs[1]));             /* each by itself, no trimwrite */
	assert_int_equal(jobs[1].rare->replay.buffer_bytes, 512); /* trims have no data */
	assert_false(job_does(&jobs[0], DIRECTION_WRITE));
	assert_ptr_equal(jobs[2].rare->replay.log, jobs[0].rare->replay.log);
	rig_free(&rig);
	remove_logs();
}

TEST(the_same_log_otherwise_is_another)
{
	struct job_rig rig;

	write_logs();
	read_options(
		&rig, OPTIONS("--read_iolog=one", "--name=s", "--read_iolog=one", "--name=t",
			      "--read_iolog=one", "--replay_redirect=there", "--replay_scale=2"));
	assert_int_equal(rig.rc, 0);
	assert_ptr_equal(rig.set.jobs[0].rare->replay.log, rig.set.jobs[1].rare->replay.log);
	assert_ptr_not_equal(rig.set.jobs[0].rare->replay.log, rig.set.jobs[2].rare->replay.log);
	assert_string_equal(rig.set.jobs[2].filename.texts[0], "there");
	assert_int_equal(rig.set.jobs[2].filename.count, 1);
	rig_free(&rig);
	remove_logs();
}

TEST(options_that_the_log_decides_on_are_told)
{
	struct job_rig rig;

	write_logs();
	read_options(&rig, OPTIONS("--read_iolog=one", "--rw=randwrite", "--size=1m", "--loops=3",
				   "--filename=x"));
	assert_int_equal(rig.rc, 0);
	expect_said(&rig, "no effect of rw, size, loops");
	expect_said(&rig, "warning: filename has no effect beside read_iolog");
	assert_false(rig.set.jobs[0].size.is_set);
	assert_int_equal(rig.set.jobs[0].loops, 1);
	rig_free(&rig);
	read_options(&rig, OPTIONS("--read_iolog=one", "--zonemode=strided", "--zonesize=64k"));
	assert_int_equal(rig.rc, 0);
	expect_said(&rig, "no effect of zonemode, zonesize");
	rig_free(&rig);
	read_options(&rig, OPTIONS("--replay_no_stall=1"));
	expect_said(&rig, "replay_no_stall has no effect without read_iolog");
	rig_free(&rig);
	remove_logs();
}

TEST(what_cannot_be_is_refused)
{
	static const struct {
		const char *option, *said;
	} cases[] = {
		{"--rate_iops=100", "rate_iops does not go with read_iolog"},
		{"--verify=crc32c", "verify does not go with read_iolog"},
		{"--ramp_time=3us", "the log ends before ramp_time is over"},
		{"--ramp_time=2us", NULL},
		{"--thinktime=1ms", "thinktime does not go with read_iolog"},
		{"--read_iolog=nowhere", "cannot read nowhere: No such file"},
		{"--read_iolog=/dev/zero", "cannot read /dev/zero: a device or a folder is no log"},
		{"--read_iolog=.", "cannot read .: a device or a folder is no log"},
		{"--readonly=1", NULL},
		{"--replay_skip=read", "the log has no read, write or trim"},
		{"--merge_blktrace_file=m", "this is no binary file of blktrace"},
		{"--merge_blktrace_scalars=50:x", "no number above 0"},
		{"--replay_skip=flush", "no such kind of I/O"},
		{"--replay_align=3000", "no power of 2"},
		{"--replay_time_scale=0", "replay_time_scale"},
	};
	struct job_rig rig;

	write_logs();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_options(&rig, OPTIONS("--read_iolog=one", cases[i].option));
		assert_int_equal(rig.rc, cases[i].said ? -EINVAL : 0);
		if (cases[i].said)
			expect_said(&rig, cases[i].said);
		rig_free(&rig);
	}
	read_options(&rig, OPTIONS("--read_iolog=two", "--readonly=1"));
	assert_int_equal(rig.rc, -EINVAL);
	rig_free(&rig);
	read_options(&rig, OPTIONS("--read_iolog=two", "--ioengine=null"));
	assert_int_equal(rig.rc, 0);
	rig_free(&rig);
	read_options(&rig, OPTIONS("--write_iolog=x", "--rw=stat", "--size=4k"));
	expect_said(&rig, "a log has no word for rw=stat");
	rig_free(&rig);
	remove_logs();
}

TEST(what_stands_for_many_jobs_is_refused_once)
{
	struct job_rig rig;
	const char *first;

	write_logs();
	rig_read(&rig, "[global]\nread_iolog=one\nverify=crc32c\n[a]\n[b]\n");
	assert_int_equal(rig.rc, -EINVAL);
	first = strstr(rig.messages, "error: ");
	assert_non_null(first);
	assert_null(strstr(first + 1, "error: "));
	rig_free(&rig);
	remove_logs();
}

TEST(values_print_back)
{
	static const struct {
		const char *option, *key, *text;
	} cases[] = {
		{"--replay_skip=sync,write", "replay_skip", "write,sync"},
		{"--replay_align=4k", "replay_align", "4k"},
		{"--replay_scale=8", "replay_scale", "8"},
		{"--replay_time_scale=50", "replay_time_scale", "50"},
		{"--replay_redirect=there", "replay_redirect", "there"},
		{"--replay_no_stall=1", "replay_no_stall", "1"},
		{"--read_iolog_chunked=1", "read_iolog_chunked", "1"},
		{"--write_iolog=w.log", "write_iolog", "w.log"},
		{"--read_iolog=one:one", "read_iolog", "one:one"},
		{"--merge_blktrace_scalars=50:100.5", "merge_blktrace_scalars", "50:100.5"},
		{"--merge_blktrace_iters=2", "merge_blktrace_iters", "2"},
	};
	struct job_rig rig;

	write_logs();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_options(&rig, OPTIONS("--read_iolog=one", cases[i].option));
		assert_int_equal(rig.rc, 0);
		assert_string_equal(
			rig_setting(&rig, &rig.set.jobs[0], cases[i].key), cases[i].text);
		rig_free(&rig);
	}
	remove_logs();
}

/* For tests and fuzzing: no file is opened, and such a job is not run. */
TEST(a_text_alone_reads_no_log)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[a]\nread_iolog=nowhere\nsize=1m\n");

	assert_true(job_replays(job));
	assert_null(job->rare->replay.log);
	rig_free(&rig);
}

TEST_MAIN(make_folder, remove_folder);
