/* SPDX-License-Identifier: MIT */
/* Options of what is measured and written down. */

#include "base/clock.h"
#include "job/job_goals.h"
#include "job/job_option_rows.h"

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
	BOOL("disk_util", disk_util, MEASURE, "1", "report utilisation of the disks"),
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
	ENTRY(OPTION_BIND_TIME, "log_avg_msec", logs.avg_ns, MEASURE, "0",
		"logs have averages of so many ms", .unit_ns = NS_PER_MS,
		.detail = "0: a line for each I/O."),
	ENTRY(OPTION_BIND_TIME, "log_hist_msec", logs.hist_ns, MEASURE, "0",
		"write_hist_log has a line for so many ms", .unit_ns = NS_PER_MS,
		.detail = "0: one line for the whole window."),
	COUNT("log_hist_coarseness", logs.hist_coarseness, MEASURE, "0",
		"bins of write_hist_log are 2^N times as wide", .max = 6),
	BOOL("log_max_value", logs.max_value, MEASURE, "0",
		"averages of latency are the greatest instead"),
	BOOL("log_offset", logs.offset, MEASURE, "0", "logs have each I/O's offset"),
	BOOL("log_prio", logs.prio, MEASURE, "0",
		"logs have each I/O's priority as 0xNNNN, class and level",
		.detail = "Without it the column is 1 for real-time I/O, else 0, as in fio."),
	BOOL("log_unix_epoch", logs.unix_epoch, MEASURE, "0", "times of logs are ms since 1970"),
	BOOL("per_job_logs", logs.per_job, MEASURE, "1",
		"the job's number is in the names of logs; 0: a PREFIX is one file"),
	CUSTOM("assert", assertions, MEASURE, NULL, "limits that `ringside check` holds the job to",
		VALUE(assert), .syntax = "METRIC>=VALUE|METRIC<=VALUE[, ...]",
		.detail = "assert=read.iops>=500k, read.lat.p99<=200us, syscalls_per_io<=0.1\n"
			  "k, M and G are powers of 1000, of bandwidths 1024; times need a "
			  "unit."),
	{.name = NULL},
};
