/* SPDX-License-Identifier: MIT */
/* Helper threads found by name; io_uring's own are in the tests of the CPU account. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "host/cpu_account.h"
#include "test.h"
#include "unit/host/cpu_work.h"

enum { THREAD_COUNT = 5 };

static const char *const names[THREAD_COUNT] = {
	"iou-sqp-101", "iou-wrk-102", "rs-io-103", "ringside", "iou-sqp"};

static pthread_barrier_t together;
static int tids[THREAD_COUNT];

static void *stand_by(void *argument)
{
	size_t index = (size_t)((const char *const *)argument - names);

	pthread_setname_np(pthread_self(), names[index]);
	tids[index] = gettid();
	pthread_barrier_wait(&together); /* named */
	pthread_barrier_wait(&together); /* looked at */
	return NULL;
}

static pthread_t threads[THREAD_COUNT];

static int start_threads(void **state)
{
	(void)state;
	pthread_barrier_init(&together, NULL, THREAD_COUNT + 1);
	for (int i = 0; i < THREAD_COUNT; i++) {
		if (pthread_create(&threads[i], NULL, stand_by, (void *)&names[i]) != 0)
			return -1;
	}
	pthread_barrier_wait(&together);
	return 0;
}

static int end_threads(void **state)
{
	(void)state;
	pthread_barrier_wait(&together);
	for (int i = 0; i < THREAD_COUNT; i++)
		pthread_join(threads[i], NULL);
	return pthread_barrier_destroy(&together);
}

static bool is_nobody(int tid)
{
	(void)tid;
	return false;
}

static bool is_first(int tid)
{
	return tid == tids[0];
}

static const struct helper_thread *find(const struct helper_thread *list, size_t count, int tid)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].tid == tid)
			return &list[i];
	}
	return NULL;
}

TEST(helpers_are_told_by_their_names)
{
	static const enum helper_kind kinds[] = {HELPER_SQPOLL, HELPER_IO_WORKER, HELPER_OF_ENGINE};
	struct helper_thread *list;
	size_t count = cpu_helper_list(is_nobody, &list);

	assert_int_equal(count, 3);
	for (int i = 0; i < 3; i++) {
		const struct helper_thread *helper = find(list, count, tids[i]);

		assert_non_null(helper);
		assert_int_equal(helper->kind, kinds[i]);
		assert_int_equal(helper->owner, 101 + i);
	}
	free(list);
}

TEST(a_worker_is_no_helper_whatever_its_name)
{
	struct helper_thread *list;
	size_t count = cpu_helper_list(is_first, &list);

	assert_int_equal(count, 2);
	assert_null(find(list, count, tids[0]));
	free(list);
}

/* What the second thread is then taken for. */
static int owner_of_io_worker(int owner_in_name)
{
	struct helper_thread *list;
	char name[16];
	size_t count;
	int owner;

	snprintf(name, sizeof(name), "iou-wrk-%d", owner_in_name);
	assert_int_equal(pthread_setname_np(threads[1], name), 0);
	count = cpu_helper_list(is_nobody, &list);
	owner = find(list, count, tids[1])->owner;
	free(list);
	return owner;
}

TEST(io_workers_of_a_poller_belong_to_its_owner)
{
	if (!cpu_helper_owners_are_known()) {
		print_message("skipped: not in the first PID namespace\n");
		skip();
	}
	assert_int_equal(owner_of_io_worker(tids[0]), 101);
	/* A helper of another kind owns none. */
	assert_int_equal(owner_of_io_worker(tids[2]), tids[2]);
	assert_int_equal(owner_of_io_worker(102), 102);
}

TEST(a_reading_is_what_the_thread_itself_reads)
{
	struct helper_reading reading;
	struct rusage usage;
	uint64_t before, after, alone;

	burn(WORK_NS / 10);
	getrusage(RUSAGE_THREAD, &usage);
	before = read_ns(CLOCK_THREAD_CPUTIME_ID);
	assert_true(cpu_helper_reading(gettid(), &reading));
	assert_true(cpu_helper_ns(gettid(), &alone));
	after = read_ns(CLOCK_THREAD_CPUTIME_ID);
	assert_in_range(reading.cpu_ns, before, alone);
	assert_in_range(alone, reading.cpu_ns, after);
	assert_true(reading.voluntary >= (uint64_t)usage.ru_nvcsw);
	assert_true(reading.involuntary >= (uint64_t)usage.ru_nivcsw);
	assert_in_range(reading.cpu, 0, sysconf(_SC_NPROCESSORS_CONF) - 1);
}

TEST(a_thread_that_is_gone_has_no_reading)
{
	struct helper_reading reading;
	uint64_t ns;

	assert_false(cpu_helper_reading(0x7ffffffe, &reading));
	assert_false(cpu_helper_ns(0x7ffffffe, &ns));
}

TEST_MAIN(start_threads, end_threads);
