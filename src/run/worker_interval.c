/* SPDX-License-Identifier: MIT */
/* The current interval: opened, handed over, given back, closed. */
#include "run/worker_interval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"

enum { BUFFERS = WORKER_INTERVAL_BUFFERS };

static struct worker_interval *buffer_at(const struct worker_intervals *intervals, uint32_t count)
{
	return intervals->ring[count % BUFFERS];
}

static struct worker_measurement *make_snapshot(const struct worker *worker)
{
	unsigned limit = worker->outcome.measurement->tally_limit;
	struct worker_measurement *snapshot = calloc(1, worker_measurement_bytes(limit));

	if (!snapshot)
		return NULL;
	snapshot->tally_limit = limit;
	worker_measurement_bind(snapshot);
	return snapshot;
}

static int make_snapshots(struct worker *worker)
{
	struct worker_intervals *intervals = &worker->intervals;

	if (!worker->task.intervals.has_snapshots)
		return 0;
	intervals->latest = make_snapshot(worker);
	for (int i = 0; i < BUFFERS && intervals->latest; i++) {
		intervals->buffers[i].snapshot = make_snapshot(worker);
		if (!intervals->buffers[i].snapshot)
			return -ENOMEM;
	}
	return intervals->latest ? 0 : -ENOMEM;
}

int worker_interval_prepare(struct worker *worker)
{
	struct worker_intervals *intervals = &worker->intervals;

	worker->loop.interval_ends_ns = UINT64_MAX;
	if (worker->task.intervals.length_ns == 0)
		return 0;
	intervals->buffers = calloc(BUFFERS, sizeof(*intervals->buffers));
	if (!intervals->buffers)
		return -ENOMEM;
	for (int i = 0; i < BUFFERS; i++)
		intervals->ring[i] = &intervals->buffers[i];
	return make_snapshots(worker);
}

static void record_in(struct worker *worker, struct worker_interval *interval)
{
	worker->intervals.current = interval;
	for (int d = 0; d < DIRECTION_COUNT; d++)
		worker->loop.lat[d] = &interval->lat[d];
	worker_look_ahead(&worker->loop);
}

static uint64_t timeval_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_usec * NS_PER_US;
}

/* Of the calling thread. */
static void read_usage(struct cpu_usage *usage)
{
	struct rusage now;

	*usage = (struct cpu_usage){0};
	if (getrusage(RUSAGE_THREAD, &now) != 0)
		return;
	usage->user_ns = timeval_ns(&now.ru_utime);
	usage->system_ns = timeval_ns(&now.ru_stime);
	usage->voluntary_switches = (uint64_t)now.ru_nvcsw;
	usage->involuntary_switches = (uint64_t)now.ru_nivcsw;
}

void worker_interval_open(struct worker *worker)
{
	struct worker_intervals *intervals = &worker->intervals;
	const struct interval_plan *plan = &worker->task.intervals;
	uint64_t started_ns = worker->outcome.measurement->started_ns;

	worker->loop.completed_ns = started_ns;
	worker->loop.gap = (struct worker_gap){0};
	if (!intervals->buffers)
		return;
	/* Of those that start together the first window's start is the origin of all. */
	intervals->origin_ns = started_ns - plan->behind_ns;
	if (plan->has_snapshots)
		read_usage(&intervals->used);
	record_in(worker, buffer_at(intervals, 0));
	intervals->current->first = intervals->current->last =
		(started_ns - intervals->origin_ns) / plan->length_ns;
	worker->loop.interval_ends_ns =
		intervals->origin_ns + (intervals->current->last + 1) * plan->length_ns;
}

static uint64_t count_errors(const struct worker_direction *direction)
{
	uint64_t count = 0;

	for (int i = 0; i < WORKER_ERRNO_LIMIT; i++)
		count += direction->errors[i].count;
	return count;
}

static struct worker_counts counts_of(const struct worker_direction *direction)
{
	return (struct worker_counts){direction->ios, direction->bytes, count_errors(direction)};
}

