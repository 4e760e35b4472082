/* SPDX-License-Identifier: MIT */
/*
 * What a direction of a job measured, as a document: counters, errors and latencies. What is read
 * is checked: a histogram must agree with its count, extremes and sums.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/text.h"
#include "document/field_row.h"
#include "result/result_fields.h"
#include "result/result_figures.h"

static double mean(const void *structure, const void *member, const void *owner)
{
	(void)member, (void)owner;
	return histogram_summary_mean(structure);
}

static double deviation(const void *structure, const void *member, const void *owner)
{
	(void)member, (void)owner;
	return histogram_summary_stddev(structure);
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
	double expected = histogram_summary_mean(summary);

	if (!item || cJSON_IsNull(item))
		return true;
	return cJSON_IsNumber(item) && fabs(item->valuedouble - expected) <= 1e-3 + 1e-6 * expected;
}

static void check_summary(const struct json_node *node, void *structure)
{
	struct latency_summary *summary = structure;

	if (summary->count == 0)
		summary->min_ns = summary->max_ns = 0;
	else if (json_node_u64(node, "min") > json_node_u64(node, "max"))
		json_node_fail(node, "min", "is above 'max'");
	check_sums(node, summary);
	if (!has_mean(node, summary))
		json_node_fail(node, "mean", "is not 'sum' by 'count'");
}

const struct field_table result_summary_table = FIELD_TABLE_WITH(NULL, struct latency_summary,
	(.check = check_summary), {"count", FIELD_COUNT(struct latency_summary, count)},
	{"min", FIELD_COUNT(struct latency_summary, min_ns),
		FIELD_IF(struct latency_summary, count)},
	{"max", FIELD_COUNT(struct latency_summary, max_ns),
		FIELD_IF(struct latency_summary, count)},
	{"mean", FIELD_AMOUNT_OF(mean), FIELD_IF(struct latency_summary, count)},
	{"stddev", FIELD_AMOUNT_OF(deviation), FIELD_IF(struct latency_summary, count),
		.help = "Of the population."},
	{"sum", FIELD_AMOUNT(struct latency_summary, sum_ns),
		.help = "With sum_of_squares and count: what merges without loss."},
	{"sum_of_squares", FIELD_AMOUNT(struct latency_summary, sum_squares_ns2)});

static void write_percentiles(const struct field_spot *spot)
{
	const struct histogram *histogram =
		((const struct result_latency *)spot->member)->histogram;
	cJSON *percentiles = json_add_object(spot->object, spot->name);
	const struct result_job *job = spot->owner;
	char key[RESULT_PERCENTILE_BYTES];

	for (size_t i = 0; histogram->summary.count > 0 && i < job->percentile_count; i++)
		json_add_u64(percentiles, result_percentile_key(key, job->percentiles[i]),
			histogram_percentile(histogram, job->percentiles[i]));
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
static void read_percentiles(const struct json_node *object, const char *name, void *member)
{
	const struct latency_summary *summary = &((struct result_latency *)member)->summary;
	struct json_node node = json_node_object(object, name);
	struct result_job *job = object->owner;
	uint64_t least = summary->min_ns;
	double before = -1;
	const cJSON *item;

	cJSON_ArrayForEach (item, node.item) {
		if (!is_percentile(item, summary, &least)) {
			json_node_fail(object, name, "do not ascend from 'min' to 'max'");
			return;
		}
	}
	if (json_node_count(&node) == 0 || job->percentile_count > 0)
		return;
	job->percentiles = arena_alloc_array(
		object->walk->arena, json_node_count(&node), sizeof(*job->percentiles));
	cJSON_ArrayForEach (item, node.item) {
		double percent;

		if (!read_percent(item->string, &percent) || percent <= before) {
			json_node_fail(object, name, "are not percentages, ascending");
			return;
		}
		job->percentiles[job->percentile_count++] = percent;
		before = percent;
	}
}

/* clang-format off */
static const struct field_custom percentiles_field = {
	write_percentiles, read_percentiles, FIELD_JSON({
		"type": "object",
		"patternProperties": {
			"^[0-9]+(\\.[0-9]+)?(e-[0-9]+)?$": {"$ref": "#/$defs/count"}
		},
		"additionalProperties": false
	})};
/* clang-format on */

