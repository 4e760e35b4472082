/* SPDX-License-Identifier: MIT */
/* Points that are several tables, taken apart. */
#include "session/parts.h"

#include <string.h>

#include "engine/engine.h"

/* The contender that `c` is held against; itself, where it is held against none. */
static size_t leader_of(const struct record_point *point, size_t c)
{
	const char *reference = point->contenders[c].reference;

	if (c == point->control)
		return point->reference;
	for (size_t i = 0; reference && i < point->contender_count; i++) {
		if (strcmp(point->contenders[i].name, reference) == 0)
			return i;
	}
	return c;
}

static bool leads(const struct record_point *point, size_t leader)
{
	for (size_t c = 0; c < point->contender_count; c++) {
		if (c != point->control && leader_of(point, c) == leader)
			return true;
	}
	return false;
}

static const char *option_of(
	const struct contender *contender, const char *key, const char *otherwise)
{
	const char *value = result_setting_value(&contender->options, key);

	return value ? value : otherwise;
}

/* Of the job that the part is about: "randread 4k, direct, data.bin". */
static const char *summarise(const struct contender *job, struct arena *arena)
{
	const struct engine_class *engine = job->engine ? engine_find(job->engine) : NULL;
	const char *filename = option_of(job, "filename", "");
	const char *sizes = result_block_sizes(&job->options);
	const char *text =
		arena_printf(arena, "%s %s", option_of(job, "rw", "read"), sizes ? sizes : "4k");

	if (engine)
		text = arena_printf(
			arena, "%s, %s", text, engine_access_name(engine, job->is_direct));
	return *filename ? arena_printf(arena, "%s, %s", text, filename) : text;
}

/* `place[c]` is where contender c stands in the part; SESSION_NONE: it is of another. */
static void take_contenders(
	struct record_point *part, const struct record_point *point, size_t leader, size_t *place)
{
	for (size_t c = 0; c < point->contender_count; c++) {
		place[c] = SESSION_NONE;
		if (leader_of(point, c) != leader)
			continue;
		place[c] = part->contender_count;
		part->contenders[part->contender_count++] = point->contenders[c];
	}
	part->reference = place[leader];
	part->control = point->control == SESSION_NONE ? SESSION_NONE : place[point->control];
}

static void take_trials(
	struct record_point *part, const struct record_point *point, const size_t *place)
{
	for (size_t i = 0; i < point->trial_count; i++) {
		struct trial *trial = &part->trials[part->trial_count];

		if (place[point->trials[i].contender] == SESSION_NONE)
			continue;
		*trial = point->trials[i];
		trial->contender = place[trial->contender];
		part->trial_count++;
	}
}

/* The one that is held against another, or that is alone. */
static const struct contender *job_of(const struct record_point *part)
{
	for (size_t c = 0; c < part->contender_count; c++) {
		if (part->contenders[c].reference)
			return &part->contenders[c];
	}
	return &part->contenders[0];
}

static void make_part(struct record_point *part, const struct record_point *point, size_t leader,
	struct arena *arena)
{
	size_t *place = arena_alloc_array(arena, point->contender_count, sizeof(*place));
	const struct contender *job;

	*part = *point;
	part->contender_count = 0;
	part->contenders =
		arena_alloc_array(arena, point->contender_count, sizeof(*part->contenders));
	part->trial_count = 0;
	part->trials = arena_alloc_array(arena, point->trial_count, sizeof(*part->trials));
	take_contenders(part, point, leader, place);
	take_trials(part, point, place);
	job = job_of(part);
	part->name = job->name;
	part->summary = summarise(job, arena);
}

size_t parts_of_point(
	const struct record_point *point, struct arena *arena, struct record_point **parts)
{
	size_t count = 0;

	*parts = arena_alloc_array(arena, point->contender_count + 1, sizeof(**parts));
	for (size_t c = 0; point->has_own_references && c < point->contender_count; c++) {
		if (point->reference != SESSION_NONE && leads(point, c))
			make_part(&(*parts)[count++], point, c, arena);
	}
	if (count > 1)
		return count;
	(*parts)[0] = *point;
	return 1;
}

size_t parts_of_record(
	const struct record *record, struct arena *arena, struct record_point **parts)
{
	size_t count = 0;

	*parts = NULL;
	for (size_t i = 0; i < record->point_count; i++) {
		struct record_point *more, *all;
		size_t more_count = parts_of_point(&record->points[i], arena, &more);

		all = arena_alloc_array(arena, count + more_count, sizeof(*all));
		if (count > 0)
			memcpy(all, *parts, count * sizeof(*all));
		memcpy(all + count, more, more_count * sizeof(*all));
		*parts = all;
		count += more_count;
	}
	return count;
}
