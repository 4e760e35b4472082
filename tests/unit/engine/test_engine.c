/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "unit/engine/rig.h"

TEST(every_engine_has_what_the_worker_calls)
{
	for (const struct engine_class *const *class = engines; *class; class ++) {
		assert_non_null((*class)->name);
		assert_non_null((*class)->summary);
		assert_true((*class)->op_mask != 0);
		assert_non_null((*class)->open);
		assert_non_null((*class)->submit);
		assert_non_null((*class)->reap);
		assert_non_null((*class)->close);
		if ((*class)->traits & ENGINE_IS_SYNCHRONOUS)
			assert_int_equal((*class)->depth_limit, 1);
	}
}

TEST(every_engine_is_found_by_its_own_name_only)
{
	for (const struct engine_class *const *class = engines; *class; class ++)
		assert_ptr_equal(engine_find((*class)->name), *class);
	assert_null(engine_find("psyn"));
	assert_null(engine_find("psyncs"));
	assert_null(engine_find(""));
}

TEST(commands_pass_by_the_page_cache_whatever_direct_says)
{
	assert_string_equal(engine_access_name(engine_find("io_uring_cmd"), false), "passthrough");
	assert_string_equal(engine_access_name(engine_find("io_uring"), true), "direct");
	assert_string_equal(engine_access_name(engine_find("io_uring"), false), "buffered");
	assert_string_equal(engine_access_name(NULL, false), "buffered");
}

TEST(every_option_has_help_of_one_line)
{
	for (const struct engine_class *const *class = engines; *class; class ++) {
		if (!(*class)->options)
			continue;
		for (const struct option *option = (*class)->options->options; option->name;
			option++) {
			assert_in_range(strlen(option->help), 11, 67);
			assert_null(strchr(option->help, '\n'));
			assert_int_equal(option->group, OPTION_GROUP_ENGINE);
			if (option->type == OPTION_CUSTOM)
				assert_non_null(option->syntax);
		}
	}
}

TEST(close_is_safe_when_nothing_was_opened)
{
	for (const struct engine_class *const *class = engines; *class; class ++)
		(*class)->close(NULL);
}

TEST(settings_are_reported_in_the_order_added)
{
	struct arena arena = {0};
	struct engine_report report = {0};
	char name[] = "changes";

	engine_report_effective(&report, &arena, "first", "%d", 1);
	engine_report_effective(&report, &arena, name, "%s", "2");
	engine_report_refused(&report, &arena, "hipri", "1", "no poll queues on %s", "loop0");
	engine_report_proof(&report, &arena, "calls", "%d", 3);
	name[0] = 'X'; /* The texts were copied. */

	assert_string_equal(report.effective->name, "first");
	assert_string_equal(report.effective->value, "1");
	assert_null(report.effective->reason);
	assert_string_equal(report.effective->next->name, "changes");
	assert_null(report.effective->next->next);
	assert_string_equal(report.refused->value, "1");
	assert_string_equal(report.refused->reason, "no poll queues on loop0");
	assert_string_equal(report.proof->value, "3");
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
