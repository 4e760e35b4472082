/* SPDX-License-Identifier: MIT */
/* Where a number is not what its reader may take it for, the result says so. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/peers.h"
#include "base/text.h"
#include "base/units.h"
#include "host/host_limits.h"
#include "result/result_figures.h"
#include "run/collect.h"

#define DEPTH_SHORTFALL      0.9       /* of the depth asked for */
#define RATE_SHORTFALL       0.99      /* of the rate asked for */
#define LATE_ENOUGH_NS       1e9       /* however long the run */
#define REPLAY_LATE_NS       100000ull /* in the median: as late as an I/O may take */
#define MOSTLY_INSIDE_SUBMIT 0.9       /* of the time */
#define PUNTED_SHARE         0.05      /* of the I/Os */
#define HELPER_SHARE         0.10      /* of the CPU time */
#define CLOCK_DRIFT_PPM      500.0
#define SHORTEST_WINDOW_NS   100000000ull
#define SUM_EXCESS           1.1 /* of the jobs' rates, over the rate of all together */

static void warn_depth(struct result *result, const struct result_job *job, const struct job *asked)
{
	unsigned depth = asked->iodepth;

	if (depth > 1 && asked->engine->traits & ENGINE_IS_SYNCHRONOUS) {
		result_warn(result, job->name, "depth-ignored",
			"iodepth=%u has no effect: %s does one I/O at a time; use numjobs, "
			"or an engine that queues",
			depth, job->engine);
		return;
	}
	if (asked->engine->depth_limit != 0 && depth > asked->engine->depth_limit) {
		result_warn(result, job->name, "depth-limited",
			"iodepth=%u, but %s has at most %u I/Os in flight; use numjobs for more",
			depth, job->engine, asked->engine->depth_limit);
		return;
	}
	if (job->numjobs > 1 || depth <= 1 || job->depth_mean >= DEPTH_SHORTFALL * depth ||
		job_is_held(asked) || job_replays(asked) || job->goals.latency)
		return;
	if (job->submit_share > MOSTLY_INSIDE_SUBMIT)
		result_warn(result, job->name, "depth-not-reached",
			"iodepth=%u, but %.3g in flight on average: I/O completes while it is "
			"submitted (%.0f %% of the time is inside submit)",
			depth, job->depth_mean, job->submit_share * 100);
	else if (job->has_zones)
		result_warn(result, job->name, "depth-not-reached",
			"iodepth=%u, but %.3g in flight on average: I/Os wait for those before "
			"them in their zone",
			depth, job->depth_mean);
	else
		result_warn(result, job->name, "depth-not-reached",
			"iodepth=%u, but %.3g in flight on average: the queue runs down between "
			"batches (submit %u, complete at least %u)",
			depth, job->depth_mean, asked->iodepth_batch_submit,
			asked->iodepth_batch_complete_min);
}

/*
 * Whether I/Os had to queue for a time that counts. Those that only took long at the end of the
 * run, or failed, or that a stop found unsent, make figures smaller than the rate without that.
 */
static bool fell_behind(const struct result_job *job, const struct result_direction *direction)
{
	double late_ns = fmin((1 - RATE_SHORTFALL) * (double)job->elapsed_ns, LATE_ENOUGH_NS);
	double unsent = (double)direction->pace.unsent;

	return (double)direction->pace.lag.summary.max_ns >= late_ns ||
	       unsent > (1 - RATE_SHORTFALL) * ((double)direction->ios + unsent);
}

/* A rate above what fits: latencies are then those of a queue that grows. */
static void warn_rate(struct result *result, const struct result_job *job, const struct job *asked)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct result_direction *direction = &job->directions[i];
		const struct result_pace *pace = &direction->pace;
		double done = pace->iops_asked > 0 ? result_iops(job, i) / pace->iops_asked
						   : result_bytes_per_second(job, i) /
							     pace->bytes_per_second_asked;
		double chance = asked->rate_process == RATE_POISSON
					? 3 / sqrt((double)direction->ios + 1)
					: 0;

		if (!result_is_paced(direction) || !fell_behind(job, direction) ||
			(pace->unsent == 0 && done >= RATE_SHORTFALL - chance))
			continue;
		result_warn(result, job->name, "rate-not-reached",
			"%s: %.0f %% of the rate was done, %llu were due and never sent: the "
			"target, or iodepth=%u, is the limit; latencies from when an I/O was due "
			"then grow with the length of the run",
			io_direction_name((enum io_direction)i), 100 * done,
			(unsigned long long)pace->unsent, asked->iodepth);
	}
}

/* A replay whose I/Os waited for those before them, more than the recorded ones did. */
static void warn_replay(
	struct result *result, const struct result_job *job, const struct job *asked)
{
	const struct result_replay *replay = job->goals.replay;
	const struct histogram *late = replay ? replay->lateness.histogram : NULL;
	uint64_t median_ns = late ? histogram_percentile(late, 50) : 0;
	unsigned depth = asked->engine->traits & ENGINE_IS_SYNCHRONOUS ? 1 : asked->iodepth;
	char text[UNITS_TEXT_BYTES];

