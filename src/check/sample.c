/* SPDX-License-Identifier: MIT */
/* Sessions out of results of ringside and of fio, and of comparisons. */
#include "check/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/clock.h"
#include "base/text.h"
#include "measure/estimate.h"
#include "run/collect.h"
#include "verdict/health.h"
#include "verdict/regress.h"
#include "verdict/session.h"

char *sample_time_text(char text[SAMPLE_TIME_BYTES], time_t time)
{
	struct tm utc;

	if (!gmtime_r(&time, &utc) ||
		strftime(text, SAMPLE_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		snprintf(text, SAMPLE_TIME_BYTES, "1970-01-01T00:00:00Z");
	return text;
}

struct sample_trial *sample_new_trials(struct arena *arena, size_t block_count)
{
	struct sample_trial *trials = arena_alloc_array(arena, block_count, sizeof(*trials));

	for (size_t b = 0; b < block_count; b++) {
		trials[b].window_s = NAN;
		for (int v = 0; v < VALUE_COUNT; v++)
			trials[b].values[v] = NAN;
	}
	return trials;
}

double sample_trial_s(const struct sample *sample)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < sample->arm_count; i++) {
		for (size_t b = 0; b < sample->block_count; b++) {
			double window_s = sample->arms[i].trials[b].window_s;

			if (sample->arms[i].trials[b].is_valid && isfinite(window_s)) {
				sum += window_s;
				count++;
			}
		}
	}
	return count > 0 ? sum / (double)count : NAN;
}

double sample_window_s(const struct sample *sample)
{
	double sum = 0;

	for (size_t i = 0; i < sample->arm_count; i++) {
		for (size_t b = 0; b < sample->block_count; b++) {
			double window_s = sample->arms[i].trials[b].window_s;

			sum += isfinite(window_s) ? window_s : 0;
		}
	}
	return sum;
}

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

void sample_copy_settings(
	struct result_settings *into, const struct result_settings *from, struct arena *arena)
{
	*into = (struct result_settings){0};
	into->items = arena_alloc_array(arena, from->count, sizeof(*into->items));
	for (size_t i = 0; i < from->count; i++) {
		into->items[i].key = copy(arena, from->items[i].key);
		into->items[i].value = copy(arena, from->items[i].value);
	}
	into->count = from->count;
}

static void drop_moments(struct result_settings *facts)
{
	size_t kept = 0;

	for (size_t i = 0; i < facts->count; i++) {
		if (!text_starts_with(facts->items[i].key, "now."))
			facts->items[kept++] = facts->items[i];
	}
	facts->count = kept;
}

void sample_copy_facts(
	struct result_environment *into, const struct result_environment *from, struct arena *arena)
{
	sample_copy_settings(&into->hard, &from->hard, arena);
	sample_copy_settings(&into->soft, &from->soft, arena);
	drop_moments(&into->hard);
	drop_moments(&into->soft);
}

struct sample_arm *sample_find_arm(const struct sample *sample, const char *name)
{
	for (size_t i = 0; i < sample->arm_count; i++) {
		if (strcmp(sample->arms[i].name, name) == 0)
			return &sample->arms[i];
	}
	return NULL;
}

static bool are_same_figures(const struct sample_trial *trial, const struct sample_trial *other)
{
	for (int v = 0; v < VALUE_COUNT; v++) {
		double a = trial->values[v], b = other->values[v];

		if (a != b && !(isnan(a) && isnan(b)))
			return false;
	}
	return true;
}

bool sample_is_same(const struct sample *sample, const struct sample *other)
{
	size_t shared = 0;

	if (strcmp(sample->id, other->id) != 0 || sample->block_count != other->block_count)
		return false;
	for (size_t i = 0; i < sample->arm_count; i++) {
		const struct sample_arm *arm = &sample->arms[i];
		const struct sample_arm *found = sample_find_arm(other, arm->name);

		for (size_t b = 0; found && b < sample->block_count; b++) {
			if (!are_same_figures(&arm->trials[b], &found->trials[b]))
				return false;
		}
		shared += found != NULL;
	}
	return shared > 0;
}

bool sample_is_own_reference(const struct sample *sample, const char *arm)
{
	for (size_t i = 0; i < sample->arm_count; i++) {
		const char *reference = sample->arms[i].reference;

		if (reference && strcmp(reference, arm) == 0)
			return true;
	}
	return false;
}

bool sample_is_reference(const struct sample *sample, const char *arm)
{
	return (sample->reference && strcmp(sample->reference, arm) == 0) ||
	       sample_is_own_reference(sample, arm);
}

