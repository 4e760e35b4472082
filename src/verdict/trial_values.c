/* SPDX-License-Identifier: MIT */
/* Figures of a trial out of its result. */
#include "verdict/trial_values.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "result/result_figures.h"

#define FIGURE(label, of, kind, on, better)                                                        \
	{                                                                                          \
		.name = label, .unit = of, .class = kind, .sense = better, .scale = on             \
	}
#define LESS(label, of, kind, on) FIGURE(label, of, kind, on, METRIC_LOWER_IS_BETTER)
#define MORE(label, of, kind, on) FIGURE(label, of, kind, on, METRIC_HIGHER_IS_BETTER)
#define RATE(label, of)           MORE(label, of, METRIC_RATE, METRIC_RATIO)
#define LATENCIES(label)                                                                           \
	LESS(label ".p50", "ns", METRIC_TYPICAL, METRIC_RATIO),                                    \
		LESS(label ".p99", "ns", METRIC_TAIL, METRIC_RATIO),                               \
		LESS(label ".p99.9", "ns", METRIC_FAR_TAIL, METRIC_RATIO)
#define DIRECTION(label)                                                                           \
	RATE(label ".iops", "/s"), RATE(label ".bandwidth", "B/s"), LATENCIES(label ".lat")

const struct metric trial_value_metrics[VALUE_COUNT] = {
	RATE("iops", "/s"),
	RATE("bandwidth", "B/s"),
	LATENCIES("lat"),
	DIRECTION("read"),
	DIRECTION("write"),
	DIRECTION("trim"),
	RATE("sync.iops", "/s"),
	LESS("sync.lat.mean", "ns", METRIC_TYPICAL, METRIC_RATIO),
	LATENCIES("sync.lat"),
	LESS("cores", "", METRIC_CPU, METRIC_RATIO),
	MORE("iops_per_core", "/s", METRIC_CPU, METRIC_RATIO),
	LESS("cpu_ns_per_io", "ns", METRIC_CPU, METRIC_RATIO),
	LESS("user_ns_per_io", "ns", METRIC_CPU, METRIC_DIFFERENCE),
	LESS("system_ns_per_io", "ns", METRIC_CPU, METRIC_DIFFERENCE),
	LESS("helper_ns_per_io", "ns", METRIC_CPU, METRIC_DIFFERENCE),
	LESS("instructions_per_io", "", METRIC_INSTRUCTIONS, METRIC_RATIO),
	LESS("user_instructions_per_io", "", METRIC_INSTRUCTIONS, METRIC_RATIO),
	LESS("kernel_instructions_per_io", "", METRIC_INSTRUCTIONS, METRIC_RATIO),
	LESS("cycles_per_io", "", METRIC_CPU, METRIC_RATIO),
	LESS("user_cycles_per_io", "", METRIC_CPU, METRIC_RATIO),
	LESS("kernel_cycles_per_io", "", METRIC_CPU, METRIC_RATIO),
	LESS("syscalls_per_io", "", METRIC_COUNTS, METRIC_DIFFERENCE),
	LESS("switches_per_io", "", METRIC_SWITCHES, METRIC_DIFFERENCE),
	LESS("punts_per_io", "", METRIC_SWITCHES, METRIC_DIFFERENCE),
	LESS("submit_share", "", METRIC_EXTREME, METRIC_DIFFERENCE),
	MORE("batch_submit", "", METRIC_EXTREME, METRIC_DIFFERENCE),
	MORE("batch_reap", "", METRIC_EXTREME, METRIC_DIFFERENCE),
	MORE("depth", "", METRIC_EXTREME, METRIC_DIFFERENCE),
	LESS("stalled_turns", "", METRIC_STALLS, METRIC_DIFFERENCE),
	LESS("errors", "", METRIC_FAULTS, METRIC_DIFFERENCE),
	LESS("short_ios", "", METRIC_FAULTS, METRIC_DIFFERENCE),
};

