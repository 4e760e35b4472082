/* SPDX-License-Identifier: MIT */
/* Clones of a job into one entry, as group_reporting asks. */
#include <string.h>
#include <sys/param.h>

#include "engine/engine_list.h"
#include "result/result_figures.h"

/* Where errors of more kinds than there is room for are counted. */
#define OTHER_ERRORS "other"

/* Distinct values of one setting that are listed; thread numbers of 64 clones are no reading. */
enum { LISTED_VALUES_LIMIT = 8 };
#define AND_MORE "..."

static size_t list_length(const char *list)
{
	size_t length = 1;

	for (; *list; list++)
		length += *list == ',';
	return length;
}

static bool list_has(const char *list, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = list; (at = strstr(at, value)) && *at; at++) {
		bool starts = at == list || at[-1] == ',';
		bool ends = at[length] == '\0' || at[length] == ',';

		if (starts && ends)
			return true;
	}
	return false;
}

/* "8k" and "16k" make "8k,16k"; what is unset in one of them is left out. */
static const char *join_values(struct arena *arena, const char *list, const char *value)
{
	if (!list || !value)
		return list ? list : value;
	if (list_has(list, value) || list_has(list, AND_MORE))
		return list;
	if (list_length(list) >= LISTED_VALUES_LIMIT)
		value = AND_MORE;
	return arena_printf(arena, "%s,%s", list, value);
}

typedef const char *merge_values(
	struct arena *arena, const char *key, const char *value, const char *other);

static const char *list_values(
	struct arena *arena, const char *key, const char *value, const char *other)
{
	(void)key;
	return join_values(arena, value, other);
}

/* Counts add up; what else clones prove is listed. */
static const char *add_proof(
	struct arena *arena, const char *key, const char *value, const char *other)
{
	const char *sum = value && other ? engine_proof_add(arena, key, value, other) : NULL;

	return sum ? sum : join_values(arena, value, other);
}

/* Clones begin with the same items: `into` is copied before it is changed, which most are not. */
static void merge_settings(struct arena *arena, struct settings *into, const struct settings *from,
	merge_values *merge)
{
	bool is_copied = false;

	if (into->items == from->items && merge == list_values)
		return;
	for (size_t i = 0; i < from->count; i++) {
		const struct setting *other = &from->items[i];
		struct setting *same = settings_find(into, other->key);
		const char *value =
			same ? merge(arena, same->key, same->value, other->value) : NULL;

		if (same && value == same->value)
			continue;
		if (!is_copied)
			*into = settings_copy(into, arena);
		is_copied = true;
		if (same)
			settings_find(into, other->key)->value = value;
		else
			*settings_add(into, arena, NULL, NULL) = *other;
	}
}

static bool has_target(const struct result_job *job, const char *path)
{
	for (size_t i = 0; i < job->target_count; i++) {
		if (strcmp(job->targets[i].path, path) == 0)
			return true;
	}
	return false;
}

static void add_target(
	struct arena *arena, struct result_job *job, const struct result_target *target)
{
	size_t count = job->target_count;

	if (count >= job->target_room) {
		struct result_target *targets;

		job->target_room = 2 * count + 1;
		targets = arena_alloc_array(arena, job->target_room, sizeof(*targets));
		if (count > 0)
			memcpy(targets, job->targets, count * sizeof(*targets));
		job->targets = targets;
	}
	job->targets[job->target_count++] = *target;
}

static void merge_targets(
	struct arena *arena, struct result_job *into, const struct result_job *from)
{
	for (size_t i = 0; i < from->target_count; i++) {
		if (!has_target(into, from->targets[i].path))
			add_target(arena, into, &from->targets[i]);
	}
}

/* A sum of the latency's own: the clones keep theirs, and so do copies of it. */
static struct histogram *sum_of(struct arena *arena, struct result_latency *latency)
{
	struct histogram *sum;

	if (latency->summed_for == latency)
		return (struct histogram *)latency->histogram;
	sum = ARENA_NEW(arena, struct histogram);
	histogram_merge(sum, latency->histogram);
	latency->histogram = sum;
	latency->summed_for = latency;
	return sum;
}

static void merge_latency(
	struct arena *arena, struct result_latency *into, const struct result_latency *from)
{
	if (from->summary.count == 0)
		return;
	if (into->summary.count == 0) {
		*into = *from;
		return;
	}
	histogram_summary_merge(&into->summary, &from->summary);
	if (!from->histogram || !into->histogram) {
		into->histogram = NULL; /* of a part of the I/Os it would say nothing */
		return;
	}
	histogram_merge(sum_of(arena, into), from->histogram);
}

