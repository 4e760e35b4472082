/* SPDX-License-Identifier: MIT */
/* What jobs are asked, their rates, and the job as text. */
#include "good_job_files.h"
#include "job/job.h"
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

static char *print_all(const struct job_set *set)
{
	char *text = NULL;
	size_t room = 0;
	FILE *stream = open_memstream(&text, &room);

	assert_non_null(stream);
	for (size_t i = 0; i < set->count; i++)
		job_print(&set->jobs[i], stream);
	fclose(stream);
	return text;
}

static void assert_same_job(struct job_rig *a, struct job_rig *b, size_t i, const char *printed)
{
	struct settings left = job_settings(&a->set.jobs[i], &a->arena);
	struct settings right = job_settings(&b->set.jobs[i], &b->arena);

	assert_int_equal(right.count, left.count);
	for (size_t k = 0; k < left.count; k++) {
		assert_string_equal(left.items[k].key, right.items[k].key);
		if (strcmp(left.items[k].value, right.items[k].value) != 0)
			fail_msg("%s=%s became %s in\n%s", left.items[k].key, left.items[k].value,
				right.items[k].value, printed);
	}
	assert_int_equal(a->set.jobs[i].group, b->set.jobs[i].group);
	assert_int_equal(a->set.jobs[i].wave, b->set.jobs[i].wave);
	assert_int_equal(a->set.jobs[i].clone, b->set.jobs[i].clone);
	assert_int_equal(a->set.jobs[i].filename.count, b->set.jobs[i].filename.count);
}

static void check_round_trip(const char *text)
{
	struct job_rig first, second;
	char *printed;

	rig_job(&first, text);
	printed = print_all(&first.set);
	rig_job(&second, printed);
	if (strstr(second.messages, "note: ") || second.set.count != first.set.count)
		fail_msg("%s\nis printed as\n%s\n%s", text, printed, second.messages);
	for (size_t i = 0; i < first.set.count; i++)
		assert_same_job(&first, &second, i, printed);
	free(printed);
	rig_free(&first);
	rig_free(&second);
}

TEST(printed_jobs_read_back)
{
	setenv("FOUR_K", "4k", 1);
	setenv("MIB", "3", 1);
	setenv("EMPTY", "", 1);
	for (size_t i = 0; i < sizeof(good_job_files) / sizeof(good_job_files[0]); i++) {
		const char *says = good_job_files[i].says;

		/* What has no effect, or another meaning in fio, is said again. */
		if (!says || !strstr(says, "note: "))
			check_round_trip(good_job_files[i].text);
	}
	check_round_trip("[global]\nsize=1m\n[a]\nnumjobs=3\n[b]\nstonewall\nnew_group\n[c]\n");
	check_round_trip("[global]\nsize=1m\nstonewall\n[a]\ncontender=x\n[b]\ncontender=x\n[c]\n");
}

TEST(settings_know_defaults)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[a]\nsize=1m\nbs=4k\nrwmixwrite=30\n");
	struct settings settings = job_settings(job, &rig.arena);
	unsigned seen = 0;

	for (size_t i = 0; i < settings.count; i++) {
		static const struct {
			const char *key;
			bool is_default;
		} expected[] = {
			{"bs", false},        /* set, though to its default */
			{"rwmixread", false}, /* through rwmixwrite */
			{"iodepth", true},
			{"overwrite", true}, /* reads do not imply it */
			{"ioengine", true},
		};

		for (size_t k = 0; k < sizeof(expected) / sizeof(expected[0]); k++) {
			if (strcmp(settings.items[i].key, expected[k].key) != 0)
				continue;
			assert_int_equal(settings.items[i].is_default, expected[k].is_default);
			seen++;
		}
	}
	assert_int_equal(seen, 5);
	rig_free(&rig);
}

TEST(printed_section_is_readable)
{
	struct job_rig rig;
	char *printed;

	rig_job(&rig, "[a]\nsize=1m\nnumjobs=2\n");
	printed = print_all(&rig.set);
	assert_memory_equal(printed, "[a]\nsize=1m\n", 12);
	assert_non_null(strstr(printed, "\nnumjobs=2\n"));
	assert_non_null(strstr(printed, "\n# defaults\n"));
	assert_non_null(strstr(printed, "\n# bs=4k\n"));
	assert_non_null(strstr(printed, "\n# files of the first clone: a.0.0\n"));
	assert_null(strstr(printed + 1, "[a]"));
	free(printed);
	rig_free(&rig);
}

TEST(values_that_no_file_can_hold_are_comments)
{
	static const char *const options[] = {
		"--size=1m", "--filename=a#b", "--description=two\nlines"};
	const struct job_request request = {.options = options, .option_count = 3};
	struct job_rig rig;
	char *printed;

	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, 0);
	printed = print_all(&rig.set);
	assert_non_null(strstr(printed, "# cannot be read back from a job file:\n"
					"# filename=a#b\n"));
	assert_non_null(strstr(printed, "# description=two?lines\n"));
	free(printed);
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
