/* SPDX-License-Identifier: MIT */
/* Our own result documents, back into memory: the run, its jobs, and the way in from a file. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "result/document.h"
#include "result/document_parts.h"
#include "result/read_direction.h"
#include "result/result.h"

static void read_tool(const struct json_node *document, struct result *result)
{
	struct json_node tool = json_node_object(document, "tool");

	result->version = json_node_text_or_null(&tool, "version");
	result->git = json_node_text_or_null(&tool, "git");
	result->compiler = json_node_text_or_null(&tool, "compiler");
	result->clock = json_node_text_or_null(&tool, "clock");
	result->clock_drift_ppm = json_node_number_or(&tool, "clock_drift_ppm", NAN);
}

static void read_warnings(const struct json_node *document, struct result *result)
{
	struct json_node warnings = json_node_array(document, "warnings");
	const cJSON *item;

	result->warnings = arena_alloc_array(&result->arena,
		(size_t)cJSON_GetArraySize(warnings.item), sizeof(*result->warnings));
	cJSON_ArrayForEach (item, warnings.item) {
		size_t i = result->warning_count++;
		struct json_node node = json_node_element(&warnings, item, i);

		result->warnings[i].code = json_node_text(&node, "code");
		result->warnings[i].message = json_node_text(&node, "message");
		result->warnings[i].job = json_node_text_or_null(&node, "job");
	}
}

static void read_engine(const struct json_node *node, struct result_job *job)
{
	struct json_node engine = json_node_object(node, "engine");

	job->engine = json_node_text(&engine, "name");
	document_settings(&engine, "effective", &job->engine_effective);
	document_refused(&engine, &job->engine_refused);
	document_settings(&engine, "proof", &job->engine_proof);
}

static void read_targets(const struct json_node *node, struct result_job *job)
{
	struct json_node targets = json_node_array(node, "targets");
	const cJSON *item;

	job->targets = arena_alloc_array(
		node->walk->arena, (size_t)cJSON_GetArraySize(targets.item), sizeof(*job->targets));
	cJSON_ArrayForEach (item, targets.item) {
		struct result_target *target = &job->targets[job->target_count];
		struct json_node at = json_node_element(&targets, item, job->target_count++);

		target->path = json_node_text(&at, "path");
		target->kind = json_node_text(&at, "kind");
		target->bytes = json_node_u64_or(&at, "bytes", UINT64_MAX);
		target->file_system = json_node_text_or_null(&at, "file_system");
		target->device = json_node_text_or_null(&at, "device");
	}
}

static void read_job_error(const struct json_node *node, struct result_job *job)
{
	struct json_node error = json_node_object_or_null(node, "error");

	if (!error.item)
		return;
	job->error = (int)(json_node_unsigned(&error, "errno") & INT_MAX);
	job->error_message = json_node_text_or_null(&error, "message");
}

/* How many they are follows from the directions; older documents do not have it. */
static void read_failed_ios(const struct json_node *node, struct result_job *job)
{
	struct json_node failed = json_node_object_or_null(node, "failed_ios");
	const char *first = failed.item ? json_node_text_or_null(&failed, "first") : NULL;

	if (first)
		job->first_error = text_errno_of_symbol(first);
}

static void read_unreturned(const struct json_node *node, struct result_job *job)
{
	struct json_node unreturned = json_node_object_or_null(node, "unreturned");

	if (!unreturned.item)
		return;
	job->unreturned_ios = json_node_u64(&unreturned, "ios");
	job->oldest_unreturned_ns = json_node_u64(&unreturned, "oldest_ns");
}

static void read_cpu(const struct json_node *node, struct result_job *job)
{
	struct json_node cpu = json_node_object(node, "cpu");
	struct json_node switches = json_node_object(node, "context_switches");

	job->cpu.total_ns = json_node_u64_or(&cpu, "total_ns", 0);
	job->cpu.user_ns = json_node_u64_or(&cpu, "user_ns", 0);
	job->cpu.system_ns = json_node_u64_or(&cpu, "system_ns", 0);
	job->cpu.helper_ns = json_node_u64_or(&cpu, "helper_ns", 0);
	job->cpu.pacing_ns = json_node_u64_or(&cpu, "pacing_ns", 0); /* older ones have none */
	job->syscalls = json_node_u64_or(node, "syscalls", UINT64_MAX);
	job->lacks_costs = job->syscalls == UINT64_MAX;
	if (job->lacks_costs)
		job->syscalls = 0;
	job->punts = json_node_u64_or(node, "punts", UINT64_MAX);
	job->knows_punts = job->punts != UINT64_MAX;
	if (!job->knows_punts)
		job->punts = 0;
	job->first_fifth_share = json_node_number_or(node, "first_fifth_share", 0);
	job->voluntary_switches = json_node_u64_or(&switches, "voluntary", 0);
	job->involuntary_switches = json_node_u64_or(&switches, "involuntary", 0);
}

