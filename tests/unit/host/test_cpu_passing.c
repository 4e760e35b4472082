/* SPDX-License-Identifier: MIT */
/* Helpers that nobody sees: threads that are gone before they can be listed. */
#include <pthread.h>
#include <unistd.h>

#include "host/cpu_account.h"
#include "test.h"
#include "unit/host/cpu_work.h"

struct passing_work {
	struct cpu_usage usage;
	uint64_t own_ns, helper_ns; /* what was used in truth */
	uint64_t own_limit_ns;      /* with what went by before the start and after the end */
};

static void *be_gone(void *used_ns)
{
	*(uint64_t *)used_ns = burn(HELPER_WORK_NS); /* long beside a pause in the sum */
	return NULL;
}

/* A worker whose helper is gone before anybody looks; its own work is no helper's. */
static void *work_with_passing_helper(void *argument)
{
	struct passing_work *work = argument;
	struct cpu_account *account = cpu_account_open();
	pthread_t gone;

	cpu_account_expect_passing_helpers(account);
	pthread_barrier_wait(&together); /* open */
	work->own_limit_ns = -read_ns(CLOCK_THREAD_CPUTIME_ID);
	cpu_account_start(account);
	pthread_barrier_wait(&together); /* started */
	work->own_ns = burn(WORK_NS);
	assert_int_equal(pthread_create(&gone, NULL, be_gone, &work->helper_ns), 0);
	pthread_join(gone, NULL);
	pthread_barrier_wait(&together); /* both have worked */
	cpu_account_stop(account, &work->usage);
	work->own_limit_ns += read_ns(CLOCK_THREAD_CPUTIME_ID);
	pthread_barrier_wait(&together); /* both have been measured */
	cpu_account_close(account);
	return NULL;
}

TEST(passing_helpers_are_shared_among_those_that_expect_them)
{
	struct passing_work works[2] = {0};
	pthread_t workers[2];
	uint64_t helpers_ns = 0;

	pthread_barrier_init(&together, NULL, 3);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			pthread_create(&workers[i], NULL, work_with_passing_helper, &works[i]), 0);
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	burn(WORK_NS); /* The supervisor's work is nobody's. */
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	for (int i = 0; i < 2; i++) {
		pthread_join(workers[i], NULL);
		helpers_ns += works[i].helper_ns;
	}
	for (int i = 0; i < 2; i++) {
		const struct cpu_usage *usage = &works[i].usage;

		assert_near(usage->helper_ns, helpers_ns / 2, 0.2);
		assert_in_range(usage->user_ns + usage->system_ns, works[i].own_ns / 100 * 99,
			works[i].own_limit_ns / 100 * 101);
	}
	pthread_barrier_destroy(&together);
}

TEST(a_worker_with_passing_helpers_is_not_charged_for_its_neighbour)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage computing, usage;
	pthread_t neighbour;

	cpu_account_expect_passing_helpers(account);
	pthread_barrier_init(&together, NULL, 2);
	assert_int_equal(pthread_create(&neighbour, NULL, compute, &computing), 0);
	pthread_barrier_wait(&together); /* open */
	cpu_account_start(account);
	pthread_barrier_wait(&together); /* started */
	pthread_barrier_wait(&together); /* the neighbour has been measured */
	cpu_account_stop(account, &usage);
	pthread_barrier_wait(&together);
	pthread_join(neighbour, NULL);
	cpu_account_close(account);
	pthread_barrier_destroy(&together);
	assert_true(computing.user_ns + computing.system_ns >= WORK_NS / 2);
	assert_int_equal(computing.helper_ns, 0);
	assert_true(usage.helper_ns < WORK_NS / 4);
}

TEST_MAIN(NULL, NULL);
