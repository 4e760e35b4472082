/* SPDX-License-Identifier: MIT */
/* From jobs to targets and regions. */
#include "run/plan.h"

#include <errno.h>
#include <string.h>

#include "base/random.h"
#include "base/units.h"
#include "run/plan_composite.h"
#include "run/plan_guard.h"

enum { BUFFER_ALIGN = 4096 }; /* of the workers' buffers */

static uint64_t smallest_block(const struct job *job)
{
	uint64_t smallest = UINT64_MAX;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (!job_does(job, (enum io_direction)i))
			continue;
		if (job->block_sizes.of[i].min_bytes < smallest)
			smallest = job->block_sizes.of[i].min_bytes;
	}
	return smallest;
}

static uint64_t largest_block(const struct job *job)
{
	uint64_t largest = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (!job_does(job, (enum io_direction)i))
			continue;
		if (job->block_sizes.of[i].max_bytes > largest)
			largest = job->block_sizes.of[i].max_bytes;
	}
	return largest;
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* What all sizes are multiples of; those of a range are multiples of its least. */
static uint64_t common_unit_bytes(const struct job *job)
{
	uint64_t unit = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct block_size_spec *spec = &job->block_sizes.of[i];

		if (!job_does(job, (enum io_direction)i))
			continue;
		unit = greatest_divisor(unit, spec->min_bytes);
		for (size_t k = 0; k < spec->share_count; k++)
			unit = greatest_divisor(unit, spec->shares[k].bytes);
	}
	return unit;
}

static uint64_t random_unit_bytes(const struct job *job)
{
	uint64_t unit = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		uint64_t align = job->blockalign.value[i];

		if (job_does(job, (enum io_direction)i) && align != 0 && (!unit || align < unit))
			unit = align;
	}
	return unit != 0 ? unit : smallest_block(job);
}

static uint64_t percent_of(double percent, uint64_t bytes)
{
	return (uint64_t)((long double)bytes * (long double)percent / 100.0L);
}

static uint64_t extent_bytes(const struct extent *extent, uint64_t whole)
{
	if (!extent->is_set)
		return 0;
	return extent->is_percent ? percent_of(extent->percent, whole) : extent->bytes;
}

/* Which of its own bytes a target has; 0 for a file that is still to be made. */
static uint64_t own_bytes(const struct target *target)
{
	return target->exists && target->bytes != UINT64_MAX ? target->bytes : 0;
}

static unsigned file_count(const struct planned_job *planned)
{
	return planned->pair_count > 0 ? planned->pair_count : planned->target_count;
}

/*
 * filesize= of this file, from its first byte; 0: not given. Of a range a file that is in it keeps
 * its size, and others get whole blocks; as in fio.
 */
static uint64_t wanted_file_bytes(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;
	uint64_t own = own_bytes(&planned->targets[index]), bytes;
	struct random random;

	if (job->filesize.min == job->filesize.max)
		return job->filesize.max;
	if (own >= job->filesize.min && own <= job->filesize.max)
		return own;
	random_init(&random, random_mix_seed(job->randseed, index + 0x10000));
	bytes = job->filesize.min +
		random_below(&random, job->filesize.max - job->filesize.min + 1);
	if (!job_is_of_whole_files(job) && planned->pair_count == 0)
		bytes -= bytes % smallest_block(job);
	return bytes;
}

/* This file's part of size=; 0: whatever the target has. */
static uint64_t share_of_size(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;
	uint64_t unit = smallest_block(job), count = file_count(planned), share, extra;

	if (!job->size.is_set || job->size.is_percent)
		return 0;
	/* As fio: what does not divide makes the first files a block larger. */
	share = job->size.bytes / count;
	extra = (job->size.bytes - share * count) / unit;
	return share + (index < extra ? unit : 0);
}

