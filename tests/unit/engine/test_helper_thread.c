/* SPDX-License-Identifier: MIT */
#include "engine/helper_thread.h"

#include <pthread.h>
#include <sys/prctl.h>

#include "unit/engine/rig.h"

static void *name_of_thread(void *name)
{
	prctl(PR_GET_NAME, name);
	return NULL;
}

static void threads_started_meanwhile_inherit_the_name(void **state)
{
	char before[THREAD_NAME_BYTES], own[THREAD_NAME_BYTES], wanted[THREAD_NAME_BYTES];
	char started[THREAD_NAME_BYTES] = "";
	pthread_t thread;

	(void)state;
	prctl(PR_GET_NAME, own);
	snprintf(wanted, sizeof(wanted), "rs-io-%d", (int)gettid());
	helper_thread_borrow_name(before);
	assert_string_equal(before, own);
	assert_int_equal(pthread_create(&thread, NULL, name_of_thread, started), 0);
	pthread_join(thread, NULL);
	assert_string_equal(started, wanted);
	helper_thread_return_name(before);
	prctl(PR_GET_NAME, started);
	assert_string_equal(started, own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_started_meanwhile_inherit_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