static double percentile(const struct result_latency *latency, double percent)
{
	if (!latency->histogram || latency->summary.count == 0)
		return NAN;
	return (double)histogram_percentile(latency->histogram, percent);
}

static void take_latencies(const struct result_direction *direction, double *values)
{
	values[0] = percentile(&direction->lat, 50);
	values[1] = percentile(&direction->lat, 99);
	values[2] = percentile(&direction->lat, 99.9);
}

/* Over the whole window, of which a direction of a job that verifies has a part. */
static double per_second(const struct result_job *job, uint64_t amount)
{
	if (amount == 0)
		return 0;
	return job->elapsed_ns ? (double)amount * (double)NS_PER_S / (double)job->elapsed_ns : NAN;
}

static void take_directions(const struct result_job *job, double *values)
{
	uint64_t ios = 0, bytes = 0;
	int most = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const struct result_direction *direction = &job->directions[d];
		double *own = &values[VALUE_READ_IOPS + d * VALUES_OF_DIRECTION];

		if (direction->ios == 0)
			continue;
		own[0] = result_iops(job, (enum io_direction)d);
		own[1] = result_bytes_per_second(job, (enum io_direction)d);
		take_latencies(direction, own + 2);
		ios += direction->ios;
		bytes += direction->bytes;
		if (direction->ios > job->directions[most].ios)
			most = d;
	}
	values[VALUE_IOPS] = per_second(job, ios);
	values[VALUE_BANDWIDTH] = per_second(job, bytes);
	take_latencies(&job->directions[most], &values[VALUE_LAT_P50]);
}

static void take_syncs(const struct result_job *job, double *values)
{
	const struct result_direction *syncs = &job->directions[DIRECTION_SYNC];

	if (syncs->ios == 0)
		return;
	values[VALUE_SYNC_IOPS] = result_iops(job, DIRECTION_SYNC);
	values[VALUE_SYNC_MEAN] = histogram_summary_mean(&syncs->lat.summary);
	take_latencies(syncs, &values[VALUE_SYNC_P50]);
}

static void take_counts(const struct result_job *job, double *values)
{
	values[VALUE_INSTRUCTIONS_PER_IO] = result_instructions_per_io(job, PERF_SCOPE_COUNT);
	values[VALUE_USER_INSTRUCTIONS_PER_IO] = result_instructions_per_io(job, PERF_USER);
	values[VALUE_KERNEL_INSTRUCTIONS_PER_IO] = result_instructions_per_io(job, PERF_KERNEL);
	values[VALUE_CYCLES_PER_IO] = result_cycles_per_io(job, PERF_SCOPE_COUNT);
	values[VALUE_USER_CYCLES_PER_IO] = result_cycles_per_io(job, PERF_USER);
	values[VALUE_KERNEL_CYCLES_PER_IO] = result_cycles_per_io(job, PERF_KERNEL);
}

void trial_values_take(const struct result_job *job, double values[VALUE_COUNT])
{
	for (int i = 0; i < VALUE_COUNT; i++)
		values[i] = NAN;
	take_directions(job, values);
	take_syncs(job, values);
	values[VALUE_CORES] = result_cores(job);
	values[VALUE_IOPS_PER_CORE] = result_iops_per_core(job);
	values[VALUE_CPU_PER_IO] = result_per_io(job, job->cpu.total_ns);
	values[VALUE_USER_PER_IO] = result_per_io(job, job->cpu.user_ns);
	values[VALUE_SYSTEM_PER_IO] = result_per_io(job, job->cpu.system_ns);
	values[VALUE_HELPER_PER_IO] = result_per_io(job, job->cpu.helper_ns);
	take_counts(job, values);
	values[VALUE_SYSCALLS_PER_IO] = result_per_io(job, job->syscalls);
	values[VALUE_SWITCHES_PER_IO] =
		result_per_io(job, job->voluntary_switches + job->involuntary_switches);
	values[VALUE_PUNTS_PER_IO] = job->knows_punts ? result_per_io(job, job->punts) : NAN;
	values[VALUE_SUBMIT_SHARE] = job->submit_share < 0 ? NAN : job->submit_share;
	values[VALUE_BATCH_SUBMIT] = job->batch_submit_mean;
	values[VALUE_BATCH_REAP] = job->batch_reap_mean;
	values[VALUE_DEPTH] = job->depth_mean;
	values[VALUE_ERRORS] = (double)result_job_failures(job);
	values[VALUE_SHORT_IOS] = (double)result_job_short_ios(job);
}

