/* SPDX-License-Identifier: MIT */
/* Warnings about what was read or written: data that need no drive to be read or kept. */
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "result/result_figures.h"
#include "run/collect.h"

#define HOLES_SHARE    0.01 /* of what is read */
#define CONSTANT_SHARE 0.1  /* of the blocks of a sample */
#define UNUSED_SHARE   0.01 /* of a drive */

static bool is_in_memory(const struct target *target)
{
	return target->file_system && (strcmp(target->file_system, "tmpfs") == 0 ||
					      strcmp(target->file_system, "ramfs") == 0);
}

static bool has_stored_target(const struct planned_job *planned)
{
	for (unsigned i = 0; i < planned->target_count; i++) {
		if (planned->targets[i].kind == TARGET_FILE ||
			planned->targets[i].kind == TARGET_BLOCK)
			return true;
	}
	return false;
}

static void warn_holes(
	struct result *result, const struct result_job *job, const struct planned_job *planned)
{
	unsigned count = planned->pair_count > 0 ? planned->pair_count : planned->target_count;
	bool is_device = planned->targets[0].kind == TARGET_BLOCK;
	uint64_t total = 0;

	if (planned->hole_bytes == 0)
		return;
	for (unsigned i = 0; i < count; i++)
		total += planned->regions[i].region_bytes;
	if ((double)planned->hole_bytes >= HOLES_SHARE * (double)total)
		result_warn(result, job->name, "holes",
			"%.0f %% of what is read was never written%s: the file system answers such "
			"reads without its device, too fast to be the drive; %s",
			100 * fmin((double)planned->hole_bytes / (double)total, 1),
			is_device ? ", in the file that the loop device stands on" : "",
			is_device ? "`ringside prepare` fills it"
				  : "overwrite=1 fills the holes of the files");
}

/* By the drive's count, else by a sample: both are hints, as a hole of a file is not. */
static void warn_unwritten(
	struct result *result, const struct result_job *job, const struct planned_job *planned)
{
	const struct data_found *found = &planned->found;

	if (found->knows_used && found->used_share <= 1 - UNUSED_SHARE)
		result_warn(result, job->name, "unwritten",
			"by the drive's own count %.0f %% of its blocks hold no data: it answers "
			"reads of those without its media; `ringside prepare` fills it",
			100 * (1 - found->used_share));
	if (planned->hole_bytes > 0 || found->constant_blocks == 0 ||
		(double)found->constant_blocks < CONSTANT_SHARE * (double)found->blocks)
		return;
	result_warn(result, job->name, "constant-data",
		"%u of %u blocks that were looked at after the run hold one repeated value: never "
		"written, trimmed, or as good as that for a drive that compresses; it may answer "
		"such reads without its media: `ringside prepare` fills it with random data",
		found->constant_blocks, found->blocks);
}

/* A pattern with the offset in it (%o) differs from block to block. */
static void warn_constant_writes(
	struct result *result, const struct result_job *job, const struct planned_job *planned)
{
	const struct job *asked = planned->job;
	const struct byte_pattern *pattern = asked->buffer_pattern;

	if (!job_does(asked, DIRECTION_WRITE) || !has_stored_target(planned) ||
		planned->pair_count > 0 || (pattern && pattern->offset_count > 0) ||
		!(asked->zero_buffers || pattern) || asked->buffer_compress_percentage > 0 ||
		asked->dedupe_percentage > 0)
		return;
	result_warn(result, job->name, "constant-data",
		"100 %% of what is written is the same (%s): a drive that compresses or finds "
		"duplicates stores next to nothing of it",
		pattern ? "buffer_pattern" : "zero_buffers");
}

/* By itself, or as what a readiness engine waits for. */
static bool is_by_libaio(const struct result_job *job)
{
	const char *backend = settings_value(&job->engine_effective, "readiness_backend");

	return strcmp(job->engine, "libaio") == 0 || (backend && strcmp(backend, "libaio") == 0);
}

/* Whether the kernel counts what such a target's device is asked for: a bio of this thread. */
static bool is_counted(const struct planned_job *planned)
{
	for (unsigned i = 0; i < planned->target_count; i++) {
		if (planned->targets[i].device == 0 && !is_in_memory(&planned->targets[i]))
			return false;
	}
	return planned->target_count > 0;
}

/* How much of what the job has read came from memory; NAN: not known. */
static double share_from_memory(
	const struct plan *plan, const struct result_job *job, const struct planned_job *first)
{
	uint64_t read_bytes = job->directions[DIRECTION_READ].bytes, device_bytes = 0;

	if (read_bytes == 0 || !is_counted(first))
		return NAN;
	for (size_t i = (size_t)(first - plan->jobs); i < plan->count; i++) {
		const struct planned_job *planned = &plan->jobs[i];

		if (planned->job->group != job->group || strcmp(planned->job->name, job->name) != 0)
			continue;
		if (!planned->found.knows_device_reads)
			return NAN;
		device_bytes += planned->found.device_read_bytes;
		if (job->numjobs <= 1)
			break;
	}
	return device_bytes < read_bytes ? 1 - (double)device_bytes / (double)read_bytes : 0;
}

static void warn_page_cache(struct result *result, const struct plan *plan,
	const struct result_job *job, const struct planned_job *planned)
{
	double share = share_from_memory(plan, job, planned);
	char number[UNITS_TEXT_BYTES + 64] = "";

	if (isfinite(share))
		snprintf(number, sizeof(number),
			"; %.0f %% of the bytes read did, by the kernel's "
			"count of device reads",
			100 * share);
	result_warn(result, job->name, "page-cache", "direct=0: %s, not the device%s",
		job_writes(planned->job) ? "writes end in the page cache and reads may come from it"
					 : "reads may come from the page cache",
		number);
}

static void warn_memory(
	struct result *result, const struct result_job *job, const struct planned_job *planned)
{
	const struct target *target = &planned->targets[0];

	if (planned->target_count > 0 && target->kind == TARGET_FILE && is_in_memory(target))
		result_warn(result, job->name, "memory",
			"%s is on %s, which is memory: no device is measured", target->path,
			target->file_system);
}

static void warn_buffered(struct result *result, const struct plan *plan,
	const struct result_job *job, const struct planned_job *planned)
{
	const struct job *asked = planned->job;

	if (asked->direct || job_moves_no_bytes(asked) || !has_stored_target(planned))
		return;
	if (is_by_libaio(job))
		result_warn(result, job->name, "libaio-buffered",
			"libaio is asynchronous with direct=1 only: buffered I/O blocks "
			"inside io_submit%s",
			asked->iodepth > 1 ? ", one I/O after the other whatever iodepth says"
					   : "");
	warn_page_cache(result, plan, job, planned);
}

void collect_data_warnings(struct result *result, const struct plan *plan,
	const struct result_job *job, const struct planned_job *planned)
{
	warn_buffered(result, plan, job, planned);
	if (planned->job->direct)
		warn_memory(result, job, planned);
	warn_holes(result, job, planned);
	warn_unwritten(result, job, planned);
	warn_constant_writes(result, job, planned);
}
