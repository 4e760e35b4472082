/* SPDX-License-Identifier: MIT */
/* Disturbances told by their causes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/guard.h"

/* Two quiet seconds in which the trial used a CPU and moved 100 MB. */
static const struct guard_counters before = {.when_s = 10, .boot_s = 10};
static const struct guard_counters quiet = {
	.when_s = 12, .boot_s = 12, .busy_s = 2, .disk_bytes = 100e6};
static const struct guard_own own = {.cpu_s = 2, .io_bytes = 100e6};
static const struct guard_watch watch = {.disk_count = 1, .threads = 1};

static unsigned causes(const struct guard_counters *after)
{
	double deltas[GUARD_CAUSE_COUNT];

	guard_compare(&watch, &before, after, &own, deltas);
	return guard_judge(deltas);
}

static void a_quiet_trial_counts(void **state)
{
	(void)state;
	assert_int_equal(causes(&quiet), 0);
}

static void each_cause_is_told_from_the_others(void **state)
{
	struct guard_counters after = quiet;

	(void)state;
	after.steal_s = 0.05;
	after.busy_s += 0.05;
	assert_int_equal(causes(&after), 1u << GUARD_STEAL);
	after = quiet;
	after.throttled_count = 1;
	assert_int_equal(causes(&after), 1u << GUARD_THROTTLED);
	after = quiet;
	after.disk_bytes = 104e6;
	assert_int_equal(causes(&after), 1u << GUARD_FOREIGN_IO);
	after = quiet;
	after.pressure_s = 0.3;
	assert_int_equal(causes(&after), 1u << GUARD_PRESSURE);
	after = quiet;
	after.busy_s += 0.5;
	assert_int_equal(causes(&after), 1u << GUARD_FOREIGN_CPU);
	after = quiet;
	after.swapped_in = 1;
	assert_int_equal(causes(&after), 1u << GUARD_SWAP_IN);
	after = quiet;
	after.boot_s += 5;
	assert_int_equal(causes(&after), 1u << GUARD_SUSPENDED);
}

static void bookkeeping_of_the_file_system_is_no_foreign_io(void **state)
{
	struct guard_counters after = quiet;

	(void)state;
	after.disk_bytes = 101.9e6;
	assert_int_equal(causes(&after), 0);
}

static void what_is_not_known_disturbs_nothing(void **state)
{
	struct guard_counters after = quiet;

	(void)state;
	after.busy_s = after.steal_s = after.throttled_count = after.pressure_s = NAN;
	after.swapped_in = after.disk_bytes = NAN;
	assert_int_equal(causes(&after), 0);
}

static void shares_of_a_few_ticks_are_not_judged(void **state)
{
	struct guard_counters after = {
		.when_s = 10.05, .boot_s = 10.05, .busy_s = 3, .steal_s = 0.02, .pressure_s = 0.05};

	(void)state;
	after.disk_bytes = 100e6;
	assert_int_equal(causes(&after), 0);
}

static void what_others_used_before_is_the_baseline(void **state)
{
	const struct guard_watch busy = {.idle_cores = 0.5, .threads = 1};
	struct guard_counters after = quiet;
	double deltas[GUARD_CAUSE_COUNT];

	(void)state;
	after.busy_s += 1;
	guard_compare(&busy, &before, &after, &own, deltas);
	assert_int_equal(guard_judge(deltas), 0);
}

static void threads_without_cpus_wait_for_each_other(void **state)
{
	const struct guard_watch crowd = {.threads = 100000};
	struct guard_counters after = quiet;
	double deltas[GUARD_CAUSE_COUNT];

	(void)state;
	after.pressure_s = 2;
	guard_compare(&crowd, &before, &after, &own, deltas);
	assert_int_equal(guard_judge(deltas), 0);
}

static void the_first_cause_is_said(void **state)
{
	struct arena arena = {0};
	double deltas[GUARD_CAUSE_COUNT] = {[GUARD_STEAL] = 0.04};

	(void)state;
	assert_string_equal(guard_sentence(1u << GUARD_STEAL, deltas, &arena),
		"time stolen by the hypervisor: 4 % of a CPU");
	assert_null(guard_sentence(0, deltas, &arena));
	arena_free(&arena);
}

static void the_machine_has_counters(void **state)
{
	const struct guard_watch nothing = {0};
	struct guard_counters counters;

	(void)state;
	guard_read(&nothing, &counters);
	assert_true(counters.when_s > 0);
	assert_true(counters.busy_s > 0);
	assert_true(counters.swapped_in >= 0);
	assert_true(isnan(counters.disk_bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quiet_trial_counts),
		cmocka_unit_test(each_cause_is_told_from_the_others),
		cmocka_unit_test(bookkeeping_of_the_file_system_is_no_foreign_io),
		cmocka_unit_test(what_is_not_known_disturbs_nothing),
		cmocka_unit_test(shares_of_a_few_ticks_are_not_judged),
		cmocka_unit_test(what_others_used_before_is_the_baseline),
		cmocka_unit_test(threads_without_cpus_wait_for_each_other),
		cmocka_unit_test(the_first_cause_is_said),
		cmocka_unit_test(the_machine_has_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
