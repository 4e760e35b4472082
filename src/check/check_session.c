/* SPDX-License-Identifier: MIT */
/* Sessions out of results of ringside and of fio, and of comparisons. */
#include "check/check_session.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/clock.h"
#include "base/text.h"
#include "measure/estimate.h"
#include "result/result_figures.h"
#include "run/collect.h"
#include "verdict/health.h"
#include "verdict/regress.h"

char *check_time_text(char text[CHECK_TIME_BYTES], time_t time)
{
	struct tm utc;

	if (!gmtime_r(&time, &utc) ||
		strftime(text, CHECK_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		snprintf(text, CHECK_TIME_BYTES, "1970-01-01T00:00:00Z");
	return text;
}

struct trial *check_new_trials(struct arena *arena, size_t block_count)
{
	struct trial *trials = arena_alloc_array(arena, block_count, sizeof(*trials));

	for (size_t b = 0; b < block_count; b++) {
		trials[b].window_s = NAN;
		for (int v = 0; v < VALUE_COUNT; v++)
			trials[b].values[v] = NAN;
	}
	return trials;
}

double check_session_trial_s(const struct check_session *session)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < session->contender_count; i++) {
		for (size_t b = 0; b < session->block_count; b++) {
			double window_s = session->contenders[i].trials[b].window_s;

			if (session->contenders[i].trials[b].counts && isfinite(window_s)) {
				sum += window_s;
				count++;
			}
		}
	}
	return count > 0 ? sum / (double)count : NAN;
}

double check_session_window_s(const struct check_session *session)
{
	double sum = 0;

	for (size_t i = 0; i < session->contender_count; i++) {
		for (size_t b = 0; b < session->block_count; b++) {
			double window_s = session->contenders[i].trials[b].window_s;

			sum += isfinite(window_s) ? window_s : 0;
		}
	}
	return sum;
}

static void drop_moments(struct settings *facts)
{
	size_t kept = 0;

	for (size_t i = 0; i < facts->count; i++) {
		if (!text_starts_with(facts->items[i].key, "now."))
			facts->items[kept++] = facts->items[i];
	}
	facts->count = kept;
}

void check_copy_facts(
	struct result_environment *into, const struct result_environment *from, struct arena *arena)
{
	into->hard = settings_copy(&from->hard, arena);
	into->soft = settings_copy(&from->soft, arena);
	drop_moments(&into->hard);
	drop_moments(&into->soft);
}

struct contender *check_session_find(const struct check_session *session, const char *name)
{
	size_t found = session_find(session->contenders, session->contender_count, name);

	return found == SESSION_NONE ? NULL : &session->contenders[found];
}

static bool are_same_figures(const struct trial *trial, const struct trial *other)
{
	for (int v = 0; v < VALUE_COUNT; v++) {
		double a = trial->values[v], b = other->values[v];

		if (a != b && !(isnan(a) && isnan(b)))
			return false;
	}
	return true;
}

bool check_session_is_same(const struct check_session *session, const struct check_session *other)
{
	size_t shared = 0;

	if (strcmp(session->id, other->id) != 0 || session->block_count != other->block_count)
		return false;
	for (size_t i = 0; i < session->contender_count; i++) {
		const struct contender *contender = &session->contenders[i];
		const struct contender *found = check_session_find(other, contender->name);

		for (size_t b = 0; found && b < session->block_count; b++) {
			if (!are_same_figures(&contender->trials[b], &found->trials[b]))
				return false;
		}
		shared += found != NULL;
	}
	return shared > 0;
}

bool check_session_is_own_reference(const struct check_session *session, const char *contender)
{
	for (size_t i = 0; i < session->contender_count; i++) {
		const char *reference = session->contenders[i].reference;

		if (reference && strcmp(reference, contender) == 0)
			return true;
	}
	return false;
}

bool check_session_is_reference(const struct check_session *session, const char *contender)
{
	return (session->reference && strcmp(session->reference, contender) == 0) ||
	       check_session_is_own_reference(session, contender);
}

const char *check_session_reference_of(
	const struct check_session *session, const struct contender *contender)
{
	if (check_session_is_reference(session, contender->name))
		return NULL;
	return contender->reference ? contender->reference : session->reference;
}

static const char *unique_name(
	const struct check_session *session, const char *name, struct arena *arena)
{
	const char *unique = arena_strdup(arena, name);

	for (unsigned n = 2; check_session_find(session, unique); n++)
		unique = arena_printf(arena, "%s (%u)", name, n);
	return unique;
}

static void add_job(
	struct check_session *session, const struct result_job *job, struct arena *arena)
{
	struct contender *contender = &session->contenders[session->contender_count];

