/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/* Files and command line together; clones, names, seeds, groups and waves. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "job_rig.h"
#include "test.h"

#include "bad_job_files.h"
#include "good_job_files.h"

static int setup(void **state)
{
	(void)state;
	setenv("FOUR_K", "4k", 1);
	setenv("MIB", "3", 1);
	setenv("EMPTY", "", 1);
	unsetenv("NOT_SET");
	return 0;
}

static size_t count_texts(const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	return count;
}

TEST(bad_files_are_refused_where_they_are_bad)
{
	for (size_t i = 0; i < sizeof(bad_job_files) / sizeof(bad_job_files[0]); i++) {
		const struct bad_job_file *file = &bad_job_files[i];
		struct job_rig rig;

		rig_read(&rig, file->text);
		if (rig.rc != -EINVAL || rig.set.count != 0)
			fail_msg("taken:\n%s", file->text);
		for (size_t k = 0; file->errors[k]; k++) {
			char line[256];

			snprintf(line, sizeof(line), ":%s", file->errors[k]);
			if (!strstr(rig.messages, line))
				fail_msg("%s\nshould say %s\nand says\n%s", file->text, line,
					rig.messages);
		}
		if (rig.diag.error_count != count_texts(file->errors))
			fail_msg("%s\nhas other errors too:\n%s", file->text, rig.messages);
		if (file->hint && !strstr(rig.messages, file->hint))
			fail_msg("%s\nshould hint %s\nand says\n%s", file->text, file->hint,
				rig.messages);
		rig_free(&rig);
	}
}

/* "0 bs=8k" */
static void check_value(struct job_rig *rig, const char *expected, const char *text)
{
	unsigned job = (unsigned)strtoul(expected, NULL, 10);
	const char *key = strchr(expected, ' ') + 1;
	size_t length = strcspn(key, "=");
	const char *found;

	assert_true(job < rig->set.count);
	found = rig_setting(rig, &rig->set.jobs[job], arena_strndup(&rig->arena, key, length));
	/* A flag that is off and has no default has no text. */
	if (key[length] == '\0' ? found != NULL : !found || strcmp(found, key + length + 1) != 0)
		fail_msg("%s\nshould have %s, and has %s", text, expected, found ? found : "none");
}

TEST(good_files_have_these_values)
{
	for (size_t i = 0; i < sizeof(good_job_files) / sizeof(good_job_files[0]); i++) {
		const struct good_job_file *file = &good_job_files[i];
		struct job_rig rig;

		rig_job(&rig, file->text);
		for (size_t k = 0; file->values[k]; k++)
			check_value(&rig, file->values[k], file->text);
		if (!file->says && *rig.messages)
			fail_msg("%s\nshould be silent, and says\n%s", file->text, rig.messages);
		if (file->says && !strstr(rig.messages, file->says))
			fail_msg("%s\nshould say %s, and says\n%s", file->text, file->says,
				rig.messages);
		rig_free(&rig);
	}
}

TEST(command_line_stands_before_the_file)
{
	static const char *const options[] = {"--bs=8k", "--iodepth=4", "ioengine=null"};
	const struct job_request request = {.options = options, .option_count = 3};
	struct job_rig rig;

	rig_read_as(&rig, "t.job", "[a]\nsize=1m\nbs=16k\n", &request);
	assert_int_equal(rig.rc, 0);
	assert_string_equal(rig_setting(&rig, rig.set.jobs, "bs"), "16k");
	assert_string_equal(rig_setting(&rig, rig.set.jobs, "iodepth"), "4");
	assert_string_equal(rig_setting(&rig, rig.set.jobs, "ioengine"), "null");
	rig_free(&rig);
}

