/* SPDX-License-Identifier: MIT */
/* From sizes and offsets to regions in bytes: blocks of a target, whole files, pairs of a copy. */
#include "run/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "base/random.h"
#include "base/text.h"
#include "base/units.h"
#include "job/job_use.h"
#include "job/job_verify_rules.h"
#include "run/plan_split.h"
#include "run/plan_zones.h"

enum { SECTOR_BYTES = 512 };

/* Each slot has a buffer for a whole file. */
static const uint64_t whole_file_limit = 1ull << 30;

int plan_refuse(const struct planned_job *planned, const char *option, const char *hint,
	struct diag *diag, const char *format, ...)
{
	const struct job *job = planned->job;
	AUTO_ARENA struct arena arena = {0};
	va_list arguments;

	va_start(arguments, format);
	diag_error(diag, option ? job_place(job, option) : &job->place, "job '%s': %s", job->name,
		arena_vprintf(&arena, format, arguments));
	va_end(arguments);
	if (hint)
		diag_hint(diag, "%s", hint);
	return -EINVAL;
}

static uint64_t smallest_block(const struct job *job)
{
	return job_block_range(job).min;
}

static uint64_t largest_block(const struct job *job)
{
	return job_block_range(job).max;
}

/* All sizes are multiples of it; those of a range are multiples of its least. */
static uint64_t common_unit_bytes(const struct job *job)
{
	uint64_t unit = job->rare->access.random_unit_bytes;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct block_size_spec *spec = &job->block_sizes.of[i];

		if (!job_does(job, (enum io_direction)i))
			continue;
		unit = units_greatest_divisor(unit, spec->min_bytes);
		for (size_t k = 0; k < spec->share_count; k++)
			unit = units_greatest_divisor(unit, spec->shares[k].bytes);
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
	if (unit == 0)
		unit = job->rare->access.random_unit_bytes;
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
 * filesize= of this file, from its first byte; 0: not given. A file whose size is within a range
 * keeps its size, and others get whole blocks; as in fio.
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
	return bytes > 0 ? bytes : smallest_block(job);
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

/* The size asked for before the offset is applied; 0: none. */
static uint64_t wanted_bytes(const struct planned_job *planned, unsigned index)
{
	uint64_t file_bytes = wanted_file_bytes(planned, index);

	return file_bytes != 0 ? file_bytes : share_of_size(planned, index);
}

/* UINT64_MAX where it is larger than that. */
static uint64_t start_offset(const struct planned_job *planned, unsigned index, uint64_t whole)
{
	const struct job *job = planned->job;
	uint64_t clones = plan_split_clones_before(planned, index) + job->clone;
	uint64_t align = job->rare->access.offset_align ? job->rare->access.offset_align
							: smallest_block(job);
	uint64_t offset = extent_bytes(&job->offset, whole);
	uint64_t step = extent_bytes(&job->offset_increment, whole);
	bool is_share = job->offset.is_percent || job->offset_increment.is_percent;

	if (__builtin_mul_overflow(step, clones, &step) ||
		__builtin_add_overflow(offset, step, &offset))
		return UINT64_MAX;
	if (is_share && __builtin_add_overflow(offset, (align - offset % align) % align, &offset))
		return UINT64_MAX;
	return offset;
}

/* The size that the jobs before this one will have given a file. */
static uint64_t bytes_to_come(
	const struct plan *plan, const struct planned_job *planned, const struct target *target)
{
	uint64_t bytes = 0;

	for (const struct planned_job *earlier = plan->jobs; earlier < planned; earlier++) {
		/* How much fill_device will have written is not known. */
		for (unsigned i = 0; !job_use_fills(earlier->job) && i < earlier->target_count;
			i++) {
			uint64_t end = plan_split_end(earlier, i);

			if (end > bytes && strcmp(earlier->targets[i].path, target->path) == 0)
				bytes = end;
		}
	}
	return bytes;
}

/* From `offset` to where filesize= or size= ends; 0: to the end of what there is. */
static int find_amount(const struct planned_job *planned, unsigned index, uint64_t offset,
	uint64_t *bytes, struct diag *diag)
{
	const struct target *target = &planned->targets[index];
	bool can_grow = target->kind == TARGET_FILE || target->bytes == UINT64_MAX;
	uint64_t file_bytes = wanted_file_bytes(planned, index);
	uint64_t end;

	if (file_bytes != 0 && offset >= file_bytes)
		return plan_refuse(planned, "filesize",
			"lower offset or offset_increment, or raise filesize", diag,
			"offset %" PRIu64 " is not below filesize, %" PRIu64, offset, file_bytes);
	*bytes = file_bytes != 0 ? file_bytes - offset : share_of_size(planned, index);
	if (__builtin_add_overflow(offset, *bytes, &end) || (!can_grow && end > own_bytes(target)))
		return plan_refuse(planned, NULL, "size=100% uses all of it", diag,
			"offset %" PRIu64 " and size %" PRIu64
			" go beyond the end of %s, which has %" PRIu64 " bytes",
			offset, *bytes, target->path, own_bytes(target));
	return 0;
}

/* All that the file system of a file can have, at most; what it compresses may be more. */
static uint64_t capacity_above(const struct target *target)
{
	enum { LEAST_COMPRESSION = 8 };
	static const char *const compressing[] = {"btrfs", "zfs", "bcachefs", "f2fs", "erofs"};
	bool compresses =
		!target->file_system || text_is_listed(target->file_system, compressing,
						sizeof(compressing) / sizeof(compressing[0]));
	AUTO_FREE char *folder = strdup(target->path);
	struct statvfs room;
	uint64_t bytes;

	if (target->kind != TARGET_FILE || !folder || statvfs(dirname(folder), &room) < 0 ||
		room.f_blocks == 0 ||
		__builtin_mul_overflow(room.f_blocks, room.f_frsize, &bytes) ||
		bytes > INT64_MAX / (4 * LEAST_COMPRESSION))
		return INT64_MAX / 2;
	return bytes * (compresses ? LEAST_COMPRESSION : 1) + (1 << 30);
}

/* fill_device without size: a file may be as large as its file system, in whole blocks. */
static uint64_t endless_bytes(const struct planned_job *planned, unsigned index)
{
	uint64_t bytes = capacity_above(&planned->targets[index]);

	if (bytes == INT64_MAX / 2)
		bytes /= file_count(planned);

	return bytes - bytes % largest_block(planned->job);
}

/* A job that reads what fill_device of an earlier one writes: how much, its workers will see. */
static bool follows_a_filler(
	const struct plan *plan, const struct planned_job *planned, const struct target *target)
{
	const struct job *job = planned->job;

	if (job_writes(job) || job->size.is_set || job->filesize.max)
		return false;
	for (const struct planned_job *earlier = plan->jobs; earlier < planned; earlier++) {
		for (unsigned i = 0; job_use_fills(earlier->job) && i < earlier->target_count;
			i++) {
			if (strcmp(earlier->targets[i].path, target->path) == 0)
				return true;
		}
	}
	return false;
}

/* Fills region_offset and region_bytes, or reports why there is no such region. */
static int resolve_region(
	const struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	uint64_t own = own_bytes(target);
	uint64_t wanted = wanted_bytes(planned, index);
	bool is_file = target->kind == TARGET_FILE;
	uint64_t offset, bytes = 0;

	/* A session gives its trials their time before it plans them. */
	if (job->rw.mode == RW_ECHO && wanted == 0 && job->runtime_ns == 0 &&
		job->number_ios == 0 && !job->io_size.is_set)
		return plan_refuse(planned, "rw", "add runtime=10s, or number_ios=100000", diag,
			"rw=echo would never end");
	planned->takes_what_is_there = is_file && follows_a_filler(plan, planned, target);
	if ((job_use_fills(job) && (is_file || target->kind == TARGET_NONE)) ||
		(job->rw.mode == RW_ECHO && wanted == 0) || planned->takes_what_is_there)
		wanted = bytes = endless_bytes(planned, index);
	if (job->rare->access.file_append && is_file && bytes_to_come(plan, planned, target) > own)
		own = bytes_to_come(plan, planned, target);
	if (wanted == 0 && own == 0 && target->kind == TARGET_FILE)
		own = bytes_to_come(plan, planned, target);
	if (wanted == 0 && own == 0)
		return plan_refuse(planned, NULL, "set how much of it to use: size=1g", diag,
			"%s has no size of its own", target->path);
	offset = start_offset(planned, index, own != 0 ? own : wanted);
	if (job->rare->access.file_append && is_file)
		offset = own;
	if (bytes == 0 && find_amount(planned, index, offset, &bytes, diag) != 0)
		return -EINVAL;
	if (bytes == 0)
		bytes = offset < own ? own - offset : 0;
	if (job->size.is_percent && job->size.percent < 100) {
		uint64_t share = percent_of(job->size.percent, bytes + offset);

		share -= share % smallest_block(job);
		bytes = share < bytes ? share : bytes;
	}
	if (bytes < (planned->pair_count > 0 ? 1 : largest_block(job)))
		return plan_refuse(planned, NULL, "raise size, or lower bs or offset", diag,
			"no block of %" PRIu64 " bytes fits into %" PRIu64
			" bytes of %s from offset %" PRIu64,
			largest_block(job), bytes, target->path, offset);
	planned->regions[index].region_offset = offset;
	planned->regions[index].region_bytes = bytes;
	return 0;
}

/* rw=openread, stat, unlink: the region is the whole file, or what was wanted where it is smaller
 * or missing. */
static int resolve_whole_file(struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	bool is_file = target->kind == TARGET_FILE;
	uint64_t wanted = wanted_bytes(planned, index);
	uint64_t bytes =
		is_file && target->exists && target->bytes > wanted ? target->bytes : wanted;
	char size[UNITS_TEXT_BYTES], limit[UNITS_TEXT_BYTES];

	/* To ask for a file's data takes no byte of it. */
	if (job->rw.mode == RW_STAT && target->exists)
		bytes = is_file ? target->bytes : wanted;
	if (job->rw.mode == RW_CREATE)
		bytes = 0;
	planned->regions[index].region_bytes = bytes;
	if (is_file && !target->exists && wanted == 0 && job->rw.mode != RW_CREATE)
		return plan_refuse(planned, NULL, "set filesize=4k, or size for all files together",
			diag, "%s does not exist, and its size is not given", target->path);
	if (job->rw.mode == RW_STAT)
		return 0;
	if (!is_file && target->kind != TARGET_NONE)
		return plan_refuse(planned, "rw", NULL, diag, "rw=%s takes files: %s is of kind %s",
			io_op_name(job_composite_op(job)), target->path,
			target_kind_name(target->kind));
	if (job->rw.mode != RW_OPENREAD)
		return 0;
	if (bytes > whole_file_limit)
		return plan_refuse(planned, NULL, "rw=read reads files in blocks of bs", diag,
			"%s is read whole, and with %s larger than a buffer may be (%s)",
			target->path, units_format_exact_size(size, bytes),
			units_format_exact_size(limit, whole_file_limit));
	if (job->direct && target->refuses_direct)
		return plan_refuse(planned, NULL, "direct=0, or a file on ext4 or XFS", diag,
			"%s cannot be opened with O_DIRECT (%s)", target->path,
			target->file_system ? target->file_system : "says its driver");
	return 0;
}

/* From the file's beginning to the last byte that its log touches. */
static int resolve_replay(
	const struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct target *target = &planned->targets[index];
	const struct io_log *log = planned->job->rare->replay.log;
	const struct io_log_file *file = &log->files[index];
	struct pattern_spec *region = &planned->regions[index];
	uint64_t own = own_bytes(target);
	struct place place = {.file = log->path, .line = (int)file->end_line};

	*region = (struct pattern_spec){
		.region_bytes = file->end,
		.largest_io_bytes = planned->job->rare->replay.buffer_bytes,
		/* What all of its offsets and lengths are multiples of. */
		.block_bytes = file->used_bits & -file->used_bits,
	};
	if (region->block_bytes == 0)
		region->block_bytes = SECTOR_BYTES;
	if (target->kind == TARGET_FILE || file->end <= own || target->bytes == UINT64_MAX ||
		bytes_to_come(plan, planned, target) >= file->end)
		return 0;
	diag_error(diag, &place,
		"this ends at %" PRIu64 ", beyond the end of %s, which has %" PRIu64 " bytes",
		file->end, target->path, own);
	diag_hint(diag,
		"replay_scale=%" PRIu64 " divides the offsets, replay_redirect=FILE takes "
		"another target",
		own > 0 ? file->end / own + 1 : 2);
	return -EINVAL;
}

static bool are_one_file(const char *one, const char *other)
{
	struct stat a, b;

	if (stat(one, &a) != 0 || stat(other, &b) != 0)
		return false;
	if (S_ISBLK(a.st_mode) && S_ISBLK(b.st_mode))
		return a.st_rdev == b.st_rdev;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static uint64_t direct_unit(const struct target *target)
{
	if (target->kind != TARGET_FILE && target->kind != TARGET_BLOCK)
		return 1;
	return target->offset_align != 0 ? target->offset_align : SECTOR_BYTES;
}

/* The last block of a copy may be no whole one; O_DIRECT takes whole ones of the device only. */
static int check_end_of_copy(const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct target *source = &planned->targets[index - planned->pair_count];
	uint64_t bytes = planned->regions[index].region_bytes;
	uint64_t unit = direct_unit(source);
	char hint[64];

	if (direct_unit(&planned->targets[index]) > unit)
		unit = direct_unit(&planned->targets[index]);
	if (!planned->job->direct || bytes % unit == 0)
		return 0;
	snprintf(hint, sizeof(hint), "direct=0, or size=%" PRIu64 " without its end",
		bytes - bytes % unit);
	return plan_refuse(planned, NULL, hint, diag,
		"direct=1 copies multiples of %" PRIu64 " bytes, and %s has %" PRIu64 " to copy",
		unit, source->path, bytes);
}

static int resolve_destination(struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct target *target = &planned->targets[index];
	const struct target *source = &planned->targets[index - planned->pair_count];

	planned->regions[index] = planned->regions[index - planned->pair_count];
	if (planned->regions[index].region_bytes == 0)
		return -EINVAL; /* The source was at fault, and that has been said. */
	if (source->kind != TARGET_NONE && are_one_file(source->path, target->path))
		return plan_refuse(planned, "filename", NULL, diag,
			"%s and %s are one file: it cannot be copied to itself", source->path,
			target->path);
	if (target->kind != TARGET_FILE && target->bytes < plan_region_end(planned, index))
		return plan_refuse(planned, NULL, "lower size or offset", diag,
			"the copy ends at %" PRIu64 ", beyond the end of %s, which has %" PRIu64
			" bytes",
			plan_region_end(planned, index), target->path, target->bytes);
	return check_end_of_copy(planned, index, diag);
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

static int refuse_growth(const struct planned_job *planned, unsigned index, const char *reason,
	const char *hint, struct diag *diag)
{
	const struct target *target = &planned->targets[index];

	if (job_replays(planned->job))
		hint = "overwrite=1 lets it be laid out; replay_scale divides the offsets";
	return plan_refuse(planned, NULL, hint, diag,
		"%s has %" PRIu64 " bytes, %" PRIu64 " are to be used, and %s", target->path,
		own_bytes(target), plan_region_end(planned, index), reason);
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
	uint64_t end = plan_region_end(planned, index);
	bool is_laid_out = !job->create_on_open || !is_only_read(planned, index);

	if (target->kind != TARGET_FILE || end <= own_bytes(target) ||
		target->is_kernel_interface || planned->takes_what_is_there)
		return 0;
	if (!job->allow_file_create)
		return refuse_growth(planned, index, "allow_file_create=0 forbids extending it",
			"lower size or offset, or remove allow_file_create", diag);
	if (plan_may_change(planned, index) && is_laid_out)
		return 0;
	if (bytes_to_come(plan, planned, target) >= end)
		return 0;
	if (job->readonly)
		return refuse_growth(planned, index, "readonly forbids extending it",
			"lower size, filesize or offset", diag);
	if (!is_laid_out)
		return refuse_growth(planned, index,
			"with create_on_open=1 a job that only reads does not extend it",
			"remove create_on_open: the file is then laid out", diag);
	return refuse_growth(planned, index, "a job that only reads does not extend files",
		"lower size, filesize or offset; or overwrite=1 lets it lay the file out", diag);
}

static void describe_pattern(const struct job *job, struct pattern_spec *region)
{
	bool is_random = job_is_random(job);
	bool is_uniform = job->rare->random_distribution.kind == DISTRIBUTION_UNIFORM;

	region->is_random = is_random;
	region->each_block_once = is_random && !job->norandommap && is_uniform;
	region->sequence_length = is_random ? (unsigned)job->rw.modifier : 0;
	region->repeats = job->rare->access.rw_sequencer == SEQUENCER_IDENTICAL;
	region->skip_bytes = is_random ? 0 : job->rw.modifier;
	region->sequential_bytes = job->rare->access.sequential_bytes;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		region->percentage_random[i] =
			is_random ? (unsigned)job->percentage_random.value[i] : 0;
	region->distribution = job->rare->random_distribution;
	region->largest_io_bytes = largest_block(job);
	region->visited_blocks = job->visited_blocks;
	region->has_several_sizes =
		smallest_block(job) != largest_block(job) ||
		(job->rare->access.random_unit_bytes != 0 &&
			job->rare->access.random_unit_bytes != largest_block(job));
	region->block_bytes = region->each_block_once && region->has_several_sizes
				      ? common_unit_bytes(job)
				      : random_unit_bytes(job);
}

/* Zones go on behind the region, up to the end of what there is, as in fio. */
static void describe_zones(struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;
	uint64_t own = own_bytes(&planned->targets[index]);
	uint64_t end = plan_region_end(planned, index);

	planned->strides[index] = (struct zone_stride_spec){
		.zone_bytes = job->rare->zones.size_bytes,
		.range_bytes = job->rare->zones.range_bytes,
		.skip_bytes = job->rare->zones.skip.bytes,
		.end_offset = own > end ? own : end,
		.repeats_trims = job_trims_and_writes(job),
	};
}

/* From one zone to the next. */
static uint64_t zone_step(const struct planned_job *planned, unsigned index)
{
	return planned->strides[index].range_bytes + planned->strides[index].skip_bytes;
}

/* The blocks of random_distribution=sequence are in the region. */
static int check_sequence(const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct distribution *distribution = &planned->job->rare->random_distribution;
	const struct pattern_spec *region = &planned->regions[index];

	for (size_t i = 0; i < distribution->number_count; i++) {
		if (distribution->numbers[i] >=
			(region->region_bytes - region->largest_io_bytes) / region->block_bytes + 1)
			return plan_refuse(planned, "random_distribution", NULL, diag,
				"block %" PRIu64 " of the sequence is beyond the region of %s",
				distribution->numbers[i], planned->targets[index].path);
	}
	return 0;
}

static int check_direct(
	struct plan *plan, const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	const struct pattern_spec *region = &planned->regions[index];
	uint64_t memory =
		job->rare->host.iomem_align ? job->rare->host.iomem_align : PLAN_BUFFER_ALIGN;
	uint64_t length = job_replays(job) ? region->block_bytes : smallest_block(job);
	const char *problem;

	/* Commands count in blocks, whatever direct= says. */
	if (!job->direct && target->kind != TARGET_NVME_CHARACTER)
		return 0;
	if (target->kind == TARGET_CHARACTER || target->kind == TARGET_NONE)
		return 0;
	if (target->refuses_direct)
		return plan_refuse(planned, NULL,
			"direct=0, or a target on ext4, XFS or a block device", diag,
			"%s cannot be opened with O_DIRECT (%s)", target->path,
			target->file_system ? target->file_system : "says its driver");
	problem = target_alignment_problem(
		target, region->region_offset, length, memory, &plan->arena);
	if (!problem)
		problem = target_alignment_problem(
			target, region->block_bytes, length, memory, &plan->arena);
	if (!problem && planned->strides)
		problem = target_alignment_problem(target, zone_step(planned, index),
			smallest_block(job), memory, &plan->arena);
	if (!problem)
		return 0;
	return plan_refuse(planned, NULL,
		job_replays(job) ? "replay_align=4k rounds offsets; or direct=0"
		: target->kind == TARGET_NVME_CHARACTER
			? "choose bs and offset as multiples of it"
			: "choose bs and offset as multiples of it, or direct=0",
		diag, "%s", problem);
}

/* A mapping makes no file longer, and not every file system has fallocate(2): 0 elsewhere. */
static uint64_t bytes_to_map(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;

	if (!(job->engine->traits & ENGINE_MAPS_TARGETS) || !job_does(job, DIRECTION_WRITE) ||
		!job_writes(job) || planned->targets[index].kind != TARGET_FILE)
		return 0;
	return plan_region_end(planned, index);
}

int plan_region(struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag)
{
	int error = planned->zones ? plan_zones_look(plan, planned, index, diag) : 0;
	const struct job *job = planned->job; /* by now with sizes in bytes */

	if (error != 0)
		return error;
	if (job_replays(job))
		error = resolve_replay(plan, planned, index, diag);
	else if (job_is_of_whole_files(job))
		error = resolve_whole_file(planned, index, diag);
	else if (plan_is_destination(planned, index))
		error = resolve_destination(planned, index, diag);
	else
		error = resolve_region(plan, planned, index, diag);
	if (error == 0)
		error = plan_split_cut(planned, index, diag);
	if (error == 0)
		error = check_growth(plan, planned, index, diag);
	if (error == 0 && planned->zones)
		error = plan_zones_bind(plan, planned, index, diag);
	if (error != 0 || job_is_of_whole_files(job))
		return error;
	if (!job_replays(job))
		describe_pattern(job, &planned->regions[index]);
	if (planned->strides && job->rare->zones.mode == ZONES_STRIDED)
		describe_zones(planned, index);
	else if (planned->strides)
		plan_split_stride(planned, index);
	planned->regions[index].file_bytes = plan_region_end(planned, index);
	if (own_bytes(&planned->targets[index]) > planned->regions[index].file_bytes)
		planned->regions[index].file_bytes = own_bytes(&planned->targets[index]);
	if (check_sequence(planned, index, diag) != 0)
		return -EINVAL;
	planned->targets[index].least_bytes = bytes_to_map(planned, index);
	return check_direct(plan, planned, index, diag);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void measure_zones(struct planned_job *planned)
{
	for (unsigned i = 0; planned->strides && i < planned->target_count; i++)
		planned->regions[i].span_bytes = zone_stride_span(
			&planned->strides[i], &planned->regions[i], planned->pass_bytes);
}

void plan_amount(struct planned_job *planned)
{
	const struct job *job = planned->job;
	uint64_t total = 0;

	if (job_replays(job)) {
		for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
			planned->pass_bytes += job->rare->replay.log->byte_counts[i];
		return;
	}
	/* The bytes of a pair count once. */
	for (unsigned i = planned->pair_count; i < planned->target_count; i++)
		total += planned->regions[i].region_bytes;
	planned->pass_bytes = job_is_of_whole_files(job) ? UINT64_MAX : total;
	/* With filesize, size is how much is done in all the files; as in fio. */
	if (job->filesize.max != 0 && job->size.is_set && !job->size.is_percent &&
		!job_is_of_whole_files(job))
		planned->pass_bytes = smaller(total, plan_split_amount(planned, job->size.bytes));
	if (job->io_size.is_set)
		planned->pass_bytes = job->io_size.is_percent
					      ? percent_of(job->io_size.percent, total)
					      : plan_split_amount(planned, job->io_size.bytes);
	planned->wraps = planned->pass_bytes > total && planned->pass_bytes != UINT64_MAX;
	/* With skips a round of the region may be less than that of its bytes. */
	if (job->io_size.is_set && !job_is_random(job) && job->rw.modifier != 0)
		planned->wraps = true;
	if (total == 0) /* empty files: to read them for ever brings no bytes */
		planned->wraps = false;
	if (job_runs_by_time(job) && !job_verify_rules_reads_back(job)) {
		planned->pass_bytes = UINT64_MAX;
		planned->wraps = true;
	} else if (job_trims_and_writes(job) && planned->pass_bytes <= UINT64_MAX / 2) {
		planned->pass_bytes *= 2; /* as in fio: each byte is trimmed, then written */
	}
	measure_zones(planned);
}
