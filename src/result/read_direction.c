/* SPDX-License-Identifier: MIT */
/* Counters, errors and histograms of one direction; a histogram must agree with its count. */
#include "result/read_direction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void read_errors(const struct json_node *node, struct result_direction *direction)
{
	struct json_node errors = json_node_object(node, "errors");
	const cJSON *item;

	cJSON_ArrayForEach (item, errors.item) {
		struct result_error_count *error;

		if (direction->error_count == RESULT_ERROR_NAMES_LIMIT) {
			json_node_fail(node, "errors", "has too many names");
			return;
		}
		error = &direction->errors[direction->error_count++];
		error->name = arena_strdup(node->walk->arena, item->string);
		error->error = text_errno_of_symbol(error->name);
		error->count = json_node_u64(&errors, item->string);
	}
}

/* [index, count] */
static void read_bucket(
	const struct json_node *node, const cJSON *pair, struct histogram *histogram)
{
	uint64_t at, value;

	if (!json_node_pair(pair, &at, &value) || at >= HISTOGRAM_BUCKETS) {
		json_node_fail(node, "counts", "holds something else than [index, count]");
		return;
	}
	if (histogram->counts[at] != 0)
		json_node_fail(node, "counts", "has a bucket twice");
	histogram->counts[at] = value;
	if (__builtin_add_overflow(histogram->summary.count, value, &histogram->summary.count))
		json_node_fail(node, "counts", "add up to more than 2^64 - 1");
}

static bool has_extremes(const struct histogram *histogram, const struct latency_summary *summary)
{
	unsigned first = histogram_index(summary->min_ns), last = histogram_index(summary->max_ns);

	if (histogram->counts[first] == 0 || histogram->counts[last] == 0)
		return false;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram->counts[i] != 0 && (i < first || i > last))
			return false;
	}
	return true;
}

static void read_histogram(const struct json_node *latency, struct result_latency *into)
{
	struct json_node node = json_node_object_or_null(latency, "histogram");
	struct histogram *histogram;
	struct json_node counts;
	const cJSON *pair;

	if (!node.item)
		return;
	if (strcmp(json_node_text(&node, "geometry"), HISTOGRAM_GEOMETRY) != 0)
		json_node_fail(&node, "geometry", "is not \"" HISTOGRAM_GEOMETRY "\"");
	counts = json_node_array(&node, "counts");
	histogram = ARENA_NEW(latency->walk->arena, struct histogram);
	cJSON_ArrayForEach (pair, counts.item)
		read_bucket(&node, pair, histogram);
	if (histogram->summary.count != into->summary.count)
		json_node_fail(latency, "histogram", "holds another number of I/Os than 'count'");
	else if (into->summary.count > 0 && !has_extremes(histogram, &into->summary))
		json_node_fail(latency, "histogram", "does not reach from 'min' to 'max'");
	histogram->summary = into->summary;
	into->histogram = histogram;
}

static bool read_percent(const char *key, double *percent)
{
	char *end;

	*percent = strtod(key, &end);
	return end != key && *end == '\0' && *percent >= 0 && *percent <= 100;
}

static bool is_percentile(
	const cJSON *item, const struct latency_summary *summary, uint64_t *before)
{
	uint64_t value;

	if (!json_item_u64(item, &value) || value < *before || value > summary->max_ns)
		return false;
	*before = value;
	return true;
}

/* They follow from the histogram, and are not kept; which there are is, and that they ascend. */
static void read_percentiles(const struct json_node *latency, const struct latency_summary *summary,
	struct result_job *job)
{
	struct json_node node = json_node_object_or_null(latency, "percentiles");
	size_t count = (size_t)cJSON_GetArraySize(node.item);
	uint64_t least = summary->min_ns;
	double before = -1;
	const cJSON *item;

	cJSON_ArrayForEach (item, node.item) {
		if (!is_percentile(item, summary, &least)) {
			json_node_fail(latency, "percentiles", "do not ascend from 'min' to 'max'");
			return;
		}
	}
	if (count == 0 || job->percentile_count > 0)
		return;
	job->percentiles =
		arena_alloc_array(latency->walk->arena, count, sizeof(*job->percentiles));
	cJSON_ArrayForEach (item, node.item) {
		double percent;

		if (!read_percent(item->string, &percent) || percent <= before) {
			json_node_fail(latency, "percentiles", "are not percentages, ascending");
			return;
		}
		job->percentiles[job->percentile_count++] = percent;
		before = percent;
	}
}

/* Of numbers that were added up, in whatever order. */
static bool is_above(double sum, double bound)
{
	return sum > bound + 1e-6 * bound;
}

