/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
#include "engine/helper_thread.h"
#include "test.h"

#include "unit/engine/rig.h"

TEST(the_name_tells_whose_helper_it_is)
{
	char name[THREAD_NAME_BYTES];
	int owner;

	helper_thread_name(name);
	assert_int_equal(sscanf(name, "rs-io-%d", &owner), 1);
	assert_int_equal(owner, gettid());
}

TEST_MAIN(NULL, NULL);
