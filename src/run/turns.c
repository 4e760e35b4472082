/* SPDX-License-Identifier: MIT */
/* The contender's side of a board: workers wait, start together, and leave their figures. */
#include "run/turns.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/futex.h"
#include "run/worker_interval.h"

/* From the first worker that wakes up to the start that it chooses for all. */
#define MUSTER_NS (200 * NS_PER_US)

/* Who settles so much longer than the others had no CPU. */
#define LATE_NS NS_PER_MS

int turns_open(struct turns *turns, int descriptor)
{
	struct stat status;
	void *board;

	*turns = (struct turns){0};
	if (fstat(descriptor, &status) != 0)
		return -errno;
	if ((size_t)status.st_size < sizeof(*turns->board))
		return -EPROTO;
	board = mmap(
		NULL, sizeof(*turns->board), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	if (board == MAP_FAILED)
		return -errno;
	turns->board = board;
	if (turns->board->version == TURNS_VERSION)
		return 0;
	turns_close(turns);
	return -EPROTO;
}

void turns_close(struct turns *turns)
{
	if (turns->board)
		munmap(turns->board, sizeof(*turns->board));
	turns->board = NULL;
}

/* A worker, what it did in this turn, and in all of them but the first. */
struct turns_member {
	struct worker *worker;
	struct turns_figures turn;
	struct turns_figures total;
	uint64_t syscalls;
	struct cpu_usage usage; /* sums, and the newest facts */
	struct rusage early;    /* of its thread, before the first turn */
};

struct turns_call {
	uint32_t turn;
	uint64_t settled_ns; /* until when it settles */
	uint64_t ends_ns;    /* the window's end; 0: window_ns after it began */
	uint64_t window_ns;
};

void turns_expect(struct turns *turns, unsigned workers, struct arena *arena)
{
	turns->count = workers;
	turns->members = arena_alloc_array(arena, workers, sizeof(*turns->members));
}

static void answer(struct turns *turns, uint32_t what)
{
	atomic_store(&turns->board->answer, what);
	futex_wake(&turns->board->answer, 1);
}

void turns_leave(struct turns *turns)
{
	answer(turns, TURNS_OVER);
}

/* Whether this one is the last of all workers to come by. */
static bool is_last(struct turns *turns)
{
	if (atomic_fetch_add(&turns->parked_count, 1) + 1 < turns->count)
		return false;
	atomic_store(&turns->parked_count, 0);
	return true;
}

static void note_pause(struct turns *turns)
{
	struct turns_figures *figures = &turns->board->figures;

	*figures = (struct turns_figures){0};
	if (turns->parked.since_ns == 0)
		return;
	figures->parked_ns = clock_now() - turns->parked.since_ns;
	figures->parked_cpu_ns = clock_read(CLOCK_PROCESS_CPUTIME_ID) - turns->parked.cpu_ns;
}

/* The first that wakes up chooses when all begin. */
static uint64_t common_start(struct turns *turns)
{
	uint64_t start_ns = clock_now() + (turns->count > 1 ? MUSTER_NS : 0);
	uint64_t chosen_ns = 0;

	if (!atomic_compare_exchange_strong(&turns->start_ns, &chosen_ns, start_ns))
		return chosen_ns;
	note_pause(turns);
	return start_ns;
}

/* Waits for the next turn. False: there is none, or the worker must stop. */
static bool wait_for_turn(struct turns *turns, struct worker *worker, struct turns_call *call)
{
	const struct turns_board *board = turns->board;
	uint32_t called;

	while ((called = atomic_load(&turns->board->call)) == call->turn &&
		!worker_must_stop(worker))
		futex_wait(&turns->board->call, called, NULL);
	if (called == TURNS_END || worker_must_stop(worker))
		return false;
	call->turn = called;
	call->settled_ns = common_start(turns) + board->settle_ns;
	call->window_ns = board->window_ns;
	call->ends_ns = turns->count > 1 ? call->settled_ns + call->window_ns : 0;
	return true;
}

/* Percentiles of what came since they were last taken. */
static void take_percentiles(
	struct turns *turns, enum io_direction direction, struct turns_figures *figures)
{
	struct histogram *now = &turns->scratch, *before = &turns->before[direction];

	*now = (struct histogram){0};
	for (unsigned i = 0; i < turns->count; i++) {
		const struct worker_outcome *outcome = &turns->members[i].worker->outcome;

		histogram_merge(now, outcome->measurement->directions[direction].lat);
	}
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t count = now->counts[i];

		now->counts[i] -= before->counts[i];
		before->counts[i] = count;
	}
	now->summary.count -= before->summary.count;
	before->summary.count += now->summary.count;
	figures->directions[direction].p50_ns = histogram_percentile(now, 50);
	figures->directions[direction].p99_ns = histogram_percentile(now, 99);
}