const char *sample_reference_of(const struct sample *sample, const struct sample_arm *arm)
{
	if (sample_is_reference(sample, arm->name))
		return NULL;
	return arm->reference ? arm->reference : sample->reference;
}

static const char *unique_name(const struct sample *sample, const char *name, struct arena *arena)
{
	const char *unique = arena_strdup(arena, name);

	for (unsigned n = 2; sample_find_arm(sample, unique); n++)
		unique = arena_printf(arena, "%s (%u)", name, n);
	return unique;
}

static void add_arm(struct sample *sample, const struct result_job *job, struct arena *arena)
{
	struct sample_arm *arm = &sample->arms[sample->arm_count];

	arm->name = unique_name(sample, job->name, arena);
	sample_copy_settings(&arm->options, &job->options, arena);
	arm->fault = result_job_fault(job, arena);
	arm->fault_code = EXIT_RUN_FAILED;
	arm->trials = sample_new_trials(arena, 1);
	arm->trials[0].is_valid = true;
	arm->trials[0].window_s = (double)job->elapsed_ns / (double)NS_PER_S;
	trial_values_take(job, arm->trials[0].values);
	sample->arm_count++;
}

static const char *mismatch_of(
	const struct result *result, const struct result_job *job, struct arena *arena)
{
	for (size_t i = 0; i < result->warning_count; i++) {
		const struct result_warning *warning = &result->warnings[i];

		if (collect_is_mismatch(warning) && warning->job &&
			strcmp(warning->job, job->name) == 0)
			return arena_strdup(arena, warning->message);
	}
	return NULL;
}

static void start_sample(struct sample *sample, const struct result *result, struct arena *arena)
{
	char time[SAMPLE_TIME_BYTES];

	*sample = (struct sample){.block_count = 1, .seed = result->seed};
	sample->id = arena_strdup(arena, sample_time_text(time, result->started.tv_sec));
	sample->arms = arena_alloc_array(arena, result->job_count, sizeof(*sample->arms));
	sample->slot_count = (unsigned)result->job_count;
	sample_copy_facts(&sample->environment, &result->environment, arena);
}

void sample_of_result(struct sample *sample, const struct result *result, struct arena *arena)
{
	start_sample(sample, result, arena);
	sample->tool = arena_printf(arena, "ringside %s (%s)",
		result->version ? result->version : "?", result->git ? result->git : "?");
	for (size_t i = 0; i < result->job_count; i++) {
		add_arm(sample, &result->jobs[i], arena);
		sample->arms[i].mismatch = mismatch_of(result, &result->jobs[i], arena);
	}
}

/* What fio states in another way than our own results do, or not at all. */
static void take_fio_values(
	const struct result_job *job, const struct fio_job *stated, double values[VALUE_COUNT])
{
	size_t most = 0;

	values[VALUE_IOPS] = values[VALUE_BANDWIDTH] = 0;
	for (size_t d = 0; d < DATA_DIRECTION_COUNT; d++) {
		double *own = &values[VALUE_READ_IOPS + d * VALUES_OF_DIRECTION];
		const struct result_direction *direction = &job->directions[d];

		if (direction->ios == 0)
			continue;
		own[0] = stated->directions[d].iops;
		own[1] = stated->directions[d].bytes_per_second;
		own[2] = fio_latency_percentile(direction, &stated->directions[d], 50);
		own[3] = fio_latency_percentile(direction, &stated->directions[d], 99);
		own[4] = fio_latency_percentile(direction, &stated->directions[d], 99.9);
		values[VALUE_IOPS] += own[0];
		values[VALUE_BANDWIDTH] += own[1];
		if (direction->ios > job->directions[most].ios)
			most = d;
	}
	for (size_t p = 0; p < 3; p++)
		values[VALUE_LAT_P50 + p] = values[VALUE_READ_P50 + most * VALUES_OF_DIRECTION + p];
	if (job->cpu.total_ns == 0)
		values[VALUE_CPU_PER_IO] = values[VALUE_CORES] = values[VALUE_IOPS_PER_CORE] = NAN;
	/* fio counts none of these. */
	values[VALUE_USER_PER_IO] = values[VALUE_SYSTEM_PER_IO] = values[VALUE_HELPER_PER_IO] = NAN;
	values[VALUE_SYSCALLS_PER_IO] = values[VALUE_SUBMIT_SHARE] = NAN;
	values[VALUE_BATCH_SUBMIT] = values[VALUE_BATCH_REAP] = values[VALUE_DEPTH] = NAN;
}

