/* SPDX-License-Identifier: MIT */
/*
 * A result in the layout of fio's JSON (fio stat.c: show_thread_status_json), keys in its order and
 * of its types, so that what reads fio reads this. What fio has no key for stands under
 * "ringside"; there is also said where a figure is not quite what fio means by its name.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/stream.h"
#include "base/text.h"
#include "result/fio.h"
#include "result/fio_figures.h"
#include "result/fio_style.h"
#include "result/result_fields.h"
#include "result/result_figures.h"
#include "result/unified.h"

#define LAYOUT "fio-3.42"

static const char *const notes[] = {
	"clat_ns is lat_ns, from before the submission, and slat_ns is empty where submissions "
	"were not timed for all I/Os, or a rate is set",
	"bw_min to bw_samples and iops_min to iops_samples: by the intervals of the series; "
	"without a series one sample, the whole window",
	"sys_cpu has the time of kernel threads that worked for the job; fio leaves it out",
	"majf, minf and drop_ios are not counted",
	"error is 0 where ignore_error names all errors; fio has the first, as first_error has "
	"here",
};

struct document {
	const struct result *result;
	const struct fio_style *style;
};

static uint64_t timespec_ms(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000 + (uint64_t)time->tv_nsec / NS_PER_MS;
}

static void add_times(cJSON *document, const struct result *result)
{
	uint64_t end_ms = timespec_ms(&result->started) + fio_figures_ms(result_run_ns(result));
	time_t end = (time_t)(end_ms / 1000);
	struct tm local;
	char text[64];

	json_add_u64(document, "timestamp", end_ms / 1000);
	json_add_u64(document, "timestamp_ms", end_ms);
	localtime_r(&end, &local);
	strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &local);
	json_add_text(document, "time", text);
}

static void add_bandwidth_samples(
	cJSON *object, const struct fio_spread *samples, const struct fio_group *group)
{
	json_add_u64(object, "bw_min", samples->least);
	json_add_u64(object, "bw_max", samples->greatest);
	fio_latency_add_double(object, "bw_agg", fio_figures_of_group(samples, group));
	fio_latency_add_double(object, "bw_mean", samples->mean);
	fio_latency_add_double(object, "bw_dev", samples->deviation);
	json_add_u64(object, "bw_samples", samples->samples);
}

static void add_iops_samples(cJSON *object, const struct fio_spread *samples)
{
	json_add_u64(object, "iops_min", samples->least);
	json_add_u64(object, "iops_max", samples->greatest);
	fio_latency_add_double(object, "iops_mean", samples->mean);
	fio_latency_add_double(object, "iops_stddev", samples->deviation);
	json_add_u64(object, "iops_samples", samples->samples);
}

static void add_latency(const struct document *document, cJSON *object,
	const struct result_job *job, enum io_direction direction, enum fio_latency_kind kind)
{
	static const char *const keys[] = {"slat_ns", "clat_ns", "lat_ns"};
	const struct fio_style *style = document->style;
	const struct fio_latency_parts parts = {
		.percentiles = !style->is_fios_own || fio_figures_has_percentiles(job, kind),
		.bins = style->has_bins,
	};

	fio_latency_add(object, keys[kind], job,
		fio_figures_latency(&job->directions[direction], kind), parts);
}

/* As fio: of several priorities that had I/Os. */
static void add_priorities(const struct document *document, cJSON *object,
	const struct result_job *job, const struct result_direction *direction)
{
	bool has_lat = fio_figures_has_percentiles(job, FIO_LATENCY_LAT);
	const struct fio_latency_parts parts = {
		.percentiles = !document->style->is_fios_own || has_lat ||
			       fio_figures_has_percentiles(job, FIO_LATENCY_CLAT),
		.bins = document->style->has_bins,
	};
	cJSON *list;

	if (fio_figures_priorities(direction) < 2)
		return;
	list = json_add_array(object, "prios");
	for (size_t i = 0; i < direction->priority_count; i++) {
		const struct result_priority *priority = &direction->priorities[i];
		cJSON *item;

		if (priority->lat.summary.count == 0)
			continue;
		item = json_add_object(list, NULL);
		json_add_u64(item, "prioclass", priority->class);
		json_add_u64(item, "prio", priority->level);
		fio_latency_add(item, has_lat ? "lat_ns" : "clat_ns", job, &priority->lat, parts);
	}
}