static void add_figures(struct turns_figures *into, const struct turns_figures *from)
{
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		into->directions[d].ios += from->directions[d].ios;
		into->directions[d].bytes += from->directions[d].bytes;
	}
	into->window_ns += from->window_ns;
	into->turn_ios += from->turn_ios;
	into->cpu_ns += from->cpu_ns;
	into->switches += from->switches;
	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		into->counts[s].instructions += from->counts[s].instructions;
		into->counts[s].cycles += from->counts[s].cycles;
	}
}

/* A sum without one of the workers is none. */
static void forget_partial_counts(const struct turns *turns, struct turns_figures *figures)
{
	for (unsigned i = 0; i < turns->count; i++) {
		for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
			if (turns->members[i].turn.counts[s].instructions > 0)
				continue;
			figures->counts[s].instructions = 0;
			figures->counts[s].cycles = 0;
		}
	}
}

/* A turn is over: the last worker to come back leaves the figures of all, and answers. */
static void park(struct turns *turns, const struct turns_call *call)
{
	const struct turns_figures *last = &turns->board->figures;
	struct turns_figures figures = {0};

	if (!is_last(turns))
		return;
	figures.parked_ns = last->parked_ns;
	figures.parked_cpu_ns = last->parked_cpu_ns;
	for (unsigned i = 0; i < turns->count; i++)
		add_figures(&figures, &turns->members[i].turn);
	forget_partial_counts(turns, &figures);
	figures.window_ns /= turns->count;
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		if (figures.directions[d].ios > 0)
			take_percentiles(turns, (enum io_direction)d, &figures);
	}
	turns->board->figures = figures;
	turns->parked.since_ns = clock_now();
	turns->parked.cpu_ns = clock_read(CLOCK_PROCESS_CPUTIME_ID);
	atomic_store(&turns->start_ns, 0);
	answer(turns, call->turn);
}

static struct turns_member *join(struct turns *turns, struct worker *worker)
{
	struct turns_member *member = &turns->members[atomic_fetch_add(&turns->joined_count, 1)];

	member->worker = worker;
	getrusage(RUSAGE_THREAD, &member->early); /* cannot fail: the address is good */
	worker->loop.wraps = true;
	worker->loop.bytes_left = worker->loop.ios_left = UINT64_MAX;
	worker->outcome.measurement->started_ns = clock_now();
	worker_set_phase(worker, WORKER_MEASURING);
	if (is_last(turns))
		answer(turns, 0);
	return member;
}

/* Sums of the kept measurement up to now, as figures. */
static struct turns_figures kept_so_far(const struct worker *worker)
{
	struct turns_figures figures = {0};

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const struct worker_direction *direction =
			&worker->outcome.measurement->directions[d];

		figures.directions[d].ios = direction->ios;
		figures.directions[d].bytes = direction->bytes;
	}
	return figures;
}

/* However late a CPU was free for one of several: the others have the same window. */
static uint64_t window_start_ns(const struct turns_call *call)
{
	uint64_t now = clock_now();

	return call->ends_ns != 0 && now > call->settled_ns + LATE_NS ? call->settled_ns : now;
}

/* The window's I/Os go to the outcome's measurement, those before and after it to the ramp's. */
static void measure_window(
	struct worker *worker, const struct turns_call *call, struct turns_figures *turn)
{
	struct turns_figures before = kept_so_far(worker), after;
	uint64_t began_ns = window_start_ns(call);

	worker_measure_into(&worker->loop, worker->outcome.measurement);
	worker_loop(worker, call->ends_ns ? call->ends_ns : began_ns + call->window_ns, false);
	turn->window_ns = clock_now() - began_ns;
	worker_measure_into(&worker->loop, worker->loop.ramp_measurement);
	after = kept_so_far(worker);
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		turn->directions[d].ios = after.directions[d].ios - before.directions[d].ios;
		turn->directions[d].bytes = after.directions[d].bytes - before.directions[d].bytes;
	}
}

static uint64_t reaped_by(const struct worker *worker)
{
	return worker->outcome.measurement->reaped + worker->loop.ramp_measurement->reaped;
}

/* Settles, measures unless it is the rehearsal, drains. False: the worker has ended. */
static bool take_turn(struct turns_member *member, const struct turns_call *call, bool is_rehearsal)
{
	struct worker *worker = member->worker;
	uint64_t reaped_before = reaped_by(worker);
	bool has_ended;

	member->turn = (struct turns_figures){0};
	worker_measure_into(&worker->loop, worker->loop.ramp_measurement);
	worker->loop.is_exhausted = worker->loop.is_draining_to_low = false;
	atomic_store_explicit(&worker->was_nudged, false, memory_order_relaxed);
	worker_loop(worker, call->settled_ns + (is_rehearsal ? call->window_ns : 0), false);
	if (!worker->loop.is_exhausted && !is_rehearsal)
		measure_window(worker, call, &member->turn);
	has_ended = worker->loop.is_exhausted;
	worker_stop_sending(worker);
	worker_loop(worker, UINT64_MAX, true);
	worker->outcome.measurement->cpu_number = sched_getcpu();
	member->turn.turn_ios = reaped_by(worker) - reaped_before;
	return !has_ended && worker->loop.in_flight == 0;
}

