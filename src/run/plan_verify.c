/* SPDX-License-Identifier: MIT */
/* Jobs that verify: who they are in the run, their logs, and that no other writes what is theirs.
 */
#include "run/plan_verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/units.h"
#include "job/job_verify_rules.h"
#include "run/verify_log.h"
#include "verify/checksum.h"

static bool verifies(const struct job *job)
{
	return job->rare->verify.kind != CHECKSUM_NONE && job_composite_op(job) == IO_OP_COUNT;
}

bool plan_verify_has_log(const struct job *job)
{
	return verifies(job) && job_does(job, DIRECTION_WRITE);
}

/* All that is written begins and ends at multiples of it, from the region's start on. */
static uint32_t unit_bytes(const struct planned_job *planned)
{
	uint64_t unit = planned->job->rare->verify.interval_bytes;

	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct pattern_spec *region = &planned->regions[i];

		if (region->is_random)
			unit = units_greatest_divisor(unit, region->block_bytes);
		unit = units_greatest_divisor(unit, region->sequential_bytes);
		if (region->skip_bytes != 0) {
			/* Where it wraps is counted from the ends of the region. */
			unit = units_greatest_divisor(unit, (uint64_t)llabs(region->skip_bytes));
			unit = units_greatest_divisor(unit, region->region_bytes);
			unit = units_greatest_divisor(unit, region->region_offset);
		}
		if (planned->strides) {
			unit = units_greatest_divisor(unit, planned->strides[i].range_bytes);
			unit = units_greatest_divisor(unit, planned->strides[i].skip_bytes);
		}
	}
	return (uint32_t)unit;
}

static uint32_t draw_run(void)
{
	uint32_t run = 0;

	while (run == 0) {
		if (getrandom(&run, sizeof(run), GRND_NONBLOCK) != sizeof(run))
			run = (uint32_t)random_mix_seed(clock_now(), 1);
	}
	return run;
}

/* Which file or device a target is; all of it 0: it does not exist. */
struct identity {
	dev_t device;
	ino_t inode;
};

static struct identity identify(const struct target *target)
{
	struct stat status;

	if (target->kind == TARGET_BLOCK || target->kind == TARGET_NVME_CHARACTER)
		return (struct identity){.device = target->device};
	if (!target->path || stat(target->path, &status) != 0)
		return (struct identity){0};
	return (struct identity){status.st_dev, status.st_ino};
}

static bool are_same(const struct target *a, const struct identity *a_is, const struct target *b,
	const struct identity *b_is)
{
	if (a->kind == TARGET_NONE || b->kind == TARGET_NONE)
		return false;
	if (a->path && b->path && strcmp(a->path, b->path) == 0)
		return true;
	return (a_is->device != 0 || a_is->inode != 0) && a_is->device == b_is->device &&
	       a_is->inode == b_is->inode;
}

static bool regions_meet(const struct pattern_spec *a, const struct pattern_spec *b)
{
	return a->region_offset < b->region_offset + zone_stride_bytes(b) &&
	       b->region_offset < a->region_offset + zone_stride_bytes(a);
}

/* The first target of `a` that `b` writes too, in the same place; NULL: there is none. */
static const struct target *find_shared(const struct planned_job *a, const struct planned_job *b,
	const struct identity *a_are, const struct identity *b_are)
{
	for (unsigned i = a->pair_count; i < a->target_count; i++) {
		for (unsigned k = b->pair_count; k < b->target_count; k++) {
			if (are_same(&a->targets[i], &a_are[i], &b->targets[k], &b_are[k]) &&
				regions_meet(&a->regions[i], &b->regions[k]))
				return &a->targets[i];
		}
	}
	return NULL;
}

static int refuse_shared(const struct planned_job *a, const struct planned_job *b,
	const struct target *target, struct diag *diag)
{
	bool are_clones = b->job->clone > 0;

	return plan_refuse(b, "verify",
		are_clones
			? "offset_increment=SIZE gives each clone a part of its own, and so does "
			  "a file for each: remove filename"
			: "give them parts of their own by offset and size; or stonewall",
		diag, "%s '%s' write the same blocks of %s at once: they cannot be verified",
		are_clones ? "clones of" : "it and", a->job->name, target->path);
}

/* Those of verify_only, too. */
static bool draws_writes(const struct job *job)
{
	return job_does(job, DIRECTION_WRITE) || job_does(job, DIRECTION_TRIM);
}

