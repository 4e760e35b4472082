/* SPDX-License-Identifier: MIT */
/* I/Os of several sizes that visit each block once, by all directions together. */
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "unit/load/pattern_specs.h"

enum { UNIT = KIB, UNITS_LIMIT = 8192 };

static struct pattern_spec mapped(uint64_t region_bytes)
{
	struct pattern_spec spec = random_once(region_bytes);

	spec.has_several_sizes = true;
	spec.block_bytes = UNIT;
	spec.largest_io_bytes = 4 * UNIT;
	return spec;
}

/* One pass; returns how many I/Os it took. Sizes of 1 to `largest` units. */
static unsigned visit(struct pattern *pattern, const struct pattern_spec *spec, unsigned largest,
	unsigned direction_count, struct random *sizes)
{
	static uint8_t visits[UNITS_LIMIT];
	uint64_t units = spec->region_bytes / UNIT;
	unsigned ios = 0;

	memset(visits, 0, sizeof(visits));
	for (;; ios++) {
		enum io_direction direction =
			(enum io_direction)random_below(sizes, direction_count);
		uint32_t wanted = (uint32_t)(1 + random_below(sizes, largest)) * UNIT;
		uint32_t bytes = wanted;
		uint64_t offset = pattern_place(pattern, direction, &bytes);

		if (offset == PATTERN_END)
			break;
		assert_in_range(bytes, UNIT, wanted);
		assert_int_equal(bytes % UNIT, 0);
		assert_int_equal((offset - spec->region_offset) % UNIT, 0);
		assert_true(offset >= spec->region_offset &&
			    offset + bytes <= spec->region_offset + units * UNIT);
		for (uint64_t i = 0; i < bytes / UNIT; i++)
			assert_int_equal(visits[(offset - spec->region_offset) / UNIT + i]++, 0);
	}
	for (uint64_t i = 0; i < units; i++)
		assert_int_equal(visits[i], 1);
	return ios;
}

TEST(each_block_is_visited_once_in_every_pass)
{
	static const uint64_t regions[] = {4 * UNIT, 5 * UNIT, 64 * UNIT, 4096 * UNIT,
		4096 * UNIT + 1, 5000 * UNIT + UNIT - 1};
	struct random sizes;

	random_init(&sizes, 3);
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		struct pattern_spec spec = mapped(regions[i]);
		struct pattern *pattern;

		spec.region_offset = 512;
		pattern = pattern_new(&arena, &spec);
		for (int pass = 0; pass < 3; pass++) {
			visit(pattern, &spec, 4, 1 + (unsigned)pass, &sizes);
			pattern_restart(pattern);
		}
	}
}

/* fio takes 1977 to 2027 I/Os for 4 MiB in blocks of 1k to 4k, by its seed. */
TEST(as_many_ios_as_fio_needs)
{
	struct pattern_spec spec = mapped(4096 * UNIT);
	struct random sizes;

	random_init(&sizes, 3);
	for (int i = 0; i < 5; i++) {
		spec.seed = (uint64_t)i;
		assert_in_range(visit(pattern_new(&arena, &spec), &spec, 4, 1, &sizes), 1940, 2060);
	}
}

TEST(a_pass_that_is_broken_off_begins_anew)
{
	struct pattern_spec spec = mapped(1000 * UNIT);
	struct pattern *pattern = pattern_new(&arena, &spec);
	struct random sizes;

	random_init(&sizes, 3);
	for (int i = 0; i < 100; i++) {
		uint32_t bytes = 2 * UNIT;

		assert_true(pattern_place(pattern, DIRECTION_WRITE, &bytes) != PATTERN_END);
	}
	pattern_restart(pattern);
	visit(pattern, &spec, 4, 2, &sizes);
}

TEST(runs_and_shares_of_sequential_ios_visit_each_once_too)
{
	struct random sizes;

	random_init(&sizes, 3);
	for (unsigned percent = 0; percent <= 100; percent += 25) {
		for (unsigned run = 0; run <= 8; run += 8) {
			struct pattern_spec spec = mapped(3000 * UNIT);
			struct pattern *pattern;

			spec.sequence_length = run;
			spec.percentage_random[DIRECTION_READ] = percent;
			pattern = pattern_new(&arena, &spec);
			for (int pass = 0; pass < 2; pass++) {
				visit(pattern, &spec, 4, 2, &sizes);
				pattern_restart(pattern);
			}
		}
	}
}

TEST(ios_of_a_run_follow_each_other)
{
	struct pattern_spec spec = mapped(UNITS_LIMIT * UNIT);
	struct pattern *pattern;
	unsigned followers = 0;
	uint64_t end = UINT64_MAX;

	spec.sequence_length = 8;
	pattern = pattern_new(&arena, &spec);
	for (int i = 0; i < 80; i++) {
		uint32_t bytes = UNIT;
		uint64_t offset = pattern_place(pattern, DIRECTION_READ, &bytes);

		followers += offset == end;
		end = offset + bytes;
	}
	assert_in_range(followers, 65, 72);
}

TEST(other_kinds_are_placed_as_by_pattern_next)
{
	struct pattern_spec specs[] = {
		sequential(10 * BLOCK), random_once(10 * BLOCK), random_any(10 * BLOCK)};

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct pattern *one = pattern_new(&arena, &specs[i]);
		struct pattern *other = pattern_new(&arena, &specs[i]);

		for (int k = 0; k < 12; k++) {
			uint32_t bytes = BLOCK;

			assert_true(pattern_place(one, DIRECTION_READ, &bytes) == next_read(other));
			assert_int_equal(bytes, BLOCK);
		}
	}
}

TEST_MAIN(NULL, free_arena);
