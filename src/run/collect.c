/* SPDX-License-Identifier: MIT */
/* Copies what workers measured into a result. */
#include "run/collect.h"

#include <inttypes.h>
#include <linux/ioprio.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "engine/engine_list.h"
#include "host/block_device.h"
#include "host/fact.h"
#include "result/result_figures.h"
#include "run/worker_priority.h"

static const double default_percentiles[] = {
	1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99};
enum { DEFAULT_PERCENTILE_COUNT = sizeof(default_percentiles) / sizeof(default_percentiles[0]) };

static void copy_latency(struct result *result, struct result_latency *into,
	const struct histogram *from, bool with_buckets)
{
	into->summary = from->summary;
	if (!with_buckets || from->summary.count == 0)
		return;
	struct histogram *copy = ARENA_NEW(&result->arena, struct histogram);

	histogram_merge(copy, from);
	into->histogram = copy;
}

static void collect_pace(struct result *result, struct result_pace *into,
	const struct worker_direction *from, struct pacer_spec asked)
{
	into->iops_asked = asked.ios_per_second;
	into->bytes_per_second_asked = asked.bytes_per_second;
	into->unsent = from->unsent;
	copy_latency(result, &into->lag, from->lag, true);
	copy_latency(result, &into->service, from->service, true);
}

/* All of lat told apart, or none of it; what was timed of some I/Os only is a sample. */
static void collect_submission(struct result *result, struct result_direction *into,
	const struct worker_direction *from, const struct job *job)
{
	/* An engine whose submission is the I/O: completion latency is all of it from there. */
	const struct histogram *whole =
		from->service->summary.count > 0 ? from->service : from->lat;
	uint64_t timed = from->slat->summary.count;

	if (timed == 0 && (whole == from->lat || into->pace.service.summary.count > 0)) {
		into->clat = whole == from->lat ? into->lat : into->pace.service;
		if (!job->clat_percentiles)
			into->clat.histogram = NULL;
	} else if (timed == 0) {
		copy_latency(result, &into->clat, whole, job->clat_percentiles);
	} else if (timed == whole->summary.count) {
		copy_latency(result, &into->slat, from->slat, job->slat_percentiles);
		copy_latency(result, &into->clat, from->clat, true);
	} else {
		copy_latency(result, &into->sample.slat, from->slat, job->slat_percentiles);
		copy_latency(result, &into->sample.clat, from->clat, job->clat_percentiles);
	}
}

/* One for all, where the job has set it: with group_reporting others may have another. */
static void collect_one_priority(
	struct result *result, struct result_direction *into, unsigned priority)
{
	if (priority == 0 || into->lat.summary.count == 0)
		return;
	into->priorities = ARENA_NEW(&result->arena, struct result_priority);
	into->priorities[into->priority_count++] = (struct result_priority){
		.class = priority >> IOPRIO_CLASS_SHIFT,
		.level = priority & 7u,
		.lat = into->lat,
	};
}

/* Each that had I/Os. */
static void collect_priorities(struct result *result, struct result_direction *into,
	const struct worker_priorities *priorities, enum io_direction direction)
{
	size_t count = priorities->of[direction].count;

	into->priorities = arena_alloc_array(&result->arena, count, sizeof(*into->priorities));
	for (size_t i = 0; i < count; i++) {
		const struct worker_priority_lat *item = &priorities->of[direction].items[i];
		struct result_priority *copy = &into->priorities[into->priority_count];

		if (item->lat.summary.count == 0)
			continue;
		copy->class = (unsigned)item->priority >> IOPRIO_CLASS_SHIFT;
		copy->level = item->priority & 7u;
		copy_latency(result, &copy->lat, &item->lat, true);
		into->priority_count++;
	}
}

static void collect_direction(struct result *result, struct result_direction *into,
	const struct worker_direction *from, const struct job *job, enum io_direction direction)
{
	into->ios = from->ios;
	into->bytes = from->bytes;
	into->short_ios = from->short_ios;
	into->ignored_errors = from->ignored;
	/* Of a direction that did nothing no page of its histograms is looked at. */
	if (from->ios > 0)
		copy_latency(result, &into->lat, from->lat, true);
	if (job_is_paced(job))
		collect_pace(result, &into->pace, from, job_pace_of(job, direction));
	if (from->ios > 0)
		collect_submission(result, into, from, job);
	for (int i = 0; i < WORKER_ERRNO_LIMIT && from->errors[i].error != 0; i++) {
		into->errors[into->error_count++] = (struct result_error_count){
			.error = from->errors[i].error,
			.name = arena_strdup(
				&result->arena, text_errno_symbol(from->errors[i].error)),
			.count = from->errors[i].count,
		};
	}
}

