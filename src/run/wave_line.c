/* SPDX-License-Identifier: MIT */
/* Counters of workers, read while they run. */
#include "run/wave_line.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/peers.h"
#include "base/units.h"

struct wave_totals wave_line_totals(const struct crew *crew)
{
	struct wave_totals totals = {0};

	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker_progress *p = &crew->members[i].worker.progress;
		uint64_t deadline = atomic_load_explicit(&p->deadline_ns, memory_order_relaxed);
		int phase = atomic_load_explicit(&p->phase, memory_order_relaxed);

		totals.ios += atomic_load_explicit(&p->ios, memory_order_relaxed);
		totals.bytes += atomic_load_explicit(&p->bytes, memory_order_relaxed);
		if (deadline > totals.latest_deadline_ns)
			totals.latest_deadline_ns = deadline;
		if (phase >= WORKER_MEASURING && phase < WORKER_DONE)
			totals.is_measuring = true;
	}
	return totals;
}

/* ", the slowest nvme07 (rank 3): 12.3 k IOPS" */
static void describe_ranks(const struct peers_sum *sum, char *text, size_t bytes)
{
	char slowest[UNITS_TEXT_BYTES];

	*text = '\0';
	units_format_count(slowest, sum->slowest_ios_per_second);
	if (sum->ranks > 1)
		snprintf(text, bytes, "  slowest of %u ranks: %u (%s) %s IOPS", sum->ranks,
			sum->slowest, sum->slowest_host, slowest);
}

void wave_line_show(struct progress *progress, const struct crew *crew)
{
	const struct peers_sum *sum = peers ? peers->sum() : NULL;
	char iops[UNITS_TEXT_BYTES], bandwidth[UNITS_TEXT_BYTES], left[UNITS_TEXT_BYTES];
	char others[32], ranks[128] = "";
	struct wave_totals totals;
	uint64_t now = clock_now();
	double seconds = (double)(now - progress->last_ns) / 1e9;

	if (!progress_is_due(progress) || seconds <= 0)
		return;
	totals = wave_line_totals(crew);
	if (totals.ios < progress->last_ios) /* the ramp's counters are thrown away */
		progress->last_ios = progress->last_bytes = 0;
	units_format_count(iops,
		sum ? sum->ios_per_second : (double)(totals.ios - progress->last_ios) / seconds);
	units_format_bytes(
		bandwidth, sum ? sum->bytes_per_second
			       : (double)(totals.bytes - progress->last_bytes) / seconds);
	*left = '\0';
	if (totals.latest_deadline_ns > now)
		units_format_time(left, (double)(totals.latest_deadline_ns - now));
	*others = '\0';
	if (crew->count > 1)
		snprintf(others, sizeof(others), " (+%u jobs)", crew->count - 1);
	if (sum)
		describe_ranks(sum, ranks, sizeof(ranks));
	progress_show(progress, "%s%s: %s  %s IOPS  %s/s%s%s%s",
		crew->members[0].worker.task.job->name, others,
		totals.is_measuring ? "measuring" : "ramping", iops, bandwidth,
		*left ? "  left " : "", left, ranks);
	progress->last_ios = totals.ios;
	progress->last_bytes = totals.bytes;
	progress->last_ns = now;
}