/* What is asked for before the offset is looked at; 0: nothing. */
static uint64_t wanted_bytes(const struct planned_job *planned, unsigned index)
{
	uint64_t file_bytes = wanted_file_bytes(planned, index);

	return file_bytes != 0 ? file_bytes : share_of_size(planned, index);
}

/* UINT64_MAX where it is larger than that. */
static uint64_t start_offset(const struct job *job, uint64_t whole)
{
	uint64_t align = smallest_block(job);
	uint64_t offset = extent_bytes(&job->offset, whole);
	uint64_t step = extent_bytes(&job->offset_increment, whole);

	if (job->offset.is_set && job->offset.is_percent)
		offset = (offset + align - 1) / align * align;
	if (job->offset_increment.is_percent)
		step = (step + align - 1) / align * align;
	if (__builtin_mul_overflow(step, job->clone, &step) ||
		__builtin_add_overflow(offset, step, &offset))
		return UINT64_MAX;
	return offset;
}

/* What the jobs before this one will have made of a file. */
static uint64_t bytes_to_come(
	const struct plan *plan, const struct planned_job *planned, const struct target *target)
{
	uint64_t bytes = 0;

	for (const struct planned_job *earlier = plan->jobs; earlier < planned; earlier++) {
		for (unsigned i = 0; i < earlier->target_count; i++) {
			const struct pattern_spec *region = &earlier->regions[i];
			uint64_t end = region->region_offset + region->region_bytes;

			if (end > bytes && strcmp(earlier->targets[i].path, target->path) == 0)
				bytes = end;
		}
	}
	return bytes;
}

static int refuse_beyond_end(const struct planned_job *planned, const struct target *target,
	uint64_t offset, uint64_t bytes, struct diag *diag)
{
	const struct job *job = planned->job;

	diag_error(diag, &job->place,
		"job '%s': offset %llu and size %llu go beyond the end of %s, which has "
		"%llu bytes",
		job->name, (unsigned long long)offset, (unsigned long long)bytes, target->path,
		(unsigned long long)own_bytes(target));
	diag_hint(diag, "size=100%% is all that there is");
	return -EINVAL;
}

/* From `offset` to where filesize= or size= ends; 0: to the end of what there is. */
static int find_amount(const struct planned_job *planned, unsigned index, uint64_t offset,
	uint64_t *bytes, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	bool can_grow = target->kind == TARGET_FILE || target->bytes == UINT64_MAX;
	uint64_t file_bytes = wanted_file_bytes(planned, index);
	uint64_t end;

	if (file_bytes != 0 && offset >= file_bytes) {
		diag_error(diag, job_place(job, "filesize"),
			"job '%s': offset %llu is not below filesize, %llu", job->name,
			(unsigned long long)offset, (unsigned long long)file_bytes);
		diag_hint(diag, "lower offset or offset_increment, or raise filesize");
		return -EINVAL;
	}
	*bytes = file_bytes != 0 ? file_bytes - offset : share_of_size(planned, index);
	if (__builtin_add_overflow(offset, *bytes, &end) || (!can_grow && end > own_bytes(target)))
		return refuse_beyond_end(planned, target, offset, *bytes, diag);
	return 0;
}

