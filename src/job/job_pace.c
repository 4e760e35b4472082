/* SPDX-License-Identifier: MIT */
/* Rates: how they are written, and what they can be asked of; and pauses. */
#include "job/job_pace.h"

#include <inttypes.h>

#include "job/job_check.h"
#include "job/job_triple.h"

static int parse_rate_item(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	const char *what;

	(void)arena;
	if (units_parse_size(text, item, &what) < 0)
		return job_refuse(problem, what,
			"rates are bytes a second: 500k, 1m; I/Os a second are rate_iops", 0, 0);
	return 0;
}

static const char *print_rate_item(const void *item, struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];

	return arena_strdup(arena, units_format_exact_size(text, *(const uint64_t *)item));
}

int job_rate_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_triple *triple = field;

	return job_triple_parse(
		value, triple->value, sizeof(triple->value[0]), parse_rate_item, arena, problem);
}

const char *job_rate_print(const void *field, struct arena *arena)
{
	const struct job_triple *triple = field;

	return job_triple_print(triple->value, sizeof(triple->value[0]), print_rate_item, arena);
}

static int parse_rate_iops_item(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	const char *what;

	(void)arena;
	if (units_parse_count(text, item, &what) < 0)
		return job_refuse(problem, what,
			"this is a number of I/Os a second; bytes a second are rate", 0, 0);
	return 0;
}

int job_rate_iops_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_triple *triple = field;

	return job_triple_parse(value, triple->value, sizeof(triple->value[0]),
		parse_rate_iops_item, arena, problem);
}

/* Whole I/Os or bytes; the first clones have what is left over. */
static double share_of(uint64_t total, const struct job *job)
{
	if (total == 0)
		return 0;
	return (double)(total / job->numjobs + (job->clone < total % job->numjobs));
}

struct pacer_spec job_pace_of(const struct job *job, enum io_direction direction)
{
	struct pacer_spec spec = {.is_poisson = job->rate_process == RATE_POISSON};

	if (direction < DATA_DIRECTION_COUNT && job_does(job, direction)) {
		spec.ios_per_second = (double)job->rate_iops.value[direction] +
				      share_of(job->rate_iops_total.value[direction], job);
		spec.bytes_per_second = (double)job->rate.value[direction] +
					share_of(job->rate_total.value[direction], job);
	}
	return spec;
}

static bool has_rate(const struct job *job, enum io_direction direction)
{
	struct pacer_spec spec = job_pace_of(job, direction);

	return spec.ios_per_second > 0 || spec.bytes_per_second > 0;
}

static unsigned count_rates(const struct job *job)
{
	unsigned count = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		count += has_rate(job, (enum io_direction)i);
	return count;
}

bool job_is_paced(const struct job *job)
{
	return count_rates(job) > 0;
}

static void check_which(const struct job *job, const char *option, struct diag *diag)
{
	unsigned directions = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		directions += job_does(job, (enum io_direction)i);
	if (job_trims_and_writes(job)) {
		diag_error(diag, job_place(job, option),
			"%s: a trimwrite job has no rate: each write follows its trim", option);
		diag_hint(diag, "two jobs, one that trims and one that writes, can have rates");
	} else if (count_rates(job) < directions) {
		diag_error(diag, job_place(job, option),
			"%s: of reads and writes one has a rate and the other has none", option);
		diag_hint(diag, "give both, as %s=R,W; or make two jobs of them", option);
	} else if (job->rw.mode == RW_STAT &&
		   job_pace_of(job, DIRECTION_READ).bytes_per_second > 0) {
		diag_error(diag, job_place(job, option), "rate: rw=stat moves no bytes");
		diag_hint(diag, "rate_iops is so many a second");
	}
}

static void check_think(const struct job *job, struct diag *diag)
{
	if (job->thinktime_ns == 0 || !job_is_news(job, "thinktime", RULE_PACE))
		return;
	if (job_is_paced(job)) {
		diag_error(diag, job_place(job, "thinktime"),
			"thinktime and a rate: what has its time is not paused for");
		diag_hint(diag, "leave out one of them");
	} else if (job->iodepth > job->thinktime_blocks) {
		diag_warning(diag, job_place(job, "thinktime"),
			"no more than thinktime_blocks=%" PRIu32
			" I/Os are in flight, whatever iodepth=%" PRIu32 " says",
			job->thinktime_blocks, job->iodepth);
	}
}

/* "rate and rate_iops", of one direction; NULL: each has one at most. */
static const char *find_two_rates(const struct job *job, struct arena *arena)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct {
			const char *name;
			uint64_t value;
		} rates[] = {
			{"rate", job->rate.value[i]},
			{"rate_iops", job->rate_iops.value[i]},
			{"rate_total", job->rate_total.value[i]},
			{"rate_iops_total", job->rate_iops_total.value[i]},
		};
		const char *first = NULL;

		for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
			if (rates[r].value > 0 && first)
				return arena_printf(arena, "%s and %s", first, rates[r].name);
			if (rates[r].value > 0)
				first = rates[r].name;
		}
	}
	return NULL;
}

/* Some clone would have no rate, and run as fast as it goes. */
static bool divides_to_nothing(const struct job *job)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		uint64_t bytes = job->rate_total.value[i], ios = job->rate_iops_total.value[i];

		if ((bytes > 0 && bytes < job->numjobs) || (ios > 0 && ios < job->numjobs))
			return true;
	}
	return false;
}

/* The first that is set. */
static const char *rate_option(const struct job *job)
{
	static const char *const options[] = {"rate_iops", "rate_iops_total", "rate_total"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]))
			return options[i];
	}
	return "rate";
}

void job_pace_check(const struct job *job, struct diag *diag)
{
	struct arena arena = {0};
	const char *option = rate_option(job);
	const char *two = find_two_rates(job, &arena);

	check_think(job, diag);
	if (two && job_is_news(job, option, RULE_PACE)) {
		diag_error(diag, job_place(job, option), "%s, for the same I/Os", two);
		diag_hint(diag, "leave out one of them");
	} else if (divides_to_nothing(job) && job_is_news(job, option, RULE_PACE)) {
		diag_error(diag, job_place(job, option),
			"%s: fewer than one for each of %" PRIu32 " clones", option, job->numjobs);
		diag_hint(diag, "numjobs can be smaller, or the rate larger");
	} else if (job_is_paced(job) && job_is_news(job, option, RULE_PACE)) {
		check_which(job, option, diag);
	} else if (!job_is_paced(job) && job_sets(job, "rate_process") &&
		   job_is_news(job, "rate_process", RULE_PACE)) {
		diag_warning(diag, job_place(job, "rate_process"),
			"rate_process without rate or rate_iops: nothing has a time");
	}
	arena_free(&arena);
}