	contender->name = unique_name(session, job->name, arena);
	contender->options = settings_copy(&job->options, arena);
	contender->problem = result_job_fault(job, arena);
	contender->exit_code = EXIT_RUN_FAILED;
	contender->trials = check_new_trials(arena, 1);
	contender->trials[0].counts = true;
	contender->trials[0].window_s = (double)job->elapsed_ns / (double)NS_PER_S;
	trial_values_take(job, contender->trials[0].values);
	session->contender_count++;
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

static void start_session(
	struct check_session *session, const struct result *result, struct arena *arena)
{
	char time[CHECK_TIME_BYTES];

	*session = (struct check_session){.block_count = 1, .seed = result->seed};
	session->id = arena_strdup(arena, check_time_text(time, result->started.tv_sec));
	session->contenders =
		arena_alloc_array(arena, result->job_count, sizeof(*session->contenders));
	session->trial_count = (unsigned)result->job_count;
	check_copy_facts(&session->environment, &result->environment, arena);
}

void check_session_of_result(
	struct check_session *session, const struct result *result, struct arena *arena)
{
	start_session(session, result, arena);
	session->tool = arena_printf(arena, "ringside %s (%s)",
		result->version ? result->version : "?", result->git ? result->git : "?");
	for (size_t i = 0; i < result->job_count; i++) {
		add_job(session, &result->jobs[i], arena);
		session->contenders[i].mismatch = mismatch_of(result, &result->jobs[i], arena);
	}
}

/* Figures that fio states in another way than our own results do, or not at all. */
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

void check_session_of_fio(
	struct check_session *session, const struct fio_document *document, struct arena *arena)
{
	const struct result *result = &document->result;

	start_session(session, result, arena);
	session->tool = arena_strdup(arena, result->version);
	session->is_foreign = true;
	for (size_t i = 0; i < result->job_count; i++) {
		add_job(session, &result->jobs[i], arena);
		take_fio_values(&result->jobs[i], &document->jobs[i],
			session->contenders[i].trials[0].values);
	}
}

/* The control's ratio on the primary metric, with the bounds that a gate would have. */
static void take_control(
	struct check_session *session, const struct record_point *point, size_t first_block)
{
	struct arena arena = {0};
	struct session table;
	struct estimate e;
	double *differences;
	size_t count;

	if (point->control == SESSION_NONE || point->reference == SESSION_NONE ||
		trial_value_metrics[point->primary].scale != METRIC_RATIO)
		return;
	record_session(point, &arena, &table);
	table.trials += first_block * table.contender_count;
	table.block_count -= first_block;
	differences = arena_alloc_array(&arena, point->block_count, sizeof(*differences));
	count = session_differences(
		&table, point->primary, point->control, point->reference, differences);
	e = estimate_paired(differences, count, 2 * regress_rule_default.alpha, 1);
	if (!isnan(estimate_half_width(&e))) {
		session->control.is_known = true;
		session->control.ratio = exp(e.value);
		session->control.lo = exp(e.lo);
		session->control.hi = exp(e.hi);
	}
	arena_free(&arena);
}

static void take_trials(struct check_session *session, const struct record_point *point,
	size_t first_block, const size_t *place_of, struct arena *arena)
{
	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *from = &point->trials[i];
		struct trial *into;
		unsigned causes;

		if (from->block < first_block)
			continue;
		session->trial_count += from->attempt == 1;
		session->repeated_count += from->attempt == 2;
		/* By rounds, what was disturbed has little weight. */
		causes = from->rounds > 0 ? 0 : from->causes;
		session->disturbed_count += from->counts && causes != 0;
		if (causes != 0 && !session->disturbance)
			session->disturbance = arena_strdup(arena, from->problem);
		if (!from->counts || place_of[from->contender] == SESSION_NONE)
			continue;
		into = &session->contenders[place_of[from->contender]]
				.trials[from->block - first_block];
		into->counts = true;
		into->window_s = from->window_s;
		memcpy(into->values, from->values, sizeof(into->values));
	}
}

static double sum_of(
	const struct check_session *session, const struct contender *contender, enum trial_value v)
{
	double sum = 0;

	for (size_t b = 0; b < session->block_count; b++) {
		if (contender->trials[b].values[v] > 0)
			sum += contender->trials[b].values[v];
	}
	return sum;
}

static void find_errors(struct check_session *session, struct arena *arena)
{
	for (size_t i = 0; i < session->contender_count; i++) {
		struct contender *contender = &session->contenders[i];
		double errors = sum_of(session, contender, VALUE_ERRORS);
		double short_ios = sum_of(session, contender, VALUE_SHORT_IOS);

		if (errors > 0 && !contender->problem)
			contender->problem = arena_printf(arena, "%.0f I/Os failed", errors);
		if (short_ios > 0 && !contender->problem)
			contender->problem = arena_printf(
				arena, "%.0f I/Os moved fewer bytes than asked", short_ios);
	}
}