static void read_depth(const struct json_node *node, struct result_job *job)
{
	struct json_node depth = json_node_object(node, "depth");
	struct json_node batch = json_node_object(node, "batch");

	job->depth_asked = json_node_unsigned(&depth, "asked");
	job->depth_mean = json_node_number_or(&depth, "mean", 0);
	job->depth_max = json_node_unsigned(&depth, "max");
	job->batch_submit_mean = json_node_number_or(&batch, "submit_mean", 0);
	job->batch_reap_mean = json_node_number_or(&batch, "reap_mean", 0);
	job->batch_submit_asked = json_node_unsigned(&batch, "submit_asked");
	job->batch_complete_min_asked = json_node_unsigned(&batch, "complete_min_asked");
	job->depths = tally_read(&depth, "sent_at");
	job->submit_sizes = tally_read(&batch, "submit_sizes");
	job->reap_sizes = tally_read(&batch, "reap_sizes");
	job->submit_share = json_node_number_or(node, "submit_share", -1);
}

static void read_job(const struct json_node *node, struct result_job *job)
{
	job->name = json_node_text(node, "name");
	job->description = json_node_text_or_null(node, "description");
	job->group = json_node_unsigned(node, "group");
	job->numjobs = json_node_unsigned(node, "numjobs");
	document_settings(node, "options", &job->options);
	read_engine(node, job);
	read_targets(node, job);
	job->started_ns = json_node_u64(node, "started_ns");
	job->elapsed_ns = json_node_u64(node, "elapsed_ns");
	read_job_error(node, job);
	read_failed_ios(node, job);
	read_unreturned(node, job);
	for (int i = 0; i < DIRECTION_COUNT; i++)
		read_direction(node, io_direction_name(i), &job->directions[i], job);
	read_closing_syncs(node, job);
	read_cpu(node, job);
	read_depth(node, job);
}

static void read_disks(const struct json_node *document, struct result *result)
{
	struct json_node disks = json_node_array(document, "disks");
	const cJSON *item;

	result->disks = arena_alloc_array(
		&result->arena, (size_t)cJSON_GetArraySize(disks.item), sizeof(*result->disks));
	cJSON_ArrayForEach (item, disks.item) {
		struct result_disk *disk = &result->disks[result->disk_count];
		struct json_node node = json_node_element(&disks, item, result->disk_count++);

		disk->name = json_node_text(&node, "name");
		disk->read_ios = json_node_u64(&node, "read_ios");
		disk->write_ios = json_node_u64(&node, "write_ios");
		disk->read_sectors = json_node_u64(&node, "read_sectors");
		disk->write_sectors = json_node_u64(&node, "write_sectors");
		disk->read_merges = json_node_u64(&node, "read_merges");
		disk->write_merges = json_node_u64(&node, "write_merges");
		disk->read_ticks_ms = json_node_u64(&node, "read_ticks_ms");
		disk->write_ticks_ms = json_node_u64(&node, "write_ticks_ms");
		disk->in_queue_ms = json_node_u64(&node, "in_queue_ms");
		disk->utilisation_percent = json_node_number_or(&node, "utilisation_percent", NAN);
	}
}

static void read_document(const struct json_node *document, void *into)
{
	struct result *result = into;
	struct json_node jobs;
	const cJSON *item;

	read_tool(document, result);
	result->arguments = document_command(document, &result->argument_count);
	result->started = document_started(document);
	result->seed = json_node_u64(document, "seed");
	result->signal = document_signal(document);
	document_environment(document, "environment", &result->environment);
	read_warnings(document, result);
	jobs = json_node_array(document, "jobs");
	result->jobs = arena_alloc_array(
		&result->arena, (size_t)cJSON_GetArraySize(jobs.item), sizeof(*result->jobs));
	cJSON_ArrayForEach (item, jobs.item) {
		size_t i = result->job_count++;
		struct json_node node = json_node_element(&jobs, item, i);

		read_job(&node, &result->jobs[i]);
		if (document->walk->has_failed)
			break;
	}
	read_disks(document, result);
}

int result_read_memory(
	const char *path, const char *text, size_t length, struct result *result, struct diag *diag)
{
	static const struct document_kind kind = {
		.noun = "result",
		.schema = RESULT_SCHEMA,
		.family_bytes = sizeof("ringside-result/") - 1,
		.read = read_document,
	};

	*result = (struct result){0};
	return document_read(path, text, length, &kind, &result->arena, result, diag);
}

int result_read(const char *path, struct result *result, struct diag *diag)
{
	size_t length;
	char *text AUTO_FREE = document_load(path, &length, diag);

	*result = (struct result){0};
	if (!text)
		return -errno;
	return result_read_memory(path, text, length, result, diag);
}
