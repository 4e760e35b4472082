/* SPDX-License-Identifier: MIT */
/* Which jobs' logs are saved, to which file, and what is loaded from one. */
#include "run/verify_states.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job/job_verify_rules.h"
#include "run/plan_verify.h"
#include "verify/state_file.h"

struct verify_state {
	const char *path;
	const char *beside; /* where it is until a job starts */
	struct state_file file;
	bool is_open, is_started;
	struct state_section *sections;
	uint32_t section_count;
};

/* '/' would name a folder; fio writes '.', too. */
static const char *path_of(const struct job *job, const char *folder, struct arena *arena)
{
	char *name = arena_printf(arena, "%s-verify.state", job->name);

	for (char *c = name; *c; c++) {
		if (*c == '/')
			*c = '.';
	}
	return folder ? arena_printf(arena, "%s/%s", folder, name) : name;
}

static bool saves(const struct planned_job *planned)
{
	return plan_verify_has_log(planned->job) && planned->job->rare->verify.state_save &&
	       job_sets(planned->job, "verify_state_save") && !planned->job->rare->verify.only;
}

static bool loads(const struct planned_job *planned)
{
	return planned->job->rare->verify.kind != CHECKSUM_NONE &&
	       planned->job->rare->verify.state_load;
}

static void describe_target(struct state_target *into, const struct planned_job *planned,
	unsigned index, struct arena *arena)
{
	const struct target *target = &planned->targets[index];
	const struct pattern_spec *region = &planned->regions[index];
	char *absolute = target->path ? realpath(target->path, NULL) : NULL;
	struct stat status = {0};

	if (target->path)
		(void)stat(target->path, &status); /* Zeros say that it is not known. */
	*into = (struct state_target){
		.path = arena_strdup(arena, absolute ? absolute : target_label(target)),
		.bytes = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : target->bytes,
		.device = S_ISREG(status.st_mode) ? status.st_dev : status.st_rdev,
		.inode = S_ISREG(status.st_mode) ? status.st_ino : 0,
		.offset = region->region_offset,
		.unit_count = zone_stride_bytes(region) / planned->verify.unit_bytes,
	};
	free(absolute);
}

static void describe_section(
	struct state_section *into, const struct planned_job *planned, struct arena *arena)
{
	const struct job *job = planned->job;

	*into = (struct state_section){
		.name = job->name,
		.unit_bytes = planned->verify.unit_bytes,
		.block_units =
			(uint32_t)(job->rare->verify.interval_bytes / planned->verify.unit_bytes),
		.slot_count = plan_depth(job),
		.slot_units = (uint32_t)(job_block_range(job).max / planned->verify.unit_bytes),
		.is_narrow = planned->verify.is_narrow,
		.is_durable = job->sync != SYNC_NONE,
		.trims_to_zero = job->rare->verify.trim.zero,
		.target_count = planned->target_count,
		.targets = arena_alloc_array(arena, planned->target_count, sizeof(*into->targets)),
	};
	plan_verify_format(job, &planned->verify, &into->format);
	for (unsigned i = 0; i < planned->target_count; i++)
		describe_target(&into->targets[i], planned, i, arena);
}

static int fail(struct plan *plan, const struct planned_job *planned, const char *hint, int error,
	const char *words, struct diag *diag)
{
	plan->failed_job = (size_t)(planned - plan->jobs);
	plan->failure = words;
	diag_error(diag, &planned->job->place, "job '%s': %s", planned->job->name, words);
	if (hint)
		diag_hint(diag, "%s", hint);
	return error;
}

/* All jobs of the name of plan->jobs[first], in their order. */
static int save(struct plan *plan, size_t first, const char *folder, struct verify_state *state,
	struct diag *diag)
{
	struct planned_job *one = &plan->jobs[first];
	uint32_t count = 0;
	int error;

	state->path = path_of(one->job, folder, &plan->arena);
	state->sections = arena_alloc_array(&plan->arena, plan->count, sizeof(*state->sections));
	for (size_t i = first; i < plan->count; i++) {
		struct planned_job *planned = &plan->jobs[i];

		if (!saves(planned) || strcmp(planned->job->name, one->job->name) != 0)
			continue;
		planned->verify.section = &state->sections[count];
		describe_section(&state->sections[count++], planned, &plan->arena);
	}
	state->section_count = count;
	state->beside = arena_printf(&plan->arena, "%s.new.%d", state->path, (int)getpid());
	error = state_file_create(
		state->beside, one->verify.source.run, state->sections, count, &state->file);
	if (error != 0)
		return fail(plan, one, "verify_state_save=0 goes without it", error,
			arena_printf(&plan->arena, "cannot make the state file %s: %s", state->path,
				strerror(-error)),
			diag);
	state->is_open = true;
	return 0;
}

