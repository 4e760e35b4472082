/* SPDX-License-Identifier: MIT */
/* From jobs to targets that are looked at, guarded, have regions and memory, and are laid out. */
#include "run/plan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "base/units.h"
#include "engine/target_open.h"
#include "host/zoned_device.h"
#include "job/job_use.h"
#include "job/job_verify_rules.h"
#include "run/plan_split.h"

static void count_targets(struct planned_job *planned)
{
	planned->target_count = (unsigned)planned->job->filename.count;
	if (job_composite_op(planned->job) == IO_COPY)
		planned->pair_count = planned->target_count / 2;
}

/* filename= has pairs in turn, a plan all sources before all destinations. */
static const char *target_name(const struct planned_job *planned, unsigned index)
{
	const struct job_texts *names = &planned->job->filename;

	if (planned->pair_count == 0)
		return names->texts[index];
	if (plan_is_source(planned, index))
		return names->texts[2 * index];
	return names->texts[2 * (index - planned->pair_count) + 1];
}

/* To read one is none of the guard's business, but nothing is made there. */
static int refuse_kernel_interface(
	const struct planned_job *planned, const struct target *target, struct diag *diag)
{
	diag_error(diag, &planned->job->place,
		"job '%s' would write to %s, which is no storage: a file of %s commands the kernel",
		planned->job->name, target->path, target->file_system);
	return -EINVAL;
}

/* A file that is only read is asked about too: a layout would write it. 0 or -EINVAL, reported. */
static int ask_guard(
	struct plan *plan, const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	struct target *target = &planned->targets[index];
	bool is_source = plan_is_source(planned, index), is_file = target->kind == TARGET_FILE;
	bool is_written = job_writes(job) && !is_source;
	bool is_removed =
		(job->unlink || job->rare->access.unlink_each_loop) && !is_source && is_file;
	struct write_guard_answer answer;

	if (target->is_kernel_interface && (job_writes(job) || !target->exists))
		return refuse_kernel_interface(planned, target, diag);
	if (!is_written && !is_file)
		return 0;
	answer = target_ask_guard(target, -1, &plan->guard.allowed, &plan->arena);
	if (answer.verdict == WRITE_ALLOWED)
		return 0;
	if (!is_written && !is_removed) {
		target->use = answer.reason;
		return 0;
	}
	diag_error(diag, &job->place, "job '%s' would %s %s: %s", job->name,
		is_written ? "write to" : "remove", target->path, answer.reason);
	if (answer.hint)
		diag_hint(diag, "%s", answer.hint);
	return -EINVAL;
}

/* Passthrough is for /dev/ngXnY, and nothing else is. */
static int check_passthrough(struct plan *plan, const struct planned_job *planned,
	const struct target *target, struct diag *diag)
{
	const struct job *job = planned->job;
	bool sends_commands = job->engine->traits & ENGINE_TAKES_NVME_COMMANDS;
	const char *node;

	if (sends_commands == (target->kind == TARGET_NVME_CHARACTER))
		return 0;
	if (!sends_commands)
		return plan_refuse(planned, NULL,
			target->claim_path ? arena_printf(&plan->arena,
						     "filename=%s, or ioengine=io_uring_cmd",
						     target->claim_path)
					   : NULL,
			diag, "%s takes NVMe commands only, which %s does not send", target->path,
			job->ioengine);
	node = target_command_node(target, &plan->arena);
	return plan_refuse(planned, NULL,
		node ? arena_printf(&plan->arena, "its node for them: filename=%s", node)
		     : "name an NVMe namespace's character node: filename=/dev/ng0n1",
		diag, "%s sends NVMe commands, and %s takes none", job->ioengine, target->path);
}

/* fio would send the writes, and end with the first that is not at a write pointer. */
static void warn_of_zones(
	struct plan *plan, const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];

	if (target->kind != TARGET_BLOCK || !job_writes(job) ||
		job->rare->zones.mode == ZONES_ZBD || plan_repeats_device(planned, index) ||
		zoned_device_model(target->device, &plan->arena) != ZONED_HOST_MANAGED)
		return;
	diag_warning(diag, &job->place,
		"job '%s': %s is a zoned device, and takes no writes but at the write pointer of a "
		"zone",
		job->name, target->path);
	diag_hint(diag, "zonemode=zbd writes there");
}

/* Rules about what this kind of target can be used for. */
static int check_kind(
	struct plan *plan, const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];

	if (target->kind == TARGET_FILE && !target->exists &&
		(!job->allow_file_create || job->readonly))
		return plan_refuse(planned, NULL, NULL, diag,
			"%s does not exist, and %s forbids creating it", target->path,
			job->readonly ? "readonly" : "allow_file_create=0");
	if (target->kind == TARGET_CHARACTER && job_does(job, DIRECTION_TRIM))
		return plan_refuse(planned, NULL, NULL, diag, "%s cannot be trimmed", target->path);
	warn_of_zones(plan, planned, index, diag);
	return check_passthrough(plan, planned, target, diag);
}