void sample_of_fio(struct sample *sample, const struct fio_document *document, struct arena *arena)
{
	const struct result *result = &document->result;

	start_sample(sample, result, arena);
	sample->tool = arena_strdup(arena, result->version);
	sample->is_foreign = true;
	for (size_t i = 0; i < result->job_count; i++) {
		add_arm(sample, &result->jobs[i], arena);
		take_fio_values(
			&result->jobs[i], &document->jobs[i], sample->arms[i].trials[0].values);
	}
}

/* The control's ratio on the primary metric, with the bounds that a gate would have. */
static void take_control(
	struct sample *sample, const struct record_point *point, size_t first_block)
{
	struct arena arena = {0};
	struct session session;
	struct estimate e;
	double *differences;
	size_t count;

	if (point->control == SESSION_NONE || point->reference == SESSION_NONE ||
		trial_value_metrics[point->primary].scale != METRIC_RATIO)
		return;
	record_session(point, &arena, &session);
	session.trials += first_block * session.contender_count;
	session.block_count -= first_block;
	differences = arena_alloc_array(&arena, point->block_count, sizeof(*differences));
	count = session_differences(
		&session, point->primary, point->control, point->reference, differences);
	e = estimate_paired(differences, count, 2 * regress_rule_default.alpha, 1);
	if (!isnan(estimate_half_width(&e))) {
		sample->control.is_known = true;
		sample->control.ratio = exp(e.value);
		sample->control.lo = exp(e.lo);
		sample->control.hi = exp(e.hi);
	}
	arena_free(&arena);
}

static void take_trials(struct sample *sample, const struct record_point *point, size_t first_block,
	const size_t *arm_of, struct arena *arena)
{
	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *from = &point->trials[i];
		struct sample_trial *into;

		if (from->block < first_block)
			continue;
		sample->slot_count += from->attempt == 1;
		sample->repeated_count += from->attempt == 2;
		sample->disturbed_count += from->counts && from->causes != 0;
		if (from->causes != 0 && !sample->disturbance)
			sample->disturbance = copy(arena, from->problem);
		if (!from->counts || arm_of[from->contender] == SESSION_NONE)
			continue;
		into = &sample->arms[arm_of[from->contender]].trials[from->block - first_block];
		into->is_valid = true;
		into->window_s = from->window_s;
		memcpy(into->values, from->values, sizeof(into->values));
	}
}

static double sum_of(const struct sample *sample, const struct sample_arm *arm, enum trial_value v)
{
	double sum = 0;

	for (size_t b = 0; b < sample->block_count; b++) {
		if (arm->trials[b].values[v] > 0)
			sum += arm->trials[b].values[v];
	}
	return sum;
}

static void find_errors(struct sample *sample, struct arena *arena)
{
	for (size_t i = 0; i < sample->arm_count; i++) {
		struct sample_arm *arm = &sample->arms[i];
		double errors = sum_of(sample, arm, VALUE_ERRORS);
		double short_ios = sum_of(sample, arm, VALUE_SHORT_IOS);

		if (errors > 0 && !arm->fault)
			arm->fault = arena_printf(arena, "%.0f I/Os failed", errors);
		if (short_ios > 0 && !arm->fault)
			arm->fault = arena_printf(
				arena, "%.0f I/Os moved fewer bytes than asked", short_ios);
	}
}

static void add_contender(
	struct sample *sample, const struct record_point *point, size_t c, struct arena *arena)
{
	const struct contender *contender = &point->contenders[c];
	struct sample_arm *arm = &sample->arms[sample->arm_count++];
	const char *mismatch = NULL;

	(void)record_count_mismatches(point, c, &mismatch); /* one is enough */
	*arm = (struct sample_arm){
		.name = copy(arena, contender->name),
		.fault = copy(arena, contender->problem),
		.fault_code = contender->exit_code == EXIT_INCOMPARABLE ? EXIT_INCOMPARABLE
									: EXIT_RUN_FAILED,
		.iops_asked = contender->iops_asked,
		.bandwidth_asked = contender->bandwidth_asked,
		.mismatch = copy(arena, mismatch),
		.reference = copy(arena, contender->reference),
		.trials = sample_new_trials(arena, sample->block_count),
	};
	sample_copy_settings(&arm->options, &contender->options, arena);
}

static bool is_held_against(const struct record_point *point, size_t contender)
{
	const char *name = point->contenders[contender].name;

	for (size_t c = 0; c < point->contender_count; c++) {
		const char *reference = point->contenders[c].reference;

		if (reference && strcmp(reference, name) == 0)
			return true;
	}
	return contender == point->reference;
}

/* Of a preset nobody asked for those by name that cannot run: they may be missing. */
static bool is_arm(const struct record_point *point, size_t c)
{
	const struct contender *contender = &point->contenders[c];

	return is_held_against(point, c) ||
	       !(contender->is_control || (contender->is_optional && contender->problem));
}

