/* SPDX-License-Identifier: MIT */
#include "claim/claim_plan.h"

#include <errno.h>
#include <sys/param.h>

#include "base/units.h"
#include "claim/claim_file.h"
#include "claim/claim_needs.h"

#define TRIAL_NS       (1 * NS_PER_S)
#define QUICK_TRIAL_NS (200 * NS_PER_MS)
#define CARRY_LIMIT    0.01

enum { QUICK_BLOCKS = 3 };

/* A file's own words for a time it does not give. */
static uint64_t given_or(uint64_t given, uint64_t otherwise)
{
	return given ? given : otherwise;
}

static const struct claim_line *first_ratio(const struct claim *claim)
{
	for (size_t i = 0; i < claim->line_count; i++) {
		if (!claim->lines[i].is_level)
			return &claim->lines[i];
	}
	return NULL;
}

/* The side that others are held against, so that the control is of it. */
static const char *reference_of(const struct claim *claim)
{
	const struct claim_line *line = first_ratio(claim);

	if (claim->reference || !line)
		return claim->reference;
	return line->right.contender;
}

static bool has_contrast(const struct contender_plan *plan)
{
	for (size_t i = 0; i < plan->point_count; i++) {
		if (plan->points[i].count > 1)
			return true;
	}
	return false;
}

static void set_blocks(struct planned_claim *planned, bool is_quick)
{
	uint64_t blocks = is_quick ? QUICK_BLOCKS : planned->claim.blocks;

	planned->options.rule = compare_stop_rule_default;
	if (blocks == 0)
		return;
	planned->block_look = blocks;
	planned->options.rule.looks = &planned->block_look;
	planned->options.rule.look_count = 1;
}

static void set_options(struct planned_claim *planned, const struct claim_plan_request *request)
{
	const struct claim *claim = &planned->claim;
	struct contest_options *options = &planned->options;
	bool asks_for_trials = claim->trial_ns || claim->ramp_ns || claim->blocks;

	*options = (struct contest_options){
		.trial_ns =
			given_or(claim->trial_ns, request->is_quick ? QUICK_TRIAL_NS : TRIAL_NS),
		.window_ns = request->is_quick || asks_for_trials ? 0 : CONTEST_AUTO,
		.ramp_ns =
			request->is_quick ? CONTEST_AUTO : given_or(claim->ramp_ns, CONTEST_AUTO),
		.limit_ns = CONTEST_AUTO,
		.cooldown_ns = CONTEST_AUTO,
		.primary =
			claim->primary == VALUE_COUNT ? claim->lines[0].left.value : claim->primary,
		.carry_limit = CARRY_LIMIT,
		.has_control = first_ratio(claim) && has_contrast(&planned->contenders),
		.is_sweep = true,            /* a level can be measured of one contender */
		.takes_any_reference = true, /* lines of others can be tested */
		.is_unguarded = request->is_unguarded,
		.is_quiet = request->is_quiet,
		.cpus = request->cpus,
		.allowed = request->allowed,
	};
	set_blocks(planned, request->is_quick);
}

/* What a point takes at most when nothing limits it. */
static uint64_t point_most_ns(
	const struct planned_claim *planned, const struct contender_point *point)
{
	const struct stop_rule *rule = &planned->options.rule;
	struct contest_time time;

	contest_plan_time(&planned->options, point, &time);
	return MIN(contest_plan_limit_ns(&planned->options, time.contender_count) + time.prime_ns,
		contest_plan_most_ns(&time, rule->looks[rule->look_count - 1]));
}

static void set_limit(struct planned_claim *planned, bool is_quick)
{
	const struct contender_plan *plan = &planned->contenders;

	for (size_t i = 0; i < plan->point_count; i++)
		planned->limit_ns += planned->claim.limit_ns && !is_quick
					     ? planned->claim.limit_ns
					     : point_most_ns(planned, &plan->points[i]);
}

/* Its contenders, with the place of a sweep that may be what is wrong: jobs do not know it. */
static int read_contenders(struct planned_claim *planned,
	const struct contender_request *contenders, struct diag *diag)
{
	int error = contender_plan_make(&planned->contenders, contenders, diag);

	if (error != 0 && planned->claim.vary_count > 0)
		diag_note(diag, &planned->claim.vary_place,
			"each contender gets these values: what is said of 'contender' is about "
			"them");
	return error;
}

static int read_claim(struct claim_plan *plan, const char *path,
	const struct claim_plan_request *request, const struct claim_machine *machine,
	struct diag *diag)
{
	struct planned_claim *planned = &plan->claims[plan->count++];
	struct contender_request contenders = {
		.job = {.files = &path, .file_count = 1},
		.program = request->program,
	};

	if (claim_file_read(&planned->claim, path, &plan->arena, diag) != 0)
		return -EINVAL;
	contenders.vary = planned->claim.vary;
	contenders.vary_count = planned->claim.vary_count;
	contenders.reference = reference_of(&planned->claim);
	if (read_contenders(planned, &contenders, diag) != 0)
		return -EINVAL;
	set_options(planned, request);
	planned->obstacle =
		claim_needs_obstacle(&planned->claim, &planned->contenders, machine, &plan->arena);
	if (planned->obstacle)
		return 0;
	planned->is_limited = request->limit_ns != CONTEST_AUTO ||
			      (planned->claim.limit_ns && !request->is_quick);
	set_limit(planned, request->is_quick);
	return contender_plan_guard(&planned->contenders, &request->allowed, diag);
}

