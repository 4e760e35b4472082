/* SPDX-License-Identifier: MIT */
/* From the workers of a wave to the series of the entries that they are of. */
#include "run/wave_series.h"

#include "base/clock.h"
#include "run/worker_interval.h"

enum { LEAST_LIMIT = 100 };

#define LONGEST_PERIOD_NS (50 * NS_PER_MS)
#define LEAST_PERIOD_NS   NS_PER_MS

/* As collect_groups will merge them. */
static unsigned list_members(struct wave_series *series)
{
	const struct job *first = NULL;
	unsigned entries = 0, number = 0;

	for (unsigned i = 0; i < series->member_count; i++) {
		const struct job *job = series->jobs[i]->job;

		if (!first || !job_continues_entry(job, first)) {
			first = job;
			number = 0;
			entries++;
		}
		series->members[i] = (struct wave_member){entries - 1, number++, false};
	}
	return entries;
}

static uint64_t delay_ns(const struct job *job)
{
	return job->startdelay_ns + job->ramp_time_ns;
}

/* How long before its window each opens the first of its entry. */
static void align_windows(struct wave_series *series, unsigned first, unsigned count)
{
	uint64_t least_ns = UINT64_MAX;

	for (unsigned i = first; i < first + count; i++) {
		uint64_t own_ns = delay_ns(series->jobs[i]->job);

		least_ns = own_ns < least_ns ? own_ns : least_ns;
	}
	for (unsigned i = first; i < first + count; i++)
		series->jobs[i]->intervals.behind_ns = delay_ns(series->jobs[i]->job) - least_ns;
}

void wave_series_plan(struct wave_series *series, struct planned_job *const *jobs, unsigned count,
	uint64_t length_ns, struct arena *arena)
{
	size_t limit;

	*series = (struct wave_series){.member_count = count, .jobs = jobs};
	if (length_ns == 0)
		return;
	series->members = arena_alloc_array(arena, count, sizeof(*series->members));
	series->entry_count = list_members(series);
	series->entries = arena_alloc_array(arena, series->entry_count, sizeof(*series->entries));
	limit = WAVE_INTERVALS_LIMIT / series->entry_count;
	limit = limit > RESULT_INTERVALS_LIMIT ? RESULT_INTERVALS_LIMIT : limit;
	for (unsigned i = 0, workers; i < count; i += workers) {
		for (workers = 1; i + workers < count && series->members[i + workers].number > 0;)
			workers++;
		align_windows(series, i, workers);
		job_series_init(&series->entries[series->members[i].entry], workers, length_ns, 1,
			limit < LEAST_LIMIT ? LEAST_LIMIT : limit);
	}
	for (unsigned i = 0; i < count; i++)
		jobs[i]->intervals.length_ns = length_ns;
}

uint64_t wave_series_period(const struct wave_series *series)
{
	uint64_t period_ns = LONGEST_PERIOD_NS;

	if (series->entry_count > 0 && series->entries->length_ns / 4 < period_ns)
		period_ns = series->entries->length_ns / 4;
	return period_ns < LEAST_PERIOD_NS ? LEAST_PERIOD_NS : period_ns;
}

void wave_series_plan_status(struct wave_series *series, uint64_t period_ns, struct arena *arena)
{
	if (series->entry_count == 0)
		return;
	series->statuses = arena_alloc_array(arena, series->entry_count, sizeof(*series->statuses));
	for (unsigned i = 0; i < series->entry_count; i++) {
		const struct job_series *entry = &series->entries[i];
		uint64_t stride = period_ns / entry->length_ns;

		job_series_init(&series->statuses[i].series, entry->worker_count, entry->length_ns,
			stride > 0 ? stride : 1, SIZE_MAX);
	}
}

void wave_series_plan_recent(struct wave_series *series, struct arena *arena)
{
	if (series->entry_count == 0)
		return;
	series->recents = arena_alloc_array(arena, series->entry_count, sizeof(*series->recents));
	for (unsigned i = 0; i < series->entry_count; i++)
		job_recent_init(&series->recents[i], series->entries[i].worker_count,
			series->entries[i].length_ns);
}

