/* SPDX-License-Identifier: MIT */
/* Running sessions for a check. */
#include "check/trials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "engine/engine.h"
#include "run/collect.h"
#include "run/plan.h"
#include "run/stop_signal.h"

/* How `--ref` is meant. */
enum reference_kind { REFERENCE_SECTION, REFERENCE_PROGRAM, REFERENCE_OPTIONS };

static enum reference_kind kind_of(const char *reference)
{
	if (strchr(reference, '=') || engine_find(reference))
		return REFERENCE_OPTIONS;
	return strchr(reference, '/') ? REFERENCE_PROGRAM : REFERENCE_SECTION;
}

static int make_plan(struct trials_plan *plan, const struct contender_request *request,
	struct diag *diag, struct contender_point **point)
{
	struct contender_plan *made = &plan->plans[plan->plan_count++];
	int error = contender_plan_make(made, request, diag);

	*point = error == 0 ? made->points : NULL;
	return error;
}

/* The same jobs again with what makes references of them. */
static int make_references(struct trials_plan *plan, const struct trials_request *request,
	struct diag *diag, struct contender_point **point)
{
	const char **overrides =
		arena_alloc_array(&plan->arena, request->reference_count, sizeof(*overrides));
	struct contender_request contenders = {
		.job = request->job,
		.program = request->program,
		.is_repeated = true,
	};
	size_t count = 0;

	for (size_t i = 0; i < request->reference_count; i++) {
		const char *reference = request->references[i];

		if (kind_of(reference) == REFERENCE_PROGRAM)
			contenders.program = reference;
		else if (strchr(reference, '='))
			overrides[count++] = reference;
		else
			overrides[count++] = arena_printf(&plan->arena, "ioengine=%s", reference);
	}
	contenders.job.overrides = overrides;
	contenders.job.override_count = count;
	return make_plan(plan, &contenders, diag, point);
}

static const char *label_of(struct trials_plan *plan, const struct trials_request *request)
{
	const char *label = request->references[0];

	for (size_t i = 1; i < request->reference_count; i++)
		label = arena_printf(&plan->arena, "%s %s", label, request->references[i]);
	return label;
}

/* Each job, and then its reference: "randread", "randread (libaio)". */
static void pair(struct trials_plan *plan, const struct trials_request *request,
	const struct contender_point *jobs, const struct contender_point *references)
{
	struct contender_setup *setups =
		arena_alloc_array(&plan->arena, 2 * jobs->count, sizeof(*setups));
	const char *label = label_of(plan, request);

	for (size_t i = 0; i < jobs->count; i++) {
		setups[2 * i] = jobs->contenders[i];
		setups[2 * i + 1] = references->contenders[i];
		setups[2 * i + 1].name =
			arena_printf(&plan->arena, "%s (%s)", jobs->contenders[i].name, label);
		setups[2 * i].reference = setups[2 * i + 1].name;
	}
	plan->point = *jobs;
	plan->point.count = 2 * jobs->count;
	plan->point.contenders = setups;
	plan->point.reference = 1;
}

static int check_references(const struct trials_request *request, struct diag *diag)
{
	for (size_t i = 0; i < request->reference_count; i++) {
		const char *reference = request->references[i];

		if (kind_of(reference) == REFERENCE_SECTION && request->reference_count > 1) {
			diag_error(diag, NULL, "--ref=%s: neither option, engine nor program",
				reference);
			return -EINVAL;
		}
		if (kind_of(reference) == REFERENCE_PROGRAM && access(reference, X_OK) != 0) {
			diag_error(diag, NULL, "--ref=%s: %s", reference, strerror(errno));
			return -EINVAL;
		}
	}
	return 0;
}

static const char *nearest_engine(const char *name)
{
	const char *nearest = NULL;
	unsigned best = (unsigned)strlen(name) / 3 + 1;

	for (const struct engine_class *const *engine = engines; *engine; engine++) {
		unsigned distance = text_distance(name, (*engine)->name);

		if (distance < best) {
			best = distance;
			nearest = (*engine)->name;
		}
	}
	return nearest;
}

/* The reference of all other jobs. */
static int find_section(struct contender_point *jobs, const char *name, struct diag *diag)
{
	const char *nearest = nearest_engine(name);

	for (size_t i = 0; i < jobs->count; i++) {
		if (strcmp(jobs->contenders[i].name, name) != 0)
			continue;
		jobs->reference = i;
		if (jobs->count > 1)
			return 0;
		diag_error(diag, NULL, "--ref=%s: the only job: nothing is held against it", name);
		return -EINVAL;
	}
	diag_error(diag, NULL, "--ref=%s: no section of the jobs, and no engine", name);
	if (access(name, X_OK) == 0)
		diag_hint(diag, "for the program of this name: --ref=./%s", name);
	else if (nearest)
		diag_hint(diag, "did you mean --ref=%s?", nearest);
	else
		diag_hint(diag, "or option=value, or the path of another ringside: ./%s", name);
	return -EINVAL;
}

int trials_plan_make(
	struct trials_plan *plan, const struct trials_request *request, struct diag *diag)
{
	struct contender_request contenders = {.job = request->job, .program = request->program};
	struct contender_point *jobs, *references;
	bool is_section = request->reference_count == 1 &&
			  kind_of(request->references[0]) == REFERENCE_SECTION;
	int error = check_references(request, diag);

