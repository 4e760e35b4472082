/* SPDX-License-Identifier: MIT */
/* Who shares a target, and whose part is which. */
#include "run/plan_split.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/param.h>

#include "base/text.h"
#include "base/units.h"
#include "job/job_ranks.h"
#include "job/job_use.h"
#include "verify/checksum.h"

void plan_split_prepare(struct planned_job *planned, struct arena *arena)
{
	if (job_ranks_are_several(&planned->job->part.ranks))
		planned->parts =
			arena_alloc_array(arena, planned->target_count, sizeof(*planned->parts));
}

bool plan_split_interleaves(const struct job *job)
{
	return job->part.split == SPLIT_INTERLEAVED && job_ranks_are_several(&job->part.ranks);
}

/* On these a path means the same bytes on one host only. Another is taken for one of all hosts. */
static bool is_of_one_host(const struct target *target)
{
	static const char *const local[] = {"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs",
		"bcachefs", "zfs", "tmpfs", "ramfs", "devtmpfs", "hugetlbfs", "overlay", "jfs",
		"reiserfs", "nilfs2", "vfat", "exfat", "ntfs3", "iso9660", "squashfs", "erofs"};

	if (target->kind != TARGET_FILE)
		return true;
	return target->file_system &&
	       text_is_listed(target->file_system, local, sizeof(local) / sizeof(local[0]));
}

/* The ranks that have this target, and which of them has this job's part. */
static struct job_ranks_group sharers(const struct planned_job *planned, unsigned index)
{
	const struct job_part *part = &planned->job->part;
	const struct target *target = &planned->targets[index];
	struct job_ranks_group alone = {0, 1};
	bool is_named = part->split == SPLIT_SEGMENTS || part->split == SPLIT_INTERLEAVED;

	if (!planned->parts || part->scopes[index] == NAME_OF_RANK ||
		(target->kind != TARGET_FILE && target->kind != TARGET_BLOCK &&
			target->kind != TARGET_NVME_CHARACTER))
		return alone;
	if (part->scopes[index] == NAME_OF_HOST || (!is_named && is_of_one_host(target)))
		return job_ranks_on_host(&part->ranks, part->owner);
	return (struct job_ranks_group){part->owner, part->ranks.count};
}

static bool has_increment(const struct job *job)
{
	return job->offset_increment.is_set &&
	       (job->offset_increment.bytes != 0 || job->offset_increment.percent > 0);
}

uint64_t plan_split_clones_before(const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;

	if (job->part.split == SPLIT_NONE || !has_increment(job))
		return 0;
	return (uint64_t)sharers(planned, index).index * job->numjobs;
}

static int refuse(const struct planned_job *planned, unsigned index, const char *why,
	const char *hint, struct diag *diag)
{
	return plan_refuse(planned, planned->job->part.split == SPLIT_AUTO ? NULL : "split", hint,
		diag, "%u ranks share %s, and %s", planned->parts[index].count,
		planned->targets[index].path, why);
}

/* What several ranks cannot do to one target, whether it is dealt out or not. */
static int check_writes(const struct planned_job *planned, unsigned index, struct diag *diag)
{
	static const char cure[] = "a target for each rank: $rank in filename or directory";
	const struct job *job = planned->job;

	if (job->rare->zones.mode == ZONES_ZBD)
		return refuse(planned, index,
			"zonemode=zbd has write pointers that no rank sees the others move", cure,
			diag);
	if (job->rare->access.file_append)
		return refuse(planned, index,
			"file_append=1 would have all of them write at its end", cure, diag);
	if (job_use_fills(job))
		return refuse(planned, index,
			"fill_device without size would have all of them write the same bytes",
			cure, diag);
	return 0;
}

