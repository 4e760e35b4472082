/* SPDX-License-Identifier: MIT */
/* From entries to jobs; values that fio reads otherwise. */
#include "engine/engine_list.h"
#include "job/job_bind.h"
#include "job_rig.h"
#include "test.h"

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

TEST(problems_of_global_are_said_once)
{
	struct job_rig rig;

	rig_read(&rig, "[global]\nbs=4q\nwrite_barrier=1\nfrob=1\nioengine=nope\nbwavgtime=1\n"
		       "[a]\n[b]\n[c]\n");
	assert_int_equal(rig.diag.error_count, 4);
	assert_int_equal(count_of(rig.messages, "changes nothing"), 1);
	rig_free(&rig);
}

TEST(notes_of_rules_are_given_once_for_global)
{
	struct job_rig rig;

	rig_job(&rig,
		"[global]\nsize=1m\nrefill_buffers\nbsrange=4k-8k\nbs_unaligned=1\nrw=randread\n"
		"[a]\n[b]\n[c]\n");
	assert_int_equal(count_of(rig.messages, "refill_buffers has no effect"), 1);
	assert_int_equal(count_of(rig.messages, "norandommap=1"), 1);
	rig_free(&rig);
}

/* fio: add_job of init.c names a job after its section. */
TEST(a_name_in_global_names_no_job)
{
	struct job_rig rig;

	rig_job(&rig, "[global]\nsize=1m\nname=all\n[a]\n[b]\nname=other\n[c]\n");
	assert_string_equal(rig.set.jobs[0].name, "a");
	assert_string_equal(rig.set.jobs[1].name, "other");
	assert_string_equal(rig.set.jobs[2].name, "c");
	rig_free(&rig);
}

TEST(order_of_options_does_not_matter)
{
	struct job_rig rig;

	rig_job(&rig, "[a]\nsqthread_poll_cpu=0\nfixedbufs\nsize=1m\nioengine=io_uring\n");
	assert_string_equal(rig_setting(&rig, rig.set.jobs, "fixedbufs"), "1");
	rig_free(&rig);
}

TEST(engine_options_of_global_hold_where_the_engine_has_them)
{
	struct job_rig rig;

	rig_job(&rig, "[global]\nsize=1m\nfixedbufs\nuserspace_reap\n[a]\nioengine=io_uring\n"
		      "[b]\nioengine=libaio\n[c]\n");
	assert_string_equal(rig_setting(&rig, &rig.set.jobs[0], "fixedbufs"), "1");
	assert_null(rig_setting(&rig, &rig.set.jobs[0], "userspace_reap"));
	assert_string_equal(rig_setting(&rig, &rig.set.jobs[1], "userspace_reap"), "1");
	assert_null(rig_setting(&rig, &rig.set.jobs[2], "userspace_reap"));
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

TEST(engine_options_of_a_section_must_be_its_engines)
{
	struct job_rig rig;

	rig_read(&rig, "[a]\nsize=1m\nfixedbufs\n");
	assert_int_equal(rig.diag.error_count, 1);
	assert_non_null(strstr(rig.messages, "t.job:3:1: error: 'fixedbufs' is an option of "));
	assert_non_null(strstr(rig.messages, "io_uring"));
	assert_non_null(strstr(rig.messages, ", and this job runs psync\n"));
	rig_free(&rig);
}

TEST(ways_to_send_that_an_engine_lacks_are_noted)
{
	struct job_rig rig;

	rig_read(&rig, "[global]\nsize=1m\nhipri\n[a]\nnonvectored=1\n"
		       "[b]\nioengine=io_uring_cmd\nnonvectored=1\n[c]\nioengine=io_uring\n"
		       "writefua=1\n");
	assert_int_equal(rig.diag.error_count, 0);
	assert_null(strstr(rig.messages, "'hipri'")); /* Some job of [global]'s has it. */
	assert_non_null(strstr(rig.messages, "t.job:5:1: note: 'nonvectored' changes nothing"));
	assert_non_null(strstr(rig.messages, "t.job:8:1: note: 'nonvectored' changes nothing"));
	assert_non_null(strstr(rig.messages, "t.job:11:1: note: 'writefua' changes nothing"));
	rig_free(&rig);
	rig_read(&rig, "[global]\nsize=1m\nhipri\n[a]\n");
	assert_int_equal(rig.diag.error_count, 0);
	assert_non_null(strstr(rig.messages, "t.job:3:1: note: 'hipri' changes nothing"));
	rig_free(&rig);
}

TEST(a_section_that_overrides_the_command_line_is_told)
{
	const char *const options[] = {
		"--bs=8k", "--iodepth=4", "--fixedbufs=0", "--assert=iops>=1"};
	const struct job_request request = {.options = options, .option_count = 4};
	struct job_rig rig;

	setenv("RINGSIDE_TEST_BS", "16k", 1);
	rig_read_as(&rig, "t.job",
		"[global]\nioengine=io_uring\nsize=1m\n[a]\nbs=4k\niodepth=4\n[b]\nbs=4k\n"
		"fixedbufs=1\nassert=iops>=2\n",
		&request);
	assert_int_equal(rig.rc, 0);
	assert_int_equal(rig.diag.warning_count, 3);
	assert_non_null(strstr(rig.messages, "t.job:5:1: warning: this replaces the bs of the "));
	assert_non_null(strstr(rig.messages, "hint: write bs=${VARIABLE:-4k} here"));
	assert_non_null(strstr(rig.messages, "t.job:9:1: warning: this replaces the fixedbufs "));
	rig_free(&rig);
	rig_read_as(&rig, "t.job", "[a]\nsize=1m\nbs=${RINGSIDE_TEST_BS}\n",
		&(struct job_request){.options = options, .option_count = 1});
	assert_non_null(strstr(rig.messages, "hint: set the variable used here"));
	rig_free(&rig);
}

TEST(engine_struct_has_its_defaults)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[a]\nsize=1m\nioengine=libaio\n");
	bool *reaps;

	assert_ptr_equal(job->engine, engine_find("libaio"));
	assert_non_null(job->engine_options);
	reaps = (bool *)((char *)job->engine_options +
			 option_find(job->engine->options, "userspace_reap")->field);
	assert_false(*reaps);
	rig_free(&rig);
}