struct collection {
	struct job_series *entry;
	struct job_series *status; /* or NULL */
	struct job_recent *recent; /* or NULL */
	unsigned number;
};

static void take(void *context, const struct worker_interval *interval)
{
	const struct collection *collection = context;

	job_series_add(collection->entry, collection->number, interval);
	if (collection->status)
		job_series_add(collection->status, collection->number, interval);
	if (collection->recent)
		job_recent_add(collection->recent, collection->number, interval);
}

static struct collection collection_of(struct wave_series *series, unsigned member)
{
	const struct wave_member *of = &series->members[member];

	return (struct collection){&series->entries[of->entry],
		series->statuses ? &series->statuses[of->entry].series : NULL,
		series->recents ? &series->recents[of->entry] : NULL, of->number};
}

static void end_member(
	struct wave_series *series, unsigned member, const struct worker_measurement *measurement)
{
	struct collection collection = collection_of(series, member);
	uint64_t started_ns = measurement ? measurement->started_ns : 0;
	uint64_t ended_ns = measurement ? measurement->ended_ns : 0;

	series->members[member].has_ended = true;
	job_series_end_worker(collection.entry, collection.number, started_ns, ended_ns);
	if (collection.status)
		job_series_end_worker(collection.status, collection.number, started_ns, ended_ns);
	if (collection.recent)
		job_recent_end_worker(collection.recent, collection.number);
}

static void collect_member(struct wave_series *series, struct crew *crew, unsigned member)
{
	struct worker *worker = &crew->members[member].worker;
	bool is_over = atomic_load(&crew->members[member].is_done);
	struct collection collection = collection_of(series, member);

	worker_interval_collect(worker, is_over, take, &collection);
	if (is_over)
		end_member(series, member, worker->outcome.measurement);
}

void wave_series_collect(struct wave_series *series, struct crew *crew)
{
	for (unsigned i = 0; series->entry_count > 0 && i < series->member_count; i++) {
		if (!series->members[i].has_ended)
			collect_member(series, crew, i);
	}
}

struct wave_latency wave_series_latency(const struct wave_series *series, unsigned member)
{
	struct wave_latency sum = {0};
	const struct job_series *entry;
	size_t known;

	if (series->entry_count == 0)
		return sum;
	entry = &series->entries[series->members[member].entry];
	known = job_series_known(entry);
	for (size_t i = 0; i < known && i < entry->count; i++) {
		for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
			const struct latency_summary *lat =
				&entry->intervals[i].directions[d].lat.summary;

			sum.count += lat->count;
			sum.sum_ns += lat->sum_ns;
		}
	}
	return sum;
}

static void close_hung(struct wave_series *series, const struct crew_member *member, unsigned i)
{
	struct collection collection = collection_of(series, i);
	struct worker_measurement *whole = member->remains->measurement;

	if (whole && whole->started_ns != 0)
		worker_interval_collect_hung(
			&member->worker, whole->ended_ns, whole, take, &collection);
	end_member(series, i, whole);
}

void wave_series_close(struct wave_series *series, struct crew *crew)
{
	wave_series_collect(series, crew);
	for (unsigned i = 0; series->entry_count > 0 && i < series->member_count; i++) {
		const struct crew_member *member = &crew->members[i];

		if (!series->members[i].has_ended && member->remains)
			close_hung(series, member, i);
	}
}

/* Where the intervals of the entry begin that begins with this member. */
static uint64_t origin_of(
	const struct wave_series *series, const struct crew *crew, unsigned member)
{
	unsigned entry = series->members[member].entry;
	uint64_t origin_ns = 0;

	for (unsigned i = member;
		i < series->member_count && series->members[i].entry == entry && origin_ns == 0;
		i++)
		origin_ns = crew->members[i].worker.intervals.origin_ns;
	return origin_ns;
}

