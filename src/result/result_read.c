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
#include "result/read_direction.h"
#include "result/result.h"

#define SCHEMA_FAMILY "ringside-result/"

static void read_settings(
	const struct json_node *parent, const char *key, struct result_settings *settings)
{
	struct json_node node = json_node_object(parent, key);
	struct arena *arena = parent->walk->arena;
	const cJSON *item;

	settings->items = arena_alloc_array(
		arena, (size_t)cJSON_GetArraySize(node.item), sizeof(*settings->items));
	cJSON_ArrayForEach (item, node.item) {
		struct result_setting *setting = &settings->items[settings->count++];

		setting->key = arena_strdup(arena, item->string);
		if (cJSON_IsString(item))
			setting->value = arena_strdup(arena, item->valuestring);
		else if (!cJSON_IsNull(item))
			json_node_fail(&node, item->string, "is neither text nor null");
	}
}

static void read_tool(const struct json_node *document, struct result *result)
{
	struct json_node tool = json_node_object(document, "tool");

	result->version = json_node_text_or_null(&tool, "version");
	result->git = json_node_text_or_null(&tool, "git");
	result->compiler = json_node_text_or_null(&tool, "compiler");
	result->clock = json_node_text_or_null(&tool, "clock");
	result->clock_drift_ppm = json_node_number_or(&tool, "clock_drift_ppm", NAN);
}

static void read_command(const struct json_node *document, struct result *result)
{
	struct json_node command = json_node_array(document, "command");
	const cJSON *item;

	result->arguments = arena_alloc_array(&result->arena,
		(size_t)cJSON_GetArraySize(command.item), sizeof(*result->arguments));
	cJSON_ArrayForEach (item, command.item) {
		if (!cJSON_IsString(item)) {
			json_node_fail(document, "command", "holds something that is no text");
			return;
		}
		result->arguments[result->argument_count++] =
			arena_strdup(&result->arena, item->valuestring);
	}
}

/* ".12Z", ".12+02:00": the fraction in ns; *text is moved behind it. */
static long read_fraction(const char **text)
{
	long unit_ns = 100000000;
	long fraction_ns = 0;

	if (**text != '.')
		return 0;
	for ((*text)++; **text >= '0' && **text <= '9'; (*text)++) {
		fraction_ns += unit_ns * (**text - '0');
		unit_ns /= 10;
	}
	return fraction_ns;
}