static void add_direction(const struct document *document, cJSON *object,
	const struct result_job *job, enum io_direction direction, const char *name)
{
	const struct result_direction *d = &job->directions[direction];
	struct fio_rate rate = fio_figures_rate(job, direction);
	struct fio_group group = fio_figures_group(document->result, job->group, direction);
	struct fio_spread bandwidth = fio_figures_bandwidth(job, direction);
	struct fio_spread iops = fio_figures_iops(job, direction);
	cJSON *item = json_add_object(object, name);

	json_add_u64(item, "io_bytes", d->bytes);
	json_add_u64(item, "io_kbytes", d->bytes / 1024);
	json_add_u64(item, "bw_bytes", rate.bytes_per_second);
	json_add_u64(item, "bw", rate.bytes_per_second / 1024);
	fio_latency_add_double(item, "iops", rate.iops);
	json_add_u64(item, "runtime", rate.runtime_ms);
	json_add_u64(item, "total_ios", d->ios);
	json_add_u64(item, "short_ios", d->short_ios);
	json_add_u64(item, "drop_ios", 0);
	for (int kind = FIO_LATENCY_SLAT; kind <= FIO_LATENCY_LAT; kind++)
		add_latency(document, item, job, direction, (enum fio_latency_kind)kind);
	add_priorities(document, item, job, d);
	add_bandwidth_samples(item, &bandwidth, &group);
	add_iops_samples(item, &iops);
}

static void add_sync(const struct document *document, cJSON *object, const struct result_job *job)
{
	const struct fio_latency_parts parts = {
		.percentiles = !document->style->is_fios_own ||
			       fio_figures_has_percentiles(job, FIO_LATENCY_LAT) ||
			       fio_figures_has_percentiles(job, FIO_LATENCY_CLAT),
		.bins = document->style->has_bins,
	};
	cJSON *item = json_add_object(object, "sync");
	struct histogram buckets;
	struct result_latency syncs = fio_figures_syncs(job, &buckets);
	uint64_t closing = job->closing_syncs.summary.count;

	json_add_u64(item, "total_ios", job->directions[DIRECTION_SYNC].ios - closing);
	fio_latency_add(item, "lat_ns", job, &syncs, parts);
}

static void add_settings(cJSON *object, const struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++)
		json_add_text(object, settings->items[i].key,
			settings->items[i].value ? settings->items[i].value : "");
}

static void add_global_options(const struct document *document, cJSON *root)
{
	const struct settings *written = &document->result->global_written;

	if (!document->style->is_fios_own || written->count > 0)
		add_settings(json_add_object(root, "global options"), written);
}

/* Readers look for these, which fio tells only where they were written. */
static bool is_looked_for(const char *key)
{
	static const char *const keys[] = {
		"rw", "bs", "size", "ioengine", "iodepth", "numjobs", "direct"};

	return text_is_listed(key, keys, sizeof(keys) / sizeof(keys[0]));
}

/* As they were written, then those that hold all the same; where fio would have told none of them,
 * without most defaults. */
static void add_options(
	const struct document *document, cJSON *object, const struct result_job *job)
{
	bool is_short = document->style->is_fios_own;
	cJSON *options = json_add_object(object, "job options");

	add_settings(options, &job->written);
	for (size_t i = 0; i < job->options.count; i++) {
		const struct setting *option = &job->options.items[i];

		if (is_short && option->is_default && !is_looked_for(option->key))
			continue;
		if (option->value && !settings_find(&job->written, option->key))
			json_add_text(options, option->key, option->value);
	}
}

static void add_percentages(
	cJSON *object, const char *key, const char *const names[], const double *percent, int count)
{
	cJSON *list = json_add_object(object, key);

	for (int i = 0; i < count; i++)
		fio_latency_add_double(list, names[i], percent[i]);
}

static void add_depths(cJSON *object, const struct result_job *job)
{
	static const char *const depths[] = {"1", "2", "4", "8", "16", "32", ">=64"};
	static const char *const batches[] = {"0", "4", "8", "16", "32", "64", ">=64"};
	double percent[FIO_LEVELS];

	fio_figures_depths(job, percent);
	add_percentages(object, "iodepth_level", depths, percent, FIO_LEVELS);
	fio_figures_submissions(job, percent);
	add_percentages(object, "iodepth_submit", batches, percent, FIO_LEVELS);
	fio_figures_completions(job, percent);
	add_percentages(object, "iodepth_complete", batches, percent, FIO_LEVELS);
}

static void add_shares(cJSON *object, const struct result_job *job)
{
	static const char *const names[] = {
		"2", "4", "10", "20", "50", "100", "250", "500", "750", "1000", "2000", ">=2000"};
	struct fio_shares shares = fio_figures_shares(job);

	add_percentages(object, "latency_ns", names, shares.ns, FIO_SHARES_NS);
	add_percentages(object, "latency_us", names, shares.us, FIO_SHARES_US);
	add_percentages(object, "latency_ms", names, shares.ms, FIO_SHARES_MS);
}

static void add_cost(cJSON *object, const struct result_job *job)
{
	struct fio_cpu cpu = fio_figures_cpu(job);

	json_add_u64(object, "job_runtime", cpu.runtime_ms);
	if (!cpu.is_known) {
		json_add_null(object, "usr_cpu");
		json_add_null(object, "sys_cpu");
		json_add_null(object, "ctx");
	} else {
		fio_latency_add_double(object, "usr_cpu", cpu.user_percent);
		fio_latency_add_double(object, "sys_cpu", cpu.system_percent);
		json_add_u64(object, "ctx", cpu.switches);
	}
	json_add_u64(object, "majf", 0);
	json_add_u64(object, "minf", 0);
}

