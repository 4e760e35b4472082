/* SPDX-License-Identifier: MIT */
/* What contenders' names stand for. */
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "session/variant.h"
#include "test.h"

TEST(a_name_is_an_engine_and_its_options)
{
	struct arena arena = {0};
	struct variant *variants;

	assert_int_equal(
		variant_list_engines(&arena, "psync,io_uring+fixedbufs+iodepth=8", &variants), 2);
	assert_string_equal(variants[0].name, "psync");
	assert_int_equal(variants[0].override_count, 1);
	assert_string_equal(variants[0].overrides[0], "ioengine=psync");
	assert_string_equal(variants[1].name, "io_uring+fixedbufs+iodepth=8");
	assert_int_equal(variants[1].override_count, 3);
	assert_string_equal(variants[1].overrides[1], "fixedbufs=1");
	assert_string_equal(variants[1].overrides[2], "iodepth=8");
	assert_false(variants[1].is_optional);
	arena_free(&arena);
}

TEST(all_are_the_engines_and_two_modes)
{
	struct arena arena = {0};
	struct variant *variants;
	size_t count = variant_list_all(&arena, &variants);
	size_t known = 0;
	unsigned refused = 0;

	while (engines[known])
		known++;
	assert_int_equal(count, known + 2);
	for (size_t i = 0; i < count; i++) {
		assert_true(variants[i].is_optional);
		refused += variants[i].refusal != NULL;
		if (strcmp(variants[i].name, "null") == 0)
			assert_non_null(variants[i].refusal);
	}
	assert_int_equal(refused, 1);
	assert_string_equal(variants[count - 1].name, "io_uring+sqthread_poll");
	arena_free(&arena);
}

static bool has(const struct variant *variant, const char *override)
{
	for (size_t i = 0; i < variant->override_count; i++) {
		if (strcmp(variant->overrides[i], override) == 0)
			return true;
	}
	return false;
}

/* How many of each other's options two rungs lack; "x=0" is the lack of x. */
static size_t differences(const struct variant *a, const struct variant *b)
{
	size_t count = 0;

	for (size_t i = 0; i < b->override_count; i++)
		count += !has(a, b->overrides[i]);
	return count;
}

TEST(each_rung_adds_one_thing)
{
	struct arena arena = {0};
	struct variant *rungs;
	size_t count = variant_list_ladder(&arena, &rungs);

	assert_int_equal(count, 8);
	assert_int_equal(differences(&rungs[0], &rungs[1]), 1); /* registerfiles */
	assert_int_equal(differences(&rungs[1], &rungs[2]), 1); /* fixedbufs */
	assert_int_equal(differences(&rungs[2], &rungs[3]), 2); /* deferred wants one issuer */
	assert_int_equal(differences(&rungs[3], &rungs[4]), 1); /* hipri */
	assert_int_equal(differences(&rungs[3], &rungs[5]), 1); /* another engine */
	assert_int_equal(differences(&rungs[5], &rungs[6]), 1); /* hipri, of passthrough */
	assert_int_equal(differences(&rungs[4], &rungs[6]), 1); /* passthrough, polled */
	assert_int_equal(differences(&rungs[2], &rungs[7]), 1); /* SQPOLL, from fixed buffers */
	arena_free(&arena);
}

TEST(values_to_vary)
{
	struct arena arena = {0};
	struct variant *values;

	assert_int_equal(variant_list_values(&arena, "iodepth=1, 8,32", &values), 3);
	assert_string_equal(values[1].name, "iodepth=8");
	assert_string_equal(values[2].overrides[0], "iodepth=32");
	assert_int_equal(variant_list_values(&arena, "bs=4k\\,8k", &values), 1);
	assert_string_equal(values[0].name, "bs=4k,8k");
	assert_int_equal(variant_list_values(&arena, "iodepth", &values), 0);
	assert_int_equal(variant_list_values(&arena, "iodepth=", &values), 0);
	assert_int_equal(variant_list_values(&arena, "=1", &values), 0);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
