/* SPDX-License-Identifier: MIT */

#include "host/fact.h"
#include "host/nvme.h"
#include "test.h"

/* What a drive answers is tested in a guest that has one: tests/vm. */
TEST(what_cannot_be_asked_is_not_known)
{
	struct arena arena = {0};
	struct fact_list list = {.arena = &arena};

	fact_read_nvme(&list, "no-such-disk");
	assert_int_equal(list.tiers[FACT_HARD].count, 0);
	assert_int_equal(list.tiers[FACT_SOFT].count, 1 + NVME_READING_COUNT);
	assert_string_equal(list.tiers[FACT_SOFT].items[0].key, "device.no-such-disk.format");
	assert_string_equal(
		list.tiers[FACT_SOFT].items[2].key, "now.device.no-such-disk.temperature_celsius");
	for (size_t i = 0; i < list.tiers[FACT_SOFT].count; i++)
		assert_null(list.tiers[FACT_SOFT].items[i].value);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