double trial_values_early_excess(const struct result_job *job)
{
	double share = job->first_fifth_share;

	if (!(share > 0 && share < 1))
		return NAN;
	return 4 * share / (1 - share) - 1;
}

enum trial_value trial_values_descent(const double values[VALUE_COUNT])
{
	static const enum trial_value firsts[] = {
		VALUE_LAT_P50, VALUE_READ_P50, VALUE_WRITE_P50, VALUE_TRIM_P50};

	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		for (int v = (int)firsts[i]; v < (int)firsts[i] + 2; v++) {
			if (values[v] > values[v + 1])
				return (enum trial_value)(v + 1);
		}
	}
	return VALUE_COUNT;
}

/* A direction with a part of the window (verify=) has not more than all I/Os in it. */
static double over_window(double rate, double rate_of_all)
{
	return rate > rate_of_all ? rate_of_all : rate;
}

/* Of the direction that has the most, whose latencies stand for all: take_directions. */
static double most_iops(const double values[VALUE_COUNT])
{
	double most = NAN;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		most = fmax(most, values[VALUE_READ_IOPS + d * VALUES_OF_DIRECTION]);
	return over_window(most, values[VALUE_IOPS]);
}

double trial_values_tail(const double values[VALUE_COUNT], double window_s, enum trial_value value)
{
	static const double shares[] = {0.5, 0.01, 0.001};

	if (value >= VALUE_LAT_P50 && value <= VALUE_LAT_P999)
		return most_iops(values) * window_s * shares[value - VALUE_LAT_P50];
	if (value >= VALUE_SYNC_P50 && value <= VALUE_SYNC_P999)
		return values[VALUE_SYNC_IOPS] * window_s * shares[value - VALUE_SYNC_P50];
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		int rate = VALUE_READ_IOPS + d * VALUES_OF_DIRECTION;
		int first = VALUE_READ_P50 + d * VALUES_OF_DIRECTION;

		if ((int)value >= first && (int)value <= first + 2)
			return over_window(values[rate], values[VALUE_IOPS]) * window_s *
			       shares[(int)value - first];
	}
	return INFINITY;
}

enum trial_value trial_value_find(const char *name)
{
	static const struct {
		const char *name;
		enum trial_value value;
	} short_names[] = {
		{"lat", VALUE_LAT_P50},
		{"p50", VALUE_LAT_P50},
		{"p99", VALUE_LAT_P99},
		{"p99.9", VALUE_LAT_P999},
		{"sync.lat", VALUE_SYNC_P50},
		{"bw", VALUE_BANDWIDTH},
		{"cpu", VALUE_CPU_PER_IO},
		{"instructions", VALUE_INSTRUCTIONS_PER_IO},
		{"cycles", VALUE_CYCLES_PER_IO},
		{"syscalls", VALUE_SYSCALLS_PER_IO},
	};

	for (size_t i = 0; i < sizeof(short_names) / sizeof(short_names[0]); i++) {
		if (strcmp(short_names[i].name, name) == 0)
			return short_names[i].value;
	}
	for (int i = 0; i < VALUE_COUNT; i++) {
		if (strcmp(trial_value_metrics[i].name, name) == 0)
			return (enum trial_value)i;
	}
	return VALUE_COUNT;
}