static void note_counts(struct turns_figures *turn, const struct perf_counts *counts)
{
	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		const struct perf_count *count = &counts->scopes[s];

		if (perf_count_error(count) != 0)
			continue;
		turn->counts[s].instructions = perf_count_scaled(count, count->instructions);
		turn->counts[s].cycles = perf_count_scaled(count, count->cycles);
	}
}

static void note_costs(struct turns_member *member, const struct cpu_usage *usage)
{
	struct cpu_usage *sum = &member->usage;
	struct cpu_usage newest = *usage;

	member->turn.cpu_ns = usage->user_ns + usage->system_ns + usage->helper_ns;
	member->turn.switches = usage->voluntary_switches + usage->involuntary_switches;
	note_counts(&member->turn, &usage->counts);
	perf_counts_add(&newest.counts, &sum->counts);
	newest.user_ns += sum->user_ns;
	newest.system_ns += sum->system_ns;
	newest.helper_ns += sum->helper_ns;
	newest.sqpoll_ns += sum->sqpoll_ns;
	newest.voluntary_switches += sum->voluntary_switches;
	newest.involuntary_switches += sum->involuntary_switches;
	*sum = newest;
}

static double seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* By the ticks of all turns: those of one are too few for a split. */
static double user_share(const struct turns_member *member)
{
	double user_s, system_s;
	struct rusage now;

	getrusage(RUSAGE_THREAD, &now);
	user_s = seconds(&now.ru_utime) - seconds(&member->early.ru_utime);
	system_s = seconds(&now.ru_stime) - seconds(&member->early.ru_stime);
	return user_s + system_s > 0 ? user_s / (user_s + system_s) : 1;
}

static uint64_t scaled(uint64_t count, double share)
{
	return (uint64_t)((double)count * share + 0.5);
}

/* The outcome is that of the windows, as if they had followed each other. */
static void close_windows(struct turns_member *member)
{
	struct worker *worker = member->worker;
	struct worker_measurement *measurement = worker->outcome.measurement;
	const struct cpu_usage *usage = &member->usage;
	uint64_t own_ns = usage->user_ns + usage->system_ns;
	double share = member->total.turn_ios == 0
			       ? 0
			       : (double)measurement->reaped / (double)member->total.turn_ios;

	measurement->ended_ns = clock_now();
	measurement->started_ns = measurement->ended_ns - member->total.window_ns;
	measurement->syscalls = scaled(member->syscalls, share);
	measurement->punts = -1;
	measurement->cpu = *usage;
	measurement->cpu.knows_device_reads = false; /* of the last turn only */
	measurement->cpu.user_ns = scaled(own_ns, share * user_share(member));
	measurement->cpu.system_ns = scaled(own_ns, share) - measurement->cpu.user_ns;
	measurement->cpu.helper_ns = scaled(usage->helper_ns, share);
	measurement->cpu.sqpoll_ns = scaled(usage->sqpoll_ns, share);
	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		const struct perf_count *count = &usage->counts.scopes[s];

		measurement->cpu.counts.scopes[s].instructions = scaled(count->instructions, share);
		measurement->cpu.counts.scopes[s].cycles = scaled(count->cycles, share);
	}
	measurement->cpu.voluntary_switches = scaled(usage->voluntary_switches, share);
	measurement->cpu.involuntary_switches = scaled(usage->involuntary_switches, share);
	if (worker->loop.in_flight > 0)
		worker_miss_unreturned(worker, measurement->ended_ns);
	else if (worker->loop.class->prove)
		worker->loop.class->prove(worker->loop.engine, &worker->outcome.report);
}

void turns_run(struct turns *turns, struct worker *worker)
{
	struct turns_member *member = join(turns, worker);
	struct turns_call call = {0};
	bool is_rehearsal = true, goes_on = true;

	while (goes_on && wait_for_turn(turns, worker, &call)) {
		uint64_t syscalls = worker->loop.engine->syscalls;
		struct cpu_usage usage;

		cpu_account_start(worker->loop.cpu_account);
		goes_on = take_turn(member, &call, is_rehearsal);
		cpu_account_stop(worker->loop.cpu_account, &usage);
		if (!is_rehearsal) {
			note_costs(member, &usage);
			member->syscalls += worker->loop.engine->syscalls - syscalls;
			add_figures(&member->total, &member->turn);
		}
		is_rehearsal = false;
		if (goes_on && worker->loop.class->rest)
			worker->loop.class->rest(worker->loop.engine);
		if (goes_on)
			park(turns, &call);
	}
	if (!goes_on)
		turns_leave(turns);
	close_windows(member);
	worker_report_passed_over(worker);
}
