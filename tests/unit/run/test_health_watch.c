/* SPDX-License-Identifier: MIT */

#include "run/health_watch.h"
#include "test.h"

TEST(a_new_warning_and_more_errors_are_changes)
{
	struct arena arena = {0};
	const struct nvme_health before = {
		.critical_warnings = 0x1, .media_errors = 3, .throttle_count = 7};
	struct nvme_health after = before;

	after.critical_warnings = 0x3;
	after.media_errors = 5;
	assert_string_equal(health_change(&before, &after, &arena),
		"the temperature is beyond a threshold; 2 media errors");
	arena_free(&arena);
}

TEST(warmer_alone_is_none)
{
	struct arena arena = {0};
	const struct nvme_health before = {.critical_warnings = 0x2, .temperature_celsius = 30};
	const struct nvme_health after = {.temperature_celsius = 55, .percentage_used = 1};

	assert_null(health_change(&before, &after, &arena));
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
