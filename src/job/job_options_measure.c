/* SPDX-License-Identifier: MIT */
/* Options of what is measured and written down. */

#include "base/clock.h"
#include "job/job_goals.h"
#include "job/job_option_rows.h"

static const struct option_choice unified_choices[] = {
	{"none", JOB_UNIFIED_NONE, "each by itself"},
	{"0", JOB_UNIFIED_NONE, NULL},
	{"mixed", JOB_UNIFIED_MIXED, "their sum only"},
	{"1", JOB_UNIFIED_MIXED, NULL},
	{"both", JOB_UNIFIED_BOTH, "each, and their sum"},
	{"2", JOB_UNIFIED_BOTH, NULL},
	{NULL, 0, NULL},
};

static const struct option_choice kb_bases[] = {
	{"1024", 1024, "k is 1024"},
	{"1000", 1000, "k is 1000, KiB is 1024"},
	{NULL, 0, NULL},
};

/* Values are printed by a k of 1024: as they are printed, they are read back. */
static const char *print_nothing(const void *field, struct arena *arena)
{
	(void)field, (void)arena;
	return NULL;
}

const struct option job_options_measure[] = {
	/* Measurement */
	CUSTOM("percentile_list", percentile_list, MEASURE, NULL, "percentiles to report",
		VALUE(percentiles), .syntax = "P[:P...]",
		.detail = "Without it: fio's seventeen, 1 to 99.99."),
	BOOL("clat_percentiles", clat_percentiles, MEASURE, "0", "report percentiles of clat"),
	BOOL("lat_percentiles", lat_percentiles, MEASURE, "0", "report percentiles of lat",
		.detail = "lat is measured with its histogram in any case."),
	BOOL("slat_percentiles", slat_percentiles, MEASURE, "0", "report percentiles of slat"),
	BOOL("gtod_reduce", gtod_reduce, MEASURE, "0", "take only the times that lat needs"),
	BOOL("disk_util", shown.disk_util, MEASURE, "1", "report utilisation of the disks"),
	CHOICE("unified_rw_reporting", shown.unified, MEASURE, "none",
		"reads, writes and trims are reported as one", .choices = unified_choices,
		.detail =
			"In the tables of text and Markdown, and in fio's formats, as there. The\n"
			"JSON document has the directions apart, always."),
	CHOICE("kb_base", shown.kb_base, MEASURE, "1024", "the k that sizes and counts are read by",
		.choices = kb_bases, .print = print_nothing,
		.detail = "1000: k, kb, ki, m, ... are powers of 1000, KiB, MiB, ... of 1024, in "
			  "the\n"
			  "section and, of [global], in those below it. In results and in what\n"
			  "--dry-run prints k is 1024 all the same: it does not print this."),
	BOOL("stats", shown.stats, MEASURE, "1", "the job is in the result",
		.detail = "0: it runs, and its entry is left out, as in fio. Its errors, warnings\n"
			  "and logs are not."),
	LOG("write_bw_log", logs.bw, "bandwidth over time, to PREFIX_bw.N.log",
		"Lines of fio's logs: time in ms since the window began, value, direction (0\n"
		"read, 1 write, 2 trim), block size, priority. Values are of each I/O, or\n"
		"each log_avg_msec: KiB/s here, I/Os a second in write_iops_log, ns in\n"
		"write_lat_log. N counts the jobs from 1. Without a PREFIX it is the job's\n"
		"name. A time without I/O has lines of 0 in the averages of bandwidth and\n"
		"IOPS, where fio has none; bandwidths of single I/Os are KiB/s, too."),
	LOG("write_iops_log", logs.iops, "I/Os over time, to PREFIX_iops.N.log",
		"As write_bw_log. A line of a single I/O has the value 1."),
	LOG("write_lat_log", logs.lat, "latencies over time, to PREFIX_lat, _slat and _clat.N.log",
		"As write_bw_log. slat has lines where the submission has a time of its own."),
	LOG("write_hist_log", logs.hist, "histograms over time, to PREFIX_clat_hist.N.log",
		"A line for each log_hist_msec and direction: time in ms, direction, block\n"
		"size, then the counts of fio's 1856 bins of clat."),
	RARE(TIME, "log_avg_msec", logs.avg_ns, MEASURE, "0", "logs have averages of so many ms",
		.unit_ns = NS_PER_MS, .detail = "0: a line for each I/O."),
	RARE(TIME, "log_hist_msec", logs.hist_ns, MEASURE, "0",
		"write_hist_log has a line for so many ms", .unit_ns = NS_PER_MS,
		.detail = "0: one line for the whole window."),
	RARE(COUNT, "log_hist_coarseness", logs.hist_coarseness, MEASURE, "0",
		"bins of write_hist_log are 2^N times as wide", .max = 6),
	RARE(BOOL, "log_max_value", logs.max_value, MEASURE, "0",
		"averages of latency are the greatest instead"),
	RARE(BOOL, "log_offset", logs.offset, MEASURE, "0", "logs have each I/O's offset"),
	RARE(BOOL, "log_prio", logs.prio, MEASURE, "0",
		"logs have each I/O's priority as 0xNNNN, class and level",
		.detail = "Without it the column is 1 for real-time I/O, else 0, as in fio."),
	RARE(BOOL, "log_unix_epoch", logs.unix_epoch, MEASURE, "0",
		"times of logs are ms since 1970"),
	RARE(BOOL, "per_job_logs", logs.per_job, MEASURE, "1",
		"the job's number is in the names of logs; 0: a PREFIX is one file"),
	CUSTOM("assert", assertions, MEASURE, NULL, "limits that `ringside check` holds the job to",
		VALUE(assert), .syntax = "METRIC>=VALUE|METRIC<=VALUE[, ...]",
		.detail = "assert=read.iops>=500k, read.lat.p99<=200us, syscalls_per_io<=0.1\n"
			  "k, M and G are powers of 1000, of bandwidths 1024; times need a "
			  "unit."),
	{.name = NULL},
};