/* The target of a clone's predecessor, looked at and allowed; NULL: it has one of its own. */
static const struct target *shared_target(
	const struct planned_job *planned, unsigned index, const char *name)
{
	const struct target *before;

	if (planned->job->clone == 0 || index >= planned[-1].target_count)
		return NULL;
	before = &planned[-1].targets[index];
	return before->path && strcmp(before->path, name) == 0 ? before : NULL;
}

/* Finds out the kind of the target, and whether the job may use it so. */
static int look_at_target(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	struct target *target = &planned->targets[index];
	const char *name = target_name(planned, index);
	const struct target *shared = shared_target(planned, index, name);
	int error;

	target->descriptor = -1;
	if (shared) {
		*target = *shared; /* of a clone, which asks for the same */
		return 0;
	}
	if (job->engine->traits & ENGINE_TAKES_NO_TARGET) {
		target->path = name;
		target->kind = TARGET_NONE;
		target->bytes = UINT64_MAX;
		target->exists = true;
	} else {
		error = target_inspect(name, target, &plan->arena, diag, &job->place);
		if (error != 0)
			return error;
	}
	target->guard = &plan->guard;
	if (job_does(job, DIRECTION_WRITE) && !plan_is_source(planned, index) &&
		(target->kind == TARGET_FILE || target->kind == TARGET_BLOCK))
		target->write_hint = (uint64_t)job->rare->host.write_hint;
	error = check_kind(plan, planned, index, diag);
	if (error == 0)
		error = ask_guard(plan, planned, index, diag);
	return error;
}

static unsigned open_flags(const struct job *job)
{
	unsigned flags = 0;

	if (job_reads(job) || job_verify_rules_reads_back(job) ||
		job->engine->traits & ENGINE_MAPS_TARGETS)
		flags |= TARGET_READS;
	if (job_writes(job))
		flags |= TARGET_WRITES;
	if (job->direct)
		flags |= TARGET_DIRECT;
	if (job->sync == SYNC_SYNC)
		flags |= TARGET_SYNC;
	if (job->sync == SYNC_DSYNC)
		flags |= TARGET_DSYNC;
	if (job->create_on_open || (job_writes(job) && (job->rare->access.fill_device ||
							       job->rare->access.unlink_each_loop)))
		flags |= TARGET_CREATE;
	return flags;
}

static int plan_job(struct plan *plan, struct planned_job *planned, struct diag *diag)
{
	const struct job *job = planned->job;
	int error = 0;

	if (job_replays(job) && !job->rare->replay.log)
		return plan_refuse(planned, "read_iolog", NULL, diag, "its log was not read");
	count_targets(planned);
	planned->targets =
		arena_alloc_array(&plan->arena, planned->target_count, sizeof(*planned->targets));
	planned->regions =
		arena_alloc_array(&plan->arena, planned->target_count, sizeof(*planned->regions));
	plan_split_prepare(planned, &plan->arena);
	if (job->rare->zones.mode == ZONES_STRIDED || plan_split_interleaves(job))
		planned->strides = arena_alloc_array(
			&plan->arena, planned->target_count, sizeof(*planned->strides));
	if (job->rare->zones.mode == ZONES_ZBD)
		planned->zones = arena_alloc_array(
			&plan->arena, planned->target_count, sizeof(*planned->zones));
	planned->open_flags = open_flags(job);
	for (unsigned i = 0; i < planned->target_count; i++) {
		int problem = look_at_target(plan, planned, i, diag);

		if (problem == 0)
			problem = plan_region(plan, planned, i, diag);
		if (problem != 0)
			error = problem;
	}
	if (error == 0)
		plan_amount(planned);
	return error;
}

int plan_make(struct plan *plan, const struct plan_request *request, struct diag *diag)
{
	const struct job_set *set = request->set;
	int error = 0;

	*plan = (struct plan){.count = set->count};
	plan->guard = (struct target_guard){.allowed = request->allowed, .arena = &plan->arena};
	plan->jobs = arena_alloc_array(&plan->arena, set->count, sizeof(*plan->jobs));
	for (size_t i = 0; i < set->count; i++) {
		plan->jobs[i].job = &set->jobs[i];
		plan->jobs[i].allowed = request->allowed;
		/* A problem of a section is one problem, not one for each of its clones. */
		if (set->jobs[i].clone > 0 && error != 0)
			continue;
		if (plan_job(plan, &plan->jobs[i], diag) != 0)
			error = -EINVAL;
	}
	return error;
}

void plan_free(struct plan *plan)
{
	arena_free(&plan->arena);
}

/* Problems are for the plan to report, but for a node that is refused. */
static int inspect(struct plan *plan, const struct planned_job *planned, unsigned index,
	struct target *target, struct diag *diag)
{
	const char *name = target_name(planned, index);
	const struct place *place = &planned->job->place;
	struct diag silent = {0};
	int error = target_inspect(name, target, &plan->arena, &silent, place);

