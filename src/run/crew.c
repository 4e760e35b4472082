/* SPDX-License-Identifier: MIT */
/* Threads: made, started together, stopped, joined. */
#include "run/crew.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/arena.h"
#include "base/clock.h"
#include "run/stop_signal.h"

/* Breaks off system calls; does nothing else. */
static void on_nudge(int number)
{
	(void)number;
}

static void install_nudge(void)
{
	struct sigaction action = {
		.sa_handler = on_nudge}; /* no SA_RESTART: calls end with EINTR */

	sigemptyset(&action.sa_mask);
	sigaction(STOP_SIGNAL_NUDGE, &action, NULL);
}

static struct timespec wake_time(uint64_t wait_ns)
{
	struct timespec at;
	uint64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &at);
	ns = (uint64_t)at.tv_nsec + wait_ns;
	at.tv_sec += (time_t)(ns / NS_PER_S);
	at.tv_nsec = (long)(ns % NS_PER_S);
	return at;
}

/* startdelay: sleeps until it is over or a stop comes. */
static void delay(struct crew_member *member)
{
	struct crew *crew = member->crew;
	struct timespec until = wake_time(member->worker.job->startdelay_ns);

	pthread_mutex_lock(&crew->lock);
	while (!worker_must_stop(&member->worker)) {
		if (pthread_cond_timedwait(&crew->orders, &crew->lock, &until) == ETIMEDOUT)
			break;
	}
	pthread_mutex_unlock(&crew->lock);
}

static bool wait_for_release(struct crew_member *member)
{
	struct crew *crew = member->crew;
	bool goes;

	pthread_mutex_lock(&crew->lock);
	member->is_ready = true;
	pthread_cond_signal(&crew->reports);
	while (!crew->is_released)
		pthread_cond_wait(&crew->orders, &crew->lock);
	goes = !member->was_refused && !worker_must_stop(&member->worker);
	pthread_mutex_unlock(&crew->lock);
	return goes;
}

