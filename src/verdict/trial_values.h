/* SPDX-License-Identifier: MIT */
/*
 * The figures that a trial gives: one table, which tests, tables and documents share. Every trial
 * has all of them; NAN where its job does not do that, or the figure is not known.
 */
#ifndef VERDICT_TRIAL_VALUES_H
#define VERDICT_TRIAL_VALUES_H

#include "result/result.h"
#include "verdict/metric.h"

enum trial_value {
	VALUE_IOPS, /* all data directions together */
	VALUE_BANDWIDTH,
	VALUE_LAT_P50, /* of the direction with the most I/Os */
	VALUE_LAT_P99,
	VALUE_LAT_P999,
	VALUE_READ_IOPS, /* five of each data direction, in its order */
	VALUE_READ_BANDWIDTH,
	VALUE_READ_P50,
	VALUE_READ_P99,
	VALUE_READ_P999,
	VALUE_WRITE_IOPS,
	VALUE_WRITE_BANDWIDTH,
	VALUE_WRITE_P50,
	VALUE_WRITE_P99,
	VALUE_WRITE_P999,
	VALUE_TRIM_IOPS,
	VALUE_TRIM_BANDWIDTH,
	VALUE_TRIM_P50,
	VALUE_TRIM_P99,
	VALUE_TRIM_P999,
	VALUE_SYNC_IOPS, /* fsync, fdatasync: in no other figure but the CPU's */
	VALUE_SYNC_MEAN,
	VALUE_SYNC_P50,
	VALUE_SYNC_P99,
	VALUE_SYNC_P999,
	VALUE_CORES, /* CPU seconds in a second, helpers included */
	VALUE_IOPS_PER_CORE,
	VALUE_CPU_PER_IO, /* ns */
	VALUE_USER_PER_IO,
	VALUE_SYSTEM_PER_IO,
	VALUE_HELPER_PER_IO,       /* iou-sqp and iou-wrk threads */
	VALUE_INSTRUCTIONS_PER_IO, /* by the CPU's counters, helpers included; NAN: unknown */
	VALUE_USER_INSTRUCTIONS_PER_IO,
	VALUE_KERNEL_INSTRUCTIONS_PER_IO,
	VALUE_CYCLES_PER_IO,
	VALUE_USER_CYCLES_PER_IO,
	VALUE_KERNEL_CYCLES_PER_IO,
	VALUE_SYSCALLS_PER_IO,
	VALUE_SWITCHES_PER_IO,
	VALUE_PUNTS_PER_IO, /* handed to io-wq threads; NAN where nothing counts them */
	VALUE_SUBMIT_SHARE, /* of the time, blocked in submission */
	VALUE_BATCH_SUBMIT, /* I/Os in one submission, mean */
	VALUE_BATCH_REAP,   /* completions seen at once, mean */
	VALUE_DEPTH,        /* in flight, mean over time */
	VALUE_STALLS, /* share of its turns below 3/4 of their median rate; NAN: it took none */
	VALUE_ERRORS, /* I/Os that failed */
	VALUE_SHORT_IOS,
	VALUE_COUNT,
};

enum { VALUES_OF_DIRECTION = VALUE_WRITE_IOPS - VALUE_READ_IOPS };

/* Name, unit, sense and scale of each. */
extern const struct metric trial_value_metrics[VALUE_COUNT];

/* Out of the one job of a trial's result. */
void trial_values_take(const struct result_job *job, double values[VALUE_COUNT]);

/* Rate of the first fifth of the window against the rest's, minus 1; NAN: not known. */
double trial_values_early_excess(const struct result_job *job);

/* The first latency percentile that is below a lower one of its direction; VALUE_COUNT: none. */
enum trial_value trial_values_descent(const double values[VALUE_COUNT]);

/*
 * How many I/Os lie beyond a latency percentile in a trial of these values that measured for so
 * long. INFINITY where the value is no percentile, NAN where it is not known.
 */
double trial_values_tail(const double values[VALUE_COUNT], double window_s, enum trial_value value);

/*
 * A metric by its name ("read.lat.p99") or by one of the short ones: "lat" (the median), "p99",
 * "sync.lat", "cpu", "syscalls". VALUE_COUNT when there is none.
 */
enum trial_value trial_value_find(const char *name);

#endif
