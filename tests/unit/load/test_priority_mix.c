/* SPDX-License-Identifier: MIT */
/* Shares of priorities against their theory. */
#include "load/priority_mix.h"
#include "test.h"

enum { IOS = 100000, RT = 1 << 13, BE = 2 << 13 };

static unsigned count(struct priority_mix *mix, uint64_t bytes, uint16_t priority)
{
	unsigned found = 0;

	for (int i = 0; i < IOS; i++)
		found += priority_mix_draw(mix, DIRECTION_READ, bytes) == priority;
	return found;
}

static struct priority_mix mix_of(const struct priority_share *shares, size_t shares_count)
{
	struct priority_mix mix = {.base = BE | 4, .of = {{shares_count, shares}}};

	random_init(&mix.random, 7);
	return mix;
}

TEST(a_percentage_is_of_all_ios)
{
	static const struct priority_share shares[] = {{.percent = 30, .priority = RT}};
	struct priority_mix mix = mix_of(shares, 1);

	assert_in_range(count(&mix, 4096, RT), 29500, 30500);
	assert_in_range(count(&mix, 8192, BE | 4), 69500, 70500);
	assert_int_equal(priority_mix_draw(&mix, DIRECTION_WRITE, 4096), BE | 4);
}

TEST(all_and_none_are_exact)
{
	static const struct priority_share all[] = {{.percent = 100, .priority = RT}};
	static const struct priority_share none[] = {{.percent = 0, .priority = RT}};
	struct priority_mix mix = mix_of(all, 1);

	assert_int_equal(count(&mix, 4096, RT), IOS);
	mix = mix_of(none, 1);
	assert_int_equal(count(&mix, 4096, RT), 0);
}

TEST(shares_are_of_their_own_block_size)
{
	static const struct priority_share shares[] = {
		{4096, 20, RT}, {8192, 50, BE}, {4096, 10, RT | 3}};
	struct priority_mix mix = mix_of(shares, 3);

	assert_in_range(count(&mix, 4096, RT), 19400, 20600);
	assert_in_range(count(&mix, 4096, RT | 3), 9500, 10500);
	assert_int_equal(count(&mix, 4096, BE), 0);
	assert_in_range(count(&mix, 8192, BE), 49300, 50700);
	assert_int_equal(count(&mix, 16384, BE | 4), IOS);
}

TEST_MAIN(NULL, NULL);
