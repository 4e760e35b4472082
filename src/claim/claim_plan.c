/* SPDX-License-Identifier: MIT */
#include "claim/claim_plan.h"

#include <errno.h>
#include <math.h>
#include <sys/param.h>

#include "base/units.h"
#include "claim/claim_file.h"
#include "claim/claim_load.h"
#include "claim/claim_needs.h"
#include "verdict/contrast.h"
#include "verdict/health.h"

#define TRIAL_NS       (1 * NS_PER_S)
#define QUICK_TRIAL_NS (200 * NS_PER_MS)
#define CARRY_LIMIT    0.01

enum {
	QUICK_BLOCKS = 3,
	SLOW_PACE = 2, /* of a busy machine: trials start and end so much slower than planned */
};

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

static uint64_t point_least_ns(
	const struct contest_options *options, const struct contender_point *point, size_t blocks)
{
	struct contest_time time;

	contest_plan_time(options, point, &time);
	return contest_plan_least_ns(&time, blocks);
}

/* What a point takes at most: by its file, or by its last look. */
static uint64_t point_most_ns(
	const struct planned_claim *planned, const struct contender_point *point)
{
	const struct stop_rule *rule = &planned->options.rule;
	struct contest_time time;

	if (planned->point_limit_ns)
		return planned->point_limit_ns;
	contest_plan_time(&planned->options, point, &time);
	return MIN(contest_plan_limit_ns(&planned->options, time.contender_count) + time.prime_ns,
		contest_plan_most_ns(&time, rule->looks[rule->look_count - 1]));
}

/* That a verdict needs, or that there are to be where none is asked for. */
static size_t verdict_blocks(const struct planned_claim *planned)
{
	return MIN(planned->options.rule.looks[0], CONTRAST_COUNT_FOR_CLAIM);
}

/* On a machine that disturbs as many trials as it may. */
static uint64_t point_need_ns(const struct planned_claim *planned,
	const struct contest_options *options, const struct contender_point *point)
{
	size_t blocks = verdict_blocks(planned);

	blocks += 1 + (size_t)ceil(HEALTH_REPEATED_SHARE * (double)blocks);
	return MIN(point_most_ns(planned, point), point_least_ns(options, point, blocks));
}

static void set_limits(struct planned_claim *planned)
{
	const struct contender_plan *plan = &planned->contenders;
	struct contest_options shortest = planned->options;

	shortest.window_ns = 0;
	if (!planned->claim.trial_ns)
		shortest.trial_ns = MIN(shortest.trial_ns, CLAIM_PLAN_LEAST_TRIAL_NS);
	planned->least_ns = UINT64_MAX;
	for (size_t i = 0; i < plan->point_count; i++) {
		const struct contender_point *point = &plan->points[i];

		planned->limit_ns += point_most_ns(planned, point);
		planned->need_ns += point_need_ns(planned, &shortest, point);
		planned->least_ns = MIN(planned->least_ns,
			point_least_ns(&shortest, point, verdict_blocks(planned)));
	}
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
	if (read_contenders(planned, &contenders, diag) != 0 ||
		claim_load_expand(&planned->claim, &planned->contenders, diag) != 0)
		return -EINVAL;
	set_options(planned, request);
	planned->obstacle =
		claim_needs_obstacle(&planned->claim, &planned->contenders, machine, &plan->arena);
	if (planned->obstacle)
		return 0;
	planned->point_limit_ns = request->is_quick ? 0 : planned->claim.limit_ns;
	planned->is_limited = request->limit_ns != CONTEST_AUTO || planned->point_limit_ns;
	set_limits(planned);
	return contender_plan_guard(&planned->contenders, &request->allowed, diag);
}

uint64_t claim_plan_fit_trial_ns(const struct contest_options *options,
	const struct contender_point *point, size_t blocks, uint64_t limit_ns)
{
	struct contest_options tried = *options;

	tried.window_ns = 0;
	while (tried.trial_ns > CLAIM_PLAN_LEAST_TRIAL_NS &&
		point_least_ns(&tried, point, blocks) > limit_ns)
		tried.trial_ns = MAX(tried.trial_ns * 9 / 10, CLAIM_PLAN_LEAST_TRIAL_NS);
	return MIN(tried.trial_ns, options->trial_ns);
}

