/* SPDX-License-Identifier: MIT */
/* Contenders from jobs to the record. */
#include "session/contest_begin.h"

#include <stdint.h>
#include <string.h>
#include <sys/param.h>

#include "base/units.h"
#include "session/rate.h"

static struct result_settings copy_settings(
	struct record *record, const struct result_settings *settings)
{
	struct arena *arena = &record->arena;
	struct result_settings copy = {.count = settings->count};

	copy.items = arena_alloc_array(arena, copy.count, sizeof(*copy.items));
	for (size_t i = 0; i < copy.count; i++) {
		const struct result_setting *from = &settings->items[i];

		copy.items[i].key = arena_strdup(arena, from->key);
		copy.items[i].value = from->value ? arena_strdup(arena, from->value) : NULL;
		copy.items[i].reason = from->reason ? arena_strdup(arena, from->reason) : NULL;
	}
	return copy;
}

/* Of jobs that run together, each key with its job's name: "log.bs". */
static void describe_options(
	struct record *record, struct contender *contender, const struct contender_setup *setup)
{
	struct arena *arena = &record->arena;
	struct result_settings *options = &contender->options;
	size_t room = 0;

	for (int adds = 0; adds <= 1; adds++) {
		if (adds)
			options->items = arena_alloc_array(arena, room, sizeof(*options->items));
		for (size_t j = 0; j < contender_job_count(setup); j++) {
			const struct job *job = contender_job(setup, j);
			struct job_setting *settings;
			size_t count = job_settings(job, arena, &settings);

			room += count;
			for (size_t i = 0; adds && i < count; i++) {
				const char *key = settings[i].key;

				if (settings[i].is_default)
					continue;
				if (setup->together_count > 0)
					key = arena_printf(arena, "%s.%s", job->name, key);
				options->items[options->count++] = (struct result_setting){
					.key = key, .value = settings[i].value};
			}
		}
	}
}

/* What all its jobs come to. */
static void describe_jobs(
	struct record *record, struct contender *contender, const struct contender_setup *setup)
{
	contender->is_direct = true;
	contender->batch = setup->job->iodepth_batch_submit;
	for (size_t i = 0; i < contender_job_count(setup); i++) {
		const struct job *job = contender_job(setup, i);

		if (!strstr(contender->engine, job->engine->name))
			contender->engine = arena_printf(
				&record->arena, "%s, %s", contender->engine, job->engine->name);
		contender->queues |= !(job->engine->traits & ENGINE_IS_SYNCHRONOUS);
		contender->is_direct &= job->direct;
		contender->depth = MAX(contender->depth, job->iodepth);
		contender->numjobs += job->numjobs;
	}
}

static void describe_contender(
	struct record *record, struct contender *contender, const struct contender_setup *setup)
{
	const struct job *job = setup->job;

	*contender = (struct contender){
		.name = arena_strdup(&record->arena, setup->name),
		.engine = job ? job->engine->name : NULL,
		.is_optional = setup->is_optional,
		.reference =
			setup->reference ? arena_strdup(&record->arena, setup->reference) : NULL,
	};
	if (!job) {
		contender->problem = arena_strdup(&record->arena, setup->refusal);
		contender->exit_code = EXIT_INCOMPARABLE;
		return;
	}
	describe_jobs(record, contender, setup);
	rate_of_setup(setup, &contender->iops_asked, &contender->bandwidth_asked);
	describe_options(record, contender, setup);
}

static const char *setting_text(const struct job_setting *settings, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(settings[i].key, key) == 0)
			return settings[i].value;
	}
	return "";
}

/* As result_block_sizes, of what is not in a result yet. */
static const char *block_sizes(const struct job_setting *settings, size_t count)
{
	static const char *const keys[] = {"bssplit", "bsrange", "bs"};
	const char *text = "";

	for (size_t i = 0; !*text && i < sizeof(keys) / sizeof(keys[0]); i++)
		text = setting_text(settings, count, keys[i]);
	return text;
}