/* All of it had the one that threads have that set none. */
static void add_unset_priority(struct arena *arena, struct result_direction *direction)
{
	if (direction->priority_count > 0 || direction->lat.summary.count == 0)
		return;
	direction->priorities = ARENA_NEW(arena, struct result_priority);
	direction->priorities->lat = direction->lat;
	direction->priority_count = 1;
}

/* Those of both, each priority once; before lat is merged. */
static void merge_priorities(
	struct arena *arena, struct result_direction *into, struct result_direction *from)
{
	struct result_priority *sum;

	if (into->priority_count == 0 && from->priority_count == 0)
		return;
	add_unset_priority(arena, into);
	add_unset_priority(arena, from);
	sum = arena_alloc_array(arena, into->priority_count + from->priority_count, sizeof(*sum));
	if (into->priority_count > 0)
		memcpy(sum, into->priorities, into->priority_count * sizeof(*sum));
	into->priorities = sum;
	for (size_t i = 0; i < from->priority_count; i++) {
		const struct result_priority *other = &from->priorities[i];
		size_t k = 0;

		while (k < into->priority_count &&
			(sum[k].class != other->class || sum[k].level != other->level))
			k++;
		if (k == into->priority_count)
			sum[into->priority_count++] = *other;
		else
			merge_latency(arena, &sum[k].lat, &other->lat);
	}
}

static void merge_pace(
	struct arena *arena, struct result_pace *into, const struct result_pace *from)
{
	into->iops_asked += from->iops_asked;
	into->bytes_per_second_asked += from->bytes_per_second_asked;
	into->unsent += from->unsent;
	merge_latency(arena, &into->lag, &from->lag);
	merge_latency(arena, &into->service, &from->service);
}

static void add_error(struct result_direction *into, const struct result_error_count *error)
{
	size_t i = 0;

	while (i < into->error_count && strcmp(into->errors[i].name, error->name) != 0)
		i++;
	if (i == RESULT_ERROR_NAMES_LIMIT) {
		i--;
		into->errors[i].name = OTHER_ERRORS;
		into->errors[i].error = 0;
	} else if (i == into->error_count) {
		into->errors[into->error_count++] =
			(struct result_error_count){.error = error->error, .name = error->name};
	}
	into->errors[i].count += error->count;
}

/* How much of lat is told apart: slat and clat, clat which is all of it, or nothing. */
static int split_of(const struct result_direction *direction)
{
	return 2 * (direction->slat.summary.count > 0) + (direction->clat.summary.count > 0);
}

static void keep_as_sample(struct arena *arena, struct result_direction *direction)
{
	if (direction->slat.summary.count > 0) {
		merge_latency(arena, &direction->sample.slat, &direction->slat);
		merge_latency(arena, &direction->sample.clat, &direction->clat);
	}
	direction->slat = direction->clat = (struct result_latency){0};
}

/* Of jobs with unlike engines the sum would no longer be of all I/Os. */
static void merge_submission(
	struct arena *arena, struct result_direction *into, const struct result_direction *from)
{
	struct result_direction other = *from;

	if (split_of(into) != split_of(&other) && into->lat.summary.count > 0 &&
		other.lat.summary.count > 0) {
		keep_as_sample(arena, into);
		keep_as_sample(arena, &other);
	}
	merge_latency(arena, &into->slat, &other.slat);
	merge_latency(arena, &into->clat, &other.clat);
	merge_latency(arena, &into->sample.slat, &other.sample.slat);
	merge_latency(arena, &into->sample.clat, &other.sample.clat);
}

void result_merge_direction(
	struct arena *arena, struct result_direction *into, const struct result_direction *from)
{
	struct result_direction other = *from;

	into->ios += from->ios;
	into->bytes += from->bytes;
	into->short_ios += from->short_ios;
	into->ignored_errors += from->ignored_errors;
	merge_priorities(arena, into, &other);
	merge_submission(arena, into, from);
	merge_latency(arena, &into->lat, &from->lat);
	merge_pace(arena, &into->pace, &from->pace);
	for (size_t i = 0; i < from->error_count; i++)
		add_error(into, &from->errors[i]);
}

/* Before the windows become one. */
static void merge_runtimes(struct result_job *into, const struct result_job *from)
{
	for (int i = 0; i < DIRECTION_COUNT; i++)
		into->directions[i].runtime_ns = result_longer_runtime_ns(into, i, from, i);
}

static uint64_t all_ios(const struct result_job *job)
{
	return result_job_ios(job) + job->directions[DIRECTION_SYNC].ios;
}