static void *serve(void *argument)
{
	struct crew_member *member = argument;
	struct worker *worker = &member->worker;
	struct crew *crew = member->crew;

	/* Timers that end when they are due, not 50 us later. */
	(void)prctl(PR_SET_TIMERSLACK, 1); /* only the precision of waits: no harm if refused */
	member->was_refused = worker_prepare(worker) != 0;
	worker_set_phase(worker, WORKER_READY);
	if (wait_for_release(member)) {
		worker_set_phase(worker, WORKER_RAMPING);
		if (worker->job->startdelay_ns != 0)
			delay(member);
		if (!worker_must_stop(worker))
			worker_run(worker);
	}
	worker_set_phase(worker, WORKER_DONE);
	worker_close(worker);
	pthread_mutex_lock(&crew->lock);
	member->is_done = true;
	pthread_cond_signal(&crew->reports);
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

/*
 * Threads inherit the mask: signals that end the run are the supervisor's, and a pipe without a
 * reader is an I/O that failed (EPIPE).
 */
static int make_threads(struct crew *crew)
{
	sigset_t stops, before;
	int error = 0;

	stop_signal_set(&stops);
	sigaddset(&stops, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &stops, &before);
	for (unsigned i = 0; i < crew->count && error == 0; i++) {
		struct crew_member *member = &crew->members[i];

		error = pthread_create(&member->thread, NULL, serve, member);
		member->has_thread = error == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

static void enlist(struct crew *crew, unsigned index, struct planned_job *planned)
{
	struct crew_member *member = &crew->members[index];
	struct worker *worker = &member->worker;

	member->crew = crew;
	worker->job = planned->job;
	worker->targets = planned->targets;
	worker->regions = planned->regions;
	worker->target_count = planned->target_count;
	worker->pair_count = planned->pair_count;
	worker->open_flags = planned->open_flags;
	worker->pass_bytes = planned->pass_bytes;
	worker->pass_count = planned->job->loops > 0 ? planned->job->loops : 1;
	worker->wraps = planned->wraps;
	worker->guard.allowed = planned->allowed;
}

int crew_gather(struct crew *crew, struct planned_job *const *jobs, unsigned count)
{
	pthread_condattr_t attributes;

	*crew = (struct crew){.count = count};
	crew->members = aligned_alloc(64, count * sizeof(*crew->members));
	if (!crew->members)
		arena_exhausted();
	memset(crew->members, 0, count * sizeof(*crew->members));
	pthread_mutex_init(&crew->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&crew->reports, &attributes);
	pthread_cond_init(&crew->orders, &attributes);
	pthread_condattr_destroy(&attributes);
	install_nudge();
	for (unsigned i = 0; i < count; i++)
		enlist(crew, i, jobs[i]);
	return make_threads(crew);
}

void crew_release(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->is_released = true;
	pthread_cond_broadcast(&crew->orders);
	pthread_mutex_unlock(&crew->lock);
}

static unsigned count_preparing(const struct crew *crew)
{
	unsigned preparing = 0;

	for (unsigned i = 0; i < crew->count; i++)
		preparing += crew->members[i].has_thread && !crew->members[i].is_ready;
	return preparing;
}

static unsigned count_working(const struct crew *crew)
{
	unsigned working = 0;

	for (unsigned i = 0; i < crew->count; i++)
		working += crew->members[i].has_thread && !crew->members[i].is_done;
	return working;
}

/* Waits until `count` gives another number or `wait_ns` went by. Returns the number. */
static unsigned wait_for_report(
	struct crew *crew, unsigned (*count)(const struct crew *), uint64_t wait_ns)
{
	struct timespec until = wake_time(wait_ns);
	unsigned before, left;

	pthread_mutex_lock(&crew->lock);
	before = left = count(crew);
	while (left > 0 && left == before) {
		if (pthread_cond_timedwait(&crew->reports, &crew->lock, &until) == ETIMEDOUT)
			break;
		left = count(crew);
	}
	pthread_mutex_unlock(&crew->lock);
	return left;
}

unsigned crew_prepare(struct crew *crew, uint64_t wait_ns)
{
	return wait_for_report(crew, count_preparing, wait_ns);
}

unsigned crew_wait(struct crew *crew, uint64_t wait_ns)
{
	return wait_for_report(crew, count_working, wait_ns);
}

void crew_stop(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		atomic_store(&crew->members[i].worker.must_stop, true);
	pthread_mutex_lock(&crew->lock);
	pthread_cond_broadcast(&crew->orders); /* those in startdelay */
	pthread_mutex_unlock(&crew->lock);
	crew_nudge(crew, true);
}

void crew_nudge(struct crew *crew, bool everyone)
{
	uint64_t now = clock_now();

	pthread_mutex_lock(&crew->lock);
	for (unsigned i = 0; i < crew->count; i++) {
		struct crew_member *member = &crew->members[i];
		uint64_t deadline = atomic_load(&member->worker.progress.deadline_ns);
		bool is_late = deadline != 0 && now > deadline;

		if (member->has_thread && !member->is_done && (everyone || is_late))
			pthread_kill(member->thread, STOP_SIGNAL_NUDGE);
	}
	pthread_mutex_unlock(&crew->lock);
}

void crew_abandon(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		atomic_store(&crew->members[i].worker.must_abandon, true);
	crew_nudge(crew, true);
}

void crew_disband(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++) {
		struct crew_member *member = &crew->members[i];

		if (!member->has_thread)
			continue;
		if (member->is_done) {
			pthread_join(member->thread, NULL);
			member->has_thread = false;
			continue;
		}
		pthread_detach(member->thread);
		worker_fail(&member->worker, ETIMEDOUT,
			"the device or its driver holds its I/O: see dmesg",
			"the worker hangs in the kernel and was left behind");
	}
}

bool crew_free(struct crew *crew)
{
	bool all_home = true;

	for (unsigned i = 0; i < crew->count; i++) {
		if (crew->members[i].has_thread)
			all_home = false;
		else
			worker_free(&crew->members[i].worker);
	}
	if (all_home)
		free(crew->members);
	crew->members = NULL;
	crew->count = 0;
	return all_home;
}