TEST(command_line_alone_is_a_job)
{
	static const char *const options[] = {"--ioengine=null", "--size=1m", "--norandommap"};
	const struct job_request request = {.options = options, .option_count = 3};
	struct job_rig rig;

	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, 0);
	assert_int_equal(rig.set.count, 1);
	assert_string_equal(rig.set.jobs[0].name, "job");
	assert_true(rig.set.jobs[0].norandommap);
	rig_free(&rig);
}

TEST(each_name_begins_a_job)
{
	static const char *const options[] = {
		"--size=1m", "--ioengine=null", "--name=a", "--bs=8k", "--name=b", "--rw=write"};
	const struct job_request request = {.options = options, .option_count = 6};
	struct job_rig rig;

	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, 0);
	assert_int_equal(rig.set.count, 2);
	assert_string_equal(rig.set.jobs[0].name, "a");
	assert_string_equal(rig_setting(&rig, &rig.set.jobs[0], "bs"), "8k");
	assert_string_equal(rig.set.jobs[1].name, "b");
	assert_string_equal(rig_setting(&rig, &rig.set.jobs[1], "bs"), "4k");
	assert_string_equal(rig_setting(&rig, &rig.set.jobs[1], "size"), "1m");
	assert_true(job_writes(&rig.set.jobs[1]));
	rig_free(&rig);
}

TEST(errors_of_the_command_line_show_the_argument)
{
	static const char *const options[] = {"--bs=4q", "--iodpth=3", "--name="};
	const struct job_request request = {.options = options, .option_count = 3};
	struct job_rig rig;

	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, -EINVAL);
	assert_non_null(strstr(rig.messages, "command line: error: bs=4q: unknown unit\n"
					     "      | --bs=4q\n"
					     "      |      ^~\n"));
	assert_non_null(strstr(rig.messages, "command line: error: unknown option 'iodpth'\n"
					     "      | --iodpth=3\n"
					     "      |   ^~~~~~\n"
					     "hint: did you mean 'iodepth'?\n"));
	assert_non_null(strstr(rig.messages, "command line: error: --name: the job's name"));
	rig_free(&rig);
}

TEST(nothing_asked_is_an_error)
{
	const struct job_request request = {0};
	struct job_rig rig;

	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, -EINVAL);
	assert_non_null(strstr(rig.messages, "ringside: error: there is nothing to run\n"));
	rig_free(&rig);
}

/* What is not run is not looked into: its variables may be missing. */
TEST(sections_that_are_not_run_may_be_bad)
{
	static const char *const sections[] = {"b"};
	const struct job_request request = {.sections = sections, .section_count = 1};
	struct job_rig rig;

	rig_read_as(&rig, "t.job", "[a]\nbs=4q\nsize=${NOT_SET}\n[b]\nsize=1m\n", &request);
	assert_int_equal(rig.rc, 0);
	assert_int_equal(rig.set.count, 1);
	assert_string_equal(rig.set.jobs[0].name, "b");
	rig_free(&rig);
	rig_read_as(&rig, "t.job", "[a]\nsize=1m\n", &request);
	assert_int_equal(rig.rc, -EINVAL);
	assert_non_null(strstr(rig.messages, "error: --section=b: there is no such job section"));
	rig_free(&rig);
}

TEST(readonly_request_refuses_writes)
{
	const struct job_request request = {.readonly = true};
	struct job_rig rig;

	rig_read_as(&rig, "t.job", "[a]\nsize=1m\nrw=randwrite\n", &request);
	assert_int_equal(rig.rc, -EINVAL);
	assert_non_null(strstr(rig.messages, "t.job:3:4: error: this writes or trims"));
	rig_free(&rig);
	rig_read_as(&rig, "t.job", "[a]\nsize=1m\n", &request);
	assert_int_equal(rig.rc, 0);
	assert_true(rig.set.jobs[0].readonly);
	rig_free(&rig);
}