/* Mean size over all batches, from means that each stand for ios / mean batches. */
static double merged_batch(double into_mean, uint64_t into_ios, double from_mean, uint64_t from_ios)
{
	double batches = 0;

	if (into_mean > 0)
		batches += (double)into_ios / into_mean;
	if (from_mean > 0)
		batches += (double)from_ios / from_mean;
	return batches > 0 ? (double)(into_ios + from_ios) / batches : 0;
}

static void merge_batches(struct result_job *into, const struct result_job *from)
{
	uint64_t into_ios = all_ios(into);
	uint64_t from_ios = all_ios(from);

	into->batch_submit_mean =
		merged_batch(into->batch_submit_mean, into_ios, from->batch_submit_mean, from_ios);
	into->batch_reap_mean =
		merged_batch(into->batch_reap_mean, into_ios, from->batch_reap_mean, from_ios);
	into->batch_submit_asked = MAX(into->batch_submit_asked, from->batch_submit_asked);
	into->batch_complete_min_asked =
		MAX(into->batch_complete_min_asked, from->batch_complete_min_asked);
}

/* Depths are those of each clone by itself. */
static void merge_tallies(
	struct arena *arena, struct result_job *into, const struct result_job *from)
{
	into->depths = tally_merge(&into->depths, &from->depths, arena);
	into->submit_sizes = tally_merge(&into->submit_sizes, &from->submit_sizes, arena);
	into->reap_sizes = tally_merge(&into->reap_sizes, &from->reap_sizes, arena);
}

/* Of the clones' time together. */
static void merge_submit_share(struct result_job *into, const struct result_job *from)
{
	double into_time = (double)into->elapsed_ns * into->numjobs;
	double from_time = (double)from->elapsed_ns * from->numjobs;
	double time = into_time + from_time;

	if (into->submit_share < 0 || from->submit_share < 0)
		into->submit_share = -1;
	else if (time > 0)
		into->submit_share =
			(into->submit_share * into_time + from->submit_share * from_time) / time;
}

/* Of the clones' I/Os together; before they are added. */
static void merge_first_fifth(struct result_job *into, const struct result_job *from)
{
	double into_ios = (double)result_job_ios(into);
	double from_ios = (double)result_job_ios(from);

	if (into->first_fifth_share > 0 && from->first_fifth_share > 0)
		into->first_fifth_share =
			(into->first_fifth_share * into_ios + from->first_fifth_share * from_ios) /
			(into_ios + from_ios);
	else
		into->first_fifth_share = 0;
}

/* A clone that never started has no window; else the one that holds both. */
static void merge_window(struct result_job *into, const struct result_job *from)
{
	uint64_t end = into->started_ns + into->elapsed_ns;
	uint64_t from_end = from->started_ns + from->elapsed_ns;

	if (from->elapsed_ns == 0)
		return;
	if (into->elapsed_ns == 0 || from->started_ns < into->started_ns)
		into->started_ns = from->started_ns;
	into->elapsed_ns = MAX(end, from_end) - into->started_ns;
}

/* The mean is over time: it is stretched to the merged window. */
static void merge_window_and_depth(struct result_job *into, const struct result_job *from)
{
	double in_flight_ns = into->depth_mean * (double)into->elapsed_ns +
			      from->depth_mean * (double)from->elapsed_ns;

	/* With a clone whose mean is not known there is none of the group. */
	if (into->lacks_costs || from->lacks_costs)
		in_flight_ns = 0;
	merge_window(into, from);
	into->depth_mean = into->elapsed_ns ? in_flight_ns / (double)into->elapsed_ns : 0;
	into->depth_asked += from->depth_asked;
	into->depth_max += from->depth_max;
}

/* Without those of one clone there are none of the group. */
static void merge_counts(struct result_counts *into, const struct result_counts *from)
{
	if (!into->is_known || !from->is_known) {
		*into = (struct result_counts){
			.missing = into->missing ? into->missing : from->missing};
		return;
	}
	into->instructions += from->instructions;
	into->cycles += from->cycles;
	if (from->counted_share < into->counted_share)
		into->counted_share = from->counted_share;
}

static void merge_cost(struct result_job *into, const struct result_job *from)
{
	into->cpu.user_ns += from->cpu.user_ns;
	into->cpu.system_ns += from->cpu.system_ns;
	into->cpu.helper_ns += from->cpu.helper_ns;
	into->cpu.total_ns += from->cpu.total_ns;
	into->cpu.pacing_ns += from->cpu.pacing_ns;
	into->client_ns += from->client_ns;
	into->client_syscalls += from->client_syscalls;
	for (int s = 0; s < PERF_SCOPE_COUNT; s++)
		merge_counts(&into->counts[s], &from->counts[s]);
	into->syscalls += from->syscalls;
	into->zone_resets += from->zone_resets;
	into->knows_punts = into->knows_punts && from->knows_punts;
	into->punts = into->knows_punts ? into->punts + from->punts : 0;
	into->voluntary_switches += from->voluntary_switches;
	into->involuntary_switches += from->involuntary_switches;
	into->lacks_costs = into->lacks_costs || from->lacks_costs;
}