void sample_of_comparison(struct sample *sample, const struct record *record, size_t point_index,
	size_t first_block, struct arena *arena)
{
	const struct record_point *point = &record->points[point_index];
	size_t *arm_of = arena_alloc_array(arena, point->contender_count, sizeof(*arm_of));
	char time[SAMPLE_TIME_BYTES];

	*sample = (struct sample){
		.block_count = point->block_count - first_block,
		.seed = record->seed,
		.is_partial = true,
	};
	sample->id = arena_strdup(arena, sample_time_text(time, record->started.tv_sec));
	sample->tool = arena_printf(arena, "ringside %s (%s)",
		record->version ? record->version : "?", record->git ? record->git : "?");
	sample->arms = arena_alloc_array(arena, point->contender_count, sizeof(*sample->arms));
	for (size_t c = 0; c < point->contender_count; c++) {
		arm_of[c] = SESSION_NONE;
		if (!is_arm(point, c))
			continue;
		arm_of[c] = sample->arm_count;
		add_contender(sample, point, c, arena);
	}
	if (point->reference != SESSION_NONE && !point->has_own_references)
		sample->reference = copy(arena, point->contenders[point->reference].name);
	take_trials(sample, point, first_block, arm_of, arena);
	take_control(sample, point, first_block);
	find_errors(sample, arena);
	sample_copy_facts(&sample->environment, &record->environment, arena);
}

bool sample_control_failed(const struct sample *sample)
{
	double threshold = regress_threshold(
		&trial_value_metrics[VALUE_IOPS], metric_gate_of(METRIC_RATE)->threshold, 0, 0);
	struct regress_evidence evidence = {
		.worsening = -log(sample->control.ratio),
		.lo = -log(sample->control.hi),
		.hi = -log(sample->control.lo),
		.may_fail = true,
	};

	return sample->control.is_known && regress_control_failed(&evidence, threshold);
}

bool sample_is_disturbed(const struct sample *sample)
{
	return sample->disturbed_count > HEALTH_REPEATED_SHARE * sample->slot_count;
}

bool sample_was_disturbed(const struct sample *sample)
{
	return sample->repeated_count > HEALTH_REPEATED_SHARE * sample->slot_count;
}

static double scaled(const struct sample_trial *trial, enum trial_value metric)
{
	if (!trial->is_valid)
		return NAN;
	return metric_scaled(&trial_value_metrics[metric], trial->values[metric]);
}

double sample_value(const struct sample *sample, const struct sample_arm *arm, size_t block,
	enum trial_value metric)
{
	return block < sample->block_count ? scaled(&arm->trials[block], metric) : NAN;
}

size_t sample_values(const struct sample *sample, const struct sample_arm *arm,
	const struct sample_arm *reference, enum trial_value metric, double *values)
{
	size_t count = 0;

	for (size_t b = 0; b < sample->block_count; b++) {
		double value = scaled(&arm->trials[b], metric);

		if (reference)
			value -= scaled(&reference->trials[b], metric);
		if (!isnan(value))
			values[count++] = value;
	}
	return count;
}

double sample_tail_count(
	const struct sample *sample, const struct sample_arm *arm, enum trial_value metric)
{
	double fewest = INFINITY;

	for (size_t b = 0; b < sample->block_count; b++) {
		const struct sample_trial *trial = &arm->trials[b];
		double ios = trial_values_tail(trial->values, trial->window_s, metric);

		if (!trial->is_valid || isnan(trial->values[metric]))
			continue;
		if (isnan(ios))
			return NAN;
		fewest = fmin(fewest, ios);
	}
	return fewest;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *sample_hash_settings(const struct result_settings *settings, struct arena *arena)
{
	const char **lines = arena_alloc_array(arena, settings->count, sizeof(*lines));
	XXH3_state_t *state = XXH3_createState();
	XXH128_hash_t hash;

	if (!state)
		arena_exhausted();
	for (size_t i = 0; i < settings->count; i++) {
		const struct result_setting *item = &settings->items[i];

		lines[i] =
			arena_printf(arena, "%s=%s\n", item->key, item->value ? item->value : "");
	}
	qsort(lines, settings->count, sizeof(*lines), compare_texts);
	XXH3_128bits_reset(state);
	for (size_t i = 0; i < settings->count; i++)
		XXH3_128bits_update(state, lines[i], strlen(lines[i]));
	hash = XXH3_128bits_digest(state);
	XXH3_freeState(state);
	return arena_printf(
		arena, "%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64, (uint64_t)hash.low64);
}
