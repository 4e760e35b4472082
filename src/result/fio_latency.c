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
	const struct result_latency *latency, struct fio_latency_parts parts)
{
	cJSON *item = json_add_object(object, key);

	json_add_u64(item, "min", latency->summary.count ? latency->summary.min_ns : 0);
	json_add_u64(item, "max", latency->summary.max_ns);
	fio_latency_add_double(item, "mean", histogram_summary_mean(&latency->summary));
	fio_latency_add_double(item, "stddev", histogram_summary_stddev(&latency->summary));
	json_add_u64(item, "N", latency->summary.count);
	if (!parts.percentiles || !latency->histogram || latency->summary.count == 0)
		return;
	add_percentiles(item, job, latency->histogram);
	if (parts.bins)
		add_bins(item, latency->histogram);
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