/* Turns have blocks of a fixed length: not where a verdict's do not fit. */
static bool fits_turns(const struct planned_claim *planned, uint64_t point_ns)
{
	const struct contender_plan *plan = &planned->contenders;

	for (size_t i = 0; i < plan->point_count; i++) {
		struct contest_time time;

		contest_plan_time(&planned->options, &plan->points[i], &time);
		if (time.takes_turns &&
			contest_plan_least_ns(&time, planned->options.rule.looks[0]) > point_ns)
			return false;
	}
	return true;
}

void claim_plan_fit(
	const struct planned_claim *planned, uint64_t share_ns, struct contest_options *options)
{
	const struct contender_plan *plan = &planned->contenders;
	uint64_t point_ns = share_ns / MAX(plan->point_count, 1);

	*options = planned->options;
	if (!fits_turns(planned, point_ns))
		options->window_ns = 0;
	if (planned->claim.trial_ns) /* a file that gives it knows why */
		return;
	/* The largest point decides: all have trials of the same length. */
	for (size_t i = 0; i < plan->point_count; i++)
		options->trial_ns = claim_plan_fit_trial_ns(
			options, &plan->points[i], options->rule.looks[0], point_ns);
}

uint64_t claim_plan_share_ns(const struct claim_plan *plan, size_t index, uint64_t left_ns)
{
	const struct planned_claim *planned = &plan->claims[index];
	uint64_t needed_ns = 0, more_ns = 0;
	double share = 0;

	for (size_t i = index; i < plan->count; i++) {
		needed_ns += plan->claims[i].need_ns;
		more_ns += plan->claims[i].limit_ns - plan->claims[i].need_ns;
	}
	if (left_ns > needed_ns && more_ns > 0)
		share = MIN((double)(left_ns - needed_ns) / (double)more_ns, 1);
	return MIN(left_ns, planned->need_ns + (uint64_t)(share * (double)(planned->limit_ns -
									   planned->need_ns)));
}

uint64_t claim_plan_point_ns(const struct planned_claim *planned,
	const struct contest_options *options, size_t index, uint64_t left_ns)
{
	const struct contender_plan *plan = &planned->contenders;
	const struct contender_point *point = &plan->points[index];
	uint64_t even_ns = left_ns / (plan->point_count - index);
	uint64_t least_ns = point_least_ns(options, point, verdict_blocks(planned));
	uint64_t most_ns = point_most_ns(planned, point);
	uint64_t slow_ns = MIN(most_ns, SLOW_PACE * point_need_ns(planned, options, point));

	if (left_ns < least_ns && least_ns <= most_ns)
		return 0;
	return MIN(left_ns, MAX(even_ns, slow_ns));
}

/* Not one verdict, whoever had all of the time. */
static int check_time(
	const struct claim_plan *plan, const struct claim_plan_request *request, struct diag *diag)
{
	char limit[UNITS_TEXT_BYTES], least[UNITS_TEXT_BYTES];
	uint64_t least_ns = UINT64_MAX;

	for (size_t i = 0; i < plan->count; i++) {
		if (plan->claims[i].obstacle)
			continue;
		least_ns = MIN(least_ns, plan->claims[i].least_ns);
	}
	if (least_ns <= request->limit_ns)
		return 0;
	units_format_time(limit, (double)request->limit_ns);
	units_format_time(least, (double)least_ns);
	diag_error(diag, NULL,
		"--max-time=%s is over too soon: priming and the blocks of one table take %s",
		limit, least);
	diag_hint(diag, "use a longer --max-time");
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
	plan->limit_ns = request->limit_ns;
	return check_time(plan, request, diag);
}

void claim_plan_free(struct claim_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		contender_plan_free(&plan->claims[i].contenders);
	arena_free(&plan->arena);
	*plan = (struct claim_plan){0};
}
