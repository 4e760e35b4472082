/* SPDX-License-Identifier: MIT */
/* Rates and pauses that do not go together, or with what the job does. */
#include "job/job_pace_check.h"

#include <inttypes.h>
#include <string.h>

#include "job/job_say.h"

/* Whether one of three directions has a number. */
static bool has_some(const struct job_triple *triple)
{
	return triple->value[DIRECTION_READ] > 0 || triple->value[DIRECTION_WRITE] > 0 ||
	       triple->value[DIRECTION_TRIM] > 0;
}

static bool has_floor(const struct job *job)
{
	return has_some(&job->rare->pace.floor.bytes) || has_some(&job->rare->pace.floor.ios);
}

/* Options that belong to one that is not set. */
static void note_unused(const struct job *job, struct diag *diag)
{
	bool thinks = job->rare->pace.think.time_ns != 0, flows = job->rare->pace.flow.weight != 0;
	const struct {
		const char *option, *needs;
		bool has_it;
	} parts[] = {
		{"thinktime_spin", "thinktime", thinks},
		{"thinktime_blocks", "thinktime", thinks},
		{"thinktime_blocks_type", "thinktime", thinks},
		{"thinktime_iotime", "thinktime", thinks},
		{"rate_ignore_thinktime", "thinktime beside a rate", thinks && job_is_limited(job)},
		{"rate_cycle", "rate_min or rate_iops_min", has_floor(job)},
		{"flow_id", "flow", flows},
		{"flow_sleep", "flow", flows},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (job_sets(job, parts[i].option) && !parts[i].has_it)
			job_say(diag_note, job, diag, parts[i].option, RULE_PACE,
				"%s has no effect without %s", parts[i].option, parts[i].needs);
	}
}

static void check_think(const struct job *job, struct diag *diag)
{
	const struct job_think *think = &job->rare->pace.think;
	bool by_blocks = think->iotime_ns == 0 || job_sets(job, "thinktime_blocks");

	if (think->time_ns == 0)
		return;
	if (think->spin_ns > think->time_ns)
		job_say(diag_note, job, diag, "thinktime_spin", RULE_PACE,
			"thinktime_spin is cut to thinktime, as in fio");
	if (by_blocks && think->blocks_type == THINK_ISSUE && job->iodepth > think->blocks)
		job_say(diag_warning, job, diag, "thinktime", RULE_PACE,
			"at most thinktime_blocks=%" PRIu32
			" I/Os are in flight, whatever iodepth=%" PRIu32 " says",
			think->blocks, job->iodepth);
}

/* Nobody reaches a floor that stands above the rate. */
static bool exceeds_rate(const struct job *job, enum io_direction direction)
{
	struct pacer_spec rate = job_pace_of(job, direction);
	double bytes = (double)job->rare->pace.floor.bytes.value[direction];
	double ios = (double)job->rare->pace.floor.ios.value[direction];

	return (rate.bytes_per_second > 0 && rate.bytes_per_second < bytes) ||
	       (rate.ios_per_second > 0 && rate.ios_per_second < ios);
}

static void check_floor(const struct job *job, struct diag *diag)
{
	bool is_of_bytes = has_some(&job->rare->pace.floor.bytes);
	const char *option = is_of_bytes ? "rate_min" : "rate_iops_min";

	if (is_of_bytes && has_some(&job->rare->pace.floor.ios) &&
		job_say(diag_error, job, diag, "rate_iops_min", RULE_PACE,
			"rate_min and rate_iops_min do not go together"))
		diag_hint(diag, "remove one of them");
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (exceeds_rate(job, (enum io_direction)i) &&
			job_say(diag_error, job, diag, option, RULE_PACE,
				"%s is above the rate that it is a floor of", option))
			diag_hint(diag, "lower it, or raise the rate");
	}
}

static void note_submitter(const struct job *job, struct diag *diag)
{
	if (job->rare->pace.submit_mode != SUBMIT_OFFLOAD || !job->engine)
		return;
	if (strcmp(job->engine->name, job->ioengine) != 0)
		job_say(diag_note, job, diag, "io_submit_mode", RULE_OWN_WAY,
			"offload: the engine threads does the I/Os, %" PRIu32 " at once",
			job->iodepth);
	else
		job_say(diag_note, job, diag, "io_submit_mode", RULE_OWN_WAY,
			"offload: the worker submits by itself, and waits for no I/O in flight%s",
			job_is_paced(job) ? "; lat counts from when an I/O was due" : "");
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

/* The operations of a job with rates can have them. */
static void check_paced(const struct job *job, const char *option, struct diag *diag)
{
	if (job_moves_no_bytes(job) &&
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

	note_unused(job, diag);
	check_think(job, diag);
	check_floor(job, diag);
	note_submitter(job, diag);
	if (find_two_rates(job, two)) {
		if (job_say(diag_error, job, diag, option, RULE_PACE,
			    "%s and %s, for the same I/Os", two[0], two[1]))
			diag_hint(diag, "remove one of them");
	} else if (divides_to_nothing(job)) {
		if (job_say(diag_error, job, diag, option, RULE_PACE,
			    "%s: fewer than one for each of %" PRIu32 " clones", option,
			    job->numjobs))
			diag_hint(diag, "lower numjobs, or raise the rate");
	} else if (job_is_paced(job) || job_is_limited(job)) {
		check_paced(job, option, diag);
	} else if (job_sets(job, "rate_process")) {
		job_say(diag_warning, job, diag, "rate_process", RULE_PACE,
			"rate_process needs rate or rate_iops");
	}
}
