/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/health_watch.h"

static void a_new_warning_and_more_errors_are_changes(void **state)
{
	struct arena arena = {0};
	const struct nvme_health before = {
		.critical_warnings = 0x1, .media_errors = 3, .throttle_count = 7};
	struct nvme_health after = before;

	(void)state;
	after.critical_warnings = 0x3;
	after.media_errors = 5;
	assert_string_equal(health_change(&before, &after, &arena),
		"the temperature is beyond a threshold; 2 media errors");
	arena_free(&arena);
}

static void warmer_alone_is_none(void **state)
{
	struct arena arena = {0};
	const struct nvme_health before = {.critical_warnings = 0x2, .temperature_celsius = 30};
	const struct nvme_health after = {.temperature_celsius = 55, .percentage_used = 1};

	(void)state;
	assert_null(health_change(&before, &after, &arena));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_warning_and_more_errors_are_changes),
		cmocka_unit_test(warmer_alone_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
