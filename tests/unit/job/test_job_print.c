/* SPDX-License-Identifier: MIT */
/* job_print.c: settings, and sections that read back to the same job. */
#include "job_rig.h"
#include "test.h"

#include "good_job_files.h"

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
	struct job_setting *left, *right;
	size_t count = job_settings(&a->set.jobs[i], &a->arena, &left);

	assert_int_equal(job_settings(&b->set.jobs[i], &b->arena, &right), count);
	for (size_t k = 0; k < count; k++) {
		assert_string_equal(left[k].key, right[k].key);
		if (strcmp(left[k].value, right[k].value) != 0)
			fail_msg("%s=%s became %s in\n%s", left[k].key, left[k].value,
				right[k].value, printed);
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
}

TEST(settings_know_defaults)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig, "[a]\nsize=1m\nbs=4k\nrwmixwrite=30\n");
	struct job_setting *settings;
	size_t count = job_settings(job, &rig.arena, &settings);
	unsigned seen = 0;

	for (size_t i = 0; i < count; i++) {
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
			if (strcmp(settings[i].key, expected[k].key) != 0)
				continue;
			assert_int_equal(settings[i].is_default, expected[k].is_default);
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
