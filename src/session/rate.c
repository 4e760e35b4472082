/* SPDX-License-Identifier: MIT */
/* Sums of rates, and whether they were kept. */
#include "session/rate.h"

#include <math.h>
#include <string.h>

#include "job/job.h"
#include "text/figure.h"

#define SAME_SHARE   0.001 /* clones' shares are whole I/Os */
#define MISSED_SHARE 0.02
#define DEVIATIONS   3 /* of a random number of I/Os that were due */

/* 0: blocks of many sizes, or no blocks. */
static double block_bytes(const struct job *job, enum io_direction direction)
{
	const struct block_size_spec *sizes = &job->block_sizes.of[direction];

	if (job_composite_op(job) != IO_OP_COUNT || sizes->share_count > 0 ||
		sizes->min_bytes != sizes->max_bytes)
		return 0;
	return sizes->min_bytes;
}

struct sum {
	double iops, bandwidth;
	bool knows_iops, knows_bandwidth;
};

static void add_direction(const struct job *clone, enum io_direction direction, struct sum *sum)
{
	struct pacer_spec spec = job_pace_of(clone, direction);
	double bytes = block_bytes(clone, direction);

	if (spec.ios_per_second > 0) {
		sum->iops += spec.ios_per_second;
		sum->bandwidth += spec.ios_per_second * bytes;
		sum->knows_bandwidth &= bytes > 0;
	} else if (spec.bytes_per_second > 0) {
		sum->bandwidth += spec.bytes_per_second;
		sum->iops += bytes > 0 ? spec.bytes_per_second / bytes : 0;
		sum->knows_iops &= bytes > 0;
	}
}

/* False: it has no rate. */
static bool add_job(const struct job *job, struct sum *sum)
{
	struct job clone = *job;

	if (!job_is_paced(job))
		return false;
	for (clone.clone = 0; clone.clone < job->numjobs; clone.clone++) {
		for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
			add_direction(&clone, (enum io_direction)d, sum);
	}
	return true;
}

struct rate rate_of_setup(const struct contender_setup *setup)
{
	struct sum sum = {.knows_iops = true, .knows_bandwidth = true};
	bool is_paced = setup->job && add_job(setup->job, &sum);

	for (size_t i = 0; is_paced && i < setup->together_count; i++)
		is_paced = add_job(setup->together[i], &sum);
	/* Each rank is asked for as much. */
	if (is_paced && setup->job->part.ranks.count > 1) {
		sum.iops *= setup->job->part.ranks.count;
		sum.bandwidth *= setup->job->part.ranks.count;
	}
	return (struct rate){
		.iops = is_paced && sum.knows_iops ? sum.iops : 0,
		.bandwidth = is_paced && sum.knows_bandwidth ? sum.bandwidth : 0,
	};
}

static bool is_near(double a, double b)
{
	return a > 0 && b > 0 && fabs(a - b) <= SAME_SHARE * fmax(a, b);
}

static bool is_none(const struct rate *rate)
{
	return rate->iops == 0 && rate->bandwidth == 0;
}

bool rate_is_same(const struct rate *one, const struct rate *other)
{
	if (is_none(one) || is_none(other))
		return is_none(one) && is_none(other);
	return is_near(one->iops, other->iops) || is_near(one->bandwidth, other->bandwidth);
}

bool rate_is_shared(const struct contender_point *point, struct rate *rate)
{
	bool has_first = false;

	*rate = (struct rate){0};
	for (size_t i = 0; i < point->count; i++) {
		struct rate own = rate_of_setup(&point->contenders[i]);

		if (!point->contenders[i].job)
			continue;
		if (has_first && !rate_is_same(rate, &own))
			return false;
		*rate = own;
		has_first = true;
	}
	return true;
}

enum trial_value rate_default_metric(const struct contender_plan *plan)
{
	struct rate rate;

	for (size_t i = 0; i < plan->point_count; i++) {
		if (!rate_is_shared(&plan->points[i], &rate) || is_none(&rate))
			return VALUE_IOPS;
	}
	return VALUE_LAT_P50;
}

