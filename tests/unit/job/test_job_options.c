/* SPDX-License-Identifier: MIT */
/* covers: src/job/job_options_job.c src/job/job_options_measure.c */
/* covers: src/job/job_options_pace.c src/job/job_options_time.c src/job/job_options_workload.c */
/* job_options.c: every option, its default, and that fio would agree. */
#include "job_rig.h"
#include "test.h"

#include "job/job_unsupported.h"

/* No two rows have one name, and the index of the table knows all of them. */
TEST(every_option_is_found_by_its_names)
{
	for (const struct option *o = job_option_table.options; o->name; o++) {
		assert_ptr_equal(option_find(&job_option_table, o->name), o);
		if (o->alias)
			assert_ptr_equal(option_find(&job_option_table, o->alias), o);
	}
	assert_null(option_find(&job_option_table, "iodpth"));
}

TEST(every_default_parses_and_prints_back)
{
	struct arena arena = {0};
	struct job job, again;

	option_set_defaults(&job_option_table, &job, &arena);
	option_set_defaults(&job_option_table, &again, &arena);
	for (const struct option *o = job_option_table.options; o->name; o++) {
		const char *text = option_text(o, &job, &arena);
		struct option_problem problem;

		if (!o->value_default || strcmp(o->name, "kb_base") == 0) /* See its help. */
			continue;
		assert_non_null(text);
		if (option_read(o, text, &again, &arena, &problem) < 0)
			fail_msg("%s=%s: %s", o->name, text, problem.what);
		assert_string_equal(option_text(o, &again, &arena), text);
	}
	arena_free(&arena);
}

/* fio 3.42's (options.c). clat_percentiles is not: lat's are reported, clat's on request. */
TEST(defaults_are_fios)
{
	static const char *const defaults[][2] = {
		{"rw", "read"},
		{"bs", "4k"},
		{"ioengine", "psync"},
		{"iodepth", "1"},
		{"iodepth_batch_submit", "1"},
		{"iodepth_batch_complete_min", "1"},
		{"direct", "0"},
		{"numjobs", "1"},
		{"nrfiles", "1"},
		{"loops", "1"},
		{"invalidate", "1"},
		{"randrepeat", "1"},
		{"randseed", "137"}, /* 0x89 */
		{"random_generator", "tausworthe"},
		{"random_distribution", "random"},
		{"percentage_random", "100"},
		{"rwmixread", "50"},
		{"fallocate", "native"},
		{"file_service_type", "roundrobin"},
		{"create_on_open", "0"},
		{"allow_file_create", "1"},
		{"unlink", "0"},
		{"overwrite", "0"},
		{"fsync", "0"},
		{"fdatasync", "0"},
		{"end_fsync", "0"},
		{"fsync_on_close", "0"},
		{"sync", "none"},
		{"scramble_buffers", "1"},
		{"lat_percentiles", "0"},
		{"slat_percentiles", "0"},
		{"disk_util", "1"},
		{"gtod_reduce", "0"},
		{"continue_on_error", "none"},
		{"number_ios", "0"},
		{"offset", "0"},
		{"offset_increment", "0"},
		{"startdelay", "0s"},
		{"runtime", "0s"},
	};
	struct arena arena = {0};
	struct job job;

	option_set_defaults(&job_option_table, &job, &arena);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		const struct option *o = option_find(&job_option_table, defaults[i][0]);

		assert_non_null(o);
		assert_string_equal(option_text(o, &job, &arena), defaults[i][1]);
	}
	arena_free(&arena);
}

TEST(flags_are_off_but_thread)
{
	struct arena arena = {0};
	struct job job;

	option_set_defaults(&job_option_table, &job, &arena);
	for (const struct option *o = job_option_table.options; o->name; o++) {
		if (o->type == OPTION_FLAG)
			assert_int_equal(
				*(bool *)((char *)&job + o->field), strcmp(o->name, "thread") == 0);
	}
	arena_free(&arena);
}

TEST(names_and_aliases_are_unique)
{
	for (const struct option *o = job_option_table.options; o->name; o++) {
		assert_ptr_equal(option_find(&job_option_table, o->name), o);
		if (o->alias)
			assert_ptr_equal(option_find(&job_option_table, o->alias), o);
		assert_null(job_foreign_find(o->name));
	}
}

TEST(every_option_has_help_of_one_line)
{
	for (const struct option *o = job_option_table.options; o->name; o++) {
		assert_non_null(o->help);
		if (strlen(o->help) <= 10 || strlen(o->help) >= 68)
			fail_msg("%s: %zu characters of help", o->name, strlen(o->help));
		assert_null(strchr(o->help, '\n'));
		if (o->type == OPTION_CUSTOM)
			assert_non_null(o->syntax);
		for (const char *line = o->detail; line && *line;) {
			size_t length = strcspn(line, "\n");

			assert_true(length <= 80);
			line += length + (line[length] != '\0');
		}
	}
}

TEST(aliases_are_fios)
{
	static const char *const aliases[][2] = {{"readwrite", "rw"}, {"blocksize", "bs"},
		{"ba", "blockalign"}, {"blocksize_range", "bsrange"}, {"nr_files", "nrfiles"},
		{"blocksize_unaligned", "bs_unaligned"}, {"io_limit", "io_size"},
		{"fileoffset", "offset"}, {"timeout", "runtime"},
		{"wait_for_previous", "stonewall"}, {"iodepth_batch", "iodepth_batch_submit"},
		{"iodepth_batch_complete", "iodepth_batch_complete_min"}};

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		assert_string_equal(
			option_find(&job_option_table, aliases[i][0])->name, aliases[i][1]);
}

TEST_MAIN(NULL, NULL);
