/* SPDX-License-Identifier: MIT */
/* The environment of the machine that runs the test, held against other sources of the same. */
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/block_device.h"
#include "test.h"
#include "unit/host/fact_check.h"

static struct arena arena;

static struct fact_list read_here(const char *path)
{
	struct fact_target target = {
		.path = path,
		.block_device = block_device_under(path),
		.file_system = "of the test",
	};
	struct environment environment;

	fact_environment(&environment, &target, 1, &arena);
	return (struct fact_list){
		.tiers = {environment.hard, environment.soft},
	};
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, free_arena);

TEST(every_part_is_there)
{
	struct fact_list list = read_here("/proc/version");
	struct utsname name;

	uname(&name);
	assert_fact(&list, FACT_HARD, "architecture", name.machine);
	assert_fact(&list, FACT_SOFT, "kernel_release", name.release);
	assert_fact(&list, FACT_HARD, "mount./proc.type", "of the test");
	assert_fact(&list, FACT_SOFT, "user", geteuid() == 0 ? "root" : "other");
	assert_non_null(find_fact(&list, FACT_SOFT, "limit.memlock"));
}

TEST(keys_are_unique_and_values_have_no_blank_ends)
{
	struct fact_list list = read_here("/tmp");

	for (int tier = 0; tier < FACT_TIER_COUNT; tier++) {
		for (size_t i = 0; i < list.tiers[tier].count; i++) {
			const struct setting *fact = &list.tiers[tier].items[i];

			assert_ptr_equal(find_fact(&list, (enum fact_tier)tier, fact->key), fact);
			assert_null(find_fact(&list, (enum fact_tier) !tier, fact->key));
			if (!fact->value)
				continue;
			assert_true(fact->value[0] != '\0' && fact->value[0] != ' ');
			assert_null(strchr(fact->value, '\n'));
		}
	}
}

/* What a run finds again is the same, but for what the key says is of the moment. */
TEST(facts_are_the_same_a_moment_later)
{
	struct fact_list first = read_here("/proc/version"), second = read_here("/proc/version");

	for (int tier = 0; tier < FACT_TIER_COUNT; tier++) {
		assert_int_equal(first.tiers[tier].count, second.tiers[tier].count);
		for (size_t i = 0; i < first.tiers[tier].count; i++) {
			const struct setting *fact = &first.tiers[tier].items[i];

			if (strncmp(fact->key, "now.", 4) != 0)
				assert_fact(&second, (enum fact_tier)tier, fact->key, fact->value);
		}
	}
}

TEST_MAIN(NULL, NULL);
