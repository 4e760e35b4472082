/* SPDX-License-Identifier: MIT */
#include "engine/spin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static unsigned waits_left_out(struct spin_habit *habit)
{
	unsigned count = 0;

	while (!spin_is_due(habit))
		count++;
	return count;
}

static void looks_in_vain_become_rare(void **state)
{
	struct spin_habit habit = {0};

	(void)state;
	assert_int_equal(waits_left_out(&habit), 0);
	for (unsigned left_out = 1; left_out <= SPIN_HOLIDAYS_LIMIT; left_out *= 2) {
		spin_was_in_vain(&habit);
		assert_int_equal(waits_left_out(&habit), left_out);
	}
	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), SPIN_HOLIDAYS_LIMIT);
}

static void a_look_that_pays_starts_the_habit_anew(void **state)
{
	struct spin_habit habit = {0};

	(void)state;
	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 1);
	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 2);
	spin_found(&habit);
	assert_int_equal(waits_left_out(&habit), 0);
	spin_was_in_vain(&habit);
	assert_int_equal(waits_left_out(&habit), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_in_vain_become_rare),
		cmocka_unit_test(a_look_that_pays_starts_the_habit_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
