/* SPDX-License-Identifier: MIT */
/* Reading what fio wrote. Everything is checked: such files come from anywhere. */
#include "result/fio.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document/json_node.h"

#define MS_NS 1e6

double fio_percentile_of(const struct fio_percentiles *percentiles, double percent)
{
	for (size_t i = 0; i < percentiles->count; i++) {
		if (fabs(percentiles->items[i].percent - percent) < 1e-6)
			return percentiles->items[i].ns;
	}
	return NAN;
}

double fio_latency_percentile(const struct result_direction *direction,
	const struct fio_direction *stated, double percent)
{
	const struct histogram *buckets = direction->lat.histogram ? direction->lat.histogram
					  : stated->lat.count > 0  ? NULL
								   : direction->clat.histogram;
	const struct fio_percentiles *percentiles =
		stated->lat.count > 0 ? &stated->lat : &stated->clat;

	if (buckets)
		return (double)histogram_percentile(buckets, percent);
	return fio_percentile_of(percentiles, percent);
}

/* As all numbers that are read here; absent is 0. */
static double amount(const struct json_node *node, const char *key)
{
	return json_node_amount_or(node, key, 0);
}

static void read_percentiles(const struct json_node *latency, struct fio_percentiles *percentiles)
{
	struct json_node node = json_node_object_or_null(latency, "percentile");
	struct fio_percentile *items;
	const cJSON *item;
	double before = -1;

	items = arena_alloc_array(
		latency->walk->arena, (size_t)cJSON_GetArraySize(node.item), sizeof(*items));
	cJSON_ArrayForEach (item, node.item) {
		struct fio_percentile *next = &items[percentiles->count];
		char *end;

		next->percent = strtod(item->string, &end);
		if (end == item->string || *end ||
			!(next->percent >= before && next->percent <= 100)) {
			json_node_fail(latency, "percentile", "are not percentages, ascending");
			return;
		}
		next->ns = amount(&node, item->string);
		/* fio prints a percentile twice where its list has it twice. */
		if (next->percent > before)
			percentiles->count++;
		before = next->percent;
	}
	percentiles->items = items;
}

/* json+: {"ns": count, …}, a bin by its middle. */
static struct histogram *read_bins(const struct json_node *latency)
{
	struct json_node node = json_node_object_or_null(latency, "bins");
	struct histogram *histogram;
	const cJSON *item;

	if (cJSON_GetArraySize(node.item) == 0)
		return NULL;
	histogram = ARENA_NEW(latency->walk->arena, struct histogram);
	cJSON_ArrayForEach (item, node.item) {
		char *end;
		double ns = strtod(item->string, &end);
		uint64_t count = json_node_u64(&node, item->string);

		if (end == item->string || *end || !(ns >= 0 && ns < 0x1p63)) {
			json_node_fail(latency, "bins", "holds a name that is no time");
			return NULL;
		}
		if (count > UINT64_MAX - histogram->summary.count) {
			json_node_fail(latency, "bins", "add up to more than 2^64 - 1");
			return NULL;
		}
		if (count > 0)
			histogram_record(histogram, (uint64_t)ns, count);
	}
	return histogram->summary.count > 0 ? histogram : NULL;
}

/* The middle of a bin may lie outside of what was measured: extremes are fio's exact ones. */
static void set_exact(struct histogram *histogram, const struct latency_summary *exact)
{
	if (exact->count != histogram->summary.count)
		return;
	histogram->summary = *exact;
}

static void read_latency(const struct json_node *direction, const char *name,
	struct result_latency *latency, struct fio_percentiles *percentiles)
{
	struct json_node node = json_node_object_or_null(direction, name);
	struct latency_summary *summary = &latency->summary;
	struct histogram *bins;
	double mean, deviation;

