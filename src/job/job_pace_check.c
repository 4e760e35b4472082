/* SPDX-License-Identifier: MIT */
/* Rates and pauses that do not go together, or with what the job does. */
#include "job/job_pace_check.h"

#include <inttypes.h>

#include "job/job_say.h"

static void check_think(const struct job *job, struct diag *diag)
{
	if (job->thinktime_ns == 0)
		return;
	if (job_is_paced(job)) {
		if (job_say(diag_error, job, diag, "thinktime", RULE_PACE,
			    "a job with a rate takes no thinktime: its I/Os have their times"))
			diag_hint(diag, "remove one of them");
	} else if (job->iodepth > job->thinktime_blocks) {
		job_say(diag_warning, job, diag, "thinktime", RULE_PACE,
			"at most thinktime_blocks=%" PRIu32
			" I/Os are in flight, whatever iodepth=%" PRIu32 " says",
			job->thinktime_blocks, job->iodepth);
	}
}

/* The first two options that give one direction a rate; false: each has one at most. */
static bool find_two_rates(const struct job *job, const char *two[2])
{
	const struct {
		const char *option;
		const struct job_triple *rates;
	} ways[] = {
		{"rate", &job->rate},
		{"rate_iops", &job->rate_iops},
		{"rate_total", &job->rate_total},
		{"rate_iops_total", &job->rate_iops_total},
	};

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		unsigned found = 0;

		for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]) && found < 2; k++) {
			if (ways[k].rates->value[i] > 0)
				two[found++] = ways[k].option;
		}
		if (found == 2)
			return true;
	}
	return false;
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

/* The option that a message about the rate points at. */
static const char *rate_option(const struct job *job)
{
	static const char *const options[] = {"rate_iops", "rate_iops_total", "rate_total"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]))
			return options[i];
	}
	return "rate";
}

/* Whether some of what the job does has no rate, while the rest has. */
static bool lacks_a_rate(const struct job *job)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (job_does(job, (enum io_direction)i) && !job_has_rate(job, (enum io_direction)i))
			return true;
	}
	return false;
}

/* The operations of a job with rates can have them. */
static void check_paced(const struct job *job, const char *option, struct diag *diag)
{
	if (job_trims_and_writes(job)) {
		if (job_say(diag_error, job, diag, option, RULE_PACE,
			    "%s: a trimwrite job has no rate: each write follows its trim", option))
			diag_hint(diag, "a job that trims and one that writes can have rates");
	} else if (lacks_a_rate(job)) {
		if (job_say(diag_error, job, diag, option, RULE_PACE,
			    "%s: one of reads and writes has a rate and the other has none",
			    option))
			diag_hint(diag, "give both, as %s=R,W; or make two jobs of them", option);
	} else if (job_moves_no_bytes(job) &&
		   (job_pace_of(job, DIRECTION_READ).bytes_per_second > 0 ||
			   job_pace_of(job, DIRECTION_WRITE).bytes_per_second > 0)) {
		if (job_say(diag_error, job, diag, option, RULE_PACE, "rate: rw=%s moves no bytes",
			    io_op_name(job_composite_op(job))))
			diag_hint(diag, "use rate_iops");
	}
}

void job_pace_check(const struct job *job, struct diag *diag)
{
	const char *option = rate_option(job), *two[2];

	check_think(job, diag);
	if (find_two_rates(job, two)) {
		if (job_say(diag_error, job, diag, option, RULE_PACE,
			    "%s and %s, for the same I/Os", two[0], two[1]))
			diag_hint(diag, "remove one of them");
	} else if (divides_to_nothing(job)) {
		if (job_say(diag_error, job, diag, option, RULE_PACE,
			    "%s: fewer than one for each of %" PRIu32 " clones", option,
			    job->numjobs))
			diag_hint(diag, "lower numjobs, or raise the rate");
	} else if (job_is_paced(job)) {
		check_paced(job, option, diag);
	} else if (job_sets(job, "rate_process")) {
		job_say(diag_warning, job, diag, "rate_process", RULE_PACE,
			"rate_process needs rate or rate_iops");
	}
}
