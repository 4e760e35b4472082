/* SPDX-License-Identifier: MIT */
/* fio's bins have half our resolution and the same edges: each of ours lies in one of its. */
#include "result/fio.h"
#include "result/result_figures.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { KEY_BYTES = 32 };

void fio_latency_add_double(cJSON *object, const char *key, double value)
{
	char text[350]; /* DBL_MAX has 309 digits before the point */
	cJSON *item;

	snprintf(text, sizeof(text), "%f", isfinite(value) ? value : 0);
	item = cJSON_CreateRaw(text);
	if (!item)
		arena_exhausted();
	json_add_item(object, key, item);
}

unsigned fio_latency_bin(uint64_t value_ns)
{
	unsigned msb, shift, bin;

	if (value_ns < (2u << FIO_STEP_BITS))
		return (unsigned)value_ns;
	msb = 63u - (unsigned)__builtin_clzll(value_ns);
	shift = msb - FIO_STEP_BITS;
	bin = ((shift + 1) << FIO_STEP_BITS) +
	      (unsigned)((value_ns >> shift) & ((1u << FIO_STEP_BITS) - 1));
	return bin < FIO_BINS ? bin : FIO_BINS - 1;
}

/* The middle of a bin, by which fio names it (plat_idx_to_val). */
static uint64_t fio_bin_value(unsigned bin)
{
	unsigned shift;
	uint64_t base;
	double middle;

	if (bin < (2u << FIO_STEP_BITS))
		return bin;
	shift = (bin >> FIO_STEP_BITS) - 1;
	base = UINT64_C(1) << (shift + FIO_STEP_BITS);
	middle = (double)(bin & ((1u << FIO_STEP_BITS) - 1)) + 0.5;
	return base + (uint64_t)(middle * (double)(UINT64_C(1) << shift));
}

static void add_bin(cJSON *bins, unsigned bin, uint64_t count)
{
	char key[KEY_BYTES];

	if (count == 0)
		return;
	snprintf(key, sizeof(key), "%" PRIu64, fio_bin_value(bin));
	json_add_u64(bins, key, count);
}

static void add_bins(cJSON *latency, const struct histogram *histogram)
{
	cJSON *bins = json_add_object(latency, "bins");
	unsigned bin = 0;
	uint64_t count = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		unsigned next = fio_latency_bin(histogram_lowest(i));

		if (next != bin) {
			add_bin(bins, bin, count);
			bin = next;
			count = 0;
		}
		count += histogram->counts[i];
	}
	add_bin(bins, bin, count);
}

static void add_percentiles(
	cJSON *latency, const struct result_job *job, const struct histogram *histogram)
{
	cJSON *percentiles = json_add_object(latency, "percentile");

	for (size_t i = 0; i < job->percentile_count; i++) {
		char key[KEY_BYTES];

		snprintf(key, sizeof(key), "%f", job->percentiles[i]);
		json_add_u64(
			percentiles, key, histogram_percentile(histogram, job->percentiles[i]));
	}
}

void fio_latency_add(cJSON *object, const char *key, const struct result_job *job,
	const struct result_latency *latency)
{
	cJSON *item = json_add_object(object, key);

	json_add_u64(item, "min", latency->summary.count ? latency->summary.min_ns : 0);
	json_add_u64(item, "max", latency->summary.max_ns);
	fio_latency_add_double(item, "mean", histogram_summary_mean(&latency->summary));
	fio_latency_add_double(item, "stddev", histogram_summary_stddev(&latency->summary));
	json_add_u64(item, "N", latency->summary.count);
	if (latency->histogram && latency->summary.count > 0) {
		add_percentiles(item, job, latency->histogram);
		add_bins(item, latency->histogram);
	}
}