/* Fills region_offset and region_bytes, or reports why there is no such region. */
static int resolve_region(
	const struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	struct pattern_spec *region = &planned->regions[index];
	uint64_t own = own_bytes(target);
	uint64_t wanted = wanted_bytes(planned, index);
	uint64_t offset, bytes;

	if (wanted == 0 && own == 0 && target->kind == TARGET_FILE)
		own = bytes_to_come(plan, planned, target);
	if (wanted == 0 && own == 0) {
		diag_error(diag, &job->place, "job '%s': %s has no size of its own", job->name,
			target->path);
		diag_hint(diag, "say how much of it to use: size=1g");
		return -EINVAL;
	}
	offset = start_offset(job, own != 0 ? own : wanted);
	if (find_amount(planned, index, offset, &bytes, diag) != 0)
		return -EINVAL;
	if (bytes == 0)
		bytes = offset < own ? own - offset : 0;
	if (job->size.is_percent && job->size.percent < 100) {
		uint64_t share = percent_of(job->size.percent, bytes + offset);

		share -= share % smallest_block(job);
		bytes = share < bytes ? share : bytes;
	}
	if (bytes < (planned->pair_count > 0 ? 1 : largest_block(job))) {
		diag_error(diag, &job->place,
			"job '%s': not one block of %llu bytes fits into %llu bytes of %s "
			"from offset %llu",
			job->name, (unsigned long long)largest_block(job),
			(unsigned long long)bytes, target->path, (unsigned long long)offset);
		diag_hint(diag, "raise size, or lower bs or offset");
		return -EINVAL;
	}
	region->region_offset = offset;
	region->region_bytes = bytes;
	return 0;
}

static bool is_only_read(const struct planned_job *planned, unsigned index)
{
	return !job_writes(planned->job) || plan_is_source(planned, index);
}

bool plan_may_change(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;

	if (job->readonly)
		return false;
	return !planned->targets[index].exists || job->overwrite || !is_only_read(planned, index);
}

static int refuse_growth(const struct planned_job *planned, const struct target *target,
	uint64_t end, const char *reason, const char *hint, struct diag *diag)
{
	const struct job *job = planned->job;

	diag_error(diag, &job->place, "job '%s': %s has %llu bytes, %llu are to be used, and %s",
		job->name, target->path, (unsigned long long)own_bytes(target),
		(unsigned long long)end, reason);
	diag_hint(diag, "%s", hint);
	return -EINVAL;
}

/*
 * Where a region ends beyond the file: whether the run makes it so long. fio, too, lets
 * allow_file_create=0 stand for a file that would have to grow.
 */
static int check_growth(const struct plan *plan, const struct planned_job *planned, unsigned index,
	struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	const struct pattern_spec *region = &planned->regions[index];
	uint64_t end = region->region_offset + region->region_bytes;
	bool is_laid_out = !job->create_on_open || !is_only_read(planned, index);

	if (target->kind != TARGET_FILE || end <= own_bytes(target) || target->is_kernel_interface)
		return 0;
	if (!job->allow_file_create)
		return refuse_growth(planned, target, end,
			"allow_file_create=0 forbids to make it so long",
			"lower size or offset, or leave out allow_file_create", diag);
	if (plan_may_change(planned, index) && is_laid_out)
		return 0;
	if (bytes_to_come(plan, planned, target) >= end)
		return 0;
	if (job->readonly)
		return refuse_growth(planned, target, end, "readonly forbids to make it so long",
			"lower size, filesize or offset", diag);
	if (!is_laid_out)
		return refuse_growth(planned, target, end,
			"a job that only reads finds no more after create_on_open=1",
			"leave out create_on_open: the file is then laid out", diag);
	return refuse_growth(planned, target, end, "a job that only reads makes no file longer",
		"lower size, filesize or offset; or overwrite=1 lets it lay the file out", diag);
}

static void describe_pattern(const struct job *job, struct pattern_spec *region)
{
	bool is_random = job_is_random(job);
	bool is_uniform = job->random_distribution.kind == DISTRIBUTION_UNIFORM;

	region->is_random = is_random;
	region->each_block_once = is_random && !job->norandommap && is_uniform;
	region->sequence_length = is_random ? (unsigned)job->rw.modifier : 0;
	region->hole_bytes = is_random ? 0 : job->rw.modifier;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		region->percentage_random[i] =
			is_random ? (unsigned)job->percentage_random.value[i] : 0;
	region->distribution = job->random_distribution;
	region->largest_io_bytes = largest_block(job);
	region->has_several_sizes = smallest_block(job) != largest_block(job);
	region->block_bytes = region->each_block_once && region->has_several_sizes
				      ? common_unit_bytes(job)
				      : random_unit_bytes(job);
}