	if (!node.item)
		return;
	summary->count = json_node_u64_or(&node, "N", 0);
	if (summary->count == 0)
		return;
	summary->min_ns = json_node_u64_or(&node, "min", 0);
	summary->max_ns = json_node_u64_or(&node, "max", 0);
	if (summary->min_ns > summary->max_ns)
		json_node_fail(&node, "min", "is above 'max'");
	mean = amount(&node, "mean");
	deviation = amount(&node, "stddev");
	summary->sum_ns = mean * (double)summary->count;
	summary->sum_squares_ns2 = (deviation * deviation + mean * mean) * (double)summary->count;
	read_percentiles(&node, percentiles);
	bins = read_bins(&node);
	if (bins) {
		set_exact(bins, summary);
		latency->histogram = bins;
	}
}

/* Returns the direction's run time in ns. */
static double read_direction_of(const struct json_node *job, const char *name,
	struct result_direction *direction, struct fio_direction *stated)
{
	struct json_node node = json_node_object_or_null(job, name);
	struct fio_percentiles unused = {0};

	stated->iops = stated->bytes_per_second = NAN;
	if (!node.item)
		return 0;
	direction->ios = json_node_u64_or(&node, "total_ios", 0);
	direction->bytes = json_node_u64_or(&node, "io_bytes", 0);
	direction->short_ios = json_node_u64_or(&node, "short_ios", 0);
	if (direction->ios > 0 && cJSON_HasObjectItem(node.item, "iops")) {
		stated->iops = amount(&node, "iops");
		stated->bytes_per_second = amount(&node, "bw_bytes");
	}
	read_latency(&node, "slat_ns", &direction->slat, &unused);
	read_latency(&node, "clat_ns", &direction->clat, &stated->clat);
	read_latency(&node, "lat_ns", &direction->lat, &stated->lat);
	return amount(&node, "runtime") * MS_NS;
}

static void add_options(
	const struct json_node *node, struct arena *arena, struct settings *settings)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, node->item) {
		struct setting *setting = settings_find(settings, item->string);

		if (!setting)
			setting = settings_add(
				settings, arena, arena_strdup(arena, item->string), NULL);
		if (cJSON_IsString(item))
			setting->value = arena_strdup(arena, item->valuestring);
	}
}

/* The job's options over the global ones, as fio itself resolves them. */
static void read_options(
	const struct json_node *global, const struct json_node *node, struct result_job *job)
{
	struct json_node own = json_node_object_or_null(node, "job options");
	struct arena *arena = node->walk->arena;
	const char *engine;

	add_options(global, arena, &job->options);
	add_options(&own, arena, &job->options);
	engine = settings_value(&job->options, "ioengine");
	job->engine = engine ? engine : "psync";
}

/*
 * fio counts the threads that submit, not the kernel's that work for io_uring: with a polling
 * thread its figure is too low by the whole thread, and is not taken.
 */
static bool counts_all_cpu(const struct result_job *job)
{
	return !settings_value(&job->options, "sqthread_poll") &&
	       !settings_value(&job->options, "sqthread_poll_cpu");
}

static void read_costs(const struct json_node *node, struct result_job *job)
{
	double runtime_ns = amount(node, "job_runtime") * MS_NS;
	double user_ns = amount(node, "usr_cpu") / 100 * runtime_ns;
	double system_ns = amount(node, "sys_cpu") / 100 * runtime_ns;

	if (counts_all_cpu(job) && user_ns < 0x1p62 && system_ns < 0x1p62) {
		job->cpu.user_ns = (uint64_t)user_ns;
		job->cpu.system_ns = (uint64_t)system_ns;
		job->cpu.total_ns = job->cpu.user_ns + job->cpu.system_ns;
	}
	job->voluntary_switches = json_node_u64_or(node, "ctx", 0);
}

static void read_errors(const struct json_node *node, struct result_job *job)
{
	uint64_t total = json_node_u64_or(node, "total_err", 0);
	uint64_t error = json_node_u64_or(node, "error", 0);
	struct result_direction *read = &job->directions[DIRECTION_READ];

	if (error > 0 && error < 4096)
		job->error = (int)error;
	else if (error != 0)
		json_node_fail(node, "error", "is no errno value");
	/* fio does not say in which direction. */
	if (total > 0) {
		read->error_count = 1;
		read->errors[0] = (struct result_error_count){.name = "fio", .count = total};
	}
}

