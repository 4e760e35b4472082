/* SPDX-License-Identifier: MIT */
/* The generator's words are those of the published xoshiro256** and splitmix64. */
#include "base/random.h"
#include "test.h"

TEST(next_gives_the_published_sequence)
{
	static const uint64_t expected[] = {
		11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600};
	struct random random = {{1, 2, 3, 4}};

	for (int i = 0; i < 6; i++)
		assert_true(random_next(&random) == expected[i]);
}

TEST(splitmix_gives_the_published_sequence)
{
	uint64_t seed = 1234567;

	assert_true(random_splitmix64(&seed) == 6457827717110365317u);
	assert_true(random_splitmix64(&seed) == 3203168211198807973u);
}

TEST(below_stays_below_and_reaches_both_ends)
{
	struct random random;
	unsigned seen = 0;

	random_init(&random, 1);
	for (int i = 0; i < 200; i++) {
		uint64_t number = random_below(&random, 5);

		assert_true(number < 5);
		seen |= 1u << number;
	}
	assert_int_equal(seen, 31);
	assert_int_equal(random_below(&random, 1), 0);
}

TEST(unit_is_at_least_0_and_less_than_1)
{
	struct random low = {{0, 0, 0, 0}};
	struct random random;

	assert_true(random_unit(&low) == 0);
	random_init(&random, 1);
	for (int i = 0; i < 1000; i++) {
		double number = random_unit(&random);

		assert_true(number >= 0 && number < 1);
	}
}

TEST(mixed_seeds_differ_by_stream_and_by_seed)
{
	assert_true(random_mix_seed(1, 1) != random_mix_seed(1, 2));
	assert_true(random_mix_seed(1, 1) != random_mix_seed(2, 1));
	assert_true(random_mix_seed(1, 1) == random_mix_seed(1, 1));
}

TEST_MAIN(NULL, NULL);