static int check_direct(
	struct plan *plan, const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	const struct pattern_spec *region = &planned->regions[index];
	const char *problem;

	/* Commands count in blocks, whatever direct= says. */
	if (!job->direct && target->kind != TARGET_NVME_CHARACTER)
		return 0;
	if (target->kind == TARGET_CHARACTER || target->kind == TARGET_NONE)
		return 0;
	if (target->refuses_direct) {
		diag_error(diag, &job->place, "job '%s': %s cannot be opened with O_DIRECT (%s)",
			job->name, target->path,
			target->file_system ? target->file_system : "says its driver");
		diag_hint(diag, "direct=0, or a target on ext4, XFS or a block device");
		return -EINVAL;
	}
	problem = target_alignment_problem(
		target, region->region_offset, smallest_block(job), BUFFER_ALIGN, &plan->arena);
	if (!problem)
		problem = target_alignment_problem(target, region->block_bytes, smallest_block(job),
			BUFFER_ALIGN, &plan->arena);
	if (!problem)
		return 0;
	diag_error(diag, &job->place, "job '%s': %s", job->name, problem);
	diag_hint(diag, "choose bs and offset as multiples of it%s",
		target->kind == TARGET_NVME_CHARACTER ? "" : ", or direct=0");
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
	if (!sends_commands) {
		diag_error(diag, &job->place,
			"job '%s': %s takes NVMe commands only, which %s does not send", job->name,
			target->path, job->ioengine);
		if (target->claim_path)
			diag_hint(
				diag, "filename=%s, or ioengine=io_uring_cmd", target->claim_path);
		return -EINVAL;
	}
	diag_error(diag, &job->place, "job '%s': %s sends NVMe commands, and %s takes none",
		job->name, job->ioengine, target->path);
	node = target_command_node(target, &plan->arena);
	diag_hint(diag, "%s%s", node ? "its node for them: filename=" : "",
		node ? node : "name an NVMe namespace's character node: filename=/dev/ng0n1");
	return -EINVAL;
}

/* Rules about what this kind of target can be used for. */
static int check_kind(
	struct plan *plan, const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];

	if (target->kind == TARGET_FILE && !target->exists) {
		if (!job->allow_file_create || job->readonly) {
			diag_error(diag, &job->place,
				"job '%s': %s does not exist, and %s forbids to "
				"make it",
				job->name, target->path,
				job->readonly ? "readonly" : "allow_file_create=0");
			return -EINVAL;
		}
	}
	if (target->kind == TARGET_CHARACTER && job_does(job, DIRECTION_TRIM)) {
		diag_error(diag, &job->place, "job '%s': %s cannot be trimmed", job->name,
			target->path);
		return -EINVAL;
	}
	return check_passthrough(plan, planned, target, diag);
}

/* Of a clone: the target of its predecessor, looked at and allowed; NULL: it has one of its own. */
static const struct target *shared_target(
	const struct planned_job *planned, unsigned index, const char *name)
{
	const struct target *before;

	if (planned->job->clone == 0 || index >= planned[-1].target_count)
		return NULL;
	before = &planned[-1].targets[index];
	return before->path && strcmp(before->path, name) == 0 ? before : NULL;
}

/* What the target is, and whether the job may use it so. */
static int look_at_target(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	struct target *target = &planned->targets[index];
	const char *name = plan_target_name(planned, index);
	const struct target *shared = shared_target(planned, index, name);
	int error = 0;

	target->descriptor = -1;
	if (shared) {
		*target = *shared;
		return 0;
	}
	if (job->engine->traits & ENGINE_TAKES_NO_TARGET) {
		target->path = name;
		target->kind = TARGET_NONE;
		target->bytes = UINT64_MAX;
		target->exists = true;
	} else {
		error = target_inspect(name, target, &plan->arena, diag, &job->place);
	}
	if (error != 0)
		return error;
	target->guard = &plan->guard;
	error = check_kind(plan, planned, index, diag);
	if (error == 0)
		error = plan_guard_target(plan, planned, index, diag);
	return error;
}

