/* SPDX-License-Identifier: MIT */
/* Whole files, and pairs of a source and a destination. */
#include "run/plan_composite.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/units.h"

enum { SECTOR_BYTES = 512 };

/* Each slot has a buffer for a whole file. */
static const uint64_t whole_file_limit = 1ull << 30;

void plan_count_targets(struct planned_job *planned)
{
	planned->target_count = (unsigned)planned->job->filename.count;
	if (job_composite_op(planned->job) == IO_COPY)
		planned->pair_count = planned->target_count / 2;
}

const char *plan_target_name(const struct planned_job *planned, unsigned index)
{
	const struct job_texts *names = &planned->job->filename;

	if (planned->pair_count == 0)
		return names->texts[index];
	if (plan_is_source(planned, index))
		return names->texts[2 * index];
	return names->texts[2 * (index - planned->pair_count) + 1];
}

static int refuse_kind(
	const struct planned_job *planned, const struct target *target, struct diag *diag)
{
	const struct job *job = planned->job;

	diag_error(diag, job_place(job, "rw"),
		"job '%s': rw=openread takes files: %s is of kind %s", job->name, target->path,
		target_kind_name(target->kind));
	return -EINVAL;
}

static int refuse_size(const struct planned_job *planned, const struct target *target,
	uint64_t bytes, struct diag *diag)
{
	const struct job *job = planned->job;
	char size[UNITS_TEXT_BYTES], limit[UNITS_TEXT_BYTES];

	diag_error(diag, &job->place,
		"job '%s': %s is read whole, and with %s larger than a buffer may be (%s)",
		job->name, target->path, units_format_exact_size(size, bytes),
		units_format_exact_size(limit, whole_file_limit));
	diag_hint(diag, "rw=read reads files in blocks of bs");
	return -EINVAL;
}

int plan_whole_file(struct planned_job *planned, unsigned index, uint64_t wanted, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	bool is_file = target->kind == TARGET_FILE;
	uint64_t bytes =
		is_file && target->exists && target->bytes > wanted ? target->bytes : wanted;

	/* To ask for a file's data takes no byte of it. */
	if (job->rw.mode == RW_STAT && target->exists)
		bytes = is_file ? target->bytes : wanted;
	planned->regions[index].region_bytes = bytes;
	if (is_file && !target->exists && wanted == 0) {
		diag_error(diag, &job->place,
			"job '%s': %s does not exist, and nothing says how large to make it",
			job->name, target->path);
		diag_hint(diag, "set filesize=4k, or size for all files together");
		return -EINVAL;
	}
	if (job->rw.mode != RW_OPENREAD)
		return 0;
	if (!is_file && target->kind != TARGET_NONE)
		return refuse_kind(planned, target, diag);
	if (bytes > whole_file_limit)
		return refuse_size(planned, target, bytes, diag);
	if (job->direct && target->refuses_direct) {
		diag_error(diag, &job->place, "job '%s': %s cannot be opened with O_DIRECT (%s)",
			job->name, target->path,
			target->file_system ? target->file_system : "says its driver");
		diag_hint(diag, "direct=0, or a file on ext4 or XFS");
		return -EINVAL;
	}
	return 0;
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

static int check_room(const struct planned_job *planned, const struct target *target,
	const struct pattern_spec *region, struct diag *diag)
{
	uint64_t end = region->region_offset + region->region_bytes;

	if (target->kind == TARGET_FILE || target->bytes >= end)
		return 0;
	diag_error(diag, &planned->job->place,
		"job '%s': the copy ends at %llu, beyond the end of %s, which has %llu bytes",
		planned->job->name, (unsigned long long)end, target->path,
		(unsigned long long)target->bytes);
	diag_hint(diag, "lower size or offset");
	return -EINVAL;
}

static uint64_t direct_unit(const struct target *target)
{
	if (target->kind != TARGET_FILE && target->kind != TARGET_BLOCK)
		return 1;
	return target->offset_align != 0 ? target->offset_align : SECTOR_BYTES;
}

/* The last block of a copy may be no whole one; O_DIRECT takes whole ones of the device only. */
static int check_end(const struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct job *job = planned->job;
	const struct target *source = &planned->targets[index - planned->pair_count];
	uint64_t bytes = planned->regions[index].region_bytes;
	uint64_t unit = direct_unit(source);

	if (direct_unit(&planned->targets[index]) > unit)
		unit = direct_unit(&planned->targets[index]);
	if (!job->direct || bytes % unit == 0)
		return 0;
	diag_error(diag, &job->place,
		"job '%s': direct=1 copies multiples of %llu bytes, and %s has %llu to copy",
		job->name, (unsigned long long)unit, source->path, (unsigned long long)bytes);
	diag_hint(diag, "direct=0, or size=%llu without its end",
		(unsigned long long)(bytes - bytes % unit));
	return -EINVAL;
}

int plan_destination(struct planned_job *planned, unsigned index, struct diag *diag)
{
	const struct target *target = &planned->targets[index];
	const struct target *source = &planned->targets[index - planned->pair_count];
	struct pattern_spec *region = &planned->regions[index];
	int error;

	*region = planned->regions[index - planned->pair_count];
	if (region->region_bytes == 0)
		return -EINVAL; /* The source was at fault, and that has been said. */
	if (source->kind != TARGET_NONE && are_one_file(source->path, target->path)) {
		diag_error(diag, job_place(planned->job, "filename"),
			"job '%s': %s and %s are one file: it cannot be copied to itself",
			planned->job->name, source->path, target->path);
		return -EINVAL;
	}
	error = check_room(planned, target, region, diag);
	return error != 0 ? error : check_end(planned, index, diag);
}