static void merge_unreturned(struct result_job *into, const struct result_job *from)
{
	into->unreturned_ios += from->unreturned_ios;
	into->oldest_unreturned_ns = MAX(into->oldest_unreturned_ns, from->oldest_unreturned_ns);
}

/* Clones do not share what they have come to. */
static void merge_latency_goal(struct result_job *into, const struct result_job *from)
{
	if (!into->goals.latency || !from->goals.latency)
		return;
	into->goals.latency->depth += from->goals.latency->depth;
	into->goals.latency->is_met &= from->goals.latency->is_met;
}

static void merge_wrong_blocks(
	struct arena *arena, struct result_verify *into, const struct result_verify *from)
{
	size_t count = into->wrong_block_count + from->wrong_block_count;
	struct result_wrong_block *blocks = arena_alloc_array(arena, count, sizeof(*blocks));

	for (size_t i = 0; i < count; i++)
		blocks[i] = i < into->wrong_block_count
				    ? into->wrong_blocks[i]
				    : from->wrong_blocks[i - into->wrong_block_count];
	into->wrong_blocks = blocks;
	into->wrong_block_count = count;
}

static void merge_verify(
	struct arena *arena, struct result_job *job, const struct result_verify *from)
{
	struct result_verify *into = job->verify;

	if (!into || !from) {
		job->verify = into ? into : (from ? ARENA_NEW(arena, struct result_verify) : NULL);
		if (!into && from)
			*job->verify = *from;
		return;
	}
	into->blocks += from->blocks;
	into->bytes += from->bytes;
	into->wrong += from->wrong;
	for (int i = 0; i < DIAGNOSIS_KIND_COUNT; i++)
		into->kinds[i] += from->kinds[i];
	into->missing += from->missing;
	into->unordered += from->unordered;
	into->superseded += from->superseded;
	into->unread += from->unread;
	into->unplaced += from->unplaced;
	into->left += from->left;
	into->elapsed_ns = MAX(into->elapsed_ns, from->elapsed_ns);
	if (from->wrong_block_count > 0)
		merge_wrong_blocks(arena, into, from);
}

static void merge_replay(
	struct arena *arena, struct result_job *into, const struct result_job *from)
{
	struct result_replay *sum = into->goals.replay;
	const struct result_replay *other = from->goals.replay;

	if (!sum || !other)
		return;
	sum->ios += other->ios;
	sum->recorded_ns = MAX(sum->recorded_ns, other->recorded_ns);
	sum->has_times &= other->has_times;
	sum->unsent += other->unsent;
	merge_latency(arena, &sum->lateness, &other->lateness);
}

void result_merge_job(struct result *result, struct result_job *into, const struct result_job *from)
{
	struct arena *arena = &result->arena;

	merge_runtimes(into, from);
	merge_batches(into, from);
	merge_tallies(arena, into, from);
	merge_latency(arena, &into->closing_syncs, &from->closing_syncs);
	merge_first_fifth(into, from);
	merge_submit_share(into, from);
	merge_window_and_depth(into, from);
	merge_cost(into, from);
	merge_unreturned(into, from);
	merge_verify(arena, into, from->verify);
	merge_latency_goal(into, from);
	merge_replay(arena, into, from);
	into->numjobs += from->numjobs;
	into->engine = join_values(arena, into->engine, from->engine);
	merge_settings(arena, &into->options, &from->options, list_values);
	merge_settings(arena, &into->engine_effective, &from->engine_effective, list_values);
	merge_settings(arena, &into->engine_refused, &from->engine_refused, list_values);
	merge_settings(arena, &into->engine_proof, &from->engine_proof, add_proof);
	merge_targets(arena, into, from);
	for (int i = 0; i < DIRECTION_COUNT; i++)
		result_merge_direction(arena, &into->directions[i], &from->directions[i]);
	if (into->error == 0 && !into->error_message) {
		into->error = from->error;
		into->error_message = from->error_message;
	}
	if (into->first_error == 0)
		into->first_error = from->first_error;
	if (from->series.interval_ns != 0)
		into->series = (struct result_series){0};
	if (into->percentile_count == 0) {
		into->percentile_count = from->percentile_count;
		into->percentiles = from->percentiles;
	}
}
