/* SPDX-License-Identifier: MIT */
/* The last intervals in a ring. */
#include "run/job_recent.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/clock.h"

void job_recent_init(struct job_recent *recent, unsigned worker_count, uint64_t length_ns)
{
	*recent = (struct job_recent){
		.length_ns = length_ns,
		.worker_count = worker_count,
		.workers = calloc(worker_count, sizeof(*recent->workers)),
	};
	if (!recent->workers)
		arena_exhausted();
}

void job_recent_clear(struct series_figures figures[DIRECTION_COUNT])
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		sparse_histogram_free(&figures[d].lat);
		figures[d] = (struct series_figures){0};
	}
}

void job_recent_free(struct job_recent *recent)
{
	job_recent_clear(recent->all);
	for (size_t i = 0; i < JOB_RECENT_SLOTS; i++)
		job_recent_clear(recent->slots[i].directions);
	free(recent->workers);
	*recent = (struct job_recent){0};
}

static void add_counts(struct worker_counts *into, const struct worker_counts *from)
{
	into->ios += from->ios;
	into->bytes += from->bytes;
	into->errors += from->errors;
}

static void add(struct series_figures *figures, const struct worker_interval *interval)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		add_counts(&figures[d].counts, &interval->counts[d]);
		if (interval->counts[d].ios > 0)
			sparse_histogram_record(&figures[d].lat, &interval->lat[d]);
	}
}

/* Of intervals that became one all is in the last. */
void job_recent_add(
	struct job_recent *recent, unsigned worker, const struct worker_interval *interval)
{
	struct recent_slot *slot = &recent->slots[interval->last % JOB_RECENT_SLOTS];

	add(recent->all, interval);
	if (slot->index < interval->last) {
		job_recent_clear(slot->directions);
		slot->index = interval->last;
	}
	if (slot->index == interval->last)
		add(slot->directions, interval);
	recent->workers[worker] = (struct recent_worker){interval->next, interval->in_flight};
	recent->next = MAX(recent->next, interval->next);
}

void job_recent_end_worker(struct job_recent *recent, unsigned worker)
{
	recent->workers[worker] = (struct recent_worker){.next = UINT64_MAX};
}

uint64_t job_recent_known(const struct job_recent *recent)
{
	uint64_t known = recent->next;

	for (unsigned i = 0; i < recent->worker_count; i++)
		known = MIN(known, recent->workers[i].next);
	return MAX(known, recent->next - MIN(recent->next, JOB_RECENT_LATE));
}

uint64_t job_recent_in_flight(const struct job_recent *recent)
{
	uint64_t in_flight = 0;

	for (unsigned i = 0; i < recent->worker_count; i++)
		in_flight += recent->workers[i].in_flight;
	return in_flight;
}

uint64_t job_recent_second(const struct job_recent *recent, struct series_figures *into)
{
	uint64_t known = job_recent_known(recent);
	uint64_t count = MIN(known, MAX(NS_PER_S / recent->length_ns, 1));

	for (uint64_t i = known - count; i < known; i++) {
		const struct recent_slot *slot = &recent->slots[i % JOB_RECENT_SLOTS];

		for (int d = 0; slot->index == i && d < DIRECTION_COUNT; d++) {
			add_counts(&into[d].counts, &slot->directions[d].counts);
			sparse_histogram_merge(&into[d].lat, &slot->directions[d].lat);
		}
	}
	return count * recent->length_ns;
}
