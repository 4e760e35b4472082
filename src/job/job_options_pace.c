/* SPDX-License-Identifier: MIT */
/* Options of what holds I/Os back: pauses, floors of a rate, flows, who submits. */

#include "base/clock.h"
#include "job/job_option_rows.h"

enum { FLOW_WEIGHT_LIMIT = 1000 }; /* fio's */

static const struct option_choice think_types[] = {
	{"complete", THINK_COMPLETE, "those that are back"},
	{"issue", THINK_ISSUE, "those that were sent"},
	{NULL, 0, NULL},
};

static const struct option_choice submit_modes[] = {
	{"inline", SUBMIT_INLINE, "by the worker itself"},
	{"offload", SUBMIT_OFFLOAD, "by others, so that no submission holds up the next"},
	{NULL, 0, NULL},
};

/* A time of pace.think whose plain numbers have this unit. */
#define THINK(key, member, unit, summary, ...)                                                     \
	RARE(TIME, key, pace.think.member, TIME, "0", summary, .unit_ns = unit, __VA_ARGS__)

const struct option job_options_pace[] = {
	THINK("thinktime", time_ns, NS_PER_US,
		"pause after thinktime_blocks I/Os; plain numbers are microseconds",
		.detail = "The pause begins when all I/Os in flight have completed. lat starts\n"
			  "when an I/O is sent, beside a rate too, which then is a limit: what a\n"
			  "pause held up is made up for after it. For a load that does not wait\n"
			  "for its answers use rate_iops alone."),
	THINK("thinktime_spin", spin_ns, NS_PER_US,
		"time at the start of a pause that is spent awake",
		.detail = "At most thinktime. As for a rate, that CPU time is reported\n"
			  "separately (pacing)."),
	RARE(COUNT, "thinktime_blocks", pace.think.blocks, TIME, "1", "I/Os between two pauses",
		.min = 1),
	RARE(CHOICE, "thinktime_blocks_type", pace.think.blocks_type, TIME, "complete",
		"which I/Os thinktime_blocks counts", .choices = think_types,
		.detail = "With issue exactly thinktime_blocks I/Os are sent before each pause.\n"
			  "With complete, and several in flight, more are sent until so many are\n"
			  "back; those that the pause waited for count for the next one, as in\n"
			  "fio."),
	THINK("thinktime_iotime", iotime_ns, NS_PER_S, "pause after so much time of I/O",
		.detail = "thinktime_blocks does not count then, unless it is set: then whichever\n"
			  "comes first. The first pause comes thinktime later, as in fio."),
	RARE(COUNT, "thinkcycles", pace.think.cycles, TIME, "0",
		"cycles of the CPU spent after each I/O",
		.detail =
			"Those of the time stamp counter. Reported separately, as thinktime_spin;\n"
			"fio 3.33 does not have it."),
	RARE(BOOL, "rate_ignore_thinktime", pace.think.rate_ignores, TIME, "0",
		"pauses are no part of the time that a rate is of",
		.detail = "0: after a pause I/Os follow each other until the rate is made up for."),

	RARE(CUSTOM, "rate_min", pace.floor.bytes, TIME, "0",
		"bytes a second below which the job fails; 0: none", .alias = "ratemin",
		VALUE(rate), .syntax = "SIZE[,SIZE][,SIZE]",
		.detail =
			"Judged from 2 s after the start on, over rate_cycle, where the direction\n"
			"has done I/O; as in fio the job ends with EIO. Exit code 5."),
	RARE(CUSTOM, "rate_iops_min", pace.floor.ios, TIME, "0",
		"I/Os a second below which it fails; 0: none", .parse = job_rate_iops_parse,
		.print = job_counts_print, .syntax = "N[,N][,N]", .detail = "As rate_min."),
	RARE(TIME, "rate_cycle", pace.floor.cycle_ns, TIME, "1s",
		"time that rate_min is judged over", .alias = "ratecycle", .unit_ns = NS_PER_MS,
		.detail = "Plain numbers are milliseconds."),

	RARE(COUNT, "flow", pace.flow.weight, TIME, "0",
		"the job's share of the I/Os of its flow; 0: none", .max = FLOW_WEIGHT_LIMIT,
		.detail =
			"Of the jobs that run at once and have the same flow_id each does so many\n"
			"I/Os for the others' numbers: flow=8 and flow=1 make 8 of 9 and 1 of 9.\n"
			"One that is ahead waits. When a job ends, the others share what there\n"
			"is."),
	RARE(COUNT, "flow_id", pace.flow.id, TIME, "0", "which flow the job belongs to"),
	RARE(TIME, "flow_sleep", pace.flow.sleep_ns, TIME, "0",
		"sleep of a job that is ahead of its flow; 0: it looks again at once",
		.unit_ns = NS_PER_US,
		.detail = "It sleeps when its I/Os in flight are back. Plain numbers are\n"
			  "microseconds."),

	RARE(CHOICE, "io_submit_mode", pace.submit_mode, TIME, "inline", "who submits",
		.choices = submit_modes,
		.detail =
			"offload: an engine that does one I/O at a time is replaced by the engine\n"
			"threads, with iodepth threads. All others submit without waiting for\n"
			"what is in flight, with a rate always: lat counts from when an I/O was\n"
			"due, while fio counts from when it was handed over."),
	{.name = NULL},
};
