/* SPDX-License-Identifier: MIT */
/* Many CPU accounts at once, of workers that all have a helper and stop together. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cpu_account.h"
#include "test.h"
#include "unit/host/cpu_work.h"
#include "unit/wait_until.h"

enum { CROWD = 40 };

struct crowd_member {
	pthread_t worker, helper;
	_Atomic int tid;
	_Atomic bool stops; /* has called cpu_account_stop, or is about to */
	uint64_t named_ns, began_ns, burnt_ns, asked_ns; /* the helper's clock */
	struct cpu_usage usage;
};

static struct crowd_member crowd[CROWD];
static _Atomic unsigned lists_of_threads; /* times that /proc/self/task was opened */
static _Atomic bool waits_for_crowd;

/* The thread is asleep: of one that has called stop, the lock is what it waits for. */
static bool is_asleep(int tid)
{
	char path[64], text[256] = "";
	const char *name_end;
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	stream = fopen(path, "re");
	assert_non_null(stream);
	assert_non_null(fgets(text, sizeof(text), stream));
	fclose(stream);
	name_end = strrchr(text, ')');
	return name_end && name_end[2] == 'S';
}

static void wait_for_crowd(void)
{
	for (int i = 0; i < CROWD; i++) {
		if (!WAIT_UNTIL(
			    crowd[i].tid == gettid() || (crowd[i].stops && is_asleep(crowd[i].tid)),
			    "a thread waits for the lock"))
			abort();
	}
}

/* In the C library's place: the first listing goes on when all other members wait for it. */
DIR *opendir(const char *path)
{
	if (strcmp(path, "/proc/self/task") == 0) {
		lists_of_threads++;
		if (atomic_exchange(&waits_for_crowd, false))
			wait_for_crowd();
	}
	return fdopendir(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void *help_member(void *argument)
{
	struct crowd_member *member = argument;
	char name[16];

	snprintf(name, sizeof(name), "rs-io-%d", member->tid);
	pthread_setname_np(pthread_self(), name);
	member->named_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
	pthread_barrier_wait(&together); /* open, named */
	pthread_barrier_wait(&together); /* watched */
	pthread_barrier_wait(&together); /* started */
	member->began_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
	burn(NS_PER_MS * (uint64_t)(1 + (member - crowd) % 5));
	member->burnt_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
	pthread_barrier_wait(&together); /* burnt */
	pthread_barrier_wait(&together); /* measured */
	member->asked_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
	return NULL;
}

static void *work_as_member(void *argument)
{
	struct crowd_member *member = argument;
	struct cpu_account *account = cpu_account_open();

	member->tid = gettid();
	assert_int_equal(pthread_create(&member->helper, NULL, help_member, member), 0);
	pthread_barrier_wait(&together); /* open, named */
	pthread_barrier_wait(&together); /* watched */
	cpu_account_start(account);
	pthread_barrier_wait(&together); /* started */
	pthread_barrier_wait(&together); /* burnt */
	member->stops = true;
	cpu_account_stop(account, &member->usage);
	pthread_barrier_wait(&together); /* measured */
	pthread_join(member->helper, NULL);
	cpu_account_close(account);
	return NULL;
}

/* Each gets what its own helper used; two listings of the threads are enough for all. */
TEST(many_workers_stop_together)
{
	pthread_barrier_init(&together, NULL, 2 * CROWD + 1);
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(
			pthread_create(&crowd[i].worker, NULL, work_as_member, &crowd[i]), 0);
	pthread_barrier_wait(&together);
	cpu_account_watch();
	lists_of_threads = 0;
	waits_for_crowd = true;
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	for (int i = 0; i < CROWD; i++) {
		const struct crowd_member *member = &crowd[i];

		pthread_join(member->worker, NULL);
		assert_in_range(member->usage.helper_ns, member->burnt_ns - member->began_ns,
			member->asked_ns - member->named_ns);
	}
	assert_int_equal(lists_of_threads, 2);
	pthread_barrier_destroy(&together);
}

TEST_MAIN(NULL, NULL);