/* What cannot be dealt out, and so would be written by each of them. */
static int check_whole(const struct planned_job *planned, unsigned index, struct diag *diag)
{
	static const char cure[] =
		"$rank in filename, directory or filename_format; or split=none, if that is meant";
	const struct job *job = planned->job;

	if (job->rw.mode == RW_CREATE || job->rw.mode == RW_UNLINK)
		return refuse(planned, index, "a file is made or removed once", cure, diag);
	if (job->rw.mode == RW_COPY)
		return plan_is_source(planned, index)
			       ? 0
			       : refuse(planned, index, "each would write all of a copy", cure,
					 diag);
	if (job_replays(job))
		return refuse(planned, index, "each would write all that its log has", cure, diag);
	if (job->rare->zones.mode == ZONES_STRIDED)
		return refuse(planned, index, "zonemode=strided is not dealt out", cure, diag);
	if (job->rw.modifier < 0 && !job_is_random(job))
		return refuse(
			planned, index, "rw that goes backwards is not dealt out", cure, diag);
	if (job->filesize.min != job->filesize.max)
		return refuse(planned, index, "a range of filesize is drawn by each of them",
			"give one filesize, or $rank in filename", diag);
	return 0;
}

/* Whether the job's region of a target can be cut at all. */
static bool can_be_cut(const struct job *job)
{
	return !job_is_of_whole_files(job) && job->rw.mode != RW_COPY && !job_replays(job) &&
	       job->rare->zones.mode == ZONES_NONE && !job->rare->access.file_append &&
	       !job_use_fills(job) && (job_is_random(job) || job->rw.modifier >= 0) &&
	       job->filesize.min == job->filesize.max;
}

static void say_how(const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct plan_part *part = &planned->parts[index];
	char bytes[UNITS_TEXT_BYTES];

	if (job->part.split != SPLIT_AUTO || job->part.ranks.rank != 0 || job->clone != 0 ||
		index > 0)
		return;
	units_format_bytes(bytes, (double)planned->regions[index].region_bytes);
	diag_note(diag, &job->place,
		"job '%s': each of %u ranks has a segment of %s of %s (split=segments)", job->name,
		part->count, bytes, planned->targets[index].path);
	diag_hint(diag, "split=none: all of it for each; $rank in filename: a file for each");
}

/* Where segment `index` begins, in blocks. */
static uint64_t segment_start(uint64_t blocks, uint64_t count, uint64_t index)
{
	return blocks / count * index + MIN(blocks % count, index);
}

/*
 * Pieces that are laid out begin at multiples of a unit no smaller than the blocks of file systems:
 * those tell what was written by whole blocks, and what two ranks have written in one by neither.
 */
static uint64_t lay_boundary(const struct plan_part *part, uint64_t offset)
{
	enum { LAY_UNIT = 1 << 20 };
	uint64_t rounded = (offset + LAY_UNIT - 1) / LAY_UNIT * LAY_UNIT;

	return offset == part->whole_offset ? offset : MIN(rounded, part->whole_end);
}

static void cut_segment(struct planned_job *planned, unsigned index, uint64_t unit)
{
	struct pattern_spec *region = &planned->regions[index];
	struct plan_part *part = &planned->parts[index];
	uint64_t whole = region->region_bytes, blocks = whole / unit;
	uint64_t start = segment_start(blocks, part->count, part->index) * unit;
	uint64_t end = part->index + 1 == part->count
			       ? whole
			       : segment_start(blocks, part->count, part->index + 1) * unit;

	part->end = part->whole_offset + end;
	part->lay_start = lay_boundary(part, part->whole_offset + start);
	part->lay_end = lay_boundary(part, part->end);
	region->region_offset = part->whole_offset + start;
	region->region_bytes = end - start;
}

static void cut_in_turn(struct planned_job *planned, unsigned index, uint64_t unit)
{
	struct pattern_spec *region = &planned->regions[index];
	struct plan_part *part = &planned->parts[index];
	uint64_t blocks = region->region_bytes / unit;
	uint64_t count = blocks / part->count + (part->index < blocks % part->count);

	/* To lay a file out, each writes one piece of it. */
	cut_segment(planned, index, unit);
	part->end = part->whole_offset + (part->index + (count - 1) * part->count + 1) * unit;
	region->region_offset = part->whole_offset + part->index * unit;
	region->region_bytes = count * unit;
}

