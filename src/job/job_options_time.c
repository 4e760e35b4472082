/* SPDX-License-Identifier: MIT */
/* Options of time: rates, goals, an end. */

#include "base/clock.h"
#include "job/job_goals.h"
#include "job/job_option_rows.h"
#include "job/job_order_check.h"

static const struct option_choice rate_processes[] = {
	{"linear", RATE_LINEAR, "at even distances"},
	{"poisson", RATE_POISSON, "at random, like requests of many independent clients"},
	{NULL, 0, NULL},
};

const struct option job_options_time[] = {
	/* Time */
	CUSTOM("startdelay", order.startdelay, TIME, "0", "delay of the start", VALUE(startdelay),
		.syntax = "TIME[-TIME]", .unit_ns = NS_PER_S,
		.detail =
			"Of a range each clone draws one. It counts from the start of those that\n"
			"run at once (stonewall), while fio counts from the run's."),
	TIME("runtime", runtime_ns, TIME, "0", "the job ends after this time; 0: when it is done",
		.alias = "timeout"),
	FLAG("time_based", time_based, TIME, NULL, "start over until runtime is over",
		.detail = "Without runtime it has no effect, as in fio."),
	TIME("ramp_time", ramp_time_ns, TIME, "0", "time that is run before the measurement"),

	CUSTOM("rate_iops", rate_iops, TIME, "0", "I/Os a second of each clone; 0: no limit",
		.parse = job_rate_iops_parse, .print = job_counts_print, .syntax = "N[,N][,N]",
		.detail = "Each I/O has a time at which it is due, and lat starts there, so that\n"
			  "an I/O that was held up by slow ones before it shows the delay. A late\n"
			  "I/O is sent late, and none is left out. I/Os that are unsent at the\n"
			  "end of the run are sent for as long again, 10 s at most, and then\n"
			  "counted. fio waits for all I/Os in flight before each pause, and\n"
			  "starts its clocks after it. In a mix each direction has its own rate,\n"
			  "and rwmixread does not matter, as in fio. Where one of them has none\n"
			  "(rate_iops=,1k), or with thinktime, the rate is a limit: lat counts\n"
			  "from when an I/O is sent.\n"
			  "For the last 50 us before an I/O is due the worker waits awake; that\n"
			  "CPU time is reported separately (pacing) and is not part of the cost."),
	CUSTOM("rate", rate, TIME, "0", "bytes a second of each clone; 0: no limit", VALUE(rate),
		.syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "As rate_iops. The time of an I/O depends on the sizes of those before\n"
			  "it."),
	CUSTOM("rate_iops_total", rate_iops_total, TIME, "0",
		"I/Os a second of all clones together; 0: no limit", .parse = job_rate_iops_parse,
		.print = job_counts_print, .syntax = "N[,N][,N]",
		.detail = "rate_iops divided among the clones: the load does not depend on their\n"
			  "number. fio does not have it."),
	CUSTOM("rate_total", rate_total, TIME, "0",
		"bytes a second of all clones together; 0: no limit", VALUE(rate),
		.syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "rate divided among the clones. fio does not have it."),
	CHOICE("rate_process", rate_process, TIME, "linear", "distribution of the times of I/Os",
		.choices = rate_processes),
	RARE(CUSTOM, "steadystate", steadystate.limit, TIME, "iops_slope:0.01%",
		"the job ends when the criterion is below the limit", .alias = "ss", VALUE(steady),
		.syntax = "iops|bw|lat[_slope]:LIMIT[%]",
		.detail = "Judged over the last steadystate_duration, once a check interval.\n"
			  "iops:5%: all intervals are within 5 % of the mean of the window.\n"
			  "iops_slope:0.1%: the line through them rises or falls by less than\n"
			  "0.1 % of the mean an interval, which is 30 % over 300 of them. bw and\n"
			  "lat, likewise: bw:10m is bytes a second, lat:20us a mean latency\n"
			  "(fio takes that number for nanoseconds). The clones of a group with\n"
			  "group_reporting are judged by their sum, and end together; else each\n"
			  "ends by itself. Without steadystate_duration nothing is judged. See\n"
			  "`ringside help steady-state`."),
	RARE_TIME("steadystate_duration", steadystate.duration_ns, TIME, "0",
		"window that steadystate is judged over; 0: it is not", .alias = "ss_dur"),
	RARE_TIME("steadystate_ramp_time", steadystate.ramp_time_ns, TIME, "0",
		"time before the first interval that steadystate counts", .alias = "ss_ramp",
		.detail = "What is done in it is part of the result, unlike that of ramp_time."),
	RARE_TIME("steadystate_check_interval", steadystate.check_interval_ns, TIME, "1",
		"length of the intervals of steadystate", .alias = "ss_interval",
		.min = 100 * NS_PER_MS,
		.detail = "steadystate_duration is a multiple of it. fio takes 1 s and more, the\n"
			  "same for all jobs."),

	RARE(TIME, "latency_target", latency.target_ns, TIME, "0",
		"the depth is the largest within this latency; 0: iodepth", .unit_ns = NS_PER_US,
		.detail =
			"Windows of latency_window at depths from 1 to iodepth, doubled and then\n"
			"halved, until the largest is found at which latency_percentile of the\n"
			"I/Os are within the target. What is reported is one more window at\n"
			"that depth; fio's search. runtime limits the search. Plain numbers are\n"
			"microseconds. With a percentile of 100 the job fails where one I/O in\n"
			"flight is too slow. An engine that does one I/O at a time has depth 1.\n"
			"For the largest rate within a latency see `ringside curve --slo`."),
	RARE(TIME, "latency_window", latency.window_ns, TIME, "0",
		"time at each depth of latency_target", .unit_ns = NS_PER_US),
	RARE(CUSTOM, "latency_percentile", latency.percentile, TIME, "100",
		"share of I/Os that are within latency_target, in percent",
		.parse = job_share_parse, .print = job_share_print, .syntax = "PERCENT"),
	RARE(BOOL, "latency_run", latency.runs_on, TIME, "0",
		"latency_target changes the depth until the job ends",
		.detail = "The whole time is reported, whatever the depth was."),
	RARE(CUSTOM, "max_latency", latency.max_ns, TIME, NULL,
		"the job fails when an I/O takes longer", .parse = job_latencies_parse,
		.print = job_latencies_print, .syntax = "TIME[,TIME][,TIME]",
		.detail = "With ETIMEDOUT, as in fio; exit code 5. In the ramp none is too long.\n"
			  "Of a job with a rate it is counted from when an I/O was due. Plain\n"
			  "numbers are microseconds."),
	{.name = NULL},
};