struct result_series wave_series_of(
	struct wave_series *series, const struct crew *crew, unsigned member, struct arena *arena)
{
	if (series->entry_count == 0 || series->members[member].number > 0)
		return (struct result_series){0};
	return job_series_finish(&series->entries[series->members[member].entry],
		origin_of(series, crew, member), arena);
}

/* When the last of an entry's workers ended; UINT64_MAX: one is at work. */
static uint64_t end_of(const struct job_series *series)
{
	uint64_t end_ns = 0;

	for (unsigned i = 0; i < series->worker_count; i++) {
		if (series->workers[i].next != UINT64_MAX)
			return UINT64_MAX;
		if (series->workers[i].ended_ns > end_ns)
			end_ns = series->workers[i].ended_ns;
	}
	return end_ns;
}

/* How many of the next ones are complete and, as they cannot be told apart, one; 0: none. */
static size_t count_complete(const struct wave_status *status)
{
	size_t known = job_series_known(&status->series);
	size_t count;

	if (status->told_count >= known)
		return 0;
	count = job_series_joined(&status->series, status->told_count);
	return status->told_count + count <= known ? count : 0;
}

/* As in the series: less than half of a period, at the end, belongs to the one before. */
static size_t with_rest(const struct wave_status *status, size_t count, uint64_t origin_ns)
{
	const struct job_series *series = &status->series;
	uint64_t period_ns = series->length_ns * series->stride;
	uint64_t end_ns = end_of(series);
	size_t next = status->told_count + count;

	if (end_ns == UINT64_MAX || next + 1 != series->count)
		return count;
	return end_ns - origin_ns - next * period_ns < period_ns / 2 ? count + 1 : count;
}

static void take_status(struct wave_status *status, size_t count, uint64_t origin_ns,
	struct result_interval *into, struct arena *arena)
{
	struct job_series *series = &status->series;
	uint64_t period_ns = series->length_ns * series->stride;
	uint64_t left_ns;

	job_series_take(series, status->told_count, count, into, arena);
	into->start_ns = status->told_count * period_ns;
	into->duration_ns = count * period_ns;
	left_ns = end_of(series) - origin_ns - into->start_ns;
	if (into->duration_ns > left_ns)
		into->duration_ns = left_ns;
	status->told_count += count;
}

static void tell_entry(struct wave_status *status, uint64_t started_ns,
	struct result_interval_line *line, wave_status_teller *tell, void *context)
{
	struct arena arena = {0};
	size_t count;

	while ((count = count_complete(status)) > 0) {
		take_status(status, with_rest(status, count, started_ns), started_ns,
			&line->interval, &arena);
		tell(context, line);
	}
	arena_free(&arena);
}

void wave_series_tell(struct wave_series *series, const struct crew *crew, size_t first_entry,
	uint64_t origin_ns, wave_status_teller *tell, void *context)
{
	for (unsigned i = 0; series->statuses && i < series->member_count; i++) {
		unsigned entry = series->members[i].entry;
		struct result_interval_line line = {
			.job = series->jobs[i]->job->name, .index = first_entry + entry};
		uint64_t started_ns;

		/* Once all have handed over, the origin can be read. */
		if (series->members[i].number > 0 || count_complete(&series->statuses[entry]) == 0)
			continue;
		started_ns = origin_of(series, crew, i);
		line.started_ns = started_ns - origin_ns;
		tell_entry(&series->statuses[entry], started_ns, &line, tell, context);
	}
}

void wave_series_free(struct wave_series *series)
{
	for (unsigned i = 0; i < series->entry_count; i++)
		job_series_free(&series->entries[i]);
	for (unsigned i = 0; series->statuses && i < series->entry_count; i++)
		job_series_free(&series->statuses[i].series);
	for (unsigned i = 0; series->recents && i < series->entry_count; i++)
		job_recent_free(&series->recents[i]);
	series->entry_count = 0;
}