TEST(engine_aliases_become_names)
{
	struct job_rig rig;

	rig_job(&rig, "[a]\nsize=1m\nioengine=linuxaio\n");
	assert_string_equal(rig_setting(&rig, rig.set.jobs, "ioengine"), "libaio");
	rig_free(&rig);
}

TEST(sections_know_who_set_what)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[global]\nsize=1m\n[sec]\nname=other\nbs=8k\n");

	assert_string_equal(job->name, "other");
	assert_string_equal(job->origin->section->name, "sec");
	assert_string_equal(job_entry_of(job, "bs")->value, "8k");
	assert_string_equal(job_entry_of(job, "blocksize")->value, "8k");
	assert_null(job_entry_of(job, "iodepth"));
	rig_free(&rig);
}

/* Who names a file on the command line wants that one, and fio would take both. */
TEST(files_of_the_command_line_are_not_added_to)
{
	static const char *const options[] = {"--filename=x", "--filename=y"};
	static const char *const texts[] = {"[a]\nsize=1m\nfilename=z\n[b]\nsize=1m\n",
		"[global]\nfilename=z\nsize=1m\n[a]\n[b]\n"};
	const struct job_request request = {.options = options, .option_count = 2};
	struct job_rig rig;

	for (int i = 0; i < 2; i++) {
		rig_read_as(&rig, "t.job", texts[i], &request);
		assert_int_equal(rig.diag.error_count, 1);
		assert_int_equal(
			count_of(rig.messages, "filename is set on the command line too"), 1);
		assert_non_null(strstr(rig.messages, "hint: write filename=${TARGET:-z} here"));
		rig_free(&rig);
	}
	rig_read_as(&rig, "t.job", "[a]\nsize=1m\nfilename=${NO_SUCH:-z}\n", &request);
	assert_non_null(strstr(rig.messages, "hint: set the variable used here instead"));
	rig_free(&rig);
	rig_read_as(&rig, "t.job", "[a]\nsize=1m\n", &request);
	assert_int_equal(rig.rc, 0);
	assert_string_equal(rig_setting(&rig, rig.set.jobs, "filename"), "x:y");
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

TEST(what_variables_hold_is_trimmed)
{
	struct job_rig rig;

	setenv("JOB_TEST_BLANKS", "  some words  ", 1);
	rig_job(&rig, "[a]\nsize=1m\ndescription=${JOB_TEST_BLANKS}\n");
	assert_string_equal(rig.set.jobs[0].description, "some words");
	rig_free(&rig);
}

static unsigned warnings_of(const char *option)
{
	struct job_rig rig;
	char text[128];
	unsigned count;

	snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", option);
	rig_job(&rig, text);
	count = rig.diag.warning_count;
	rig_free(&rig);
	return count;
}

TEST(times_that_fio_takes_for_microseconds)
{
	static const char *const traps[] = {"runtime=5sec", "runtime=1min", "runtime=2hours",
		"runtime=500ns", "startdelay=1second", "runtime=1day"};
	static const char *const plain[] = {"runtime=5", "runtime=5s", "runtime=5S", "runtime=1m",
		"runtime=2h", "runtime=1d", "runtime=500ms", "runtime=500msec", "runtime=9us",
		"runtime=9usec"};

	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		assert_int_equal(warnings_of(traps[i]), 1);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		assert_int_equal(warnings_of(plain[i]), 0);
}

TEST(sizes_that_fio_takes_for_powers_of_1000)
{
	static const char *const traps[] = {"bs=4KiB", "io_size=1mib", "bsrange=1k-4KiB",
		"bssplit=4KiB/50:8k/50", "offset=1GiB", "bs=4k,8KiB"};
	static const char *const plain[] = {"bs=4k", "bs=4ki", "bs=4kb", "filename=test4kib",
		"filename=4kibs", "description=4KiB", "filename=/4kib.tmp"};

	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		assert_int_equal(warnings_of(traps[i]), 1);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(warnings_of(plain[i]), 0);
}

TEST(units_are_warned_of_once)
{
	assert_int_equal(warnings_of("bs=4KiB\nio_size=1MiB\noffset=2MiB"), 1);
	assert_int_equal(warnings_of("runtime=5sec\nramp_time=5sec"), 2);
}

TEST_MAIN(NULL, NULL);