/* The calls of the engine and, with them, those that the worker made of its files. */
static void add_file_syncs(struct arena *arena, struct settings *proof, uint64_t count)
{
	const char *fsyncs = arena_printf(arena, "fsync %llu", (unsigned long long)count);
	struct setting *calls = settings_find(proof, "calls");
	const char *sum = calls ? engine_proof_add(arena, "calls", calls->value, fsyncs) : NULL;

	if (!calls)
		settings_add(proof, arena, "calls", fsyncs);
	else if (sum)
		calls->value = sum;
}

/* Engine calls and kernel threads that only the worker saw. */
static void add_worker_proof(struct result *result, struct result_job *job,
	const struct worker_outcome *outcome, const struct job *asked)
{
	const struct worker_measurement *m = outcome->measurement;
	struct arena *arena = &result->arena;
	struct settings *proof = &job->engine_proof;
	double window_ns = (double)(m->ended_ns - m->started_ns);
	const char *calls = settings_value(proof, "calls");

	if (outcome->file_syncs > 0)
		add_file_syncs(arena, proof, outcome->file_syncs);
	/* The engine counts from open to close. */
	if (asked->ramp_time_ns != 0)
		settings_printf(proof, arena, "counted", "in the ramp too");
	if (calls && strstr(calls, "io_submit") && job->submit_share >= 0)
		settings_printf(proof, arena, "inside_io_submit", "%.0f %% of the time",
			job->submit_share * 100);
	if (m->cpu.sqpoll_tid > 0)
		settings_printf(proof, arena, "sqthread",
			"%d on CPU %d (job on CPU %d), %.0f %% of a CPU", m->cpu.sqpoll_tid,
			m->cpu.sqpoll_cpu, m->cpu_number,
			window_ns > 0 ? (double)m->cpu.sqpoll_ns * 100 / window_ns : 0);
	if (m->cpu.io_worker_count > 0)
		settings_printf(proof, arena, "io_workers", "%u", m->cpu.io_worker_count);
	if (m->punts >= 0)
		settings_printf(proof, arena, "punts", "%lld", (long long)m->punts);
}

/* The same target as a clone's predecessor has found it. */
static const struct result_target *same_target(
	const struct result *result, const struct result_job *job, unsigned index, const char *path)
{
	const struct result_job *before = job > result->jobs ? job - 1 : NULL;

	if (!before || index >= before->target_count ||
		strcmp(before->targets[index].path, path) != 0)
		return NULL;
	return &before->targets[index];
}

static void collect_targets(
	struct result *result, struct result_job *into, const struct planned_job *planned)
{
	struct arena *arena = &result->arena;

	into->target_count = planned->target_count;
	into->targets = arena_alloc_array(arena, into->target_count, sizeof(*into->targets));
	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct target *target = &planned->targets[i];
		const struct result_target *same = same_target(result, into, i, target->path);
		struct result_target *copy = &into->targets[i];
		struct block_device device;

		copy->path = arena_strdup(arena, target->path);
		copy->kind = target_kind_name(target->kind);
		copy->bytes = target->bytes;
		copy->file_system = arena_strdup(arena, target->file_system);
		if (same)
			copy->device = same->device;
		else if (plan_repeats_device(planned, i))
			copy->device = into->targets[i - 1].device;
		else if (target->device != 0 && target->kind != TARGET_CHARACTER &&
			 block_device_find(target->device, &device, arena) == 0)
			copy->device = device.disk;
	}
}

static double ratio(double numerator, double denominator)
{
	return denominator > 0 ? numerator / denominator : 0;
}

