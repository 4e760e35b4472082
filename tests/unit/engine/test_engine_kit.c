/* SPDX-License-Identifier: MIT */
#include "engine/engine_kit.h"
#include "engine/engine_spin.h"
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
	struct engine_report report = {.arena = &arena};
	char name[] = "changes";

	engine_report_effective(&report, "first", "%d", 1);
	engine_report_effective(&report, name, "%s", "2");
	engine_report_refused(&report, "hipri", "1", "no poll queues on %s", "loop0");
	engine_report_proof(&report, "calls", "%d", 3);
	name[0] = 'X'; /* The texts were copied. */

	assert_string_equal(report.effective.items[0].key, "first");
	assert_string_equal(report.effective.items[0].value, "1");
	assert_null(report.effective.items[0].reason);
	assert_string_equal(report.effective.items[1].key, "changes");
	assert_int_equal(report.effective.count, 2);
	assert_string_equal(report.refused.items[0].value, "1");
	assert_string_equal(report.refused.items[0].reason, "no poll queues on loop0");
	assert_string_equal(report.proof.items[0].value, "3");
	arena_free(&arena);
}

TEST(list_names_what_happened_only)
{
	struct arena arena = {0};
	struct engine_report report = {.arena = &arena};
	const struct engine_count counts[] = {{"pread", 812}, {"pwrite", 0}, {"fsync", 3}};

	engine_report_counts(&report, "calls", counts, 3);
	engine_report_counts(&report, "others", &counts[1], 1);
	engine_report_counts(&report, "none", counts, 0);
	assert_string_equal(report.proof.items[0].value, "pread 812, fsync 3");
	assert_string_equal(report.proof.items[1].value, "none");
	assert_string_equal(report.proof.items[2].value, "none");
	arena_free(&arena);
}

TEST(counts_of_two_workers_add_up)
{
	static const char *const cases[][3] = {
		{"pread 4, fsync 1", "pread 5", "pread 9, fsync 1"},
		{"READ 7", "READ 7", "READ 14"},
		{"READ 1", "FSYNC 2, FSYNC DATASYNC 3", "READ 1, FSYNC 2, FSYNC DATASYNC 3"},
		{"FSYNC DATASYNC 3", "FSYNC 2, FSYNC DATASYNC 4", "FSYNC DATASYNC 7, FSYNC 2"},
		{"3", "4", "7"},
		{"none", "read 2", "read 2"},
		{"read 2", "none", "read 2"},
		{"none", "none", NULL},
		{"registered", "registered", NULL},
		{"IOPOLL|0x80", "IOPOLL|0x80", NULL},
		{"12 on CPU 1 (job on CPU 0), 9 % of a CPU", "3", NULL},
		{"7 %", "8 %", NULL},
		{"", "", NULL},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *sum = engine_proof_add(&arena, "calls", cases[i][0], cases[i][1]);

		if (cases[i][2])
			assert_string_equal(sum, cases[i][2]);
		else
			assert_null(sum);
	}
	/* One disk for all, and numbers that name a thread. */
	assert_null(engine_proof_add(&arena, "device_interrupts", "5", "5"));
	assert_null(engine_proof_add(&arena, "sqthread_tid", "5", "6"));
	arena_free(&arena);
}

TEST(trim_call_follows_the_targets)
{
	struct target targets[] = {{.kind = TARGET_BLOCK}, {.kind = TARGET_FILE}};
	struct engine_setup block = {.targets = targets, .target_count = 1};
	struct engine_setup file = {.targets = &targets[1], .target_count = 1};
	struct engine_setup both = {.targets = targets, .target_count = 2};

	assert_string_equal(engine_trim_call(&block), "ioctl BLKDISCARD");
	assert_string_equal(engine_trim_call(&file), "fallocate PUNCH_HOLE");
	assert_string_equal(engine_trim_call(&both), "ioctl BLKDISCARD or fallocate");
}

static unsigned waits_left_out(struct engine_spin *habit)
{
	unsigned count = 0;

	while (!engine_spin_is_due(habit))
		count++;
	return count;
}

TEST(looks_in_vain_become_rare)
{
	struct engine_spin habit = {0};

	assert_int_equal(waits_left_out(&habit), 0);
	for (unsigned left_out = 1; left_out <= ENGINE_SPIN_HOLIDAYS_LIMIT; left_out *= 2) {
		engine_spin_was_in_vain(&habit);
		assert_int_equal(waits_left_out(&habit), left_out);
	}
	engine_spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), ENGINE_SPIN_HOLIDAYS_LIMIT);
}

TEST(a_look_that_pays_starts_the_habit_anew)
{
	struct engine_spin habit = {0};

	engine_spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 1);
	engine_spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 2);
	engine_spin_found(&habit);
	assert_int_equal(waits_left_out(&habit), 0);
	engine_spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 1);
}

TEST_MAIN(NULL, NULL);