/* As fio: of jobs that go on after errors; and where there were any. */
static void add_failed_ios(cJSON *object, const struct result_job *job)
{
	if (!fio_figures_counts_errors(job))
		return;
	json_add_u64(object, "total_err", result_job_errors(job));
	json_add_i64(object, "first_error", job->first_error);
}

static const char *as_text(struct arena *arena, double value, const struct result_steady *steady)
{
	const char *unit = steady->asked[strlen(steady->asked) - 1] == '%' ? "%" : "";

	return arena_printf(arena, "%f%s", isfinite(value) ? value : 0, unit);
}

/* By fio's arithmetic. */
static void add_steady_mean(
	cJSON *data, const char *key, const struct result_steady *steady, size_t offset)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < steady->count; i++)
		sum += *(const uint64_t *)((const char *)&steady->intervals[i] + offset);
	json_add_u64(data, key, steady->count > 0 ? sum / steady->count : 0);
}

static void add_steady_series(
	cJSON *data, const char *key, const struct result_steady *steady, size_t offset)
{
	cJSON *list = json_array();

	for (size_t i = 0; i < steady->count; i++)
		json_add_u64(list, NULL,
			*(const uint64_t *)((const char *)&steady->intervals[i] + offset));
	json_add_item(data, key, list);
}

static void add_steady_data(cJSON *data, const struct result_steady *steady)
{
	const size_t bandwidth = offsetof(struct result_steady_interval, bytes_per_second);
	const size_t iops = offsetof(struct result_steady_interval, ios_per_second);
	const size_t lat = offsetof(struct result_steady_interval, lat_ns);

	add_steady_mean(data, "bw_mean", steady, bandwidth);
	add_steady_mean(data, "iops_mean", steady, iops);
	if (strncmp(steady->asked, "lat", 3) == 0) {
		add_steady_mean(data, "lat_mean", steady, lat);
		add_steady_series(data, "lat_ns", steady, lat);
	}
	add_steady_series(data, "iops", steady, iops);
	add_steady_series(data, "bw", steady, bandwidth);
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
	add_steady_data(data, steady);
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

/* Each by itself, or their sum under "mixed", or both; as unified_rw_reporting asks. */
static void add_directions(
	const struct document *document, cJSON *object, const struct result_job *job)
{
	AUTO_ARENA struct arena arena = {0};
	enum unified_mode mode = unified_mode_of(job);
	struct document mixed = *document;
	struct result view;
	struct result_job sum;

	for (int i = 0; i < DATA_DIRECTION_COUNT && mode != UNIFIED_MIXED; i++)
		add_direction(document, object, job, (enum io_direction)i,
			io_direction_name((enum io_direction)i));
	if (mode != UNIFIED_MIXED)
		add_sync(document, object, job);
	if (mode == UNIFIED_NONE)
		return;
	view = unified_result(document->result, mode, &arena);
	sum = unified_job(job, &arena);
	mixed.result = &view;
	add_direction(&mixed, object, &sum, DIRECTION_READ, "mixed");
}

static void add_job(const struct document *document, cJSON *jobs, const struct result_job *job)
{
	const struct result *result = document->result;
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
	add_options(document, object, job);
	add_directions(document, object, job);
	add_cost(object, job);
	add_depths(object, job);
	add_shares(object, job);
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

/* Only where CPUs are told one by one there are those keys. */
static void add_idle(cJSON *document, const struct fio_idle *idle)
{
	cJSON *object;

	if (!idle)
		return;
	object = json_add_object(document, "cpu_idleness");
	fio_latency_add_double(object, "system", idle->system_percent);
	for (size_t i = 0; i < idle->cpu_count; i++) {
		char key[32];

		snprintf(key, sizeof(key), "cpu-%u", idle->cpus[i].number);
		fio_latency_add_double(object, key, idle->cpus[i].percent);
	}
}

static void add_version(const struct document *document, cJSON *root)
{
	const char *own = document->result->version ? document->result->version : "0";
	char text[64];

	snprintf(text, sizeof(text), "ringside-%s (%s layout)", own, LAYOUT);
	json_add_text(root, "fio version", document->style->is_fios_own ? FIO_VERSION : text);
}

int write_fio_json_as(const struct result *result, const struct fio_style *style, FILE *stream)
{
	const struct document document = {result, style};
	AUTO_FREE char *text = NULL;
	cJSON *root = json_object();
	cJSON *jobs;

	add_version(&document, root);
	add_times(root, result);
	add_global_options(&document, root);
	jobs = json_add_array(root, "jobs");
	for (size_t i = 0; i < result->job_count; i++)
		add_job(&document, jobs, &result->jobs[i]);
	if (!style->is_fios_own || result->disk_count > 0)
		add_disks(root, result);
	add_idle(root, style->idle);
	add_ours(root, result);
	text = json_print_as_fio(root);
	cJSON_Delete(root);
	errno = 0;
	fputs(text, stream);
	return stream_finish(stream);
}

int write_fio_json(const struct result *result, FILE *stream)
{
	static const struct fio_style style = {.has_bins = true};

	return write_fio_json_as(result, &style, stream);
}