/* Looking at the clock until an I/O is due is no cost of I/O: it is told apart. */
static void collect_cpu(struct result_cpu *into, const struct cpu_usage *cpu, uint64_t left_ns)
{
	uint64_t user_ns = cpu->user_ns;
	uint64_t system_ns = cpu->system_ns;

	into->user_ns = user_ns > left_ns ? user_ns - left_ns : 0;
	left_ns -= user_ns - into->user_ns;
	into->system_ns = system_ns > left_ns ? system_ns - left_ns : 0;
	into->helper_ns = cpu->helper_ns;
	into->total_ns = into->user_ns + into->system_ns + into->helper_ns;
	into->pacing_ns = user_ns + system_ns - into->user_ns - into->system_ns;
}

static const char *explain_missing(enum perf_scope scope, int error, struct arena *arena)
{
	const char *cure;
	const char *reason =
		perf_counter_explain(error, scope, perf_counter_paranoid(arena), arena, &cure);

	return cure ? arena_printf(arena, "%s (%s)", reason, cure) : reason;
}

/* Looking at the clock until an I/O is due is user mode's, and cannot be told apart. */
static void collect_counts(
	struct result_counts into[], const struct worker_measurement *m, struct arena *arena)
{
	for (enum perf_scope scope = 0; scope < PERF_SCOPE_COUNT; scope++) {
		const struct perf_count *count = &m->cpu.counts.scopes[scope];
		int error = perf_count_error(count);

		into[scope] = (struct result_counts){0};
		if (error != 0) {
			into[scope].missing = explain_missing(scope, error, arena);
		} else if (scope == PERF_USER && m->pacing_ns > 0 && !m->has_server) {
			into[scope].missing = "the job has a rate: looking at the clock until an "
					      "I/O is due would count";
		} else {
			into[scope].is_known = true;
			into[scope].instructions = perf_count_scaled(count, count->instructions);
			into[scope].cycles = perf_count_scaled(count, count->cycles);
			into[scope].counted_share = perf_count_share(count);
		}
	}
}

/* The mean of the batches that were not empty. */
static double mean_size(const struct tally *sizes)
{
	double ios = 0, batches = 0;

	for (size_t i = 0; i < sizes->count; i++) {
		const struct tally_item *item = &sizes->items[i];

		ios += (double)item->value * (double)item->count;
		batches += item->value > 0 ? (double)item->count : 0;
	}
	return ratio(ios, batches);
}

static void collect_tallies(
	struct arena *arena, struct result_job *into, const struct worker_measurement *m)
{
	into->depths = tally_make(m->depths, m->tally_limit, arena);
	into->submit_sizes = tally_make(m->submit_sizes, m->tally_limit, arena);
	into->reap_sizes = tally_make(m->reap_sizes, m->tally_limit, arena);
	if (into->depths.count > 0)
		into->depth_max = (unsigned)into->depths.items[into->depths.count - 1].value;
	into->batch_submit_mean = mean_size(&into->submit_sizes);
	into->batch_reap_mean = mean_size(&into->reap_sizes);
}

static void collect_loop(struct result_job *into, const struct worker_outcome *outcome,
	const struct job *asked, struct arena *arena)
{
	const struct worker_measurement *m = outcome->measurement;
	double window_ns = (double)(m->ended_ns - m->started_ns);

	into->depth_asked = asked->iodepth;
	into->depth_mean = outcome->lacks_costs ? 0 : ratio(m->depth_integral, window_ns);
	into->batch_submit_asked = asked->iodepth_batch_submit;
	into->batch_complete_min_asked = asked->iodepth_batch_complete_min;
	into->lacks_costs = outcome->lacks_costs;
	into->submit_share = -1;
	if (m->stamped_turn_ns > 0)
		into->submit_share =
			ratio((double)m->stamped_submit_ns, (double)m->stamped_turn_ns);
	into->syscalls = m->syscalls;
	if (m->has_server) {
		into->client_ns = m->client_cpu.user_ns + m->client_cpu.system_ns;
		into->client_syscalls = m->client_syscalls;
	}
	into->has_zones = asked->rare->zones.mode == ZONES_ZBD;
	into->zone_resets = m->zone_resets;
	into->knows_punts = m->punts >= 0;
	into->punts = into->knows_punts ? (uint64_t)m->punts : 0;
	/* A window that was cut short has another first fifth. */
	if (asked->runtime_ns != 0 && m->ended_ns - m->started_ns >= asked->runtime_ns)
		into->first_fifth_share = ratio((double)m->early_reaped, (double)m->reaped);
	/* It is the client that waits until an I/O is due. */
	collect_cpu(&into->cpu, &m->cpu, m->has_server ? 0 : m->pacing_ns);
	if (!outcome->lacks_costs)
		collect_counts(into->counts, m, arena);
	into->voluntary_switches = m->cpu.voluntary_switches;
	into->involuntary_switches = m->cpu.involuntary_switches;
}

