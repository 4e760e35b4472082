/* SPDX-License-Identifier: MIT */
/* Threads: made, started together, stopped, joined. */
#include "run/crew.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/futex.h"
#include "host/host_limits.h"
#include "job/job_verify_rules.h"
#include "run/job_command.h"
#include "run/stop_signal.h"

/* From the release to the start: all are to have woken up and gone to sleep until then. */
#define MUSTER_NS NS_PER_MS
#define WAKE_NS   (20 * NS_PER_US) /* for each of them */

enum { ENGINE_FILES = 2 }; /* a ring, and what is waited at; counters see to their own */

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

static void wait_until(struct worker *worker, uint64_t start_ns)
{
	while (clock_now() < start_ns && !worker_must_stop(worker))
		(void)clock_wait_until(start_ns); /* A nudge ends it. */
}

/* It starts by itself: another job must be done, or a command be run, before it prepares. */
static bool starts_late(const struct job *job)
{
	return job->order.wait_for || job->order.exec_prerun;
}

/* Whether there is a start: not for one that was refused, nor after a stop. */
static bool wait_for_start(struct crew_member *member)
{
	struct crew *crew = member->crew;
	struct worker *worker = &member->worker;
	uint64_t start_ns;

	if (atomic_fetch_add(&crew->prepared_count, 1) + 1 == crew->count)
		futex_wake(&crew->prepared_count, 1);
	while (atomic_load(&crew->is_released) == 0)
		futex_wait(&crew->is_released, 0, NULL);
	if (member->was_refused || worker_must_stop(worker) ||
		(worker->task.job->order.create_only && !starts_late(worker->task.job)))
		return false;
	if (worker->task.job->startdelay_ns > 0)
		worker_set_phase(worker, WORKER_WAITING);
	else if (!starts_late(worker->task.job))
		worker_set_phase(worker, WORKER_RAMPING);
	start_ns = crew->start_ns + worker->task.job->startdelay_ns;
	wait_until(worker, start_ns);
	worker->task.start_ns = crew->count > 1 || crew->has_common_start ? start_ns : 0;
	return !worker_must_stop(worker);
}

static bool is_awaited(const struct crew_member *member, const struct job *job)
{
	return job->order.wait_for && !atomic_load(&member->is_past) &&
	       strcmp(member->worker.task.job->name, job->order.wait_for) == 0;
}

/* wait_for: until those of that name are done, or a stop comes. */
static void await_others(struct crew_member *member)
{
	struct crew *crew = member->crew;
	unsigned i = 0;

	while (i < crew->count && !worker_must_stop(&member->worker)) {
		uint32_t past = atomic_load(&crew->past_count);

		if (!is_awaited(&crew->members[i], member->worker.task.job))
			i++;
		else
			futex_wait(&crew->past_count, past, NULL); /* A nudge ends it. */
	}
}

static void run_prerun(struct worker *worker)
{
	const struct job *job = worker->task.job;
	struct arena *arena = &worker->outcome.arena;
	const char *path = arena_printf(arena, "%s.prerun.txt", job->name);
	int code;

	if (!job->order.exec_prerun || worker_must_stop(worker))
		return;
	code = job_command_run(job->order.exec_prerun, path, &worker->must_stop);
	if (code == 0 || worker_must_stop(worker))
		return;
	if (code < 0)
		worker_fail(worker, -code, NULL,
			"exec_prerun cannot be run, with its output in %s: %s", path,
			strerror(-code));
	else
		worker_fail(worker, ECHILD, NULL, "exec_prerun ended with %d: see %s", code, path);
}

static void run_postrun(struct worker *worker)
{
	const struct job *job = worker->task.job;

	if (!job->order.exec_postrun)
		return;
	/* No deadline of the job's I/O is its own. */
	atomic_store_explicit(&worker->progress.deadline_ns, 0, memory_order_relaxed);
	/* As in fio nothing depends on how it ends. */
	(void)job_command_run(job->order.exec_postrun,
		arena_printf(&worker->outcome.arena, "%s.postrun.txt", job->name),
		&worker->must_abandon);
}

/* The clones of a job start together. False: they were stopped. */
static bool meet(struct crew_member *member)
{
	struct worker *worker = &member->worker;
	struct crew_cohort *cohort = member->cohort;

	if (atomic_fetch_add(&cohort->arrived_count, 1) + 1 == cohort->count) {
		cohort->start_ns = clock_now();
		if (cohort->count > 1)
			cohort->start_ns += MUSTER_NS + cohort->count * WAKE_NS;
		atomic_store(&cohort->is_released, 1);
		futex_wake(&cohort->is_released, INT_MAX);
	}
	while (atomic_load(&cohort->is_released) == 0 && !worker_must_stop(worker))
		futex_wait(&cohort->is_released, 0, NULL);
	if (worker_must_stop(worker))
		return false;
	worker_set_phase(worker, WORKER_RAMPING);
	wait_until(worker, cohort->start_ns);
	worker->task.start_ns = cohort->count > 1 ? cohort->start_ns : 0;
	return !worker_must_stop(worker);
}

