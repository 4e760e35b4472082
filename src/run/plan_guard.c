/* SPDX-License-Identifier: MIT */
/* What may not be written, nor removed, is a wrong request, whichever command makes it. */
#include "run/plan_guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/plan_composite.h"

static int report(const struct planned_job *planned, const struct target *target, const char *verb,
	const struct write_guard_answer *answer, struct diag *diag)
{
	diag_error(diag, &planned->job->place, "job '%s' would %s %s: %s", planned->job->name, verb,
		target->path, answer->reason);
	if (answer->hint)
		diag_hint(diag, "%s", answer->hint);
	return -EINVAL;
}

/* To read one is none of the guard's business, but nothing is made there. */
static int refuse_kernel_interface(
	const struct planned_job *planned, const struct target *target, struct diag *diag)
{
	const struct job *job = planned->job;

	diag_error(diag, &job->place,
		"job '%s' would write to %s, which is no storage: a file of %s commands the kernel",
		job->name, target->path, target->file_system);
	return -EINVAL;
}

int plan_guard_target(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	struct target *target = &planned->targets[index];
	bool is_source = plan_is_source(planned, index), is_file = target->kind == TARGET_FILE;
	bool is_written = job_writes(job) && !is_source;
	bool is_removed = job->unlink && !is_source && is_file;
	struct write_guard_answer answer;

	if (target->is_kernel_interface && (job_writes(job) || !target->exists))
		return refuse_kernel_interface(planned, target, diag);
	if (!is_written && !is_file)
		return 0;
	answer = target_ask_guard(target, -1, &plan->guard.allowed, &plan->arena);
	if (answer.verdict == WRITE_ALLOWED)
		return 0;
	if (is_written || is_removed)
		return report(planned, target, is_written ? "write to" : "remove", &answer, diag);
	target->use = answer.reason;
	return 0;
}

/* What target_inspect says is passed on where the node itself is refused. */
static int inspect(struct plan *plan, const struct planned_job *planned, unsigned index,
	struct target *target, struct diag *diag)
{
	const char *name = plan_target_name(planned, index);
	char *said = NULL;
	size_t said_bytes;
	struct diag unsaid;
	FILE *stream = open_memstream(&said, &said_bytes);
	int error;

	if (!stream)
		arena_exhausted();
	diag_init(&unsaid, stream);
	error = target_inspect(name, target, &plan->arena, &unsaid, &planned->job->place);
	if (fclose(stream) != 0)
		arena_exhausted();
	if (error == -EPERM) {
		fputs(said, diag->stream);
		diag->error_count += unsaid.error_count;
	}
	free(said);
	return error;
}

static int guard_job(struct plan *plan, const struct job *job, struct diag *diag)
{
	struct planned_job planned = {.job = job};

	if (job->engine->traits & ENGINE_TAKES_NO_TARGET)
		return 0;
	plan_count_targets(&planned);
	planned.targets =
		arena_alloc_array(&plan->arena, planned.target_count, sizeof(*planned.targets));
	for (unsigned i = 0; i < planned.target_count; i++) {
		int error = inspect(plan, &planned, i, &planned.targets[i], diag);

		if (error == -EPERM)
			return error;
		if (error == 0 && (job_writes(job) || job->unlink) &&
			plan_guard_target(plan, &planned, i, diag) != 0)
			return -EINVAL;
	}
	return 0;
}

int plan_guard_jobs(
	const struct job *jobs, size_t count, const struct write_guard *allowed, struct diag *diag)
{
	struct plan plan = {.guard = {.allowed = *allowed}};
	int error = 0;

	for (size_t i = 0; i < count && error == 0; i++) {
		if (jobs[i].clone == 0)
			error = guard_job(&plan, &jobs[i], diag);
	}
	arena_free(&plan.arena);
	return error == 0 ? 0 : -EINVAL;
}
