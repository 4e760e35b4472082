/* SPDX-License-Identifier: MIT */
#include "engine/spin.h"
#include "test.h"

static unsigned waits_left_out(struct spin_habit *habit)
{
	unsigned count = 0;

	while (!spin_is_due(habit))
		count++;
	return count;
}

TEST(looks_in_vain_become_rare)
{
	struct spin_habit habit = {0};

	assert_int_equal(waits_left_out(&habit), 0);
	for (unsigned left_out = 1; left_out <= SPIN_HOLIDAYS_LIMIT; left_out *= 2) {
		spin_was_in_vain(&habit);
		assert_int_equal(waits_left_out(&habit), left_out);
	}
	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), SPIN_HOLIDAYS_LIMIT);
}

TEST(a_look_that_pays_starts_the_habit_anew)
{
	struct spin_habit habit = {0};

	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 1);
	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 2);
	spin_found(&habit);
	assert_int_equal(waits_left_out(&habit), 0);
	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 1);
}

TEST_MAIN(NULL, NULL);
