/* SPDX-License-Identifier: MIT */
/*
 * Findings about a plan that holds: what it destroys, what it fills, what it measures in place of
 * what it seems to, where fio does otherwise. The run itself warns of what only a run can show.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/text.h"
#include "lint/lint.h"
#include "text/figure.h"

/* What the rules share. */
struct rules {
	struct lint *lint;
	struct lint_file *file;
	const struct plan *plan;
	const char **written; /* paths, in a hash table that is never full */
	size_t written_room;
};

/* A finding about a job, at the place of an option, or at its section's where that is NULL. */
static void __attribute__((format(printf, 6, 7)))
say(const struct rules *rules, enum lint_kind kind, const struct job *job, const char *option,
	const char *hint, const char *format, ...)
{
	const struct place *place = option ? job_place(job, option) : &job->place;
	struct lint_finding *finding;
	va_list arguments;

	va_start(arguments, format);
	finding = lint_add(rules->lint, rules->file, kind, place, job->name,
		arena_vprintf(&rules->lint->arena, format, arguments));
	va_end(arguments);
	if (finding)
		finding->hint = hint;
}

static bool is_data(const struct target *target)
{
	return target->kind == TARGET_FILE || target->kind == TARGET_BLOCK ||
	       target->kind == TARGET_NVME_CHARACTER;
}

/* Whether clones of a job and jobs before it write the same target: it is said once. */
static bool is_new(struct rules *rules, const char *path)
{
	size_t slot = text_hash(0, path) % rules->written_room;

	while (rules->written[slot] && strcmp(rules->written[slot], path) != 0)
		slot = (slot + 1) % rules->written_room;
	if (rules->written[slot])
		return false;
	rules->written[slot] = path;
	return true;
}

static void say_overwriting(
	const struct rules *rules, const struct planned_job *planned, unsigned index)
{
	const struct job *job = planned->job;
	const struct target *target = &planned->targets[index];
	const char *verb =
		job->rw.mode == RW_TRIM || job->rw.mode == RW_RANDTRIM ? "trims" : "overwrites";
	char bytes[FIGURE_BYTES_OF_TEXT];

	figure_text(bytes, FIGURE_BYTES, (double)planned->regions[index].region_bytes);
	if (target->kind == TARGET_FILE)
		say(rules, LINT_DANGER, job, NULL, NULL, "%s %s of %s, which exists", verb, bytes,
			target->path);
	else
		say(rules, LINT_DANGER, job, NULL, NULL,
			"%s %s of the device %s, from byte %" PRIu64 " on", verb, bytes,
			target->path, planned->regions[index].region_offset);
}

static void find_overwriting(struct rules *rules, const struct planned_job *planned)
{
	enum { SHOWN = 8 };
	const struct job *job = planned->job;
	unsigned count = 0;

	if (!job_writes(job))
		return;
	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct target *target = &planned->targets[i];

		if (!target->path || plan_is_source(planned, i) || !is_new(rules, target->path) ||
			!target->exists || !is_data(target) || target->bytes == 0)
			continue;
		/* Devices each: what they carry is not seen by their names. */
		if (target->kind != TARGET_FILE || count++ < SHOWN)
			say_overwriting(rules, planned, i);
	}
	if (count > SHOWN)
		say(rules, LINT_DANGER, job, NULL, NULL, "overwrites %u more files, which exist",
			count - SHOWN);
}

static void find_removal(const struct rules *rules, const struct planned_job *planned)
{
	for (unsigned i = 0; i < planned->target_count && planned->job->unlink; i++) {
		if (planned->targets[i].kind == TARGET_FILE && planned->targets[i].exists) {
			say(rules, LINT_DANGER, planned->job, "unlink", "leave out unlink",
				"removes %s when it is over, which was there before",
				planned->targets[i].path);
			return;
		}
	}
}

/* A dry run opens nothing: what the run fails with only once it is under way. */
static void find_forbidden(const struct rules *rules, const struct planned_job *planned)
{
	AUTO_ARENA struct arena arena = {0};

	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct target *target = &planned->targets[i];
		const char *path = target->path;
		int need = plan_may_change(planned, i) ? W_OK : R_OK;

		if (!is_data(target))
			continue;
		if (!target->exists) {
			path = text_folder_of(path, &arena);
			need = W_OK | X_OK;
		}
		if (faccessat(AT_FDCWD, path, need, AT_EACCESS) == 0 ||
			(errno != EACCES && errno != EROFS))
			continue;
		say(rules, LINT_WARNING, planned->job, NULL,
			"name another, or run as a user who may", "this user may not %s %s: %s",
			need == R_OK ? "read" : "write to", path, strerror(errno));
		return;
	}
}

static void find_depth(const struct rules *rules, const struct job *job)
{
	if (job->iodepth > 1 && (job->engine->traits & ENGINE_IS_SYNCHRONOUS))
		say(rules, LINT_WARNING, job, "iodepth",
			"ioengine=io_uring or libaio; or numjobs=N for N I/Os at once",
			"iodepth=%u has no effect: %s has one I/O in flight, in fio, too",
			job->iodepth, job->ioengine);
}