int plan_split_cut(struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	struct pattern_spec *region = &planned->regions[index];
	bool is_written = job_writes(job) && !plan_is_source(planned, index);
	struct job_ranks_group group;
	struct plan_part *part;
	uint64_t unit = job_block_range(job).max;
	int error = 0;

	if (!planned->parts)
		return 0;
	group = sharers(planned, index);
	part = &planned->parts[index];
	*part = (struct plan_part){
		.index = group.index,
		.count = group.count,
		.whole_offset = region->region_offset,
		.whole_end = plan_region_end(planned, index),
	};
	part->end = part->lay_end = part->whole_end;
	if (group.count == 1)
		return 0;
	if (has_increment(job) &&
		(job->part.split == SPLIT_SEGMENTS || job->part.split == SPLIT_INTERLEAVED))
		return refuse(planned, index,
			"offset_increment gives each clone of each rank its part already",
			"leave out split, or offset_increment", diag);
	if (is_written)
		error = check_writes(planned, index, diag);
	if (error == 0 && is_written && job->part.split != SPLIT_NONE)
		error = check_whole(planned, index, diag);
	if (error == 0 && is_written && job->part.split == SPLIT_NONE &&
		job->rare->verify.kind != CHECKSUM_NONE)
		error = refuse(planned, index,
			"with split=none they write the same blocks: they cannot be verified",
			"split=segments, or $rank in filename", diag);
	if (error != 0 || job->part.split == SPLIT_NONE || !can_be_cut(job))
		return error;
	if (has_increment(job)) {
		part->has_increment = true;
		part->lay_start = region->region_offset;
		return 0;
	}
	if (region->region_bytes / unit < group.count)
		return refuse(planned, index, "it has fewer blocks than that",
			"raise size, or lower bs or the number of ranks; or split=none", diag);
	part->is_cut = true;
	if (plan_split_interleaves(job))
		cut_in_turn(planned, index, unit);
	else
		cut_segment(planned, index, unit);
	say_how(planned, index, diag);
	return 0;
}

void plan_split_stride(struct planned_job *planned, unsigned index)
{
	const struct plan_part *part = &planned->parts[index];
	uint64_t unit = job_block_range(planned->job).max;

	planned->strides[index] = (struct zone_stride_spec){
		.zone_bytes = unit,
		.range_bytes = unit,
		.skip_bytes = part->is_cut ? (part->count - 1) * unit : 0,
		.end_offset = part->end,
		.repeats_trims = job_trims_and_writes(planned->job),
	};
}

uint64_t plan_split_amount(const struct planned_job *planned, uint64_t bytes)
{
	uint64_t unit = job_block_range(planned->job).max;
	unsigned count = 1;

	for (unsigned i = 0; planned->parts && i < planned->target_count; i++) {
		if (planned->parts[i].is_cut)
			count = MAX(count, planned->parts[i].count);
	}
	if (count == 1)
		return bytes;
	bytes = bytes / count + (bytes % count != 0);
	return bytes + (unit - bytes % unit) % unit;
}

uint64_t plan_split_end(const struct planned_job *planned, unsigned index)
{
	return planned->parts && planned->parts[index].is_cut ? planned->parts[index].whole_end
							      : plan_region_end(planned, index);
}

struct target_layout_part plan_split_layout(const struct planned_job *planned, unsigned index)
{
	const struct plan_part *part = planned->parts ? &planned->parts[index] : NULL;

	if (!part || (!part->is_cut && !part->has_increment))
		return (struct target_layout_part){0};
	return (struct target_layout_part){true, part->lay_start, part->lay_end};
}
