/* SPDX-License-Identifier: MIT */
/* Holm's adjustment and letter groups. */
#include "measure/estimate.h"
#include "test.h"

#include <stdio.h>

#include "base/random.h"
#include "near.h"

TEST(holm_steps_down)
{
	static const double p[] = {0.01, 0.04, 0.03, 0.005};
	double adjusted[4];

	estimate_holm(p, 4, adjusted);
	assert_near(adjusted[0], 0.03, 1e-15);
	assert_near(adjusted[1], 0.06, 1e-15);
	assert_near(adjusted[2], 0.06, 1e-15);
	assert_near(adjusted[3], 0.02, 1e-15);
}

TEST(tests_not_made_do_not_count)
{
	static const double p[] = {NAN, 0.02, NAN, 0.6};
	double adjusted[4];

	estimate_holm(p, 4, adjusted);
	assert_true(isnan(adjusted[0]) && isnan(adjusted[2]));
	assert_near(adjusted[1], 0.04, 1e-15);
	assert_near(adjusted[3], 0.6, 1e-15);
	estimate_holm(p, 0, adjusted);
}

TEST(adjusted_values_stay_at_most_one)
{
	static const double p[] = {0.5, 0.7, 0.9};
	double adjusted[3];

	estimate_holm(p, 3, adjusted);
	for (int i = 0; i < 3; i++)
		assert_near(adjusted[i], 1, 0);
}

static void expect_letters(size_t count, const char *pairs, const char *expected)
{
	bool differs[26 * 26] = {false};
	uint64_t letters[26];
	char line[1000] = "";
	size_t length = 0;

	/* "ac bc": a differs from c, b from c. */
	for (const char *pair = pairs; *pair; pair += pair[2] ? 3 : 2) {
		size_t i = (size_t)(pair[0] - 'a');
		size_t j = (size_t)(pair[1] - 'a');

		differs[i * count + j] = differs[j * count + i] = true;
	}
	assert_true(estimate_letters(differs, count, letters) > 0);
	for (size_t i = 0; i < count; i++) {
		char text[ESTIMATE_LETTERS_LIMIT + 1];

		length += (size_t)snprintf(line + length, sizeof(line) - length, "%s%s",
			i > 0 ? " " : "", estimate_letters_text(letters[i], text));
	}
	assert_string_equal(line, expected);
}

TEST(letters_are_the_textbook_groups)
{
	expect_letters(3, "", "A A A");
	expect_letters(3, "ab ac bc", "A B C");
	expect_letters(3, "ac", "A AB B");
	expect_letters(4, "ad", "A AB AB B");
	expect_letters(4, "ab ac ad bd", "A B BC C");
	/* Not in the order of the ranks: the middle one differs from both others. */
	expect_letters(3, "ab bc", "A B A");
	expect_letters(5, "ad ae be", "A AB ABC BC C");
}

/* No letter whose members all share another one: it would say nothing. */
static void assert_no_letter_is_idle(const uint64_t *letters, size_t count, size_t used)
{
	uint64_t members[ESTIMATE_LETTERS_LIMIT] = {0};

	for (size_t letter = 0; letter < used; letter++) {
		for (size_t i = 0; i < count; i++)
			members[letter] |= (letters[i] >> letter & 1) << i;
	}
	for (size_t a = 0; a < used; a++) {
		for (size_t b = 0; b < used; b++)
			assert_true(a == b || (members[a] & ~members[b]) != 0);
	}
}

TEST(letters_say_exactly_who_differs)
{
	struct random random;

	random_init(&random, 3);
	for (int round = 0; round < 500; round++) {
		size_t count = 1 + random_below(&random, 9);
		double share = random_unit(&random);
		bool differs[100] = {false};
		uint64_t letters[10];
		size_t used;

		for (size_t i = 0; i < count; i++) {
			for (size_t j = 0; j < i; j++)
				differs[i * count + j] = differs[j * count + i] =
					random_unit(&random) < share;
		}
		used = estimate_letters(differs, count, letters);
		assert_true(used > 0 && (letters[0] & 1));
		assert_no_letter_is_idle(letters, count, used);
		for (size_t i = 0; i < count; i++) {
			assert_true(letters[i] != 0);
			for (size_t j = 0; j < count; j++) {
				if (i != j)
					assert_int_equal((letters[i] & letters[j]) == 0,
						differs[i * count + j]);
			}
		}
	}
}

TEST(too_many_groups_are_refused)
{
	static bool differs[64 * 64];
	uint64_t letters[64];

	/* 32 pairs that differ within: 2^32 letters. */
	for (size_t i = 0; i < 64; i += 2)
		differs[i * 64 + i + 1] = differs[(i + 1) * 64 + i] = true;
	assert_int_equal(estimate_letters(differs, 64, letters), 0);
	assert_int_equal(estimate_letters(differs, 0, letters), 0);
	assert_int_equal(estimate_letters(differs, 65, letters), 0);
}

TEST(letters_and_members_have_limits)
{
	static bool differs[64 * 64];
	uint64_t letters[64];

	assert_int_equal(estimate_letters(differs, 64, letters), 1);
	assert_int_equal(letters[63], 1);
	/* All differ: a letter each, as long as there are letters. */
	for (size_t count = 52; count <= 53; count++) {
		for (size_t i = 0; i < count * count; i++)
			differs[i] = i / count != i % count;
		assert_int_equal(estimate_letters(differs, count, letters), count == 52 ? 52 : 0);
	}
}

TEST(letters_go_on_after_z)
{
	char text[ESTIMATE_LETTERS_LIMIT + 1];

	assert_string_equal(estimate_letters_text(1ull << 25 | 1ull << 26 | 1, text), "AZa");
	assert_string_equal(estimate_letters_text(0, text), "");
}

TEST_MAIN(NULL, NULL);