void result_bucket_write(struct json_raw *buckets, unsigned index, uint64_t count)
{
	fprintf(json_raw_next(buckets), "[%u, %" PRIu64 "]", index, count);
}

static void write_histogram(const struct field_spot *spot)
{
	cJSON *item = json_add_object(spot->object, spot->name);
	const struct histogram *histogram =
		((const struct result_latency *)spot->member)->histogram;
	struct json_raw counts;
	uint64_t found = 0;

	json_add_text(item, "geometry", HISTOGRAM_GEOMETRY);
	json_raw_begin(&counts, ", ");
	/* The pages behind the last one need not be there. */
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS && found < histogram->summary.count; i++) {
		if (histogram->counts[i] == 0)
			continue;
		result_bucket_write(&counts, i, histogram->counts[i]);
		found += histogram->counts[i];
	}
	json_raw_end(&counts, item, "counts");
}

/* What has been read: to look for the lowest and the highest bucket in all of the histogram would
 * bring the pages of all of it, which most of them never need. */
struct buckets {
	struct histogram *histogram;
	unsigned lowest, highest; /* that is not empty */
};

/* [index, count] */
static void read_bucket(const struct json_node *node, const cJSON *pair, struct buckets *buckets)
{
	struct histogram *histogram = buckets->histogram;
	uint64_t at, value;

	if (!json_node_pair(pair, &at, &value) || at >= HISTOGRAM_BUCKETS) {
		json_node_fail(node, "counts", "holds something else than [index, count]");
		return;
	}
	if (histogram->counts[at] != 0)
		json_node_fail(node, "counts", "has a bucket twice");
	if (value == 0)
		return;
	histogram->counts[at] = value;
	buckets->lowest = MIN(buckets->lowest, (unsigned)at);
	buckets->highest = MAX(buckets->highest, (unsigned)at);
	if (__builtin_add_overflow(histogram->summary.count, value, &histogram->summary.count))
		json_node_fail(node, "counts", "add up to more than 2^64 - 1");
}

static bool has_extremes(const struct buckets *buckets, const struct latency_summary *summary)
{
	return buckets->lowest == histogram_index(summary->min_ns) &&
	       buckets->highest == histogram_index(summary->max_ns);
}

static void read_histogram(const struct json_node *object, const char *name, void *member)
{
	struct json_node node = json_node_object(object, name);
	struct json_node counts = json_node_array(&node, "counts");
	struct histogram *histogram = ARENA_NEW(object->walk->arena, struct histogram);
	struct buckets buckets = {.histogram = histogram, .lowest = HISTOGRAM_BUCKETS};
	struct result_latency *into = member;
	const cJSON *pair;

	if (strcmp(json_node_text(&node, "geometry"), HISTOGRAM_GEOMETRY) != 0)
		json_node_fail(&node, "geometry", "is not \"" HISTOGRAM_GEOMETRY "\"");
	cJSON_ArrayForEach (pair, counts.item)
		read_bucket(&node, pair, &buckets);
	if (histogram->summary.count != into->summary.count)
		json_node_fail(object, name, "holds another number of I/Os than 'count'");
	else if (into->summary.count > 0 && !has_extremes(&buckets, &into->summary))
		json_node_fail(object, name, "does not reach from 'min' to 'max'");
	histogram->summary = into->summary;
	into->histogram = histogram;
}

/* clang-format off */
static const struct field_custom histogram_field = {
	write_histogram, read_histogram, FIELD_JSON({
		"type": "object",
		"additionalProperties": false,
		"required": ["geometry", "counts"],
		"properties": {
			"geometry": {"const": "hdr/1ns/2digits"},
			"counts": {
				"type": "array",
				"items": {
					"type": "array",
					"prefixItems": [
						{"type": "integer", "minimum": 0, "maximum": 4351},
						{"$ref": "#/$defs/count", "minimum": 1}
					],
					"items": false,
					"minItems": 2
				}
			}
		}
	})};
/* clang-format on */