/* Why a section is of another job than this one; NULL: it is not. */
static const char *find_difference(
	const struct state_section *section, const struct planned_job *planned)
{
	if (section->format.kind != (enum checksum_kind)planned->job->rare->verify.kind)
		return "it has another verify";
	if (section->target_count != planned->target_count)
		return "it has another number of targets";
	if (section->unit_bytes != planned->verify.unit_bytes ||
		section->block_units * (uint64_t)section->unit_bytes !=
			planned->job->rare->verify.interval_bytes)
		return "its blocks have another size (bs, verify_interval, blockalign)";
	for (unsigned i = 0; i < section->target_count; i++) {
		const struct pattern_spec *region = &planned->regions[i];

		if (section->targets[i].offset != region->region_offset ||
			section->targets[i].unit_count !=
				zone_stride_bytes(region) / section->unit_bytes)
			return "its targets have another size or offset";
	}
	return NULL;
}

/* Said once, by the first of its name: what no job loads is not verified. */
static void warn_of_more(const struct plan *plan, const struct planned_job *planned,
	const struct state_file *file, const char *path, struct diag *diag)
{
	uint32_t count = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *other = &plan->jobs[i];

		if (!loads(other) || strcmp(other->job->name, planned->job->name) != 0)
			continue;
		if (count == 0 && other != planned)
			return;
		count++;
	}
	if (file->section_count > count)
		diag_warning(diag, job_place(planned->job, "verify_state_load"),
			"job '%s': %s is of %" PRIu32 " clones, and %" PRIu32
			" load it: what the others wrote is not verified",
			planned->job->name, path, file->section_count, count);
}

/* The section of this clone: the n-th job of its name has the n-th. */
static const struct state_section *find_section(
	const struct plan *plan, const struct planned_job *planned, const struct state_file *file)
{
	uint32_t index = 0;

	for (const struct planned_job *before = plan->jobs; before < planned; before++)
		index += loads(before) && strcmp(before->job->name, planned->job->name) == 0;
	return index < file->section_count ? &file->sections[index] : NULL;
}

static int load(
	struct plan *plan, struct planned_job *planned, const char *folder, struct diag *diag)
{
	const char *path = path_of(planned->job, folder, &plan->arena);
	struct state_file *file = ARENA_NEW(&plan->arena, struct state_file);
	const struct state_section *section;
	const char *problem = NULL;
	int error = state_file_open(path, &plan->arena, file, &problem);

	if (error != 0)
		return fail(plan, planned, "a run with verify_state_save=1 saves one", error,
			arena_printf(&plan->arena, "cannot load the state file %s: %s", path,
				problem ? problem : strerror(-error)),
			diag);
	section = find_section(plan, planned, file);
	problem = section ? find_difference(section, planned) : "it has fewer clones";
	if (problem)
		return fail(plan, planned, NULL, -EINVAL,
			arena_printf(&plan->arena, "%s is of another job: %s", path, problem),
			diag);
	warn_of_more(plan, planned, file, path, diag);
	planned->verify.loaded = section;
	planned->verify.is_narrow = section->is_narrow;
	planned->verify.source = section->format.source;
	return 0;
}

int verify_states_load(struct plan *plan, const char *folder, struct diag *diag)
{
	for (size_t i = 0; i < plan->count; i++) {
		int error = loads(&plan->jobs[i]) ? load(plan, &plan->jobs[i], folder, diag) : 0;

		if (error != 0)
			return error;
	}
	return 0;
}

int verify_states_open(
	struct verify_states *states, struct plan *plan, const char *folder, struct diag *diag)
{
	*states = (struct verify_states){
		.states = arena_alloc_array(&plan->arena, plan->count, sizeof(*states->states))};
	for (size_t i = 0; i < plan->count; i++) {
		int error = 0;

		if (saves(&plan->jobs[i]) && !plan->jobs[i].verify.section)
			error = save(plan, i, folder, &states->states[states->count++], diag);
		if (error != 0) {
			verify_states_close(states, diag);
			return error;
		}
	}
	return 0;
}

int verify_states_start(
	struct verify_states *states, const struct planned_job *planned, struct diag *diag)
{
	const struct state_section *section = planned->verify.section;

	for (size_t i = 0; section && i < states->count; i++) {
		struct verify_state *state = &states->states[i];

		if (section < state->sections ||
			section >= state->sections + state->section_count || state->is_started)
			continue;
		if (rename(state->beside, state->path) < 0) {
			int error = -errno;

			diag_error(diag, &planned->job->place,
				"job '%s': cannot make the state file %s: %s", planned->job->name,
				state->path, strerror(-error));
			return error;
		}
		state->is_started = true;
	}
	return 0;
}

void verify_states_close(struct verify_states *states, struct diag *diag)
{
	for (size_t i = 0; i < states->count; i++) {
		struct verify_state *state = &states->states[i];
		int error = state->is_open ? state_file_close(&state->file) : 0;

		if (state->is_open && !state->is_started)
			unlink(state->beside);
		state->is_open = false;
		if (error != 0)
			diag_warning(diag, NULL, "the state file %s may be lost: %s", state->path,
				strerror(-error));
	}
}