void fio_latency_subtract(struct result_latency *rest, struct histogram *buckets,
	const struct result_latency *all, const struct result_latency *part)
{
	struct latency_summary *summary = &rest->summary;

	*rest = *all;
	if (part->summary.count == 0 || !all->histogram || !part->histogram)
		return;
	*rest = (struct result_latency){.histogram = buckets};
	*summary = (struct latency_summary){
		.count = all->summary.count - part->summary.count,
		.min_ns = UINT64_MAX,
		.sum_ns = fmax(all->summary.sum_ns - part->summary.sum_ns, 0),
		.sum_squares_ns2 =
			fmax(all->summary.sum_squares_ns2 - part->summary.sum_squares_ns2, 0),
	};
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		buckets->counts[i] = all->histogram->counts[i] - part->histogram->counts[i];
		if (buckets->counts[i] == 0)
			continue;
		if (summary->min_ns == UINT64_MAX)
			summary->min_ns = histogram_lowest(i);
		summary->max_ns = histogram_highest(i);
	}
	if (summary->count == 0)
		*summary = (struct latency_summary){0};
	if (summary->min_ns < all->summary.min_ns)
		summary->min_ns = all->summary.min_ns;
	if (summary->max_ns > all->summary.max_ns)
		summary->max_ns = all->summary.max_ns;
	buckets->summary = *summary;
}

const struct result_latency *fio_latency_of_completion(const struct result_direction *direction)
{
	bool adds_up = !result_is_paced(direction);

	return direction->clat.histogram && adds_up ? &direction->clat : &direction->lat;
}

const struct result_latency *fio_latency_of_submission(const struct result_direction *direction)
{
	static const struct result_latency none;
	bool is_apart = fio_latency_of_completion(direction) == &direction->clat;

	return is_apart ? &direction->slat : &none;
}

/* Upper bounds, exclusive, by which the shares are named; the last of a table has no bound. */
struct share {
	const char *name;
	uint64_t bound;
};

static const struct share shares_of_unit[] = {{"2", 2}, {"4", 4}, {"10", 10}, {"20", 20},
	{"50", 50}, {"100", 100}, {"250", 250}, {"500", 500}, {"750", 750}, {"1000", 1000},
	{"2000", 2000}, {">=2000", UINT64_MAX}};

enum {
	SHARES = sizeof(shares_of_unit) / sizeof(shares_of_unit[0]),
	SHARES_BELOW_NEXT_UNIT = SHARES - 2,
};

struct unit_shares {
	const char *key;
	uint64_t unit_ns;
	unsigned share_count;
	uint64_t counts[SHARES];
};

static void count_latency(struct unit_shares *units, uint64_t latency_ns, uint64_t count)
{
	struct unit_shares *unit = units;
	uint64_t value;
	unsigned i = 0;

	while (unit->share_count < SHARES && latency_ns / unit->unit_ns >= 1000)
		unit++;
	value = latency_ns / unit->unit_ns;
	while (value >= shares_of_unit[i].bound)
		i++;
	unit->counts[i] += count;
}

void fio_latency_add_shares(cJSON *object, const struct result_job *job)
{
	struct unit_shares units[] = {
		{"latency_ns", 1, SHARES_BELOW_NEXT_UNIT, {0}},
		{"latency_us", 1000, SHARES_BELOW_NEXT_UNIT, {0}},
		{"latency_ms", 1000000, SHARES, {0}},
	};
	uint64_t total = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct result_latency *latency =
			fio_latency_of_completion(&job->directions[i]);

		if (!latency->histogram)
			continue;
		total += latency->summary.count;
		for (unsigned j = 0; j < HISTOGRAM_BUCKETS; j++) {
			uint64_t width = histogram_highest(j) - histogram_lowest(j);

			count_latency(units, histogram_lowest(j) + width / 2,
				latency->histogram->counts[j]);
		}
	}
	for (int i = 0; i < 3; i++) {
		cJSON *shares = json_add_object(object, units[i].key);

		for (unsigned j = 0; j < units[i].share_count; j++)
			fio_latency_add_double(shares, shares_of_unit[j].name,
				total ? 100.0 * (double)units[i].counts[j] / (double)total : 0);
	}
}