static bool is_on_disk(const struct planned_job *planned)
{
	for (unsigned i = 0; i < planned->target_count; i++) {
		if (planned->targets[i].kind == TARGET_FILE ||
			planned->targets[i].kind == TARGET_BLOCK)
			return true;
	}
	return false;
}

static void find_buffering(const struct rules *rules, const struct planned_job *planned)
{
	const struct job *job = planned->job;

	if (job->direct || !is_on_disk(planned) || job_composite_op(job) != IO_OP_COUNT)
		return;
	if (strcmp(job->ioengine, "libaio") == 0 && job->iodepth > 1)
		say(rules, LINT_WARNING, job, "ioengine", "direct=1, or ioengine=io_uring",
			"libaio without direct=1 waits in io_submit(2): iodepth=%u has little "
			"effect",
			job->iodepth);
	say(rules, LINT_NOTE, job, "direct", "direct=1 measures the device",
		"%s the page cache (direct=0)",
		job_writes(job) ? "writes end in, and reads may come from,"
				: "reads may come from");
}

static void find_shared_scans(const struct rules *rules, const struct planned_job *planned)
{
	const struct job *job = planned->job;
	const char *name = job->given.filename.count > 0 ? job->given.filename.texts[0] : "";

	if (job->numjobs > 1 && !job_is_random(job) && *name && !strchr(name, '$') &&
		job->offset_increment.bytes == 0 && job->offset_increment.percent == 0 &&
		is_on_disk(planned) && job_composite_op(job) == IO_OP_COUNT)
		say(rules, LINT_WARNING, job, "numjobs", "offset_increment=SIZE gives each its own",
			"%u clones go over the same bytes, one after the other", job->numjobs);
}

static bool has_engine(const struct job *job, const char *name)
{
	return job->engine && strcmp(job->engine->name, name) == 0;
}

static bool has_engine_option(const struct job *job, const char *name)
{
	const struct job_entry *entry = job_entry_of(job, name);

	return entry && (!entry->value || strcmp(entry->value, "0") != 0);
}

static void find_engine_differences(const struct rules *rules, const struct job *job)
{
	if (has_engine(job, "vsync") && job->iodepth > job->iodepth_batch_submit)
		say(rules, LINT_DIFFERENCE, job, "iodepth", "set iodepth_batch=iodepth, for both",
			"fio loses completions of vsync where iodepth is above iodepth_batch");
	if (has_engine(job, "vsync") && job_does(job, DIRECTION_TRIM))
		say(rules, LINT_DIFFERENCE, job, "rw", NULL,
			"fio's vsync sends trims as writes without data, which fail");
	if (has_engine(job, "mmap") && has_engine_option(job, "thp") &&
		job_does(job, DIRECTION_WRITE))
		say(rules, LINT_DIFFERENCE, job, "thp", NULL,
			"fio maps privately with thp=1: what it writes does not reach the file");
}

static void find_machine_differences(const struct rules *rules, const struct job *job)
{
	const struct job_host *host = &job->rare->host;

	if (host->ioscheduler)
		say(rules, LINT_DIFFERENCE, job, "ioscheduler", NULL,
			"the scheduler is restored behind the job; fio leaves the new one");
	if (host->write_hint != 0 && job->direct && job_does(job, DIRECTION_WRITE))
		say(rules, LINT_DIFFERENCE, job, "write_hint", NULL,
			"fio 3.33 fails here on Linux 5.17 and newer, which have no hints of open "
			"files: the hint is the inode's");
	if (host->memory.kind == BUFFER_MMAP_SHARED && !host->memory.file)
		say(rules, LINT_DIFFERENCE, job, "mem", NULL,
			"mem=mmapshared is shared memory; fio maps privately without a file");
	if (host->memory.kind == BUFFER_MMAP_THP)
		say(rules, LINT_DIFFERENCE, job, "mem", NULL, "fio has no mem=mmapthp");
}

static void find_differences(const struct rules *rules, const struct job *job)
{
	find_engine_differences(rules, job);
	find_machine_differences(rules, job);
	if (job_is_paced(job) && job->engine)
		say(rules, LINT_DIFFERENCE, job, job_sets(job, "rate_iops") ? "rate_iops" : "rate",
			NULL,
			"latency counts from when an I/O was due; fio counts from when it sent it, "
			"and does not see the wait before");
	if (!job_sets(job, "thread"))
		say(rules, LINT_DIFFERENCE, job, NULL, NULL,
			"workers are threads; fio forks a process for each without 'thread'");
}

static bool overlaps(const struct planned_job *one, const struct planned_job *other)
{
	for (unsigned i = 0; i < one->target_count; i++) {
		for (unsigned k = 0; k < other->target_count; k++) {
			if (!is_data(&one->targets[i]) || plan_is_source(one, i) ||
				plan_is_source(other, k) ||
				strcmp(one->targets[i].path, other->targets[k].path) != 0)
				continue;
			if (one->regions[i].region_offset < plan_region_end(other, k) &&
				other->regions[k].region_offset < plan_region_end(one, i))
				return true;
		}
	}
	return false;
}