const struct field_table result_latency_table = FIELD_TABLE_WITH("latency", struct result_latency,
	(.schema = FIELD_JSON({
		"dependentRequired" : {"percentiles" : ["histogram"], "histogram" : ["percentiles"]}
	}),
		.help = "Nanoseconds. percentiles and histogram are present where buckets were "
			"kept: for lat_ns always, for clat_ns beside a slat_ns, else where asked "
			"for."),
	{NULL, FIELD_OBJECT(struct result_latency, summary, &result_summary_table)},
	{"percentiles", FIELD_CUSTOM_OF(&percentiles_field),
		FIELD_IF(struct result_latency, histogram), .presence = FIELD_RARE,
		.help = "Percent to the latency that so many I/Os did not exceed, to 1/128. Where "
			"fewer than 10 I/Os lie above, that is count * (1 - percent / 100) < 10, "
			"it says little; text prints a dash for it."},
	{"histogram", FIELD_CUSTOM_OF(&histogram_field), FIELD_IF(struct result_latency, histogram),
		.presence = FIELD_RARE,
		.help = "counts: [index, count] of the buckets that are not empty, ascending. "
			"geometry: HdrHistogram's, from 1 ns, 2 significant digits: index i below "
			"256 is the value i; above, with s = floor(i / 128) - 1, the values from "
			"(i % 128 + 128) * 2^s on, 2^s of them."});

static const struct field_table sample_table = FIELD_TABLE_WITH("submission_sample",
	struct result_sample,
	(.help = "Those I/Os whose submission was timed, where not all were: the same ones in "
		 "both. io_uring submits and waits in one call; one turn in 64 makes two calls "
		 "(past 65,536 turns of its window one in 512), "
		 "and the sample is of these turns. slat_percentiles=1 has it timed for all."),
	{"slat_ns", FIELD_OBJECT(struct result_sample, slat, &result_latency_table)},
	{"clat_ns", FIELD_OBJECT(struct result_sample, clat, &result_latency_table)});

static bool lacks_pace(const void *structure)
{
	return !result_is_paced(structure);
}

static const struct field_table pace_table = FIELD_TABLE_OF("pace", struct result_pace,
	{"iops_asked", FIELD_AMOUNT(struct result_pace, iops_asked), .null = FIELD_NULL_ZERO,
		.help = "rate_iops; for merged clones the sum."},
	{"bytes_per_second_asked", FIELD_AMOUNT(struct result_pace, bytes_per_second_asked),
		.null = FIELD_NULL_ZERO, .help = "rate, likewise."},
	{"unsent", FIELD_COUNT(struct result_pace, unsent),
		.help = "I/Os that were due and never sent, or broken off by a signal, because the "
			"run was over: no latency contains them."},
	{"lag_ns", FIELD_OBJECT(struct result_pace, lag, &result_latency_table),
		.help = "From when an I/O was due to when it was sent."},
	{"service_ns", FIELD_OBJECT(struct result_pace, service, &result_latency_table),
		.help = "From before the submission to when the completion was seen: others call "
			"this latency."});

static void write_errors(const struct field_spot *spot)
{
	const struct result_direction *direction = spot->member;
	cJSON *errors = json_add_object(spot->object, spot->name);

	for (size_t i = 0; i < direction->error_count; i++)
		json_add_u64(errors, direction->errors[i].name, direction->errors[i].count);
}

static void read_errors(const struct json_node *object, const char *name, void *member)
{
	struct json_node errors = json_node_object(object, name);
	struct result_direction *direction = member;
	const cJSON *item;

	cJSON_ArrayForEach (item, errors.item) {
		struct result_error_count *error;

		if (direction->error_count == RESULT_ERROR_NAMES_LIMIT) {
			json_node_fail(object, name, "has too many names");
			return;
		}
		error = &direction->errors[direction->error_count++];
		error->name = json_walk_text(object->walk, item->string);
		error->error = text_errno_of_symbol(error->name);
		error->count = json_node_u64(&errors, item->string);
	}
}

static const struct field_custom errors_field = {write_errors, read_errors,
	FIELD_JSON({"type" : "object", "additionalProperties" : {"$ref" : "#/$defs/count"}})};

static double per_second(const void *structure, const void *owner,
	double (*rate)(const struct result_job *job, enum io_direction direction))
{
	const struct result_direction *direction = structure;
	const struct result_job *job = owner;

	return rate(job, (enum io_direction)(direction - job->directions));
}

static double iops(const void *structure, const void *member, const void *owner)
{
	(void)member;
	return per_second(structure, owner, result_iops);
}

static double bandwidth(const void *structure, const void *member, const void *owner)
{
	(void)member;
	return per_second(structure, owner, result_bytes_per_second);
}