/* A sum that its own count and extremes do not allow is of another file, or no sum at all. */
static void check_sums(const struct json_node *node, const struct latency_summary *summary)
{
	double count = (double)summary->count;
	double least = (double)summary->min_ns, most = (double)summary->max_ns;

	if (is_above(count * least, summary->sum_ns) || is_above(summary->sum_ns, count * most))
		json_node_fail(node, "sum", "is not between 'min' and 'max' times 'count'");
	/* Cauchy and Schwarz: the variance is not below 0. */
	if (is_above(summary->sum_ns * summary->sum_ns, count * summary->sum_squares_ns2) ||
		is_above(summary->sum_squares_ns2, count * most * most))
		json_node_fail(node, "sum_of_squares", "does not go with 'sum', 'max' and 'count'");
}

static bool has_mean(const struct json_node *node, const struct latency_summary *summary)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(node->item, "mean");
	double mean = latency_summary_mean(summary);

	if (!item || cJSON_IsNull(item))
		return true;
	return cJSON_IsNumber(item) && fabs(item->valuedouble - mean) <= 1e-3 + 1e-6 * mean;
}

static void read_latency(const struct json_node *direction, const char *name,
	struct result_latency *latency, struct result_job *job)
{
	struct json_node node = json_node_object(direction, name);
	struct latency_summary *summary = &latency->summary;

	summary->count = json_node_u64(&node, "count");
	if (summary->count > 0) {
		summary->min_ns = json_node_u64(&node, "min");
		summary->max_ns = json_node_u64(&node, "max");
	}
	if (summary->min_ns > summary->max_ns)
		json_node_fail(&node, "min", "is above 'max'");
	summary->sum_ns = json_node_number(&node, "sum");
	summary->sum_squares_ns2 = json_node_number(&node, "sum_of_squares");
	check_sums(&node, summary);
	if (!has_mean(&node, summary))
		json_node_fail(&node, "mean", "is not 'sum' by 'count'");
	read_percentiles(&node, summary, job);
	read_histogram(&node, latency);
}

/* Documents of before there were rates have none. */
static void read_pace(
	const struct json_node *direction, struct result_pace *pace, struct result_job *job)
{
	struct json_node node = json_node_object_or_null(direction, "pace");

	if (!node.item)
		return;
	pace->iops_asked = json_node_number_or(&node, "iops_asked", 0);
	pace->bytes_per_second_asked = json_node_number_or(&node, "bytes_per_second_asked", 0);
	pace->unsent = json_node_u64(&node, "unsent");
	read_latency(&node, "lag_ns", &pace->lag, job);
	read_latency(&node, "service_ns", &pace->service, job);
}

/* Older documents have the sample of io_uring in the place of what is of all I/Os. */
static void read_sample(
	const struct json_node *node, struct result_direction *direction, struct result_job *job)
{
	struct json_node sample = json_node_object_or_null(node, "submission_sample");

	if (sample.item) {
		read_latency(&sample, "slat_ns", &direction->sample.slat, job);
		read_latency(&sample, "clat_ns", &direction->sample.clat, job);
	} else if (direction->slat.summary.count > 0 &&
		   direction->slat.summary.count != direction->lat.summary.count) {
		direction->sample.slat = direction->slat;
		direction->sample.clat = direction->clat;
		direction->slat = direction->clat = (struct result_latency){0};
	}
	if (direction->sample.slat.summary.count != direction->sample.clat.summary.count)
		json_node_fail(node, "submission_sample", "has slat and clat of unlike I/Os");
}

void read_direction(const struct json_node *job_node, const char *name,
	struct result_direction *direction, struct result_job *job)
{
	struct json_node node = json_node_object(job_node, name);

	direction->ios = json_node_u64(&node, "ios");
	direction->bytes = json_node_u64(&node, "bytes");
	direction->short_ios = json_node_u64(&node, "short_ios");
	if (direction->short_ios > direction->ios)
		json_node_fail(&node, "short_ios", "is above 'ios'");
	read_errors(&node, direction);
	direction->ignored_errors = json_node_u64_or(&node, "errors_ignored", 0);
	if (direction->ignored_errors > result_direction_errors(direction))
		json_node_fail(&node, "errors_ignored", "is above the number of 'errors'");
	read_latency(&node, "slat_ns", &direction->slat, job);
	read_latency(&node, "clat_ns", &direction->clat, job);
	read_latency(&node, "lat_ns", &direction->lat, job);
	if (direction->lat.summary.count > direction->ios)
		json_node_fail(&node, "lat_ns", "is of more I/Os than 'ios'");
	read_sample(&node, direction, job);
	read_pace(&node, &direction->pace, job);
}

void read_closing_syncs(const struct json_node *job_node, struct result_job *job)
{
	if (!json_node_object_or_null(job_node, "closing_syncs_ns").item)
		return;
	read_latency(job_node, "closing_syncs_ns", &job->closing_syncs, job);
	if (job->closing_syncs.summary.count > job->directions[DIRECTION_SYNC].ios)
		json_node_fail(job_node, "closing_syncs_ns", "are more than the syncs");
}