static void prepare(struct crew_member *member)
{
	member->was_refused =
		!member->worker.task.job->order.create_only && worker_prepare(&member->worker) != 0;
}

static bool start_late(struct crew_member *member)
{
	struct worker *worker = &member->worker;

	worker_set_phase(worker, WORKER_READY);
	await_others(member);
	worker_set_phase(worker, WORKER_PREPARING);
	run_prerun(worker);
	if (worker->outcome.error == 0 && !worker_must_stop(worker))
		prepare(member);
	return meet(member) && worker->outcome.error == 0 && !worker->task.job->order.create_only;
}

/* Whether it has run, or was to. */
static bool run_member(struct crew_member *member)
{
	struct worker *worker = &member->worker;
	bool is_late = starts_late(worker->task.job);

	if (!is_late)
		prepare(member);
	worker_set_phase(worker, WORKER_READY);
	if (!wait_for_start(member) || (is_late && !start_late(member)))
		return false;
	worker_set_phase(worker, WORKER_RAMPING);
	if (member->crew->turns)
		turns_run(member->crew->turns, worker);
	else
		worker_run(worker);
	return true;
}

static void *serve(void *argument)
{
	struct crew_member *member = argument;
	struct worker *worker = &member->worker;
	struct crew *crew = member->crew;
	bool has_run;

	memset(member->room, 0, sizeof(member->room));
	arena_lend(&worker->outcome.arena, member->room, sizeof(member->room));
	/* Timers that end when they are due, not 50 us later. */
	(void)prctl(PR_SET_TIMERSLACK, 1); /* only the precision of waits: no harm if refused */
	has_run = run_member(member);
	if (!has_run && crew->turns)
		turns_leave(crew->turns);
	worker_set_phase(worker, WORKER_DONE);
	worker_close(worker);
	if (has_run || worker->task.job->order.create_only)
		run_postrun(worker);
	atomic_store(&member->is_done, true);
	atomic_fetch_add(&crew->done_count, 1);
	futex_wake(&crew->done_count, 1);
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
		crew->thread_count += error == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

/* The flow of this number, made where it is the first of it. */
static struct flow *find_flow(struct crew *crew, uint32_t id)
{
	struct flow *flow = crew->flows;

	while (flow && flow->id != id)
		flow = flow->next;
	if (flow)
		return flow;
	flow = aligned_alloc(_Alignof(struct flow), sizeof(*flow));
	if (!flow)
		arena_exhausted();
	*flow = (struct flow){.id = id, .next = crew->flows, .ios = 1};
	crew->flows = flow;
	return flow;
}

static void join_flow(struct crew *crew, struct worker *worker, const struct job_flow *asked)
{
	struct flow_member *member = &worker->loop.hold.flow;

	if (asked->weight == 0)
		return;
	*member = (struct flow_member){find_flow(crew, asked->id), 0, asked->weight};
	flow_join(member->flow, asked->weight);
}

static void free_flows(struct crew *crew)
{
	while (crew->flows) {
		struct flow *flow = crew->flows;

		crew->flows = flow->next;
		free(flow);
	}
}

static void enlist(struct crew *crew, unsigned index, struct planned_job *planned)
{
	struct crew_member *member = &crew->members[index];
	struct worker *worker = &member->worker;

	member->crew = crew;
	worker_init(worker);
	worker->task.job = planned->job;
	worker->task.targets = planned->targets;
	worker->task.regions = planned->regions;
	worker->task.strides = planned->strides;
	worker->task.zones = planned->zones;
	worker->task.target_count = planned->target_count;
	worker->task.pair_count = planned->pair_count;
	worker->task.open_flags = planned->open_flags;
	worker->task.pass_bytes = planned->pass_bytes;
	worker->task.pass_count = planned->job->loops > 0 ? planned->job->loops : 1;
	/* Passes end, and are verified, for as long as there is time. */
	if (planned->job->time_based && job_verify_rules_reads_back(planned->job))
		worker->task.pass_count = UINT64_MAX;
	worker->task.wraps = planned->wraps;
	worker->task.guard.allowed = planned->allowed;
	worker->task.intervals = planned->intervals;
	worker->task.log_bytes = planned->log_bytes;
	worker->task.takes_what_is_there = planned->takes_what_is_there;
	worker->task.verify = planned->verify;
	worker->task.takes_turns = member->crew->turns != NULL;
	join_flow(crew, worker, &planned->job->rare->pace.flow);
}

/* Files that they have open at a time, with those of their engines. */
static uint64_t count_files(struct planned_job *const *jobs, unsigned count)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t open = jobs[i]->job->openfiles;

		if (open == 0 || open > jobs[i]->target_count)
			open = jobs[i]->target_count;
		sum += open + ENGINE_FILES;
	}
	return sum;
}