/* The current interval's counters are what the window's have grown by. */
static void fill_in(
	const struct worker *worker, struct worker_interval *interval, unsigned in_flight)
{
	interval->in_flight = in_flight;
	interval->gap = worker->loop.gap;
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		struct worker_counts now = counts_of(&worker->outcome.measurement->directions[d]);
		const struct worker_counts *before = &worker->intervals.counted[d];

		interval->counts[d] = (struct worker_counts){now.ios - before->ios,
			now.bytes - before->bytes, now.errors - before->errors};
	}
}

static void note_counted(struct worker *worker)
{
	for (int d = 0; d < DIRECTION_COUNT; d++)
		worker->intervals.counted[d] =
			counts_of(&worker->outcome.measurement->directions[d]);
}

/* All but lat, which the supervisor has. */
static void copy_direction(struct worker_direction *into, const struct worker_direction *from)
{
	into->ios = from->ios;
	into->bytes = from->bytes;
	into->short_ios = from->short_ios;
	memcpy(into->errors, from->errors, sizeof(into->errors));
	into->ignored = from->ignored;
	into->unsent = from->unsent;
	histogram_copy(into->clat, from->clat);
	histogram_copy(into->slat, from->slat);
	histogram_copy(into->lag, from->lag);
	histogram_copy(into->service, from->service);
}

static void use_since(struct cpu_usage *usage, const struct cpu_usage *before)
{
	read_usage(usage);
	usage->user_ns -= before->user_ns;
	usage->system_ns -= before->system_ns;
	usage->voluntary_switches -= before->voluntary_switches;
	usage->involuntary_switches -= before->involuntary_switches;
}

static void take_snapshot(
	const struct worker *worker, struct worker_measurement *into, uint64_t now_ns)
{
	const struct worker_measurement *from = worker->outcome.measurement;

	memcpy(into, from, offsetof(struct worker_measurement, directions));
	worker_measurement_bind(into);
	for (int d = 0; d < DIRECTION_COUNT; d++)
		copy_direction(&into->directions[d], &from->directions[d]);
	histogram_copy(into->closing_syncs, from->closing_syncs);
	memcpy(into->tallies, from->tallies, worker_tally_bytes(from->tally_limit));
	into->ended_ns = now_ns;
	into->syscalls = worker->loop.engine->syscalls - from->syscalls_before;
	into->punts = -1;
	use_since(&into->cpu, &worker->intervals.used);
}

/*
 * When the supervisor has given all back, the one that was used before the current one comes next:
 * the memory of two is touched then, and not that of all. Nobody else looks at those that are
 * empty.
 */
static void reuse_latest(struct worker_intervals *intervals, uint32_t handed)
{
	struct worker_interval **next = &intervals->ring[(handed + 1) % BUFFERS];
	struct worker_interval **latest = &intervals->ring[(handed + BUFFERS - 1) % BUFFERS];
	struct worker_interval *unused = *next;

	*next = *latest;
	*latest = unused;
}

void worker_interval_pass(struct worker *worker, uint64_t now_ns, unsigned in_flight)
{
	struct worker_intervals *intervals = &worker->intervals;
	struct worker_interval *done = intervals->current;
	uint32_t handed = atomic_load_explicit(&intervals->handed_count, memory_order_relaxed);
	uint32_t returned = atomic_load_explicit(&intervals->returned_count, memory_order_acquire);
	uint64_t length_ns = worker->task.intervals.length_ns;
	uint64_t index = (now_ns - intervals->origin_ns) / length_ns;

	worker->loop.interval_ends_ns = intervals->origin_ns + (index + 1) * length_ns;
	if (handed - returned == BUFFERS - 1) {
		done->last = index;
		return;
	}
	fill_in(worker, done, in_flight);
	if (done->snapshot)
		take_snapshot(worker, done->snapshot, now_ns);
	note_counted(worker);
	worker->loop.gap = (struct worker_gap){0};
	done->next = index;
	if (returned == handed)
		reuse_latest(intervals, handed);
	record_in(worker, buffer_at(intervals, handed + 1));
	intervals->current->first = intervals->current->last = index;
	atomic_store_explicit(&intervals->handed_count, handed + 1, memory_order_release);
}

static void note_gap(struct worker_gap *gap, uint64_t began_ns, uint64_t ended_ns)
{
	if (ended_ns > began_ns && ended_ns - began_ns > gap->length_ns)
		*gap = (struct worker_gap){began_ns, ended_ns - began_ns};
}

