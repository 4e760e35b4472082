/* SPDX-License-Identifier: MIT */
/*
 * Whether two sessions are of one job, where one lists all of its options (a run's result) and the
 * other only those that are not at their default (a comparison's session).
 */
#include "check/comparable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "sample_record.h"

enum { OPTIONS_LIMIT = 4 };

struct session_of_job {
	struct sample sample;
	struct sample_arm arm;
	struct result_setting options[OPTIONS_LIMIT];
};

static struct session_of_job before, now;
static struct arena arena;

static int set_up(void **state)
{
	struct session_of_job *both[] = {&before, &now};

	(void)state;
	for (int i = 0; i < 2; i++) {
		*both[i] = (struct session_of_job){.arm = {.name = "rr"}};
		both[i]->arm.options.items = both[i]->options;
		both[i]->sample.arms = &both[i]->arm;
		both[i]->sample.arm_count = 1;
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void set(struct session_of_job *session, const char *key, const char *value)
{
	struct result_settings *options = &session->arm.options;

	options->items[options->count++] = (struct result_setting){.key = key, .value = value};
}

static const char *difference(void)
{
	return comparable_jobs(&before.sample, &now.sample, "rr", &arena);
}

/* iodepth of 8 is no default; who lists all and has it not is another job, who lists a part not. */
static void what_a_partial_list_leaves_out_is_no_difference(void **state)
{
	(void)state;
	set(&before, "bs", "4k");
	set(&before, "iodepth", "8");
	set(&now, "bs", "4k");
	assert_non_null(strstr(difference(), "iodepth was 8, is not set"));
	now.sample.is_partial = true;
	assert_null(difference());
	before.sample.is_partial = true; /* both leave out the same: then it is one */
	assert_non_null(strstr(difference(), "iodepth was 8, is not set"));
	now.sample.is_partial = false;
	assert_null(difference());
	set(&now, "iodepth", "16"); /* what both list is compared in any case */
	assert_non_null(strstr(difference(), "iodepth was 8, is 16"));
}

static void what_only_the_newer_one_lists_is_treated_alike(void **state)
{
	(void)state;
	set(&before, "bs", "4k");
	set(&now, "bs", "4k");
	set(&now, "iodepth", "8");
	assert_non_null(strstr(difference(), "iodepth was not set, is 8"));
	before.sample.is_partial = true;
	assert_null(difference());
}

/* A comparison's figures are of all clones together; a run's only with group_reporting. */
static void clones_of_a_comparison_are_one_job(void **state)
{
	(void)state;
	set(&before, "numjobs", "4");
	set(&now, "numjobs", "4");
	before.sample.is_partial = true;
	assert_non_null(strstr(difference(), "its clones are reported together in one"));
	now.sample.is_partial = true;
	assert_null(difference());
	now.sample.is_partial = false;
	set(&now, "group_reporting", "1");
	assert_null(difference());
}

static void a_session_of_a_comparison_lists_a_part(void **state)
{
	struct record record;
	struct sample sample;

	(void)state;
	sample_record(&record, 3);
	sample_of_comparison(&sample, &record, 0, 0, &arena);
	assert_true(sample.is_partial);
	record_free(&record);
}

int main(void)
{
#define ON_JOBS(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ON_JOBS(what_a_partial_list_leaves_out_is_no_difference),
		ON_JOBS(what_only_the_newer_one_lists_is_treated_alike),
		ON_JOBS(clones_of_a_comparison_are_one_job),
		ON_JOBS(a_session_of_a_comparison_lists_a_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