/* Files do not see each other's [global]s, and wait for each other. */
TEST(several_files_run_one_after_the_other)
{
	char names[2][32] = {"/tmp/job-test-a.XXXXXX", "/tmp/job-test-b.XXXXXX"};
	const char *const texts[] = {"[global]\nbs=8k\nsize=1m\n[a]\n[b]\n", "[c]\nsize=2m\n[d]\n"};
	const char *files[2];
	struct job_request request = {.files = files, .file_count = 2};
	struct job_rig rig;

	for (int i = 0; i < 2; i++) {
		int descriptor = mkstemp(names[i]);

		assert_true(descriptor >= 0);
		assert_int_equal(write(descriptor, texts[i], strlen(texts[i])), strlen(texts[i]));
		close(descriptor);
		files[i] = names[i];
	}
	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, 0);
	assert_int_equal(rig.set.count, 4);
	assert_string_equal(rig_setting(&rig, &rig.set.jobs[2], "bs"), "4k");
	assert_int_equal(rig.set.jobs[1].wave, 0);
	assert_int_equal(rig.set.jobs[2].wave, 1);
	assert_int_equal(rig.set.jobs[3].wave, 1);
	assert_int_equal(rig.set.jobs[2].group, 1);
	rig_free(&rig);
	for (int i = 0; i < 2; i++)
		unlink(names[i]);
	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, -EINVAL);
	assert_int_equal(rig.diag.error_count, 2);
	assert_non_null(strstr(rig.messages, ": error: cannot be read: No such file or directory"));
	rig_free(&rig);
}

/* All file names of all clones, a blank between. */
static const char *all_names(struct job_rig *rig, const char *text)
{
	const char *all = "";

	rig_job(rig, text);
	for (size_t i = 0; i < rig->set.count; i++) {
		const struct job_texts *names = &rig->set.jobs[i].filename;

		for (size_t k = 0; k < names->count; k++)
			all = arena_printf(
				&rig->arena, "%s%s%s", all, *all ? " " : "", names->texts[k]);
	}
	return all;
}