/* What is written there cannot be read again. */
static int check_kinds(const struct planned_job *planned, struct diag *diag)
{
	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct target *target = &planned->targets[i];

		if (job_verify_rules_reads_back(planned->job) &&
			(target->kind == TARGET_PIPE || target->kind == TARGET_CHARACTER))
			return plan_refuse(planned, "verify", "do_verify=0 only writes", diag,
				"%s does not give back what is written to it", target->path);
	}
	return 0;
}

/* Those that run at once are neighbours. */
static int check_shared(struct plan *plan, struct identity **are, size_t index, struct diag *diag)
{
	const struct planned_job *one = &plan->jobs[index];

	for (size_t i = index; i > 0 && plan->jobs[i - 1].job->wave == one->job->wave; i--) {
		const struct planned_job *other = &plan->jobs[i - 1];
		const struct target *target;

		if (!draws_writes(one->job) || !draws_writes(other->job) ||
			(one->job->rare->verify.only && other->job->rare->verify.only) ||
			(!job_verify_rules_reads_back(one->job) &&
				!job_verify_rules_reads_back(other->job)))
			continue;
		target = find_shared(one, other, are[index], are[i - 1]);
		if (target)
			return refuse_shared(other, one, target, diag);
	}
	return 0;
}

int plan_verify_make(struct plan *plan, struct diag *diag)
{
	struct identity **are;
	uint32_t run = 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct planned_job *planned = &plan->jobs[i];

		if (!verifies(planned->job))
			continue;
		if (check_kinds(planned, diag) != 0)
			return -EINVAL;
		if (run == 0)
			run = draw_run();
		planned->verify.source = (struct stamp_source){run, (uint16_t)(i + 1)};
		planned->verify.unit_bytes = unit_bytes(planned);
	}
	if (run == 0)
		return 0;
	are = arena_alloc_array(&plan->arena, plan->count, sizeof(*are));
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *planned = &plan->jobs[i];

		are[i] = arena_alloc_array(&plan->arena, planned->target_count, sizeof(**are));
		for (unsigned k = 0; k < planned->target_count; k++)
			are[i][k] = identify(&planned->targets[k]);
		if (check_shared(plan, are, i, diag) != 0)
			return -EINVAL;
	}
	return 0;
}

uint64_t plan_verify_log_bytes(const struct planned_job *planned)
{
	uint64_t bytes = 0;

	if (!plan_verify_has_log(planned->job))
		return 0;
	for (unsigned i = 0; i < planned->target_count; i++)
		bytes += verify_log_bytes(zone_stride_bytes(&planned->regions[i]),
			planned->verify.unit_bytes, planned->verify.is_narrow);
	return bytes;
}

static void choose_width(struct plan *plan, uint64_t available_bytes)
{
	uint64_t needed = 0, most = 0;

	for (size_t i = 0; i < plan->count; i++) {
		if (i > 0 && plan->jobs[i].job->wave != plan->jobs[i - 1].job->wave)
			needed = 0;
		needed += plan_verify_log_bytes(&plan->jobs[i]);
		most = needed > most ? needed : most;
	}
	for (size_t i = 0; i < plan->count; i++)
		plan->jobs[i].verify.is_narrow = most > available_bytes / 4;
}

void plan_verify_format(
	const struct job *job, const struct verify_plan *plan, struct verify_format *format)
{
	const struct job_verify *from = &job->rare->verify;
	const char *problem;

	*format = (struct verify_format){
		.kind = (enum checksum_kind)from->kind,
		.interval_bytes = (uint32_t)from->interval_bytes,
		.header_at = (uint32_t)from->offset_bytes,
		.pattern = from->pattern,
		.pattern_interval_bytes = (uint32_t)from->pattern_interval_bytes,
		.compress_percent = job->buffer_compress_percentage,
		.source = plan->source,
	};
	/* Cannot fail: job_check has seen to it. */
	(void)verify_block_prepare(format, &problem);
}

int plan_verify_check_memory(struct plan *plan, uint64_t available_bytes, struct diag *diag)
{
	char needs[UNITS_TEXT_BYTES], has[UNITS_TEXT_BYTES];
	uint64_t needed = 0;

	choose_width(plan, available_bytes);
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *planned = &plan->jobs[i];

		if (i > 0 && planned->job->wave != plan->jobs[i - 1].job->wave)
			needed = 0;
		needed += plan_verify_log_bytes(planned);
		if (needed <= available_bytes / 2)
			continue;
		units_format_bytes(needs, (double)needed);
		units_format_bytes(has, (double)available_bytes);
		return plan_refuse(planned, "verify", "lower size, or raise bs or verify_interval",
			diag,
			"the log of what is written needs %s of the %s of memory that are "
			"available",
			needs, has);
	}
	return 0;
}