/* Older documents have the sample of io_uring in the place of what is of all I/Os. */
static void move_sample(struct result_direction *direction)
{
	uint64_t timed = direction->slat.summary.count;

	if (direction->sample.slat.summary.count > 0 || timed == 0 ||
		timed == direction->lat.summary.count)
		return;
	direction->sample = (struct result_sample){direction->slat, direction->clat};
	direction->slat = direction->clat = (struct result_latency){0};
}

static void check_direction(const struct json_node *node, void *structure)
{
	struct result_direction *direction = structure;

	if (direction->short_ios > direction->ios)
		json_node_fail(node, "short_ios", "is above 'ios'");
	if (direction->ignored_errors > result_direction_errors(direction))
		json_node_fail(node, "errors_ignored", "is above the number of 'errors'");
	if (direction->lat.summary.count > direction->ios)
		json_node_fail(node, "lat_ns", "is of more I/Os than 'ios'");
	move_sample(direction);
	if (direction->sample.slat.summary.count != direction->sample.clat.summary.count)
		json_node_fail(node, "submission_sample", "has slat and clat of unlike I/Os");
}

static const struct field_table priority_table = FIELD_TABLE_OF("priority", struct result_priority,
	{"class", FIELD_COUNT(struct result_priority, class),
		.help = "1 real-time, 2 best-effort, 3 idle; 0: none was set."},
	{"prio", FIELD_COUNT(struct result_priority, level),
		.help = "0 is the highest, 7 the lowest."},
	{"lat_ns", FIELD_OBJECT(struct result_priority, lat, &result_latency_table)});

const struct field_table result_direction_table = FIELD_TABLE_WITH("direction",
	struct result_direction, (.check = check_direction),
	{"ios", FIELD_COUNT(struct result_direction, ios),
		.help = "Done in the window, without those that failed."},
	{"bytes", FIELD_COUNT(struct result_direction, bytes)},
	{"iops", FIELD_AMOUNT_OF(iops), .help = "ios by runtime_ns, or else the window."},
	{"bytes_per_second", FIELD_AMOUNT_OF(bandwidth),
		.help = "bytes by runtime_ns, or else the window."},
	{"runtime_ns", FIELD_COUNT(struct result_direction, runtime_ns),
		FIELD_IF(struct result_direction, runtime_ns), .presence = FIELD_RARE,
		.help = "Its part of the job's window, where the job verifies: writes are not read "
			"back meanwhile. Left out: all of it."},
	{"short_ios", FIELD_COUNT(struct result_direction, short_ios),
		.help = "I/Os that moved fewer bytes than asked."},
	{"errors", FIELD_CUSTOM_OF(&errors_field),
		.help = "Name of the error (EIO; of a passthrough command the NVMe status) to how "
			"many I/Os failed with it."},
	{"errors_ignored", FIELD_COUNT(struct result_direction, ignored_errors),
		.presence = FIELD_LATER, .help = "How many of the errors ignore_error names."},
	{"slat_ns", FIELD_OBJECT(struct result_direction, slat, &result_latency_table),
		.help = "The submission alone, of all I/Os in lat_ns; count is 0 where the "
			"submission is the I/O (clat_ns has it), or was not timed for all: "
			"submission_sample."},
	{"clat_ns", FIELD_OBJECT(struct result_direction, clat, &result_latency_table),
		.help = "From the end of the submission to when the completion was seen, of all "
			"I/Os in lat_ns or of none. Without a rate slat_ns and clat_ns add up to "
			"lat_ns."},
	{"lat_ns", FIELD_OBJECT(struct result_direction, lat, &result_latency_table),
		.help = "From before the submission to when the completion was seen: the latency "
			"to go by. Where a rate is set, from when the I/O was due."},
	{"submission_sample", FIELD_OBJECT(struct result_direction, sample, &sample_table),
		FIELD_IF(struct result_direction, sample.slat.summary.count),
		.help = "null: slat_ns is of all I/Os, or there is none."},
	{"pace", FIELD_OBJECT(struct result_direction, pace, &pace_table), .lacks = lacks_pace,
		.help = "null: it has no rate."},
	{"priorities",
		FIELD_ARRAY(struct result_direction, priority_count, priorities, &priority_table),
		FIELD_IF(struct result_direction, priority_count), .presence = FIELD_RARE,
		.help = "lat_ns by priority, where the job sends I/Os of several (cmdprio_...)."});
