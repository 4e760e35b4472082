/* SPDX-License-Identifier: MIT */
/* job_unsupported.c: fio's other options and engines. */
#include "job_rig.h"
#include "test.h"

#include "job/job_unsupported.h"

TEST(names_are_unique_and_explained)
{
	struct arena arena = {0};
	const char *name, *other;

	for (size_t i = 0; (name = job_foreign_name(i, &arena)); i++) {
		const struct job_foreign_option *option = job_foreign_find(name);

		assert_non_null(option);
		assert_true(strlen(option->why) > 10);
		assert_null(option_find(&job_option_table, name));
		for (size_t k = 0; k < i; k++) {
			other = job_foreign_name(k, &arena);
			assert_string_not_equal(name, other);
		}
	}
	assert_null(job_foreign_find(""));
	assert_null(job_foreign_find("verify "));
	arena_free(&arena);
	assert_null(job_foreign_find("frobnicate"));
}

TEST(neutral_values_ask_for_nothing)
{
	const struct job_foreign_option *window = job_foreign_find("log_window_value");
	const struct job_foreign_option *profile = job_foreign_find("profile");

	assert_true(job_foreign_is_neutral(job_foreign_find("write_barrier"), "0"));
	assert_false(job_foreign_is_neutral(job_foreign_find("write_barrier"), "md5"));
	assert_false(job_foreign_is_neutral(job_foreign_find("write_barrier"), ""));
	assert_true(job_foreign_is_neutral(window, "0"));
	assert_true(job_foreign_is_neutral(window, "avg"));
	assert_false(job_foreign_is_neutral(window, "max"));
	assert_false(job_foreign_is_neutral(window, "a"));
	assert_false(job_foreign_is_neutral(profile, "0"));
}

TEST(foreign_engines_have_an_answer)
{
	assert_non_null(job_foreign_engine("rados"));
	assert_string_equal(job_foreign_engine("cpuio"), "see `ringside help engines`");
	assert_non_null(strstr(job_foreign_engine("nfs"), "mount it"));
	assert_null(job_foreign_engine("psync"));
	assert_null(job_foreign_engine("frob"));
}

/* Flags that stand alone ask for something. */
TEST(lone_foreign_flags_are_refused)
{
	struct job_rig rig;

	rig_read(&rig, "[a]\nsize=1m\nwrite_barrier\n");
	assert_non_null(strstr(rig.messages, "t.job:3:1: error: fio's 'write_barrier'"));
	rig_free(&rig);
	rig_job(&rig, "[a]\nsize=1m\nwrite_barrier=0\n");
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