/* ", rate 1.00k/s": what makes an open loop of them, where all have the same. */
static const char *add_rate(
	const char *text, const struct contender_point *setups, struct arena *arena)
{
	double iops = 0, bandwidth = 0;
	bool has_first = false;

	for (size_t i = 0; i < setups->count; i++) {
		double own_iops, own_bandwidth;

		if (!setups->contenders[i].job)
			continue;
		rate_of_setup(&setups->contenders[i], &own_iops, &own_bandwidth);
		if (has_first && !rate_is_same(iops, bandwidth, own_iops, own_bandwidth))
			return text;
		iops = own_iops;
		bandwidth = own_bandwidth;
		has_first = true;
	}
	if (iops == 0 && bandwidth == 0)
		return text;
	return arena_printf(arena, "%s, rate %s", text, rate_text(iops, bandwidth, arena));
}

/* "mixed: reads randread 4k + log write 16k; other: …": of jobs that run together. */
static const char *summarise_groups(struct arena *arena, const struct contender_point *setups)
{
	const char *text = "";

	for (size_t i = 0; i < setups->count; i++) {
		const struct contender_setup *setup = &setups->contenders[i];

		text = arena_printf(arena, "%s%s%s:", text, *text ? "; " : "", setup->name);
		for (size_t j = 0; j < contender_job_count(setup); j++) {
			const struct job *job = contender_job(setup, j);
			struct job_setting *settings;
			size_t count = job_settings(job, arena, &settings);

			text = arena_printf(arena, "%s%s %s %s %s", text, j ? " +" : "", job->name,
				setting_text(settings, count, "rw"), block_sizes(settings, count));
		}
	}
	return text;
}

/* "randread 4k, direct, iodepth 32, data.bin". */
static const char *summarise(struct record *record, const struct contender_point *setups)
{
	struct arena *arena = &record->arena;
	const struct job *job = NULL;
	struct job_setting *settings;
	const char *text;
	bool same_depth = true;
	size_t count;

	for (size_t i = 0; i < setups->count; i++) {
		const struct job *other = setups->contenders[i].job;

		if (setups->contenders[i].together_count > 0)
			return summarise_groups(arena, setups);
		if (!job)
			job = other;
		same_depth = same_depth && (!other || other->iodepth == job->iodepth);
	}
	if (!job)
		return "";
	count = job_settings(job, arena, &settings);
	text = arena_printf(arena, "%s %s, %s", setting_text(settings, count, "rw"),
		block_sizes(settings, count), engine_access_name(job->engine, job->direct));
	if (same_depth && job->iodepth > 1)
		text = arena_printf(arena, "%s, iodepth %u", text, job->iodepth);
	text = add_rate(text, setups, arena);
	if (job->filename.count > 0)
		text = arena_printf(arena, "%s, %s%s", text, job->filename.texts[0],
			job->filename.count > 1 ? ", …" : "");
	return text;
}

void contest_name_control(struct record *record, struct record_point *point)
{
	struct contender *control = &point->contenders[point->control];

	*control = point->contenders[point->reference];
	control->name = arena_printf(&record->arena, "control %s'", control->name);
	control->is_control = true;
}

void contest_describe(struct record *record, struct record_point *point,
	const struct contender_point *setups, bool has_control)
{
	point->name = arena_strdup(&record->arena, setups->name);
	point->summary = summarise(record, setups);
	point->contender_count = setups->count;
	point->contenders =
		arena_alloc_array(&record->arena, setups->count + 1, sizeof(*point->contenders));
	for (size_t i = 0; i < setups->count; i++)
		describe_contender(record, &point->contenders[i], &setups->contenders[i]);
	point->reference = setups->reference == SIZE_MAX ? SESSION_NONE : setups->reference;
	point->has_own_references = setups->has_own_references;
	point->control = SESSION_NONE;
	if (!has_control)
		return;
	point->control = point->contender_count++;
	point->contenders[point->control] =
		(struct contender){.name = "control", .is_control = true};
}

void contest_take_result(
	struct record *record, struct contender *contender, const struct result *result)
{
	const struct result_job *job = &result->jobs[0];

	contender->proof = copy_settings(record, &job->engine_proof);
	contender->effective = copy_settings(record, &job->engine_effective);
	contender->refused = copy_settings(record, &job->engine_refused);
	if (record->environment.hard.count + record->environment.soft.count > 0)
		return;
	record->environment.hard = copy_settings(record, &result->environment.hard);
	record->environment.soft = copy_settings(record, &result->environment.soft);
}
