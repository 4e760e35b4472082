/* SPDX-License-Identifier: MIT */
#include "engine/helper_thread.h"

#include "unit/engine/rig.h"

static void the_name_tells_whose_helper_it_is(void **state)
{
	char name[THREAD_NAME_BYTES];
	int owner;

	(void)state;
	helper_thread_name(name);
	assert_int_equal(sscanf(name, "rs-io-%d", &owner), 1);
	assert_int_equal(owner, gettid());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_tells_whose_helper_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
