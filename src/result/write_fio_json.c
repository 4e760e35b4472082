/* SPDX-License-Identifier: MIT */
/*
 * A result in the layout of fio's JSON (fio stat.c: show_thread_status_json), keys in its order and
 * of its types, so that what reads fio reads this. What fio has no key for stands under
 * "ringside"; there is also said where a figure is not quite what fio means by its name.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "result/fio.h"
#include "result/result_fields.h"
#include "result/result_figures.h"

#define LAYOUT "fio-3.42"

static const char *const notes[] = {
	"clat_ns is lat_ns, from before the submission, and slat_ns is empty where submissions "
	"were not timed for all I/Os, or a rate is set",
	"bw_min to bw_samples and iops_min to iops_samples: one sample, the whole window",
	"sys_cpu has the time of kernel threads that worked for the job; fio leaves it out",
	"majf, minf and drop_ios are not counted",
	"error is 0 where ignore_error names all errors; fio has the first, as first_error has "
	"here",
};

/* Rounded, but never to nothing: readers divide by it. */
static uint64_t milliseconds(uint64_t time_ns)
{
	if (time_ns > 0 && time_ns < NS_PER_MS)
		return 1;
	return (time_ns + NS_PER_MS / 2) / NS_PER_MS;
}

static uint64_t timespec_ms(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000 + (uint64_t)time->tv_nsec / NS_PER_MS;
}

static uint64_t whole(double value)
{
	return isfinite(value) && value > 0 ? (uint64_t)value : 0;
}

/* When the last job ended, after the run's start. */
static uint64_t run_ns(const struct result *result)
{
	uint64_t end = 0;

	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];

		if (job->started_ns + job->elapsed_ns > end)
			end = job->started_ns + job->elapsed_ns;
	}
	return end;
}

static void add_times(cJSON *document, const struct result *result)
{
	uint64_t end_ms = timespec_ms(&result->started) + milliseconds(run_ns(result));
	time_t end = (time_t)(end_ms / 1000);
	struct tm local;
	char text[64];

	json_add_u64(document, "timestamp", end_ms / 1000);
	json_add_u64(document, "timestamp_ms", end_ms);
	localtime_r(&end, &local);
	strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &local);
	json_add_text(document, "time", text);
}

static double group_bandwidth(
	const struct result *result, unsigned group, enum io_direction direction)
{
	double sum = 0;

	for (size_t i = 0; i < result->job_count; i++) {
		double bandwidth = result_bytes_per_second(&result->jobs[i], direction);

		if (result->jobs[i].group == group && isfinite(bandwidth))
			sum += bandwidth;
	}
	return sum;
}

static void add_bandwidth_samples(cJSON *object, double bytes_per_second, double group_total)
{
	json_add_u64(object, "bw_min", whole(bytes_per_second / 1024));
	json_add_u64(object, "bw_max", whole(bytes_per_second / 1024));
	fio_latency_add_double(
		object, "bw_agg", group_total > 0 ? 100 * bytes_per_second / group_total : 0);
	fio_latency_add_double(object, "bw_mean", bytes_per_second / 1024);
	fio_latency_add_double(object, "bw_dev", 0);
	json_add_u64(object, "bw_samples", bytes_per_second > 0);
}

static void add_iops_samples(cJSON *object, double iops)
{
	json_add_u64(object, "iops_min", whole(iops));
	json_add_u64(object, "iops_max", whole(iops));
	fio_latency_add_double(object, "iops_mean", iops);
	fio_latency_add_double(object, "iops_stddev", 0);
	json_add_u64(object, "iops_samples", iops > 0);
}

static void add_direction(cJSON *object, const struct result *result, const struct result_job *job,
	enum io_direction direction)
{
	const struct result_direction *d = &job->directions[direction];
	double bytes_per_second = result_bytes_per_second(job, direction);
	double iops = result_iops(job, direction);
	cJSON *item = json_add_object(object, io_direction_name(direction));

	json_add_u64(item, "io_bytes", d->bytes);
	json_add_u64(item, "io_kbytes", d->bytes / 1024);
	json_add_u64(item, "bw_bytes", whole(bytes_per_second));
	json_add_u64(item, "bw", whole(bytes_per_second) / 1024);
	fio_latency_add_double(item, "iops", iops);
	json_add_u64(item, "runtime", d->ios > 0 ? milliseconds(job->elapsed_ns) : 0);
	json_add_u64(item, "total_ios", d->ios);
	json_add_u64(item, "short_ios", d->short_ios);
	json_add_u64(item, "drop_ios", 0);
	fio_latency_add(item, "slat_ns", job, fio_latency_of_submission(d));
	fio_latency_add(item, "clat_ns", job, fio_latency_of_completion(d));
	fio_latency_add(item, "lat_ns", job, &d->lat);
	add_bandwidth_samples(
		item, bytes_per_second, group_bandwidth(result, job->group, direction));
	add_iops_samples(item, iops);
}