/* The largest point decides: all have trials of the same length. */
static uint64_t fit_trial_ns(const struct planned_claim *planned)
{
	const struct contender_plan *plan = &planned->contenders;
	uint64_t point_ns = planned->limit_ns / MAX(plan->point_count, 1);
	uint64_t trial_ns = planned->options.trial_ns;

	for (size_t i = 0; i < plan->point_count; i++)
		trial_ns =
			MIN(trial_ns, claim_plan_fit_trial_ns(&planned->options, &plan->points[i],
					      planned->options.rule.looks[0], point_ns));
	return trial_ns;
}

/* Turns have blocks of a fixed length: not where a verdict's do not fit. */
static bool fits_turns(const struct planned_claim *planned)
{
	const struct contender_plan *plan = &planned->contenders;
	uint64_t point_ns = planned->limit_ns / MAX(plan->point_count, 1);

	for (size_t i = 0; i < plan->point_count; i++) {
		struct contest_time time;

		contest_plan_time(&planned->options, &plan->points[i], &time);
		if (time.takes_turns &&
			contest_plan_least_ns(&time, planned->options.rule.looks[0]) > point_ns)
			return false;
	}
	return true;
}

uint64_t claim_plan_fit_trial_ns(const struct contest_options *options,
	const struct contender_point *point, size_t blocks, uint64_t limit_ns)
{
	struct contest_options tried = *options;

	tried.window_ns = 0;
	while (tried.trial_ns > CLAIM_PLAN_LEAST_TRIAL_NS) {
		struct contest_time time;

		contest_plan_time(&tried, point, &time);
		if (contest_plan_least_ns(&time, blocks) <= limit_ns)
			break;
		tried.trial_ns = MAX(tried.trial_ns * 9 / 10, CLAIM_PLAN_LEAST_TRIAL_NS);
	}
	return MIN(tried.trial_ns, options->trial_ns);
}

static void fit(struct planned_claim *planned)
{
	const struct contender_plan *plan = &planned->contenders;

	if (!fits_turns(planned))
		planned->options.window_ns = 0;
	if (!planned->claim.trial_ns) /* a file that gives it knows why */
		planned->options.trial_ns = fit_trial_ns(planned);
	for (size_t i = 0; i < plan->point_count; i++) {
		struct contest_time time;

		contest_plan_time(&planned->options, &plan->points[i], &time);
		planned->least_ns += contest_plan_least_ns(&time, 1);
	}
}

/* Each gets its share, and whoever would take less than that leaves it to the others. */
static void share(struct claim_plan *plan, uint64_t limit_ns)
{
	double wanted_ns = 0, scale;

	for (size_t i = 0; i < plan->count; i++)
		wanted_ns += (double)plan->claims[i].limit_ns;
	scale = wanted_ns > (double)limit_ns ? (double)limit_ns / wanted_ns : 1;
	plan->limit_ns = 0;
	for (size_t i = 0; i < plan->count; i++) {
		struct planned_claim *planned = &plan->claims[i];

		planned->limit_ns = (uint64_t)((double)planned->limit_ns * scale);
		plan->limit_ns += planned->limit_ns;
		if (!planned->obstacle)
			fit(planned);
	}
}

static int check_time(
	const struct claim_plan *plan, const struct claim_plan_request *request, struct diag *diag)
{
	char limit[UNITS_TEXT_BYTES], least[UNITS_TEXT_BYTES];
	uint64_t least_ns = 0;

	for (size_t i = 0; i < plan->count; i++)
		least_ns += plan->claims[i].least_ns;
	if (least_ns <= request->limit_ns)
		return 0;
	units_format_time(limit, (double)request->limit_ns);
	units_format_time(least, (double)least_ns);
	diag_error(diag, NULL,
		"--max-time=%s is over too soon: priming and one block of each claim take %s",
		limit, least);
	diag_hint(diag, "use a longer --max-time, or name fewer claims");
	return -EINVAL;
}

int claim_plan_make(
	struct claim_plan *plan, const struct claim_plan_request *request, struct diag *diag)
{
	struct claim_machine machine;
	int error = 0;

	*plan = (struct claim_plan){0};
	plan->claims = arena_alloc_array(&plan->arena, request->file_count, sizeof(*plan->claims));
	claim_machine_read(&machine);
	for (size_t i = 0; i < request->file_count; i++)
		error |= read_claim(plan, request->files[i], request, &machine, diag);
	if (error != 0)
		return -EINVAL;
	share(plan, request->limit_ns);
	return check_time(plan, request, diag);
}

void claim_plan_free(struct claim_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		contender_plan_free(&plan->claims[i].contenders);
	arena_free(&plan->arena);
	*plan = (struct claim_plan){0};
}