/* A mapping makes no file longer, and not every file system has fallocate(2): 0 elsewhere. */
static uint64_t bytes_to_map(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;
	const struct pattern_spec *region = &planned->regions[index];

	if (!(job->engine->traits & ENGINE_MAPS_TARGETS) || !job_does(job, DIRECTION_WRITE) ||
		planned->targets[index].kind != TARGET_FILE)
		return 0;
	return region->region_offset + region->region_bytes;
}

static int plan_target(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	int error = look_at_target(plan, planned, index, diag);

	if (error == 0 && job_is_of_whole_files(job))
		error = plan_whole_file(planned, index, wanted_bytes(planned, index), diag);
	else if (error == 0 && plan_is_destination(planned, index))
		error = plan_destination(planned, index, diag);
	else if (error == 0)
		error = resolve_region(plan, planned, index, diag);
	if (error == 0)
		error = check_growth(plan, planned, index, diag);
	if (error != 0 || job_is_of_whole_files(job))
		return error;
	describe_pattern(job, &planned->regions[index]);
	planned->targets[index].least_bytes = bytes_to_map(planned, index);
	return check_direct(plan, planned, index, diag);
}

static unsigned open_flags(const struct job *job)
{
	unsigned flags = 0;

	if (job_reads(job) || job->engine->traits & ENGINE_MAPS_TARGETS)
		flags |= TARGET_READS;
	if (job_writes(job))
		flags |= TARGET_WRITES;
	if (job->direct)
		flags |= TARGET_DIRECT;
	if (job->sync == SYNC_SYNC)
		flags |= TARGET_SYNC;
	if (job->sync == SYNC_DSYNC)
		flags |= TARGET_DSYNC;
	if (job->create_on_open)
		flags |= TARGET_CREATE;
	return flags;
}

static void plan_amount(struct planned_job *planned)
{
	const struct job *job = planned->job;
	uint64_t total = 0;

	/* Of a pair, the bytes count once. */
	for (unsigned i = planned->pair_count; i < planned->target_count; i++)
		total += planned->regions[i].region_bytes;
	planned->pass_bytes = job_is_of_whole_files(job) ? UINT64_MAX : total;
	/* With filesize, size is how much is done in all the files; as in fio. */
	if (job->filesize.max != 0 && job->size.is_set && !job->size.is_percent &&
		!job_is_of_whole_files(job))
		planned->pass_bytes = total < job->size.bytes ? total : job->size.bytes;
	if (job->io_size.is_set)
		planned->pass_bytes = extent_bytes(&job->io_size, total);
	planned->wraps = planned->pass_bytes > total && planned->pass_bytes != UINT64_MAX;
	if (total == 0) /* empty files: to read them for ever brings no bytes */
		planned->wraps = false;
	if (job->time_based) {
		planned->pass_bytes = UINT64_MAX;
		planned->wraps = true;
	} else if (job_trims_and_writes(job) && planned->pass_bytes <= UINT64_MAX / 2) {
		planned->pass_bytes *= 2; /* as in fio: each byte is trimmed, then written */
	}
}

static int plan_job(struct plan *plan, struct planned_job *planned, struct diag *diag)
{
	const struct job *job = planned->job;
	int error = 0;

	plan_count_targets(planned);
	planned->targets =
		arena_alloc_array(&plan->arena, planned->target_count, sizeof(*planned->targets));
	planned->regions =
		arena_alloc_array(&plan->arena, planned->target_count, sizeof(*planned->regions));
	planned->open_flags = open_flags(job);
	for (unsigned i = 0; i < planned->target_count; i++) {
		int problem = plan_target(plan, planned, i, diag);

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