/* As fio 3.33 makes them: tried. */
TEST(names_are_made_up_as_fio_does)
{
	static const char *const cases[][2] = {
		{"[jj]\nnumjobs=2\nnrfiles=2\n", "jj.0.0 jj.0.1 jj.1.0 jj.1.1"},
		{"[a]\n[a]\n", "a.0.0 a.0.0"},
		{"[j]\nfilename=x\nnumjobs=2\n", "x x"},
		{"[j]\nfilename=x:y\nnrfiles=5\n", "x y"},
		{"[j]\ndirectory=d1:d2\nnumjobs=3\n", "d1/j.0.0 d2/j.1.0 d1/j.2.0"},
		{"[j]\ndirectory=d1:d2\nfilename=x\nnumjobs=2\n", "d1/x d1/x"},
		{"[j]\nfilename_format=$jobname-$jobnum.$filenum\nnrfiles=2\n", "j-0.0 j-0.1"},
		{"[j]\nfilename_format=plain\n", "plain"},
		{"[j]\nfilename_format=$x$$jobnum\n", "$x$0"},
		{"[sec]\nname=other\n", "sec.0.0"},
		{"[sub/m]\n", "sub/m.0.0"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;
		char text[256];

		snprintf(text, sizeof(text), "[global]\nioengine=null\nsize=1m\n%s", cases[i][0]);
		assert_string_equal(all_names(&rig, text), cases[i][1]);
		rig_free(&rig);
	}
}

/* fio makes "d1//dev/zero" of it. */
TEST(folders_do_not_stand_before_absolute_names)
{
	struct job_rig rig;

	assert_string_equal(all_names(&rig, "[a]\ndirectory=d1\nfilename=/dev/zero:x\nsize=1m\n"),
		"/dev/zero d1/x");
	rig_free(&rig);
}

TEST(sections_name_devices)
{
	struct job_rig rig;

	assert_string_equal(all_names(&rig, "[/dev/zero]\nsize=1m\n"), "/dev/zero");
	rig_free(&rig);
	assert_string_equal(all_names(&rig, "[/dev/nvme9n9]\nsize=1m\n"), "/dev/nvme9n9");
	rig_free(&rig);
	assert_string_equal(all_names(&rig, "[/dev/zero]\nsize=1m\nnrfiles=2\n"),
		"/dev/zero.0.0 /dev/zero.0.1");
	rig_free(&rig);
	assert_string_equal(all_names(&rig, "[/dev/zero]\nsize=1m\nfilename=x\n"), "x");
	rig_free(&rig);
	/* A folder is no target, whatever fio thinks. */
	assert_string_equal(all_names(&rig, "[/tmp]\nsize=1m\n"), "/tmp.0.0");
	rig_free(&rig);
}

TEST(groups_and_waves)
{
	static const unsigned expected[][2] = {/* group, wave */
		{0, 0}, {0, 0}, {1, 0}, {2, 1}, {2, 1}, {2, 1}, {3, 2}};
	struct job_rig rig;

	rig_job(&rig, "[global]\nsize=1m\n[a]\nstonewall\nnew_group\n[b]\n[c]\nnew_group\n"
		      "[d]\nstonewall\nnumjobs=2\n[e]\n[f]\nstonewall\nnew_group\n");
	assert_int_equal(rig.set.count, 7);
	for (size_t i = 0; i < rig.set.count; i++) {
		assert_int_equal(rig.set.jobs[i].group, expected[i][0]);
		assert_int_equal(rig.set.jobs[i].wave, expected[i][1]);
	}
	assert_int_equal(rig.set.jobs[4].clone, 1);
	rig_free(&rig);
}

/* Between sections of one contender a stonewall has no effect. */
TEST(sections_of_a_contender_are_one_wave)
{
	static const unsigned expected[][2] = {/* group, wave */
		{0, 0}, {0, 0}, {1, 0}, {2, 1}, {2, 1}, {3, 2}, {4, 3}};
	struct job_rig rig;

	rig_job(&rig, "[global]\nsize=1m\nstonewall\n[a]\ncontender=x\n[b]\ncontender=x\n"
		      "[c]\ncontender=x\nnew_group\n[d]\ncontender=y\n[e]\ncontender=y\n"
		      "[f]\n[g]\n");
	assert_int_equal(rig.set.count, 7);
	for (size_t i = 0; i < rig.set.count; i++) {
		assert_int_equal(rig.set.jobs[i].group, expected[i][0]);
		assert_int_equal(rig.set.jobs[i].wave, expected[i][1]);
	}
	rig_free(&rig);
}

TEST(seeds_repeat_and_differ)
{
	static const char text[] = "[global]\nsize=1m\n[a]\nnumjobs=2\n[b]\n";
	struct job_rig first, second;

	rig_job(&first, text);
	rig_job(&second, text);
	assert_int_equal(first.set.seed, JOB_DEFAULT_SEED);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(first.set.jobs[i].randseed, second.set.jobs[i].randseed);
	assert_int_not_equal(first.set.jobs[0].randseed, first.set.jobs[1].randseed);
	assert_int_not_equal(first.set.jobs[1].randseed, first.set.jobs[2].randseed);
	rig_free(&first);
	rig_free(&second);
}

TEST(what_few_set_is_shared_by_those_that_do_not)
{
	static const char text[] = "[global]\nsize=1m\nthinktime=3\n[a]\n"
				   "[b]\nthinktime=5\nnumjobs=2\n[c]\n"
				   "[global]\nthinktime=7\n[d]\n";
	static const unsigned pauses_us[] = {3, 5, 5, 3, 7};
	const struct job *jobs;
	struct job_rig rig;

	jobs = rig_job(&rig, text);
	assert_int_equal(rig.set.count, 5);
	for (size_t i = 0; i < rig.set.count; i++)
		assert_int_equal(jobs[i].rare->pace.think.time_ns, pauses_us[i] * NS_PER_US);
	assert_ptr_equal(jobs[0].rare, jobs[3].rare);
	assert_ptr_equal(jobs[1].rare, jobs[2].rare);
	assert_ptr_not_equal(jobs[0].rare, jobs[4].rare);
	rig_free(&rig);
}

/* By malloc() and by mmap(). */
static size_t private_bytes(void)
{
	FILE *stream = fopen("/proc/self/statm", "re");
	size_t pages;

	assert_non_null(stream);
	assert_int_equal(fscanf(stream, "%*s %*s %*s %*s %*s %zu", &pages), 1);
	fclose(stream);
	return pages * (size_t)getpagesize();
}

/* As many sections as a generated file may have: they differ in their depth. */
static size_t bytes_of_sections(unsigned count)
{
	size_t room = 0, before, after;
	struct job_rig rig;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &room);

	assert_non_null(stream);
	fputs("[global]\nioengine=null\nrw=randread\nsize=1m\nbs=4k\n", stream);
	for (unsigned i = 0; i < count; i++)
		fprintf(stream, "[job%u]\niodepth=%u\n", i, i % 32 + 1);
	fclose(stream);
	before = private_bytes();
	rig_job(&rig, text);
	after = private_bytes();
	assert_int_equal(rig.set.count, count);
	rig_free(&rig);
	free(text);
	return after - before;
}