/* fio does not count the syncs at the end of a job. */
static void add_sync(cJSON *object, const struct result_job *job)
{
	const struct result_direction *d = &job->directions[DIRECTION_SYNC];
	cJSON *item = json_add_object(object, "sync");
	struct histogram buckets;
	struct result_latency rest;

	fio_latency_subtract(&rest, &buckets, &d->lat, &job->closing_syncs);
	json_add_u64(item, "total_ios", d->ios - job->closing_syncs.summary.count);
	fio_latency_add(item, "lat_ns", job, &rest);
}

static void add_options(cJSON *object, const struct result_job *job)
{
	cJSON *options = json_add_object(object, "job options");

	for (size_t i = 0; i < job->options.count; i++) {
		const struct setting *option = &job->options.items[i];

		if (option->value)
			json_add_text(options, option->key, option->value);
	}
}

enum { LEVELS = 7 };

/* In percent of all that was counted; how many count once, or each I/O for itself. */
static void add_levels(cJSON *object, const char *key, const char *const names[static LEVELS],
	const struct tally *tally, int level_of(uint64_t value))
{
	cJSON *levels = json_add_object(object, key);
	double counts[LEVELS] = {0};
	double total = 0;

	for (size_t i = 0; i < tally->count; i++) {
		counts[level_of(tally->items[i].value)] += (double)tally->items[i].count;
		total += (double)tally->items[i].count;
	}
	for (int i = 0; i < LEVELS; i++)
		fio_latency_add_double(levels, names[i], total > 0 ? 100 * counts[i] / total : 0);
}

/* Depths 1, 2-3, 4-7, … 64 and more. */
static int depth_level(uint64_t depth)
{
	int level = depth > 0 ? 63 - __builtin_clzll(depth) : 0;

	return level < LEVELS ? level : LEVELS - 1;
}

/* Batches of 0, 1-4, 5-8, 9-16, … more than 64. */
static int batch_level(uint64_t size)
{
	int level = size > 0;

	for (uint64_t bound = 4; size > bound && level < LEVELS - 1; bound *= 2)
		level++;
	return level;
}

static void add_depths(cJSON *object, const struct result_job *job)
{
	static const char *const depths[] = {"1", "2", "4", "8", "16", "32", ">=64"};
	static const char *const batches[] = {"0", "4", "8", "16", "32", "64", ">=64"};

	add_levels(object, "iodepth_level", depths, &job->depths, depth_level);
	add_levels(object, "iodepth_submit", batches, &job->submit_sizes, batch_level);
	add_levels(object, "iodepth_complete", batches, &job->reap_sizes, batch_level);
}

/* fio adds up the run times of a group's members, and divides their CPU time by the sum. */
static void add_cost(cJSON *object, const struct result_job *job)
{
	double runtime_ns = (double)job->elapsed_ns * job->numjobs;
	double system_ns = (double)job->cpu.system_ns + (double)job->cpu.helper_ns;
	double percent = runtime_ns > 0 ? 100 / runtime_ns : 0;

	json_add_u64(object, "job_runtime", milliseconds(job->elapsed_ns) * job->numjobs);
	if (job->lacks_costs) {
		json_add_null(object, "usr_cpu");
		json_add_null(object, "sys_cpu");
		json_add_null(object, "ctx");
	} else {
		fio_latency_add_double(object, "usr_cpu", percent * (double)job->cpu.user_ns);
		fio_latency_add_double(object, "sys_cpu", percent * system_ns);
		json_add_u64(object, "ctx", job->voluntary_switches + job->involuntary_switches);
	}
	json_add_u64(object, "majf", 0);
	json_add_u64(object, "minf", 0);
}

/* As fio: of jobs that go on after errors; and where there were any. */
static void add_failed_ios(cJSON *object, const struct result_job *job)
{
	const char *set = settings_value(&job->options, "continue_on_error");
	uint64_t errors = result_job_errors(job);

	if (errors == 0 && (!set || strcmp(set, "none") == 0) &&
		!settings_value(&job->options, "ignore_error"))
		return;
	json_add_u64(object, "total_err", errors);
	json_add_i64(object, "first_error", job->first_error);
}

static const char *as_text(struct arena *arena, double value, const struct result_steady *steady)
{
	const char *unit = steady->asked[strlen(steady->asked) - 1] == '%' ? "%" : "";

	return arena_printf(arena, "%f%s", isfinite(value) ? value : 0, unit);
}

/* The mean of the intervals by fio's arithmetic, and they themselves. */
static void add_steady_series(cJSON *data, const char *mean_key, const char *key,
	const struct result_steady *steady, size_t offset)
{
	cJSON *list = json_array();
	uint64_t sum = 0;

	for (size_t i = 0; i < steady->count; i++) {
		const char *interval = (const char *)&steady->intervals[i];
		uint64_t value = *(const uint64_t *)(interval + offset);

		sum += value;
		json_add_u64(list, NULL, value);
	}
	json_add_u64(data, mean_key, steady->count > 0 ? sum / steady->count : 0);
	json_add_item(data, key, list);
}