	*plan = (struct trials_plan){0};
	plan->plans = arena_alloc_array(&plan->arena, 2, sizeof(*plan->plans));
	if (error != 0)
		return error;
	error = make_plan(plan, &contenders, diag, &jobs);
	if (error == 0 && is_section)
		error = find_section(jobs, request->references[0], diag);
	if (error != 0)
		return error;
	if (request->reference_count == 0 || is_section) {
		plan->point = *jobs;
	} else {
		error = make_references(plan, request, diag, &references);
		if (error == 0)
			pair(plan, request, jobs, references);
	}
	plan->point.has_own_references = !is_section;
	for (size_t i = 0; i < plan->plan_count && error == 0; i++)
		error = contender_plan_guard(&plan->plans[i], &request->contest.allowed, diag);
	return error;
}

void trials_plan_free(struct trials_plan *plan)
{
	for (size_t i = 0; i < plan->plan_count; i++)
		contender_plan_free(&plan->plans[i]);
	arena_free(&plan->arena);
	*plan = (struct trials_plan){0};
}

/* The record that a session of the plan fills. */
static void begin_record(
	struct record *record, const struct trials_plan *plan, const struct trials_request *request)
{
	record_init(record);
	clock_gettime(CLOCK_REALTIME, &record->started); /* cannot fail: the clock exists */
	record->arguments = contender_command(plan->plans, request->arguments,
		request->argument_count, &record->arena, &record->argument_count);
	record->seed = request->seed;
	record->trial_s = (double)request->contest.trial_ns / (double)NS_PER_S;
	record->points = arena_alloc_array(&record->arena, 1, sizeof(*record->points));
}

/*
 * As the first trial would tell it. What is wrong with the job, whose targets are looked at for it,
 * is that trial's to report.
 */
static void read_environment(const struct contender_point *point, const struct write_guard *allowed,
	struct result *result)
{
	size_t first = 0;
	char *said = NULL;
	size_t said_bytes;
	struct plan plan;
	struct diag diag;

	while (first < point->count && !point->contenders[first].job)
		first++;
	if (first == point->count)
		return;
	diag_init(&diag, open_memstream(&said, &said_bytes));
	if (!diag.stream)
		arena_exhausted();
	if (plan_make(&plan,
		    &(struct plan_request){
			    .set = &(struct job_set){.count = 1,
				    .jobs = (struct job *)point->contenders[first].job},
			    .allowed = *allowed},
		    &diag) == 0)
		collect_environment(result, &plan);
	plan_free(&plan);
	fclose(diag.stream);
	free(said);
}

void trials_foresee(const struct trials_plan *plan, const struct trials_request *request,
	struct sample *sample, struct arena *arena)
{
	struct record record;
	struct result result;

	begin_record(&record, plan, request);
	result_init(&result);
	contest_plan_describe(&record, &record.points[record.point_count++], &plan->point,
		request->contest.has_control);
	read_environment(&plan->point, &request->contest.allowed, &result);
	record.environment = result.environment;
	sample_of_comparison(sample, &record, 0, 0, arena);
	result_free(&result);
	record_free(&record);
}

int trials_open(struct trials *trials, const struct trials_plan *plan,
	const struct trials_request *request, struct diag *diag)
{
	struct record *record = &trials->record;
	int error;

	*trials = (struct trials){0};
	begin_record(record, plan, request);
	error = contest_open(&trials->contest, record, &request->contest, diag);
	if (error != 0)
		return error;
	contest_begin(&trials->contest, &plan->point);
	return contest_prime(&trials->contest) ? 0 : -ECANCELED;
}

void trials_close(struct trials *trials)
{
	contest_close(&trials->contest);
	record_free(&trials->record);
}

static bool is_listed(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* Arms that are named, the references of those, and the control with its reference. */
static bool *choose(
	const struct trials *trials, const char *const *arms, size_t arm_count, struct arena *arena)
{
	const struct record_point *point = trials->contest.point;
	bool *takes_part = arena_alloc_array(arena, point->contender_count, sizeof(*takes_part));

	for (size_t c = 0; c < point->contender_count; c++) {
		takes_part[c] |= c == point->control || c == point->reference ||
				 is_listed(point->contenders[c].name, arms, arm_count);
		for (size_t r = 0; takes_part[c] && point->contenders[c].reference &&
				   r < point->contender_count;
			r++)
			takes_part[r] |= strcmp(point->contenders[r].name,
						 point->contenders[c].reference) == 0;
	}
	return takes_part;
}

bool trials_run(struct trials *trials, size_t blocks, const char *const *arms, size_t arm_count)
{
	struct arena arena = {0};
	bool *takes_part = arms ? choose(trials, arms, arm_count, &arena) : NULL;
	bool goes_on = true;

	for (size_t i = 0; i < blocks && goes_on; i++)
		goes_on = contest_block(&trials->contest, takes_part);
	arena_free(&arena);
	return goes_on;
}

void trials_sample(
	const struct trials *trials, size_t first_block, struct sample *sample, struct arena *arena)
{
	sample_of_comparison(sample, &trials->record, 0, first_block, arena);
}

int trials_idle(uint64_t idle_ns)
{
	const struct timespec step = {.tv_nsec = 50 * (long)NS_PER_MS};
	uint64_t end_ns = clock_now() + idle_ns;

	while (clock_now() < end_ns && stop_signal_number() == 0)
		(void)nanosleep(&step, NULL); /* broken off: looked at again */
	return stop_signal_number();
}