static void collect_percentiles(
	struct result *result, struct result_job *into, const struct job *job)
{
	size_t count = job->percentile_list.count;
	const double *from = job->percentile_list.percents;

	if (count == 0) {
		count = DEFAULT_PERCENTILE_COUNT;
		from = default_percentiles;
	}
	into->percentile_count = count;
	into->percentiles = arena_alloc_array(&result->arena, count, sizeof(double));
	memcpy(into->percentiles, from, count * sizeof(double));
}

static void collect_latency_goal(struct result *result, struct result_job *into,
	const struct worker_outcome *outcome, const struct job *asked)
{
	struct result_latency_goal *goal;

	if (outcome->latency.depth == 0)
		return;
	goal = into->goals.latency = ARENA_NEW(&result->arena, struct result_latency_goal);
	*goal = (struct result_latency_goal){
		.target_ns = asked->rare->latency.target_ns,
		.window_ns = asked->rare->latency.window_ns,
		.percentile = asked->rare->latency.percentile,
		.depth = outcome->latency.depth,
		.is_met = outcome->latency.is_met,
	};
	if (!goal->is_met)
		result_warn(result, into->name, "latency-target-not-met",
			"latency_target was not met in the last window, at depth %u",
			outcome->latency.depth);
	else if (asked->iodepth > 1 && asked->engine->traits & ENGINE_IS_SYNCHRONOUS)
		result_warn(result, into->name, "latency-target-depth",
			"latency_target had no depth to choose: %s does one I/O at a time",
			into->engine);
}

static bool stands_in(const struct job_section *section, const struct job_entry *entry)
{
	const struct job_entry *at = section->entries;

	while (at && at != entry)
		at = at->next;
	return at != NULL;
}

/* The last of one name counts; under the name that the option's table has. */
static void add_written(
	struct settings *written, const struct job_entry *entry, struct arena *arena)
{
	const char *name = entry->option ? entry->option->name : entry->key;
	struct setting *same = settings_find(written, name);

	if (!same)
		same = settings_add(written, arena, arena_strdup(arena, name), NULL);
	same->value = entry->value ? arena_strdup(arena, entry->value) : "";
}

/* What its section says, and of what [global] does the entries that hold for this job. */
static void collect_written(struct result *result, struct result_job *into, const struct job *job)
{
	const struct job_origin *origin = job->origin;
	struct arena *arena = &result->arena;

	if (!origin)
		return; /* made by ringside itself */
	for (const struct job_entry *e = origin->section->entries; e; e = e->next)
		add_written(&into->written, e, arena);
	for (size_t i = 0; i < origin->own.count; i++) {
		const struct job_entry *entry = origin->own.items[i];

		if (!stands_in(origin->section, entry))
			add_written(&result->global_written, entry, arena);
	}
}

static void collect_replay(struct result *result, struct result_job *into,
	const struct worker_measurement *m, const struct job *asked)
{
	const struct io_log *log = asked->rare->replay.log;
	struct result_replay *replay;
	struct histogram *lateness;

	if (!log)
		return;
	replay = into->goals.replay = ARENA_NEW(&result->arena, struct result_replay);
	*replay = (struct result_replay){
		.log = arena_strdup(&result->arena, log->path),
		.ios = io_log_count(log),
		.recorded_ns = log->duration_ns,
		.has_times = log->has_times,
	};
	lateness = ARENA_NEW(&result->arena, struct histogram);
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		replay->unsent += m->directions[i].unsent;
		histogram_merge(lateness, m->directions[i].lag);
	}
	copy_latency(result, &replay->lateness, lateness, true);
}

static bool are_same(const struct settings *a, const struct settings *b)
{
	bool are = a->count == b->count;

	for (size_t i = 0; i < a->count && are; i++)
		are = strcmp(a->items[i].key, b->items[i].key) == 0 &&
		      strcmp(a->items[i].value, b->items[i].value) == 0 &&
		      a->items[i].is_default == b->items[i].is_default;
	return are;
}