enum rate_state rate_state_of(const struct record_point *point)
{
	const struct contender *first = NULL;
	bool differs = false;

	for (size_t c = 0; c < point->contender_count; c++) {
		const struct contender *contender = &point->contenders[c];

		if (contender->problem || contender->is_control)
			continue;
		first = first ? first : contender;
		differs |= !rate_is_same(&first->asked, &contender->asked);
	}
	if (differs)
		return RATE_UNEQUAL;
	return first && !is_none(&first->asked) ? RATE_EQUAL : RATE_NONE;
}

bool rate_is_missed(const struct record_point *point, size_t c)
{
	const struct contender *contender = &point->contenders[c];
	const char *process = settings_value(&contender->options, "rate_process");
	bool counts_ios = contender->asked.iops > 0;
	double asked_rate = counts_ios ? contender->asked.iops : contender->asked.bandwidth;
	double done = 0, asked = 0, slack = 0;

	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *trial = &point->trials[i];
		double rate = trial->values[counts_ios ? VALUE_IOPS : VALUE_BANDWIDTH];

		if (trial->contender != c || !trial->counts || isnan(rate))
			continue;
		done += rate * trial->window_s;
		asked += asked_rate * trial->window_s;
		slack += counts_ios ? 1 : rate / trial->values[VALUE_IOPS];
	}
	slack += MISSED_SHARE * asked;
	if (process && strcmp(process, "poisson") == 0 && counts_ios)
		slack += DEVIATIONS * sqrt(asked);
	return done < asked - slack;
}

const char *rate_text(const struct rate *rate, struct arena *arena)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (rate->iops > 0)
		return arena_printf(arena, "%s/s", figure_text(text, FIGURE_COUNT, rate->iops));
	if (rate->bandwidth > 0)
		return arena_strdup(arena, figure_text(text, FIGURE_BANDWIDTH, rate->bandwidth));
	return "none";
}

struct job rate_job_without(const struct job *job)
{
	struct job copy = *job;

	memset(&copy.rate, 0, sizeof(copy.rate));
	memset(&copy.rate_iops, 0, sizeof(copy.rate_iops));
	memset(&copy.rate_total, 0, sizeof(copy.rate_total));
	memset(&copy.rate_iops_total, 0, sizeof(copy.rate_iops_total));
	copy.rate_process = RATE_LINEAR;
	return copy;
}

/* Of the load; rwmixread counts where it does both. */
static double share_of(const struct job *job, enum io_direction direction)
{
	if (!job_does(job, direction))
		return 0;
	if (!job_does(job, DIRECTION_READ) || !job_does(job, DIRECTION_WRITE))
		return 1;
	return direction == DIRECTION_READ ? job->rwmixread / 100.0 : 1 - job->rwmixread / 100.0;
}

/* A direction of which there is nothing can have no rate either: the job does the other alone. */
static void leave_out(struct job *job)
{
	bool is_random = job->rw.mode == RW_RANDRW;

	if (job->rw.mode != RW_RANDRW && job->rw.mode != RW_READWRITE)
		return;
	if (job->rwmixread == 100)
		job->rw.mode = is_random ? RW_RANDREAD : RW_READ;
	else if (job->rwmixread == 0)
		job->rw.mode = is_random ? RW_RANDWRITE : RW_WRITE;
}

struct job rate_job_at(const struct job *job, double iops, bool is_poisson)
{
	struct job copy = rate_job_without(job);

	leave_out(&copy);
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		copy.rate_iops_total.value[d] =
			(uint64_t)llround(iops * share_of(&copy, (enum io_direction)d));
	copy.rate_process = is_poisson ? RATE_POISSON : RATE_LINEAR;
	return copy;
}

double rate_job_least(const struct job *job)
{
	double least = 1;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		double share = share_of(job, (enum io_direction)d);

		if (share > 0)
			least = fmax(least, ceil(job->numjobs / share));
	}
	return least;
}