	if (median_ns < REPLAY_LATE_NS || job->depth_max < depth)
		return;
	result_warn(result, job->name, "replay-late",
		"half of the I/Os were sent %s or more after their recorded time, with %u in "
		"flight: where the recording had more, raise iodepth, with an engine that "
		"queues",
		units_format_time(text, (double)median_ns), depth);
}

/*
 * The kernel handed I/Os to worker threads: counted where it tells, else seen by their CPU time.
 * Syncs always go there, whatever they wait for (io_fsync_prep in its io_uring/sync.c).
 */
static void warn_punts(struct result *result, const struct result_job *job)
{
	uint64_t syncs = job->directions[DIRECTION_SYNC].ios;
	double cpu =
		job->cpu.total_ns > 0 ? (double)job->cpu.helper_ns / (double)job->cpu.total_ns : 0;
	double punted = job->punts > syncs ? result_per_io(job, job->punts - syncs) : 0;
	bool polls = settings_value(&job->engine_effective, "sqthread_poll") &&
		     strcmp(settings_value(&job->engine_effective, "sqthread_poll"), "1") == 0;

	/* That is what it asked for. */
	if (settings_value(&job->engine_effective, "force_async"))
		return;
	if (punted >= PUNTED_SHARE)
		result_warn(result, job->name, "io-wq",
			"the kernel could not issue %.0f %% of the I/Os without blocking and "
			"handed them to io-wq worker threads: this measures a thread pool",
			fmin(punted, 1) * 100);
	/* Other engines' helpers are threads that they started themselves. */
	else if (!job->knows_punts && strcmp(job->engine, "io_uring") == 0 && !polls &&
		 syncs == 0 && cpu >= HELPER_SHARE)
		result_warn(result, job->name, "io-wq",
			"%.0f %% of the CPU time went to io-wq worker threads: the kernel could "
			"not issue these I/Os without blocking",
			cpu * 100);
}

/* attach_wq: the thread is the helper of the job whose ring was the first. */
static void warn_shared_thread(struct result *result, const struct result_job *job)
{
	const char *attached = settings_value(&job->engine_effective, "attach_wq");

	/* One of several jobs reported together may have made it, wherever it is in the list. */
	if (attached && !strstr(attached, "first:"))
		result_warn(result, job->name, "sqthread-shared",
			"the poll thread is another job's, and its CPU time is in that job's cost: "
			"compare the jobs' sum, or use group_reporting=1");
}

/* Seen on Linux 6.18: three or four where one is allowed, under a load that never pauses. */
static void warn_worker_limit(struct result *result, const struct result_job *job)
{
	const char *limit = settings_value(&job->engine_effective, "iowq_max_workers");
	const char *workers = settings_value(&job->engine_proof, "io_workers");

	if (limit && workers && job->numjobs == 1 &&
		strtoul(workers, NULL, 10) > strtoul(limit, NULL, 10))
		result_warn(result, job->name, "iowq-limit-exceeded",
			"iowq_max_workers=%s, which the kernel confirms, but %s workers did I/O: "
			"it does not keep to it strictly",
			limit, workers);
}

/* Counters are few, and the kernel gives them to all who want them in turn. */
static void warn_counters(struct result *result, const struct result_job *job)
{
	double least = 1;

	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		if (job->counts[s].is_known)
			least = fmin(least, job->counts[s].counted_share);
	}
	if (least < 1)
		result_warn(result, job->name, "counters-shared",
			"instructions and cycles were counted for %.0f %% of the time and are "
			"scaled up: others used the CPU's counters (perf, the NMI watchdog)",
			least * 100);
}

static void warn_errors(
	struct result *result, const struct result_job *job, const struct job *asked)
{
	uint64_t failures = result_job_failures(job);
	uint64_t ignored = result_job_errors(job) - failures;

	if (failures > 0 && asked->continue_on_error != ERRORS_NONE)
		result_warn(result, job->name, "io-errors",
			"%llu I/Os failed and the job went on, as continue_on_error asks: the "
			"figures are of the others",
			(unsigned long long)failures);
	if (ignored > 0)
		result_warn(result, job->name, "ignored-errors",
			"%llu I/Os failed with errors that ignore_error names: the figures are of "
			"the others",
			(unsigned long long)ignored);
}

static void warn_short(struct result *result, const struct result_job *job)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct result_direction *direction = &job->directions[i];

		if (direction->short_ios > 0)
			result_warn(result, job->name, "short-ios",
				"%llu of %llu %ss moved fewer bytes than asked: the end of "
				"the file was reached, or it shrank",
				(unsigned long long)direction->short_ios,
				(unsigned long long)direction->ios,
				io_direction_name((enum io_direction)i));
	}
	if (job->error == 0 && job->elapsed_ns > 0 && job->elapsed_ns < SHORTEST_WINDOW_NS)
		result_warn(result, job->name, "short-window",
			"measured for %.3g ms only: rates vary widely over so short a time",
			(double)job->elapsed_ns / 1e6);
}