int crew_gather(
	struct crew *crew, struct planned_job *const *jobs, unsigned count, struct turns *turns)
{
	*crew = (struct crew){.count = count, .turns = turns};
	crew->members = aligned_alloc(CREW_PAGE_BYTES, count * sizeof(*crew->members));
	if (!crew->members)
		arena_exhausted();
	for (unsigned i = 0; i < count; i++) /* Its room is its own thread's to touch. */
		memset(&crew->members[i], 0, offsetof(struct crew_member, room));
	install_nudge();
	host_limits_allow_files(count_files(jobs, count));
	crew->cohorts = calloc(count, sizeof(*crew->cohorts));
	if (!crew->cohorts)
		arena_exhausted();
	for (unsigned i = 0, cohort = 0; i < count; i++) {
		enlist(crew, i, jobs[i]);
		cohort = jobs[i]->job->clone == 0 ? i : cohort;
		crew->members[i].cohort = &crew->cohorts[cohort];
		crew->cohorts[cohort].count++;
	}
	return make_threads(crew);
}

static void let_go(struct crew *crew, uint64_t start_ns)
{
	crew->start_ns = start_ns;
	atomic_store(&crew->is_released, 1);
	futex_wake(&crew->is_released, INT_MAX);
}

void crew_release(struct crew *crew)
{
	let_go(crew, clock_now() + (crew->count > 1 ? MUSTER_NS + crew->count * WAKE_NS : 0));
}

void crew_release_at(struct crew *crew, uint64_t start_ns)
{
	crew->has_common_start = true;
	let_go(crew, start_ns);
}

static bool is_before(const struct timespec *until)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec != until->tv_sec ? now.tv_sec < until->tv_sec
					   : now.tv_nsec < until->tv_nsec;
}

unsigned crew_prepare(struct crew *crew, uint64_t wait_ns)
{
	struct timespec until = futex_time_after(wait_ns);
	uint32_t prepared;

	while ((prepared = atomic_load(&crew->prepared_count)) < crew->thread_count &&
		is_before(&until))
		futex_wait(&crew->prepared_count, prepared, &until);
	return crew->thread_count - prepared;
}

unsigned crew_wait(struct crew *crew, uint64_t wait_ns)
{
	struct timespec until = futex_time_after(wait_ns);
	uint32_t done = atomic_load(&crew->done_count);

	/* One that ended since the last time is news already. */
	if (done < crew->thread_count && done == crew->waited_count)
		futex_wait(&crew->done_count, done, &until);
	crew->waited_count = atomic_load(&crew->done_count);
	return crew->thread_count - crew->waited_count;
}

void crew_see_done(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		crew->members[i].is_seen = atomic_load(&crew->members[i].is_done);
}

void crew_pass_done(struct crew *crew)
{
	unsigned passed = 0;

	for (unsigned i = 0; i < crew->count; i++) {
		struct crew_member *member = &crew->members[i];

		if (!member->is_seen || atomic_load(&member->is_past))
			continue;
		flow_leave(&member->worker.loop.hold.flow);
		atomic_store(&member->is_past, true);
		passed++;
	}
	if (passed == 0)
		return;
	atomic_fetch_add(&crew->past_count, passed);
	futex_wake(&crew->past_count, INT_MAX);
}

void crew_stop(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		atomic_store(&crew->members[i].worker.must_stop, true);
	crew_nudge(crew, true);
}

static void nudge(struct crew_member *member)
{
	atomic_store(&member->worker.was_nudged, true);
	pthread_kill(member->thread, STOP_SIGNAL_NUDGE); /* It is not joined yet. */
}

void crew_stop_member(struct crew_member *member)
{
	atomic_store(&member->worker.must_stop, true);
	if (member->has_thread && !member->is_done)
		nudge(member);
}

void crew_stop_group(struct crew *crew, unsigned group)
{
	for (unsigned i = 0; i < crew->count; i++) {
		struct crew_member *member = &crew->members[i];

		if (member->worker.task.job->group == group && !member->is_done)
			atomic_store(&member->worker.must_stop, true);
	}
	crew_nudge(crew, false);
}

void crew_nudge(struct crew *crew, bool everyone)
{
	uint64_t now = clock_now();

	for (unsigned i = 0; i < crew->count; i++) {
		struct crew_member *member = &crew->members[i];
		uint64_t deadline = atomic_load(&member->worker.progress.deadline_ns);
		bool is_late =
			(deadline != 0 && now > deadline) || worker_must_stop(&member->worker);

		if (!member->has_thread || member->is_done || (!everyone && !is_late))
			continue;
		nudge(member);
	}
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
		member->remains = worker_outcome_of_hung(&member->worker, clock_now());
	}
}

const struct worker_outcome *crew_outcome(const struct crew_member *member)
{
	return member->remains ? member->remains : &member->worker.outcome;
}

bool crew_free(struct crew *crew)
{
	bool all_home = true;

	for (unsigned i = 0; i < crew->count; i++) {
		worker_outcome_free(crew->members[i].remains);
		crew->members[i].remains = NULL;
		if (crew->members[i].has_thread)
			all_home = false;
		else
			worker_free(&crew->members[i].worker);
	}
	if (all_home) {
		free(crew->members);
		free(crew->cohorts);
		free_flows(crew);
	}
	crew->members = NULL;
	crew->count = 0;
	return all_home;
}
