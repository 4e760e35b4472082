/* SPDX-License-Identifier: MIT */
/* Sums of trials, ramps and pauses. */
#include "session/contest_time.h"

#include <errno.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/units.h"
#include "session/contest_watch.h"
#include "verdict/health.h"

#define RAMP_IOS      1000.0
#define LIMIT_EACH_NS (35 * NS_PER_S)
#define COOLDOWN_NS   (250 * NS_PER_MS)
#define OVERHEAD_NS   (60 * NS_PER_MS) /* of a trial, to plan with: process, rings, result */

/* The shortest ramp that nobody gave. */
static uint64_t least_ramp_ns(const struct contest_options *options)
{
	return options->ramp_ns == CONTEST_AUTO ? options->trial_ns / 4 : options->ramp_ns;
}

static uint64_t job_ramp_ns(const struct contender_setup *setup)
{
	uint64_t ramp_ns = 0;

	for (size_t i = 0; i < contender_job_count(setup); i++)
		ramp_ns = MAX(ramp_ns, contender_job(setup, i)->ramp_time_ns);
	return ramp_ns;
}

uint64_t contest_time_delay_ns(const struct contender_setup *setup)
{
	uint64_t delay_ns = 0;

	for (size_t i = 0; i < contender_job_count(setup); i++)
		delay_ns = MAX(delay_ns, contender_job(setup, i)->startdelay_ns);
	return delay_ns;
}

/* One ramp for all: what any job asks is every trial's. */
static uint64_t asked_ramp_ns(
	const struct contest_options *options, const struct contender_point *point)
{
	uint64_t asked_ns = 0;

	for (size_t i = 0; options->ramp_ns == CONTEST_AUTO && i < point->count; i++) {
		asked_ns = MAX(asked_ns, job_ramp_ns(&point->contenders[i]));
	}
	return asked_ns;
}

void contest_time_plan(const struct contest_options *options, const struct contender_point *point,
	struct contest_time *time)
{
	uint64_t asked_ns = asked_ramp_ns(options, point);
	uint64_t longest_ns = 0;
	uint64_t ramp_ns = MAX(least_ramp_ns(options), asked_ns);
	uint64_t ramp_most_ns =
		options->ramp_ns == CONTEST_AUTO ? MAX(options->trial_ns, asked_ns) : ramp_ns;

	*time = (struct contest_time){.prime_ns = contest_idle_ns(options)};
	for (size_t i = 0; i < point->count; i++) {
		const struct contender_setup *setup = &point->contenders[i];
		uint64_t fixed_ns;

		if (!setup->job)
			continue;
		fixed_ns = OVERHEAD_NS + contest_time_delay_ns(setup) +
			   contest_time_cooldown_ns(options, contender_writes(setup));
		longest_ns = MAX(longest_ns, fixed_ns);
		time->prime_ns += options->trial_ns / 2 + fixed_ns;
		time->block_ns += fixed_ns;
		time->contender_count++;
	}
	time->block_ns += options->has_control ? longest_ns : 0;
	time->contender_count += options->has_control;
	time->block_most_ns =
		time->block_ns + time->contender_count * (options->trial_ns + ramp_most_ns);
	time->block_ns += time->contender_count * (options->trial_ns + ramp_ns);
}

uint64_t contest_time_least_ns(const struct contest_time *time, size_t blocks)
{
	return time->prime_ns + blocks * time->block_ns;
}

uint64_t contest_time_most_ns(const struct contest_time *time, size_t blocks)
{
	double with_repeats = (1 + HEALTH_REPEATED_SHARE) * (double)blocks + 1.0;

	return time->prime_ns + (uint64_t)(with_repeats * (double)time->block_most_ns);
}

uint64_t contest_time_limit_ns(const struct contest_options *options, size_t contender_count)
{
	uint64_t first_look_ns = options->rule.looks[0] * 2 * options->trial_ns;

	if (options->limit_ns != CONTEST_AUTO)
		return options->limit_ns;
	return contender_count * MAX(LIMIT_EACH_NS, first_look_ns);
}

uint64_t contest_time_cooldown_ns(const struct contest_options *options, bool writes)
{
	if (options->cooldown_ns != CONTEST_AUTO)
		return options->cooldown_ns;
	return writes ? COOLDOWN_NS : 0;
}

int contest_time_check(
	const struct contest_options *options, const struct contender_plan *plan, struct diag *diag)
{
	char limit[UNITS_TEXT_BYTES], least[UNITS_TEXT_BYTES];

	for (size_t i = 0; options->limit_ns != CONTEST_AUTO && i < plan->point_count; i++) {
		struct contest_time time;
		uint64_t least_ns;

		contest_time_plan(options, &plan->points[i], &time);
		least_ns = contest_time_least_ns(&time, 1);
		if (least_ns <= options->limit_ns)
			continue;
		units_format_time(limit, (double)options->limit_ns);
		units_format_time(least, (double)least_ns);
		diag_error(diag, NULL,
			"--max-time=%s is over before the first block: priming and one block "
			"of %zu trials take %s",
			limit, time.contender_count, least);
		diag_hint(diag, "use a longer --max-time, or a shorter --trial-time");
		return -EINVAL;
	}
	return 0;
}

/* In which the blocks of the first look would still fit into the time that is left. */
static uint64_t affordable_ramp_ns(const struct contest *contest, uint64_t time_left_ns)
{
	const struct contest_options *options = contest->options;
	uint64_t trials = options->rule.looks[0] * contest->point->contender_count;
	uint64_t each_ns = time_left_ns / MAX(trials, 1);
	uint64_t fixed_ns = options->trial_ns + OVERHEAD_NS;

	return each_ns > fixed_ns ? each_ns - fixed_ns : 0;
}

uint64_t contest_time_left_ns(const struct contest *contest)
{
	uint64_t now = clock_now();

	return contest->end_ns > now ? contest->end_ns - now : 0;
}

static uint64_t ramp_ns(const struct contest *contest, uint64_t time_left_ns, uint64_t *wanted_ns)
{
	const struct contest_options *options = contest->options;
	uint64_t least_ns = least_ramp_ns(options);
	uint64_t most_ns = MIN(options->trial_ns, affordable_ramp_ns(contest, time_left_ns));

	*wanted_ns = least_ns;
	if (options->ramp_ns != CONTEST_AUTO)
		return least_ns;
	for (size_t c = 0; c < contest->point->contender_count; c++) {
		const struct contest_slot *slot = &contest->slots[c];

		if (!(slot->iops > 0))
			continue;
		*wanted_ns = MAX(*wanted_ns, (uint64_t)(RAMP_IOS / slot->iops * 1e9));
		least_ns = MAX(least_ns, job_ramp_ns(slot->setup));
	}
	*wanted_ns = MAX(*wanted_ns, least_ns);
	return MAX(MIN(*wanted_ns, most_ns), least_ns);
}

void contest_time_choose_ramp(struct contest *contest, size_t running)
{
	uint64_t left_ns = contest->options->limit_ns == CONTEST_AUTO
				   ? contest_time_limit_ns(contest->options, running)
				   : contest_time_left_ns(contest);
	uint64_t wanted_ns;

	contest->ramp_ns = ramp_ns(contest, left_ns, &wanted_ns);
	contest->point->ramp_s = (double)contest->ramp_ns / 1e9;
	contest->point->ramp_wanted_s = (double)wanted_ns / 1e9;
}