/* The last one ends where the window does. */
static void end_interval(
	const struct worker *worker, struct worker_interval *interval, uint64_t ended_ns)
{
	fill_in(worker, interval, worker->loop.in_flight);
	note_gap(&interval->gap, worker->loop.completed_ns, ended_ns);
	interval->next = interval->last + 1;
	interval->is_final = true;
}

void worker_interval_close(struct worker *worker)
{
	worker->loop.interval_ends_ns = UINT64_MAX;
	if (worker->intervals.current)
		end_interval(
			worker, worker->intervals.current, worker->outcome.measurement->ended_ns);
}

/* Where there are none, not even the summary is looked at: that may be a page of memory. */
static bool has_latencies(const struct worker_interval *interval, int direction)
{
	return interval->counts[direction].ios > 0;
}

static void add_to_whole(struct worker_measurement *whole, const struct worker_interval *interval)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		if (has_latencies(interval, d))
			histogram_merge(whole->directions[d].lat, &interval->lat[d]);
	}
}

/* The only one of the window is the whole: its pages are not copied. It is not used again. */
static void make_whole(struct worker_measurement *whole, struct worker_interval *interval)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		if (!has_latencies(interval, d))
			continue;
		if (whole->directions[d].lat->summary.count == 0)
			whole->directions[d].lat = &interval->lat[d];
		else
			histogram_merge(whole->directions[d].lat, &interval->lat[d]);
	}
}

static void collect(struct worker *worker, struct worker_interval *interval,
	worker_interval_taker *take, void *context)
{
	struct worker_intervals *intervals = &worker->intervals;
	struct worker_measurement *older = intervals->latest;

	take(context, interval);
	if (interval->is_final) {
		make_whole(worker->outcome.measurement, interval);
		return;
	}
	add_to_whole(worker->outcome.measurement, interval);
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		if (has_latencies(interval, d))
			histogram_clear(&interval->lat[d]);
	}
	if (!interval->snapshot)
		return;
	intervals->latest = interval->snapshot;
	interval->snapshot = older;
	for (int d = 0; d < DIRECTION_COUNT; d++)
		histogram_copy(intervals->latest->directions[d].lat,
			worker->outcome.measurement->directions[d].lat);
}

const struct worker_measurement *worker_interval_latest(const struct worker *worker)
{
	const struct worker_measurement *latest = worker->intervals.latest;

	return latest && latest->started_ns != 0 ? latest : NULL;
}

void worker_interval_collect(
	struct worker *worker, bool is_over, worker_interval_taker *take, void *context)
{
	struct worker_intervals *intervals = &worker->intervals;
	uint32_t handed = atomic_load_explicit(&intervals->handed_count, memory_order_acquire);
	uint32_t returned = atomic_load_explicit(&intervals->returned_count, memory_order_relaxed);

	while (returned != handed) {
		collect(worker, buffer_at(intervals, returned), take, context);
		atomic_store_explicit(&intervals->returned_count, ++returned, memory_order_release);
	}
	if (is_over && intervals->current) {
		collect(worker, intervals->current, take, context);
		intervals->current = NULL;
	}
}

void worker_interval_collect_hung(const struct worker *worker, uint64_t now_ns,
	struct worker_measurement *whole, worker_interval_taker *take, void *context)
{
	const struct worker_intervals *intervals = &worker->intervals;
	uint32_t handed = atomic_load(&intervals->handed_count);
	struct worker_interval *copy;

	for (uint32_t i = atomic_load(&intervals->returned_count); i != handed; i++) {
		take(context, buffer_at(intervals, i));
		add_to_whole(whole, buffer_at(intervals, i));
	}
	if (!intervals->current)
		return;
	copy = malloc(sizeof(*copy));
	if (!copy)
		arena_exhausted();
	*copy = *intervals->current;
	end_interval(worker, copy, now_ns);
	take(context, copy);
	add_to_whole(whole, copy);
	free(copy);
}

void worker_interval_free(struct worker *worker)
{
	for (int i = 0; i < BUFFERS && worker->intervals.buffers; i++)
		free(worker->intervals.buffers[i].snapshot);
	free(worker->intervals.latest);
	free(worker->intervals.buffers);
	worker->intervals = (struct worker_intervals){0};
}