/* Clones have mostly the same, and then share them: the list has 130 items. */
static void collect_options(struct result *result, struct result_job *into, const struct job *job)
{
	AUTO_ARENA struct arena scratch = {0};
	const struct settings own = job_settings(job, &scratch);
	const struct result_job *before = into > result->jobs ? into - 1 : NULL;

	if (before && are_same(&before->options, &own))
		into->options = before->options;
	else
		into->options = settings_copy(&own, &result->arena);
}

void collect_job(struct result *result, struct result_job *job, const struct planned_job *planned,
	const struct worker_outcome *outcome, uint64_t origin_ns)
{
	const struct job *asked = planned->job;
	const struct worker_measurement *m = outcome->measurement;
	struct arena *arena = &result->arena;

	job->name = arena_strdup(arena, asked->name);
	job->description = arena_strdup(arena, asked->description);
	job->group = asked->group;
	job->numjobs = 1;
	job->engine = asked->engine->name;
	job->engine_effective = settings_copy(&outcome->report.effective, &result->arena);
	job->engine_refused = settings_copy(&outcome->report.refused, &result->arena);
	job->engine_proof = settings_copy(&outcome->report.proof, &result->arena);
	job->error = outcome->error;
	job->error_message = arena_strdup(arena, outcome->error_message);
	collect_options(result, job, asked);
	collect_written(result, job, asked);
	collect_targets(result, job, planned);
	collect_percentiles(result, job, asked);
	job->depth_asked = asked->iodepth;
	job->submit_share = -1;
	job->unreturned_ios = outcome->unreturned.ios;
	job->oldest_unreturned_ns = outcome->unreturned.oldest_ns;
	if (!m || m->started_ns == 0)
		return; /* it never started: no figures, but its error */
	job->started_ns = m->started_ns - origin_ns;
	job->elapsed_ns = m->ended_ns > m->started_ns ? m->ended_ns - m->started_ns : 0;
	for (int i = 0; i < DIRECTION_COUNT; i++)
		collect_direction(result, &job->directions[i], &m->directions[i], asked, i);
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (outcome->priorities && outcome->priorities->of[i].count > 0)
			collect_priorities(result, &job->directions[i], outcome->priorities, i);
		else
			collect_one_priority(
				result, &job->directions[i], asked->rare->host.io_priority);
	}
	job->first_error = m->first_error;
	copy_latency(result, &job->closing_syncs, m->closing_syncs, true);
	collect_tallies(arena, job, m);
	collect_loop(job, outcome, asked, arena);
	collect_latency_goal(result, job, outcome, asked);
	collect_replay(result, job, m, asked);
	add_worker_proof(result, job, outcome, asked);
	if (m->cpu.sqpoll_tid > 0 && m->cpu.sqpoll_cpu == m->cpu_number)
		result_warn(result, job->name, "sqpoll-shares-cpu",
			"the SQPOLL thread and the job were both on CPU %d: they take turns, and "
			"what "
			"is measured is the scheduler; give them CPUs of their own "
			"(sqthread_poll_cpu, cpus_allowed)",
			m->cpu_number);
}

void collect_environment(struct result *result, const struct plan *plan)
{
	struct arena *arena = &result->arena;
	struct environment environment;
	struct fact_target *targets;
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->jobs[i].target_count;
	targets = arena_alloc_array(arena, count, sizeof(*targets));
	count = 0;
	for (size_t i = 0; i < plan->count; i++) {
		for (unsigned k = 0; k < plan->jobs[i].target_count; k++) {
			const struct target *target = &plan->jobs[i].targets[k];

			targets[count++] = (struct fact_target){
				.path = target->path,
				.block_device = target->device,
				.file_system = target->file_system,
			};
		}
	}
	fact_environment(&environment, targets, count, arena);
	result->environment.hard = environment.hard;
	result->environment.soft = environment.soft;
}

void collect_groups(struct result *result, const struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < result->job_count; i++) {
		struct result_job *job = &result->jobs[i];
		struct result_job *before = kept > 0 ? &result->jobs[kept - 1] : NULL;

		if (!plan->jobs[i].job->shown.stats)
			continue;
		if (before && plan->jobs[i].job->group_reporting && before->group == job->group)
			result_merge_job(result, before, job);
		else
			result->jobs[kept++] = *job;
	}
	result->job_count = kept;
}
