/* SPDX-License-Identifier: MIT */
/* Before the clock starts: the files of a plan made whole, or why that is not possible. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "run/plan.h"
#include "run/plan_composite.h"

static uint64_t region_end(const struct planned_job *planned, unsigned index)
{
	return planned->regions[index].region_offset + planned->regions[index].region_bytes;
}

/* One that is only read and that ends too early is made longer by another job of the plan. */
static bool needs_layout(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];

	if (target->kind != TARGET_FILE || job->create_on_open || job->readonly ||
		target->is_kernel_interface)
		return false;
	return plan_may_change(planned, index) || region_end(planned, index) > target->bytes;
}

static bool is_written_before(
	const struct plan *plan, const struct planned_job *planned, const char *path)
{
	for (const struct planned_job *earlier = plan->jobs; earlier < planned; earlier++) {
		for (unsigned i = earlier->pair_count; i < earlier->target_count; i++) {
			if (job_writes(earlier->job) && strcmp(earlier->targets[i].path, path) == 0)
				return true;
		}
	}
	return false;
}

/* Of what is read of a file that stays as it is. */
static uint64_t find_holes(
	const struct plan *plan, const struct planned_job *planned, unsigned index)
{
	const struct target *target = &planned->targets[index];
	uint64_t holes;

	if (target->kind != TARGET_FILE || !target->exists || planned->job->rw.mode == RW_STAT ||
		plan_may_change(planned, index) || target->is_kernel_interface)
		return 0;
	holes = target_hole_bytes(
		target, planned->regions[index].region_offset, region_end(planned, index));
	return holes > 0 && is_written_before(plan, planned, target->path) ? 0 : holes;
}

static const char *layout_hint(const struct target *target, int error)
{
	if (error == -EACCES && target->exists && access(target->path, R_OK) < 0)
		return "run as root, or as a user who may read it";
	switch (-error) {
	case ENOSPC:
		return "lower size, or make room on the file system";
	case EFBIG:
		return "lower size, or raise the limit of a file's size (ulimit -f)";
	case EACCES:
	case EPERM:
		return "name a file, or a folder, that you may write to";
	case EROFS:
		return "its file system is mounted read-only: name another file";
	default:
		return NULL;
	}
}

static void report_failed_layout(struct plan *plan, size_t job_index, const struct target *target,
	int error, struct diag *diag)
{
	const struct job *job = plan->jobs[job_index].job;
	const char *reason = strerror(-error), *hint = layout_hint(target, error);

	if (error == -ETXTBSY && target->use) {
		reason = target->use;
		hint = "without overwrite=1 it is read as it is, holes and all";
	} else if (error == -ESTALE && plan->guard.path) {
		reason = plan->guard.reason;
		hint = plan->guard.hint;
	}
	plan->failed_job = job_index;
	plan->failure = arena_printf(&plan->arena, "cannot lay out %s: %s", target->path, reason);
	diag_error(diag, &job->place, "job '%s': %s", job->name, plan->failure);
	if (hint)
		diag_hint(diag, "%s", hint);
}

int plan_lay_out(struct plan *plan, struct diag *diag,
	bool (*on_progress)(void *, const char *, uint64_t, uint64_t), void *context)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct planned_job *planned = &plan->jobs[i];
		const struct job *job = planned->job;

		for (unsigned k = 0; k < planned->target_count; k++) {
			struct target *target = &planned->targets[k];
			struct target_layout layout = {
				.bytes = region_end(planned, k),
				.is_overwrite = job_reads(job) || job->overwrite ||
						plan_is_source(planned, k),
				.fallocate_mode = job->fallocate,
				.seed = random_mix_seed(job->randseed, k),
				.on_progress = on_progress,
				.context = context,
			};
			int error = 0;

			if (needs_layout(planned, k))
				error = target_layout(target, &layout);
			else
				planned->hole_bytes += find_holes(plan, planned, k);
			if (error == -EINTR)
				return error;
			if (error == 0)
				continue;
			report_failed_layout(plan, i, target, error, diag);
			return error;
		}
	}
	return 0;
}
