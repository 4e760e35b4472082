/* SPDX-License-Identifier: MIT */
/* A run and its jobs as JSON, without the figures of the directions. */
#include "result/result_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "result/stream.h"

/* RFC 3339 with nanoseconds, in UTC. */
static void add_started(cJSON *object, const struct timespec *started)
{
	char seconds[32];
	char text[64];
	struct tm utc;

	gmtime_r(&started->tv_sec, &utc);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text, sizeof(text), "%s.%09ldZ", seconds, started->tv_nsec);
	json_add_text(object, "started", text);
}

void result_json_add_settings(
	cJSON *parent, const char *key, const struct result_settings *settings)
{
	cJSON *object = json_add_object(parent, key);

	for (size_t i = 0; i < settings->count; i++)
		json_add_text(object, settings->items[i].key, settings->items[i].value);
}

cJSON *result_json_add_environment(
	cJSON *parent, const char *key, const struct result_environment *environment)
{
	cJSON *object = json_add_object(parent, key);

	result_json_add_settings(object, "hard", &environment->hard);
	result_json_add_settings(object, "soft", &environment->soft);
	return object;
}

void result_json_add_refused(cJSON *parent, const struct result_settings *refused)
{
	cJSON *array = json_add_array(parent, "refused");

	for (size_t i = 0; i < refused->count; i++) {
		cJSON *item = json_add_object(array, NULL);

		json_add_text(item, "setting", refused->items[i].key);
		json_add_text(item, "value", refused->items[i].value);
		json_add_text(item, "reason", refused->items[i].reason);
	}
}

static void add_warnings(cJSON *object, const struct result *result)
{
	cJSON *warnings = json_add_array(object, "warnings");

	for (size_t i = 0; i < result->warning_count; i++) {
		cJSON *warning = json_add_object(warnings, NULL);

		json_add_text(warning, "code", result->warnings[i].code);
		json_add_text(warning, "message", result->warnings[i].message);
		json_add_text(warning, "job", result->warnings[i].job);
	}
}

void result_json_add_run(cJSON *object, const struct result *result)
{
	cJSON *tool = json_add_object(object, "tool");
	cJSON *command = json_add_array(object, "command");

	json_add_text(tool, "version", result->version);
	json_add_text(tool, "git", result->git);
	json_add_text(tool, "compiler", result->compiler);
	json_add_text(tool, "clock", result->clock);
	json_add_double(tool, "clock_drift_ppm", result->clock_drift_ppm);
	for (size_t i = 0; i < result->argument_count; i++)
		json_add_text(command, NULL, result->arguments[i]);
	add_started(object, &result->started);
	json_add_u64(object, "seed", result->seed);
	if (result->signal)
		json_add_i64(object, "signal", result->signal);
	else
		json_add_null(object, "signal");
	result_json_add_environment(object, "environment", &result->environment);
	add_warnings(object, result);
}

static void add_engine(cJSON *object, const struct result_job *job)
{
	cJSON *engine = json_add_object(object, "engine");

	json_add_text(engine, "name", job->engine);
	result_json_add_settings(engine, "effective", &job->engine_effective);
	result_json_add_refused(engine, &job->engine_refused);
	result_json_add_settings(engine, "proof", &job->engine_proof);
}

static void add_targets(cJSON *object, const struct result_job *job)
{
	cJSON *targets = json_add_array(object, "targets");

	for (size_t i = 0; i < job->target_count; i++) {
		const struct result_target *target = &job->targets[i];
		cJSON *item = json_add_object(targets, NULL);

		json_add_text(item, "path", target->path);
		json_add_text(item, "kind", target->kind);
		if (target->bytes == UINT64_MAX)
			json_add_null(item, "bytes");
		else
			json_add_u64(item, "bytes", target->bytes);
		json_add_text(item, "file_system", target->file_system);
		json_add_text(item, "device", target->device);
	}
}

static void add_error(cJSON *object, const struct result_job *job)
{
	cJSON *error;

	if (!job->error && !job->error_message) {
		json_add_null(object, "error");
		return;
	}
	error = json_add_object(object, "error");
	json_add_i64(error, "errno", job->error);
	json_add_text(error, "name", job->error ? text_errno_symbol(job->error) : NULL);
	json_add_text(error, "message", job->error_message);
}

static void add_failed_ios(cJSON *object, const struct result_job *job)
{
	cJSON *failed = json_add_object(object, "failed_ios");
	uint64_t count = result_job_errors(job);

	json_add_u64(failed, "count", count);
	json_add_u64(failed, "ignored", count - result_job_failures(job));
	json_add_text(
		failed, "first", job->first_error ? text_errno_symbol(job->first_error) : NULL);
}

/* Few jobs have any: the others say nothing of it. */
static void add_unreturned(cJSON *object, const struct result_job *job)
{
	cJSON *unreturned;

	if (job->unreturned_ios == 0)
		return;
	unreturned = json_add_object(object, "unreturned");
	json_add_u64(unreturned, "ios", job->unreturned_ios);
	json_add_u64(unreturned, "oldest_ns", job->oldest_unreturned_ns);
}