/* Of many jobs or files the first ones will do. */
static void find_overlaps(const struct rules *rules, size_t index)
{
	enum { JOBS_LIMIT = 64, TARGETS_LIMIT = 32 };
	const struct planned_job *planned = &rules->plan->jobs[index];
	const struct job *job = planned->job;

	if (!job_writes(job) || index >= JOBS_LIMIT || planned->target_count > TARGETS_LIMIT)
		return;
	for (size_t i = 0; i < index; i++) {
		const struct planned_job *other = &rules->plan->jobs[i];

		if (other->job->wave != job->wave || other->job->clone > 0 ||
			!job_writes(other->job) || other->target_count > TARGETS_LIMIT ||
			!overlaps(planned, other))
			continue;
		say(rules, LINT_WARNING, job, NULL, "stonewall, or another offset or filename",
			"writes the same bytes as job '%s' at the same time", other->job->name);
		return;
	}
}

/* What one file system is to take. */
struct room {
	unsigned long device;
	const char *folder;
	uint64_t needed_bytes, free_bytes;
};

static void add_need(struct room *rooms, size_t *count, const struct target *target, uint64_t bytes,
	struct arena *arena)
{
	enum { ROOMS_LIMIT = 16 };
	const char *folder = text_folder_of(target->path, arena);
	struct statvfs status;
	size_t i = 0;

	if (statvfs(folder, &status) != 0)
		return;
	while (i < *count && rooms[i].device != status.f_fsid)
		i++;
	if (i == ROOMS_LIMIT)
		return;
	if (i == *count)
		rooms[(*count)++] = (struct room){.device = status.f_fsid,
			.folder = folder,
			.free_bytes = (uint64_t)status.f_bavail * status.f_frsize};
	rooms[i].needed_bytes += bytes;
}

/* A file, and up to where a job may write it. */
struct file_end {
	const struct target *target;
	uint64_t end;
};

/* Files of several jobs count once for each path, with the most that any needs. */
static int by_path(const void *one, const void *other)
{
	const struct file_end *a = one, *b = other;

	return strcmp(a->target->path, b->target->path);
}

static size_t count_targets(const struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->jobs[i].target_count;
	return count;
}

static struct file_end *list_files(const struct rules *rules, size_t *count, struct arena *arena)
{
	struct file_end *files =
		arena_alloc_array(arena, count_targets(rules->plan) + 1, sizeof(*files));

	for (size_t i = 0; i < rules->plan->count; i++) {
		const struct planned_job *planned = &rules->plan->jobs[i];

		for (unsigned k = 0; k < planned->target_count; k++) {
			if (planned->targets[k].kind == TARGET_FILE && plan_may_change(planned, k))
				files[(*count)++] = (struct file_end){
					&planned->targets[k], plan_region_end(planned, k)};
		}
	}
	qsort(files, *count, sizeof(*files), by_path);
	return files;
}

static void find_full_disks(const struct rules *rules)
{
	AUTO_ARENA struct arena arena = {0};
	size_t file_count = 0, room_count = 0;
	const struct file_end *files = list_files(rules, &file_count, &arena);
	struct room rooms[16];
	char needed[FIGURE_BYTES_OF_TEXT], available[FIGURE_BYTES_OF_TEXT];

	for (size_t i = 0; i < file_count;) {
		const struct target *target = files[i].target;
		uint64_t end = 0;

		for (; i < file_count && strcmp(files[i].target->path, target->path) == 0; i++)
			end = files[i].end > end ? files[i].end : end;
		if (end > target->bytes || !target->exists)
			add_need(rooms, &room_count, target,
				end - (target->exists ? target->bytes : 0), &arena);
	}
	for (size_t i = 0; i < room_count; i++) {
		if (rooms[i].needed_bytes <= rooms[i].free_bytes)
			continue;
		figure_text(needed, FIGURE_BYTES, (double)rooms[i].needed_bytes);
		figure_text(available, FIGURE_BYTES, (double)rooms[i].free_bytes);
		lint_add(rules->lint, rules->file, LINT_DANGER, NULL, NULL,
			arena_printf(&rules->lint->arena,
				"the files need %s more, the file system of %s has %s left: it "
				"will be full",
				needed, rooms[i].folder, available));
	}
}

void lint_rules_apply(struct lint *lint, struct lint_file *file, const struct plan *plan)
{
	AUTO_ARENA struct arena arena = {0};
	size_t room = 2 * count_targets(plan) + 1;
	struct rules rules = {lint, file, plan, NULL, room};

	rules.written = arena_alloc_array(&arena, room, sizeof(*rules.written));
	for (size_t i = 0; i < plan->count; i++) {
		const struct job *job = plan->jobs[i].job;

		find_overwriting(&rules, &plan->jobs[i]);
		if (job->clone > 0)
			continue;
		find_removal(&rules, &plan->jobs[i]);
		find_forbidden(&rules, &plan->jobs[i]);
		find_depth(&rules, job);
		find_buffering(&rules, &plan->jobs[i]);
		find_shared_scans(&rules, &plan->jobs[i]);
		find_differences(&rules, job);
		find_overlaps(&rules, i);
	}
	find_full_disks(&rules);
}