TEST(a_section_takes_less_than_1450_bytes)
{
	size_t few, many;

#ifdef __SANITIZE_ADDRESS__
	print_message("the sanitizer's own memory cannot be told from it\n");
	skip();
#endif
	few = bytes_of_sections(1000);
	many = bytes_of_sections(5000);
	print_message("%zu bytes a section\n", (many - few) / 4000);
	assert_true((many - few) / 4000 < 1450);
}

/* Two sections that do the same on one file do not read the same blocks at the same time. */
TEST(no_two_jobs_of_all_sections_share_a_seed)
{
	struct job_rig rig;

	rig_job(&rig, "[global]\nsize=1m\nnumjobs=3\n[a]\n[b]\nstonewall\n[c]\nrw=write\n[a]\n");
	assert_int_equal(rig.set.count, 12);
	for (size_t i = 0; i < rig.set.count; i++) {
		for (size_t k = 0; k < i; k++)
			assert_true(rig.set.jobs[i].randseed != rig.set.jobs[k].randseed);
	}
	rig_free(&rig);
}

TEST(randrepeat_off_draws_a_seed_that_can_be_given_again)
{
	struct job_rig first, second;
	char text[128];

	rig_job(&first, "[a]\nsize=1m\nrandrepeat=0\n");
	rig_job(&second, "[a]\nsize=1m\nrandrepeat=0\n");
	assert_int_not_equal(first.set.jobs[0].randseed, second.set.jobs[0].randseed);
	rig_free(&second);
	snprintf(text, sizeof(text), "[a]\nsize=1m\nrandrepeat=0\nrandseed=%llu\n",
		(unsigned long long)first.set.seed);
	rig_job(&second, text);
	assert_int_equal(first.set.jobs[0].randseed, second.set.jobs[0].randseed);
	rig_free(&first);
	rig_free(&second);
}

TEST(there_are_limits)
{
	static const char *const cases[][2] = {
		{"numjobs=4096\n[a]\n[b]\n[c]\n[d]\n[e]\n", "more than 16384 clones"},
		{"numjobs=4096\nnrfiles=257\n[a]\n", "more than 1048576 files"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;
		char text[256];

		snprintf(text, sizeof(text), "[global]\nioengine=null\nsize=2m\n%s", cases[i][0]);
		rig_read(&rig, text);
		assert_int_equal(rig.rc, -EINVAL);
		assert_int_equal(rig.diag.error_count, 1);
		assert_non_null(strstr(rig.messages, cases[i][1]));
		rig_free(&rig);
	}
}

TEST_MAIN(setup, NULL);