/* "Z", "+02:00": seconds east of UTC. */
static bool read_offset(const char *text, long *offset_s)
{
	int hours, minutes;
	char sign, end;

	*offset_s = 0;
	if (strcmp(text, "Z") == 0)
		return true;
	if (sscanf(text, "%c%2d:%2d%c", &sign, &hours, &minutes, &end) != 3)
		return false;
	if ((sign != '+' && sign != '-') || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*offset_s = (hours * 60L + minutes) * 60 * (sign == '-' ? -1 : 1);
	return true;
}

static void read_started(const struct json_node *document, struct result *result)
{
	const char *text = json_node_text(document, "started");
	struct tm utc = {0};
	long offset_s;

	text = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	if (text)
		result->started.tv_nsec = read_fraction(&text);
	if (!text || !read_offset(text, &offset_s)) {
		json_node_fail(document, "started", "is no RFC 3339 time");
		return;
	}
	result->started.tv_sec = timegm(&utc) - offset_s;
}

static void read_signal(const struct json_node *document, struct result *result)
{
	uint64_t signal = json_node_u64_or(document, "signal", 0);

	if (signal > INT_MAX)
		json_node_fail(document, "signal", "is too large");
	else
		result->signal = (int)signal;
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

static void read_refused(const struct json_node *engine, struct result_job *job)
{
	struct json_node refused = json_node_array(engine, "refused");
	struct result_settings *settings = &job->engine_refused;
	const cJSON *item;

	settings->items = arena_alloc_array(engine->walk->arena,
		(size_t)cJSON_GetArraySize(refused.item), sizeof(*settings->items));
	cJSON_ArrayForEach (item, refused.item) {
		struct result_setting *setting = &settings->items[settings->count];
		struct json_node node = json_node_element(&refused, item, settings->count++);

		setting->key = json_node_text(&node, "setting");
		setting->value = json_node_text_or_null(&node, "value");
		setting->reason = json_node_text_or_null(&node, "reason");
	}
}

static void read_engine(const struct json_node *node, struct result_job *job)
{
	struct json_node engine = json_node_object(node, "engine");

	job->engine = json_node_text(&engine, "name");
	read_settings(&engine, "effective", &job->engine_effective);
	read_refused(&engine, job);
	read_settings(&engine, "proof", &job->engine_proof);
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

static void read_cpu(const struct json_node *node, struct result_job *job)
{
	struct json_node cpu = json_node_object(node, "cpu");
	struct json_node switches = json_node_object(node, "context_switches");

	job->cpu.total_ns = json_node_u64(&cpu, "total_ns");
	job->cpu.user_ns = json_node_u64(&cpu, "user_ns");
	job->cpu.system_ns = json_node_u64(&cpu, "system_ns");
	job->cpu.helper_ns = json_node_u64(&cpu, "helper_ns");
	job->syscalls = json_node_u64(node, "syscalls");
	job->punts = json_node_u64_or(node, "punts", UINT64_MAX);
	job->knows_punts = job->punts != UINT64_MAX;
	if (!job->knows_punts)
		job->punts = 0;
	job->first_fifth_share = json_node_number_or(node, "first_fifth_share", 0);
	job->voluntary_switches = json_node_u64(&switches, "voluntary");
	job->involuntary_switches = json_node_u64(&switches, "involuntary");
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
	job->submit_share = json_node_number_or(node, "submit_share", -1);
}

static void read_job(const struct json_node *node, struct result_job *job)
{
	job->name = json_node_text(node, "name");
	job->description = json_node_text_or_null(node, "description");
	job->group = json_node_unsigned(node, "group");
	job->numjobs = json_node_unsigned(node, "numjobs");
	read_settings(node, "options", &job->options);
	read_engine(node, job);
	read_targets(node, job);
	job->started_ns = json_node_u64(node, "started_ns");
	job->elapsed_ns = json_node_u64(node, "elapsed_ns");
	read_job_error(node, job);
	for (int i = 0; i < DIRECTION_COUNT; i++)
		read_direction(node, io_direction_name(i), &job->directions[i], job);
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

static void read_document(const struct json_node *document, struct result *result)
{
	struct json_node environment, jobs;
	const cJSON *item;

	read_tool(document, result);
	read_command(document, result);
	read_started(document, result);
	result->seed = json_node_u64(document, "seed");
	read_signal(document, result);
	environment = json_node_object(document, "environment");
	read_settings(&environment, "hard", &result->environment.hard);
	read_settings(&environment, "soft", &result->environment.soft);
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

/* Whose document it is, before anything of it is taken for ours. */
static void check_schema(const struct json_node *document)
{
	const char *schema = json_get_text(document->item, "schema");
	struct arena *arena = document->walk->arena;

	if (schema && strcmp(schema, RESULT_SCHEMA) == 0)
		return;
	if (schema && text_starts_with(schema, SCHEMA_FAMILY))
		json_node_fail(document, NULL,
			arena_printf(arena,
				"a result of another version, %s: this ringside reads %s", schema,
				RESULT_SCHEMA));
	else if (json_get_text(document->item, "fio version"))
		json_node_fail(document, NULL, "a result of fio: this reads ringside's own only");
	else
		json_node_fail(document, NULL,
			"no result of ringside: it has no \"schema\": \"" RESULT_SCHEMA "\"");
}

int result_read_memory(
	const char *path, const char *text, size_t length, struct result *result, struct diag *diag)
{
	struct json_walk walk = {.arena = &result->arena, .diag = diag, .path = path};
	struct json_node document = {.walk = &walk, .where = ""};
	cJSON *root;

	*result = (struct result){0};
	root = document_parse(path, text, length, diag);
	if (!root)
		return -EINVAL;
	document.item = root;
	check_schema(&document);
	if (!walk.has_failed)
		read_document(&document, result);
	cJSON_Delete(root);
	return walk.has_failed ? -EINVAL : 0;
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
