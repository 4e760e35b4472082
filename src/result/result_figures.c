/* SPDX-License-Identifier: MIT */
/* Sums, rates and shares of a result. */
#include "result/result_figures.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"

#define SAMPLES_ABOVE_NEEDED 10.0

uint64_t result_job_ios(const struct result_job *job)
{
	uint64_t ios = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		ios += job->directions[i].ios;
	return ios;
}

uint64_t result_direction_errors(const struct result_direction *direction)
{
	uint64_t errors = 0;

	for (size_t i = 0; i < direction->error_count; i++)
		errors += direction->errors[i].count;
	return errors;
}

uint64_t result_job_errors(const struct result_job *job)
{
	uint64_t errors = 0;

	for (int i = 0; i < DIRECTION_COUNT; i++)
		errors += result_direction_errors(&job->directions[i]);
	return errors;
}

uint64_t result_job_failures(const struct result_job *job)
{
	uint64_t failures = result_job_errors(job);

	for (int i = 0; i < DIRECTION_COUNT; i++)
		failures -= job->directions[i].ignored_errors;
	return failures;
}

uint64_t result_job_short_ios(const struct result_job *job)
{
	uint64_t short_ios = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		short_ios += job->directions[i].short_ios;
	return short_ios;
}

const char *result_job_fault(const struct result_job *job, struct arena *arena)
{
	uint64_t failures = result_job_failures(job);
	uint64_t short_ios = result_job_short_ios(job);

	if (job->error_message)
		return arena_strdup(arena, job->error_message);
	if (job->error)
		return arena_printf(arena, "ended by %s", strerror(job->error));
	if (failures)
		return arena_printf(arena, "%" PRIu64 " I/Os failed", failures);
	if (short_ios)
		return arena_printf(
			arena, "%" PRIu64 " I/Os moved fewer bytes than asked", short_ios);
	return NULL;
}

bool result_has_direction(const struct result_job *job, enum io_direction direction)
{
	const struct result_direction *d = &job->directions[direction];

	return d->ios > 0 || result_direction_errors(d) > 0;
}

uint64_t result_run_ns(const struct result *result)
{
	uint64_t end_ns = 0;

	for (size_t i = 0; i < result->job_count; i++)
		end_ns = MAX(end_ns, result->jobs[i].started_ns + result->jobs[i].elapsed_ns);
	return end_ns;
}

uint64_t result_runtime_ns(const struct result_job *job, enum io_direction direction)
{
	uint64_t own_ns = job->directions[direction].runtime_ns;

	return own_ns > 0 ? own_ns : job->elapsed_ns;
}

uint64_t result_longer_runtime_ns(const struct result_job *one, enum io_direction direction,
	const struct result_job *other, enum io_direction of_other)
{
	const struct result_direction *a = &one->directions[direction];
	const struct result_direction *b = &other->directions[of_other];
	uint64_t longest_ns = MAX(a->runtime_ns, b->runtime_ns);

	if (longest_ns == 0)
		return 0;
	if (a->ios > 0)
		longest_ns = MAX(longest_ns, result_runtime_ns(one, direction));
	if (b->ios > 0)
		longest_ns = MAX(longest_ns, result_runtime_ns(other, of_other));
	return longest_ns;
}

static double per_second(const struct result_job *job, enum io_direction direction, double amount)
{
	uint64_t runtime_ns = result_runtime_ns(job, direction);

	return runtime_ns ? amount * (double)NS_PER_S / (double)runtime_ns : NAN;
}

uint64_t result_verify_unjudged(const struct result_verify *verify)
{
	return verify->unordered + verify->superseded + verify->unread + verify->unplaced +
	       verify->left;
}

bool result_is_paced(const struct result_direction *direction)
{
	return direction->pace.iops_asked > 0 || direction->pace.bytes_per_second_asked > 0;
}

double result_iops(const struct result_job *job, enum io_direction direction)
{
	return per_second(job, direction, (double)job->directions[direction].ios);
}

double result_bytes_per_second(const struct result_job *job, enum io_direction direction)
{
	return per_second(job, direction, (double)job->directions[direction].bytes);
}

double result_cores(const struct result_job *job)
{
	return job->elapsed_ns && !job->lacks_costs
		       ? (double)job->cpu.total_ns / (double)job->elapsed_ns
		       : NAN;
}

double result_iops_per_core(const struct result_job *job)
{
	double ios = (double)result_job_ios(job);

	return job->cpu.total_ns && !job->lacks_costs
		       ? ios * (double)NS_PER_S / (double)job->cpu.total_ns
		       : NAN;
}

double result_per_io(const struct result_job *job, uint64_t counter)
{
	uint64_t ios = result_job_ios(job);

	return ios && !job->lacks_costs ? (double)counter / (double)ios : NAN;
}

double result_instructions_per_io(const struct result_job *job, enum perf_scope scope)
{
	if (scope == PERF_SCOPE_COUNT)
		return result_instructions_per_io(job, PERF_USER) +
		       result_instructions_per_io(job, PERF_KERNEL);
	return job->counts[scope].is_known ? result_per_io(job, job->counts[scope].instructions)
					   : NAN;
}

double result_cycles_per_io(const struct result_job *job, enum perf_scope scope)
{
	if (scope == PERF_SCOPE_COUNT)
		return result_cycles_per_io(job, PERF_USER) +
		       result_cycles_per_io(job, PERF_KERNEL);
	return job->counts[scope].is_known ? result_per_io(job, job->counts[scope].cycles) : NAN;
}

const char *result_block_sizes(const struct settings *options)
{
	static const char *const keys[] = {"bssplit", "bsrange", "bs"};
	const char *sizes = NULL;

	for (size_t i = 0; !sizes && i < sizeof(keys) / sizeof(keys[0]); i++)
		sizes = settings_value(options, keys[i]);
	return sizes;
}

char *result_percentile_key(char text[RESULT_PERCENTILE_BYTES], double percent)
{
	/* 15 digits always read back as the decimal that was asked for: 99.9, not 99.90000…1. */
	snprintf(text, RESULT_PERCENTILE_BYTES, "%.15g", percent);
	return text;
}

void result_warn_few_samples(struct result *result, const struct result_job *job)
{
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		const struct histogram *lat = job->directions[i].lat.histogram;
		double count = (double)job->directions[i].lat.summary.count;

		if (!lat)
			continue;
		for (size_t k = 0; k < job->percentile_count; k++) {
			double percent = job->percentiles[k];

			if (percent < 50 || histogram_supports(lat, percent, SAMPLES_ABOVE_NEEDED))
				continue;
			result_warn(result, job->name, "few-samples",
				"%s: p%g and above rest on fewer than %.0f of %.0f samples",
				io_direction_name((enum io_direction)i), percent,
				SAMPLES_ABOVE_NEEDED, count);
			break;
		}
	}
}