static void add_contender(struct check_session *session, const struct record_point *point, size_t c,
	struct arena *arena)
{
	const struct contender *from = &point->contenders[c];
	struct contender *contender = &session->contenders[session->contender_count++];
	const char *mismatch = NULL;

	(void)record_count_mismatches(point, c, &mismatch); /* one is enough */
	*contender = (struct contender){
		.name = arena_strdup(arena, from->name),
		.problem = arena_strdup(arena, from->problem),
		.exit_code =
			from->exit_code == EXIT_INCOMPARABLE ? EXIT_INCOMPARABLE : EXIT_RUN_FAILED,
		.asked = from->asked,
		.mismatch = arena_strdup(arena, mismatch),
		.reference = arena_strdup(arena, from->reference),
		.trials = check_new_trials(arena, session->block_count),
	};
	contender->options = settings_copy(&from->options, arena);
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

/* Contenders of a preset that cannot run here are left out: nobody asked for them by name. */
static bool is_judged(const struct record_point *point, size_t c)
{
	const struct contender *contender = &point->contenders[c];

	return is_held_against(point, c) ||
	       !(contender->is_control || (contender->is_optional && contender->problem));
}

void check_session_of_comparison(struct check_session *session, const struct record *record,
	size_t point_index, size_t first_block, struct arena *arena)
{
	const struct record_point *point = &record->points[point_index];
	size_t *place_of = arena_alloc_array(arena, point->contender_count, sizeof(*place_of));
	char time[CHECK_TIME_BYTES];

	*session = (struct check_session){
		.block_count = point->block_count - first_block,
		.rounds = point->rounds,
		.seed = record->seed,
		.is_partial = true,
	};
	session->id = arena_strdup(arena, check_time_text(time, record->started.tv_sec));
	session->tool = arena_printf(arena, "ringside %s (%s)",
		record->version ? record->version : "?", record->git ? record->git : "?");
	session->contenders =
		arena_alloc_array(arena, point->contender_count, sizeof(*session->contenders));
	for (size_t c = 0; c < point->contender_count; c++) {
		place_of[c] = SESSION_NONE;
		if (!is_judged(point, c))
			continue;
		place_of[c] = session->contender_count;
		add_contender(session, point, c, arena);
	}
	if (point->reference != SESSION_NONE && !point->has_own_references)
		session->reference = arena_strdup(arena, point->contenders[point->reference].name);
	take_trials(session, point, first_block, place_of, arena);
	take_control(session, point, first_block);
	find_errors(session, arena);
	check_copy_facts(&session->environment, &record->environment, arena);
}

bool check_session_control_failed(const struct check_session *session)
{
	double threshold = regress_threshold(
		&trial_value_metrics[VALUE_IOPS], metric_gate_of(METRIC_RATE)->threshold, 0, 0);
	struct regress_evidence evidence = {
		.worsening = -log(session->control.ratio),
		.lo = -log(session->control.hi),
		.hi = -log(session->control.lo),
		.may_fail = true,
	};

	return session->control.is_known && regress_control_failed(&evidence, threshold);
}

bool check_session_is_disturbed(const struct check_session *session)
{
	return session->disturbed_count > HEALTH_REPEATED_SHARE * session->trial_count;
}

bool check_session_was_disturbed(const struct check_session *session)
{
	return session->repeated_count > HEALTH_REPEATED_SHARE * session->trial_count;
}

static double scaled(const struct trial *trial, enum trial_value metric)
{
	if (!trial->counts)
		return NAN;
	return metric_scaled(&trial_value_metrics[metric], trial->values[metric]);
}

double check_session_value(const struct check_session *session, const struct contender *contender,
	size_t block, enum trial_value metric)
{
	return block < session->block_count ? scaled(&contender->trials[block], metric) : NAN;
}

size_t check_session_values(const struct check_session *session, const struct contender *contender,
	const struct contender *reference, enum trial_value metric, double *values)
{
	size_t count = 0;

	for (size_t b = 0; b < session->block_count; b++) {
		double value = scaled(&contender->trials[b], metric);

		if (reference)
			value -= scaled(&reference->trials[b], metric);
		if (!isnan(value))
			values[count++] = value;
	}
	return count;
}

double check_session_tail_count(const struct check_session *session,
	const struct contender *contender, enum trial_value metric)
{
	double fewest = INFINITY;

	for (size_t b = 0; b < session->block_count; b++) {
		const struct trial *trial = &contender->trials[b];
		double ios = trial_values_tail(trial->values, trial->window_s, metric);

		if (!trial->counts || isnan(trial->values[metric]))
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

const char *check_hash_settings(const struct settings *settings, struct arena *arena)
{
	const char **lines = arena_alloc_array(arena, settings->count, sizeof(*lines));
	XXH3_state_t *state = XXH3_createState();
	XXH128_hash_t hash;

	if (!state)
		arena_exhausted();
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *item = &settings->items[i];

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