	return error == -EPERM ? target_inspect(name, target, &plan->arena, diag, place) : error;
}

static int guard_job(struct plan *plan, const struct job *job, struct diag *diag)
{
	struct planned_job planned = {.job = job};

	if (job->engine->traits & ENGINE_TAKES_NO_TARGET)
		return 0;
	count_targets(&planned);
	planned.targets =
		arena_alloc_array(&plan->arena, planned.target_count, sizeof(*planned.targets));
	for (unsigned i = 0; i < planned.target_count; i++) {
		int error = inspect(plan, &planned, i, &planned.targets[i], diag);

		if (error == -EPERM)
			return error;
		if (error == 0 &&
			(job_writes(job) || job->unlink || job->rare->access.unlink_each_loop) &&
			ask_guard(plan, &planned, i, diag) != 0)
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

unsigned plan_depth(const struct job *job)
{
	const struct engine_class *engine = job->engine;

	if (engine->traits & ENGINE_IS_SYNCHRONOUS)
		return 1;
	return engine->depth_limit != 0 && job->iodepth > engine->depth_limit ? engine->depth_limit
									      : job->iodepth;
}

static uint64_t largest_buffer(const struct planned_job *planned)
{
	uint64_t largest = 0;

	if (!job_is_of_whole_files(planned->job) && !planned->job->rare->replay.log)
		return job_use_buffer_bytes(planned->job);
	for (unsigned i = 0; i < planned->target_count; i++) {
		if (planned->regions[i].largest_io_bytes > largest)
			largest = planned->regions[i].largest_io_bytes;
	}
	return largest;
}

static uint64_t buffers_bytes(const struct planned_job *planned)
{
	const struct job_host *host = &planned->job->rare->host;
	uint64_t bytes = plan_depth(planned->job) * largest_buffer(planned);

	/* Huge pages were set aside before. */
	if (host->memory.kind == BUFFER_SHM_HUGE || host->memory.kind == BUFFER_MMAP_HUGE)
		return host->lockmem_bytes;
	if (host->memory.kind == BUFFER_MMAP_THP)
		bytes = (bytes + BUFFER_THP_BYTES - 1) / BUFFER_THP_BYTES * BUFFER_THP_BYTES;
	return bytes + host->lockmem_bytes;
}

static uint64_t maps_bytes(const struct planned_job *planned)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct pattern_spec *region = &planned->regions[i];

		if (region->each_block_once && region->has_several_sizes)
			bytes += block_map_bytes(region->region_bytes / region->block_bytes);
	}
	return bytes;
}

int plan_check_memory(const struct plan *plan, uint64_t available_bytes, struct diag *diag)
{
	char text[UNITS_TEXT_BYTES];
	uint64_t needed = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct job *job = plan->jobs[i].job;
		uint64_t maps = maps_bytes(&plan->jobs[i]);

		if (i > 0 && job->wave != plan->jobs[i - 1].job->wave)
			needed = 0;
		needed += buffers_bytes(&plan->jobs[i]) + maps;
		if (needed <= available_bytes)
			continue;
		units_format_bytes(text, (double)available_bytes);
		diag_error(diag, &job->place,
			"the I/O buffers%s%s of the jobs that run at once need more than the %s "
			"of memory that are available",
			maps > 0 ? ", and the maps of blocks of several sizes," : "",
			job->rare->host.lockmem_bytes > 0 ? " and lockmem" : "", text);
		diag_hint(diag,
			"lower numjobs, iodepth or bs%s; or raise the limit of the control "
			"group (memory.max), if that is what binds",
			maps > 0 ? "; or norandommap=1" : "");
		return -EINVAL;
	}
	return 0;
}

/* One that is only read and that ends too early is made longer by another job of the plan. */
static bool needs_layout(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];

	if (target->kind != TARGET_FILE || job->create_on_open || job->readonly ||
		job->rw.mode == RW_CREATE || target->is_kernel_interface)
		return false;
	/* What is allocated before is not what is written until there is no space left. */
	if ((job->rare->access.fill_device && !job_reads(job)) || planned->takes_what_is_there)
		return false;
	return plan_may_change(planned, index) || plan_split_end(planned, index) > target->bytes;
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

/* Holes in the part that is read of a file, or a loop device, that stays as it is. */
static uint64_t find_holes(
	const struct plan *plan, const struct planned_job *planned, unsigned index)
{
	const struct target *target = &planned->targets[index];
	uint64_t holes;

	if ((target->kind != TARGET_FILE && target->kind != TARGET_BLOCK) || !target->exists ||
		planned->job->rw.mode == RW_STAT || plan_may_change(planned, index) ||
		target->is_kernel_interface)
		return 0;
	holes = target_hole_bytes(
		target, planned->regions[index].region_offset, plan_region_end(planned, index));
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
				.bytes = plan_split_end(planned, k),
				.part = plan_split_layout(planned, k),
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