/*
 * Rates of jobs add up where they are of the same time. Their sum is compared with the rate of
 * all from the first start to the last end.
 */
void collect_wave_warnings(struct result *result, const struct result_job *jobs, unsigned count)
{
	uint64_t start_ns = UINT64_MAX, end_ns = 0, shortest_ns = UINT64_MAX;
	double sum = 0, ios = 0, whole;
	unsigned measured = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct result_job *job = &jobs[i];
		uint64_t job_end_ns = job->started_ns + job->elapsed_ns;

		if (job->elapsed_ns == 0 || result_job_ios(job) == 0)
			continue;
		measured++;
		ios += (double)result_job_ios(job);
		sum += (double)result_job_ios(job) * 1e9 / (double)job->elapsed_ns;
		start_ns = job->started_ns < start_ns ? job->started_ns : start_ns;
		end_ns = job_end_ns > end_ns ? job_end_ns : end_ns;
		shortest_ns = job->elapsed_ns < shortest_ns ? job->elapsed_ns : shortest_ns;
	}
	if (measured < 2)
		return;
	whole = ios * 1e9 / (double)(end_ns - start_ns);
	if (sum > SUM_EXCESS * whole)
		result_warn(result, NULL, "windows-apart",
			"%u jobs from '%s' on did not measure at the same time: from the first "
			"start to the last end %.3g s went by, the shortest window is %.3g s, and "
			"the jobs' IOPS add up to %.0f %% of what they did together in a second",
			measured, jobs[0].name, (double)(end_ns - start_ns) / 1e9,
			(double)shortest_ns / 1e9, 100 * sum / whole);
}

static const struct planned_job *planned_of(const struct plan *plan, const struct result_job *job)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->jobs[i].job->group == job->group &&
			strcmp(plan->jobs[i].job->name, job->name) == 0)
			return &plan->jobs[i];
	}
	return NULL;
}

/* Launchers give each rank a core of its own, unless they are told otherwise. */
static void warn_bound(struct result *result, const struct plan *plan)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	struct host_limits limits;

	host_limits_read(&limits, &result->arena);
	if (limits.cpu_count >= plan->count || (long)limits.cpu_count >= online)
		return;
	result_warn(result, NULL, "rank-bound",
		"the %zu jobs of a rank have %u of %ld CPUs: mpirun --bind-to none gives all of "
		"them",
		plan->count, limits.cpu_count, online);
}

void collect_warnings(struct result *result, const struct plan *plan)
{
	if (peers)
		warn_bound(result, plan);
	if (fabs(result->clock_drift_ppm) > CLOCK_DRIFT_PPM)
		result_warn(result, NULL, "clock-drift",
			"the clock (%s) drifted by %.0f ppm against CLOCK_MONOTONIC: latencies "
			"are off by as much",
			result->clock, result->clock_drift_ppm);
	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];
		const struct planned_job *planned = planned_of(plan, job);

		if (!planned || job->elapsed_ns == 0)
			continue;
		warn_depth(result, job, planned->job);
		warn_rate(result, job, planned->job);
		warn_replay(result, job, planned->job);
		collect_data_warnings(result, plan, job, planned);
		warn_punts(result, job);
		warn_shared_thread(result, job);
		warn_worker_limit(result, job);
		warn_counters(result, job);
		if (!peers) /* else of all ranks together */
			result_warn_few_samples(result, job);
		warn_short(result, job);
		warn_errors(result, job, planned->job);
	}
}

static const char *const mismatches[] = {
	"libaio-buffered",
	"io-wq",
	"sqpoll-shares-cpu",
	"iopoll-interrupts",
	NULL,
};

bool collect_is_mismatch(const struct result_warning *warning)
{
	for (size_t i = 0; mismatches[i]; i++) {
		if (strcmp(mismatches[i], warning->code) == 0)
			return true;
	}
	return false;
}

bool collect_strictness(struct result *result, const struct plan *plan, struct diag *diag)
{
	bool has_failed = false;

	for (size_t i = 0; i < result->job_count; i++) {
		struct result_job *job = &result->jobs[i];
		const struct planned_job *planned = planned_of(plan, job);

		if (!planned || !planned->job->strict_engine || job->error != 0)
			continue;
		for (size_t k = 0; k < result->warning_count && job->error == 0; k++) {
			const struct result_warning *warning = &result->warnings[k];

			if (!warning->job || strcmp(warning->job, job->name) != 0 ||
				!collect_is_mismatch(warning))
				continue;
			job->error = EPROTO;
			job->error_message =
				arena_printf(&result->arena, "strict_engine: %s", warning->message);
			diag_error(diag, job_place(planned->job, "strict_engine"),
				"job '%s': %s: %s", job->name, warning->code, warning->message);
			has_failed = true;
		}
	}
	return has_failed;
}