static void add_steady(cJSON *object, const struct result_steady *steady)
{
	struct arena arena = {0};
	cJSON *item, *data;

	if (!steady)
		return;
	item = json_add_object(object, "steadystate");
	json_add_text(item, "ss",
		arena_printf(&arena, "%.*s:%s", (int)strcspn(steady->asked, ":"), steady->asked,
			as_text(&arena, steady->limit, steady)));
	json_add_u64(item, "duration", steady->duration_ns / NS_PER_S);
	json_add_u64(item, "attained", steady->is_attained);
	json_add_text(item, "criterion", as_text(&arena, steady->criterion, steady));
	fio_latency_add_double(item, "max_deviation", steady->deviation);
	fio_latency_add_double(item, "slope", steady->slope);
	data = json_add_object(item, "data");
	add_steady_series(data, "bw_mean", "bw", steady,
		offsetof(struct result_steady_interval, bytes_per_second));
	add_steady_series(data, "iops_mean", "iops", steady,
		offsetof(struct result_steady_interval, ios_per_second));
	if (strncmp(steady->asked, "lat", 3) == 0)
		add_steady_series(data, "lat_mean", "lat_ns", steady,
			offsetof(struct result_steady_interval, lat_ns));
	arena_free(&arena);
}

/* Of jobs without a goal, too: their depth is iodepth. */
static void add_latency_goal(cJSON *object, const struct result_job *job)
{
	const struct result_latency_goal none = {.depth = job->depth_asked, .percentile = 100};
	const struct result_latency_goal *goal = job->goals.latency ? job->goals.latency : &none;

	json_add_u64(object, "latency_depth", goal->depth);
	json_add_u64(object, "latency_target", goal->target_ns);
	json_add_u64(object, "latency_target_ns", goal->target_ns);
	fio_latency_add_double(object, "latency_percentile", goal->percentile);
	json_add_u64(object, "latency_window", goal->window_ns / NS_PER_US);
	json_add_u64(object, "latency_window_us", goal->window_ns / NS_PER_US);
}

static void add_job(cJSON *jobs, const struct result *result, const struct result_job *job)
{
	uint64_t end_ns = job->started_ns + job->elapsed_ns;
	cJSON *object = json_add_object(jobs, NULL);
	cJSON *ours;

	json_add_text(object, "jobname", job->name);
	json_add_u64(object, "groupid", job->group);
	json_add_u64(
		object, "job_start", timespec_ms(&result->started) + job->started_ns / NS_PER_MS);
	json_add_i64(object, "error", job->error);
	json_add_u64(object, "eta", 0);
	json_add_u64(object, "elapsed", (end_ns + NS_PER_S - 1) / NS_PER_S);
	add_options(object, job);
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		add_direction(object, result, job, i);
	add_sync(object, job);
	add_cost(object, job);
	add_depths(object, job);
	fio_latency_add_shares(object, job);
	add_failed_ios(object, job);
	add_latency_goal(object, job);
	if (job->description)
		json_add_text(object, "desc", job->description);
	add_steady(object, job->goals.steady);
	ours = json_add_object(object, "ringside");
	field_write(ours, &result_what_table, job, result);
	field_write(ours, &result_cost_table, job, result);
}

static void add_disks(cJSON *document, const struct result *result)
{
	cJSON *disks = json_add_array(document, "disk_util");

	for (size_t i = 0; i < result->disk_count; i++) {
		const struct result_disk *disk = &result->disks[i];
		cJSON *item = json_add_object(disks, NULL);

		field_write(item, &result_disk_count_table, disk, result);
		json_add_u64(item, "read_ticks", disk->read_ticks_ms);
		json_add_u64(item, "write_ticks", disk->write_ticks_ms);
		json_add_u64(item, "in_queue", disk->in_queue_ms);
		fio_latency_add_double(item, "util", disk->utilisation_percent);
	}
}

static void add_ours(cJSON *document, const struct result *result)
{
	cJSON *ours = json_add_object(document, "ringside");
	cJSON *list;

	field_write(ours, &result_run_table, result, NULL);
	list = json_add_array(ours, "notes");
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		json_add_text(list, NULL, notes[i]);
}

int write_fio_json(const struct result *result, FILE *stream)
{
	cJSON *document = json_object();
	char version[64];
	cJSON *jobs;

	snprintf(version, sizeof(version), "ringside-%s (%s layout)",
		result->version ? result->version : "0", LAYOUT);
	json_add_text(document, "fio version", version);
	add_times(document, result);
	json_add_object(document, "global options");
	jobs = json_add_array(document, "jobs");
	for (size_t i = 0; i < result->job_count; i++)
		add_job(jobs, result, &result->jobs[i]);
	add_disks(document, result);
	add_ours(document, result);
	return document_write_json(document, stream);
}