void result_json_add_job(cJSON *object, const struct result_job *job)
{
	json_add_text(object, "name", job->name);
	json_add_text(object, "description", job->description);
	json_add_u64(object, "group", job->group);
	json_add_u64(object, "numjobs", job->numjobs);
	result_json_add_settings(object, "options", &job->options);
	add_engine(object, job);
	add_targets(object, job);
	json_add_u64(object, "started_ns", job->started_ns);
	json_add_u64(object, "elapsed_ns", job->elapsed_ns);
	add_error(object, job);
	add_failed_ios(object, job);
	add_unreturned(object, job);
}

/* What is counted when a worker ends; null where it did not. */
static void add_cost(cJSON *object, const char *key, const struct result_job *job, uint64_t counter)
{
	if (job->lacks_costs)
		json_add_null(object, key);
	else
		json_add_u64(object, key, counter);
}

static void add_cpu(cJSON *object, const struct result_job *job)
{
	cJSON *cpu = json_add_object(object, "cpu");

	add_cost(cpu, "total_ns", job, job->cpu.total_ns);
	add_cost(cpu, "user_ns", job, job->cpu.user_ns);
	add_cost(cpu, "system_ns", job, job->cpu.system_ns);
	add_cost(cpu, "helper_ns", job, job->cpu.helper_ns);
	add_cost(cpu, "pacing_ns", job, job->cpu.pacing_ns);
	json_add_double(cpu, "total_ns_per_io", result_per_io(job, job->cpu.total_ns));
	json_add_double(cpu, "user_ns_per_io", result_per_io(job, job->cpu.user_ns));
	json_add_double(cpu, "system_ns_per_io", result_per_io(job, job->cpu.system_ns));
	json_add_double(cpu, "helper_ns_per_io", result_per_io(job, job->cpu.helper_ns));
	json_add_double(cpu, "cores", result_cores(job));
	json_add_double(cpu, "iops_per_core", result_iops_per_core(job));
}

/* A mean that is 0 is one over nothing. */
static void add_mean(cJSON *object, const char *key, double mean)
{
	json_add_double(object, key, mean > 0 ? mean : NAN);
}

static void add_depth(cJSON *object, const struct result_job *job)
{
	cJSON *depth = json_add_object(object, "depth");
	cJSON *batch = json_add_object(object, "batch");

	json_add_u64(depth, "asked", job->depth_asked);
	add_mean(depth, "mean", job->depth_mean);
	json_add_u64(depth, "max", job->depth_max);
	tally_write(depth, "sent_at", &job->depths);
	add_mean(batch, "submit_mean", job->batch_submit_mean);
	add_mean(batch, "reap_mean", job->batch_reap_mean);
	json_add_u64(batch, "submit_asked", job->batch_submit_asked);
	json_add_u64(batch, "complete_min_asked", job->batch_complete_min_asked);
	tally_write(batch, "submit_sizes", &job->submit_sizes);
	tally_write(batch, "reap_sizes", &job->reap_sizes);
}

void result_json_add_costs(cJSON *object, const struct result_job *job)
{
	uint64_t switches = job->voluntary_switches + job->involuntary_switches;
	cJSON *counted;

	add_cpu(object, job);
	add_cost(object, "syscalls", job, job->syscalls);
	json_add_double(object, "syscalls_per_io", result_per_io(job, job->syscalls));
	if (job->knows_punts)
		json_add_u64(object, "punts", job->punts);
	else
		json_add_null(object, "punts");
	json_add_double(
		object, "punts_per_io", job->knows_punts ? result_per_io(job, job->punts) : NAN);
	counted = json_add_object(object, "context_switches");
	add_cost(counted, "voluntary", job, job->voluntary_switches);
	add_cost(counted, "involuntary", job, job->involuntary_switches);
	json_add_double(object, "context_switches_per_io", result_per_io(job, switches));
	add_depth(object, job);
	add_mean(object, "first_fifth_share", job->first_fifth_share);
	json_add_double(object, "submit_share", job->submit_share >= 0 ? job->submit_share : NAN);
}

void result_json_add_disk(cJSON *object, const struct result_disk *disk)
{
	json_add_text(object, "name", disk->name);
	json_add_u64(object, "read_ios", disk->read_ios);
	json_add_u64(object, "write_ios", disk->write_ios);
	json_add_u64(object, "read_sectors", disk->read_sectors);
	json_add_u64(object, "write_sectors", disk->write_sectors);
	json_add_u64(object, "read_merges", disk->read_merges);
	json_add_u64(object, "write_merges", disk->write_merges);
}

int result_json_write(cJSON *document, FILE *stream)
{
	char *text = json_print(document);

	cJSON_Delete(document);
	errno = 0;
	fputs(text, stream);
	free(text);
	return stream_finish(stream);
}