static void read_job(const struct json_node *global, const struct json_node *node,
	struct result_job *job, struct fio_job *stated)
{
	double elapsed_ns = 0;

	if (cJSON_HasObjectItem(node->item, "mixed") && !cJSON_HasObjectItem(node->item, "read"))
		json_node_fail(node, NULL,
			"has one figure for reads and writes together: leave out "
			"unified_rw_reporting, or take unified_rw_reporting=both");
	job->name = json_node_text(node, "jobname");
	job->group = json_node_unsigned(node, "groupid");
	job->numjobs = 1;
	read_options(global, node, job);
	for (int i = 0; i < DIRECTION_COUNT; i++)
		elapsed_ns = fmax(elapsed_ns, read_direction_of(node, io_direction_name(i),
						      &job->directions[i], &stated->directions[i]));
	if (!(elapsed_ns < 0x1p63))
		json_node_fail(node, NULL, "ran for longer than 292 years");
	else
		job->elapsed_ns = (uint64_t)elapsed_ns;
	read_costs(node, job);
	read_errors(node, job);
}

static bool is_summary_of_clients(const cJSON *item)
{
	const char *name = json_get_text(item, "jobname");

	return name && strcmp(name, "All clients") == 0;
}

static void read_document(const struct json_node *root, struct fio_document *document)
{
	bool has_clients = cJSON_HasObjectItem(root->item, "client_stats");
	struct json_node jobs = json_node_array(root, has_clients ? "client_stats" : "jobs");
	/* Several clients have a list of global options, which cannot be told apart. */
	bool has_global =
		cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(root->item, "global options"));
	struct json_node global = {.walk = root->walk, .where = "global options"};
	struct result *result = &document->result;
	size_t limit = (size_t)cJSON_GetArraySize(jobs.item);
	const cJSON *item;

	if (has_global)
		global = json_node_object(root, "global options");
	result->version = json_node_text(root, "fio version");
	result->started.tv_sec = (time_t)json_node_u64_or(root, "timestamp", 0);
	result->jobs = arena_alloc_array(&result->arena, limit, sizeof(*result->jobs));
	document->jobs = arena_alloc_array(&result->arena, limit, sizeof(*document->jobs));
	cJSON_ArrayForEach (item, jobs.item) {
		size_t i = result->job_count;
		struct json_node node = json_node_element(&jobs, item, i);

		if (has_clients && is_summary_of_clients(item))
			continue;
		read_job(&global, &node, &result->jobs[i], &document->jobs[i]);
		result->job_count++;
		if (root->walk->has_failed)
			return;
	}
	if (result->job_count == 0)
		json_node_fail(root, NULL, "a result of fio without any job");
}

int fio_read_memory(const char *path, const char *text, size_t length,
	struct fio_document *document, struct diag *diag)
{
	struct json_walk walk = {.arena = &document->result.arena, .diag = diag, .path = path};
	struct json_node root = {.walk = &walk, .where = ""};
	size_t start = document_start(text, length);
	cJSON *parsed;

	*document = (struct fio_document){0};
	parsed = document_parse(path, text + start, length - start, diag);
	if (!parsed)
		return -EINVAL;
	root.item = parsed;
	if (document_type_of_json(parsed) == DOCUMENT_FIO)
		read_document(&root, document);
	else
		json_node_fail(&root, NULL, "no result of fio: it has no \"fio version\"");
	document->json = parsed;
	document->path = arena_strdup(&document->result.arena, path);
	return walk.has_failed ? -EINVAL : 0;
}

void fio_document_free(struct fio_document *document)
{
	cJSON_Delete(document->json);
	result_free(&document->result);
	*document = (struct fio_document){0};
}
