/* SPDX-License-Identifier: MIT */
/*
 * From files and command line to the jobs of a run, step by step: sections, bound jobs, clones with
 * their names, seeds, groups and waves.
 */
#include "job/job_set.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "base/random.h"
#include "base/text.h"
#include "job/job_bind.h"
#include "job/job_entries.h"
#include "job/job_goals.h"
#include "job/job_iolog.h"
#include "job/job_order_check.h"
#include "job/job_ranks.h"
#include "job/job_use.h"

enum {
	CLONES_LIMIT = 1 << 14,     /* threads of one run */
	FILE_NAMES_LIMIT = 1 << 20, /* of all clones */
};

/* All that is read, in the order it stands; recipes point into it. */
struct reading {
	struct job_set *set;
	const struct job_request *request;
	struct diag *diag;
	struct job_sections *sources; /* source_count of them: the command line, then the files */
	size_t source_count;
	struct job_recipe *recipes;
	size_t recipe_count;
};

static void read_command_line(struct reading *reading)
{
	const struct job_request *request = reading->request;
	struct arena *arena = &reading->set->arena;

	reading->source_count = 1 + request->file_count;
	reading->sources =
		arena_alloc_array(arena, reading->source_count, sizeof(*reading->sources));
	job_command_line_read(&reading->sources[0], request, arena, reading->diag);
}

static size_t count_sections(const struct job_sections *sections, bool are_global)
{
	size_t count = 0;

	for (const struct job_section *section = sections->first; section; section = section->next)
		count += section->is_global == are_global;
	return count;
}

/*
 * The [claim] of a claim file (claim/claim_file.h) is no job: it has lines claim= or claim.TAG=,
 * options that no job has.
 */
static bool is_claim(const struct job_section *section)
{
	if (strcmp(section->name, "claim") != 0)
		return false;
	for (const struct job_entry *entry = section->entries; entry; entry = entry->next) {
		if (strcmp(entry->key, "claim") == 0 || text_starts_with(entry->key, "claim."))
			return true;
	}
	return false;
}

static bool is_selected(const struct job_request *request, const struct job_section *section)
{
	if (is_claim(section))
		return false;
	return request->section_count == 0 ||
	       text_is_listed(section->name, request->sections, request->section_count);
}

/* fio takes every section whose name begins with "global" for a [global]. */
static void warn_of_global_prefix(const struct job_section *section, struct diag *diag)
{
	if (!text_starts_with(section->name, "global"))
		return;
	diag_warning_of_fio(diag, &section->place,
		"[%s] is a job here; fio takes it for another [global]", section->name);
	diag_hint(diag, "write [global] for defaults, or give the job another name");
}

/*
 * One recipe a job section: with the [global]s of the command line and those that stand above it
 * in its own file. `globals` has room for all of them.
 */
static void add_recipes(struct reading *reading, struct job_sections *sections,
	struct job_section **globals, size_t *global_count, bool is_walled)
{
	for (struct job_section *section = sections->first; section; section = section->next) {
		struct job_recipe *recipe;

		if (section->is_global) {
			globals[(*global_count)++] = section;
			continue;
		}
		if (!is_selected(reading->request, section))
			continue;
		warn_of_global_prefix(section, reading->diag);
		recipe = &reading->recipes[reading->recipe_count++];
		recipe->section = section;
		recipe->is_walled = is_walled;
		recipe->globals = globals;
		recipe->global_count = *global_count;
		is_walled = false;
	}
}

/* As fio, for a request that says so: "[global-disks]" is a [global]. */
static void take_fios_globals(struct reading *reading, struct job_sections *sections)
{
	if (!reading->request->has_fios_globals)
		return;
	for (struct job_section *section = sections->first; section; section = section->next) {
		if (text_starts_with(section->name, "global"))
			section->is_global = true;
	}
}

/* Under fio's name a [claim] is a job, of options that fio does not have. */
static void refuse_claims(struct reading *reading, const struct job_sections *sections)
{
	if (!reading->request->has_fios_globals)
		return;
	for (const struct job_section *section = sections->first; section;
		section = section->next) {
		if (!is_claim(section))
			continue;
		diag_error(reading->diag, &section->place,
			"[claim] is not fio's: it is for `ringside claims`");
		diag_hint(reading->diag, "`ringside run` and `ringside compare` leave it out");
	}
}

static void make_recipes(struct reading *reading)
{
	struct arena *arena = &reading->set->arena;
	const struct job_sections *command_line = &reading->sources[0];
	size_t count = 0, inherited = 0;
	struct job_section **first;

	for (size_t i = 0; i < reading->source_count; i++) {
		take_fios_globals(reading, &reading->sources[i]);
		refuse_claims(reading, &reading->sources[i]);
	}
	for (size_t i = 0; i < reading->source_count; i++)
		count += count_sections(&reading->sources[i], false);
	reading->recipes = arena_alloc_array(arena, count, sizeof(*reading->recipes));
	first = arena_alloc_array(arena, count_sections(command_line, true), sizeof(*first));
	add_recipes(reading, &reading->sources[0], first, &inherited, false);
	for (size_t i = 1; i < reading->source_count; i++) {
		size_t own = count_sections(&reading->sources[i], true), global_count = inherited;
		struct job_section **globals =
			arena_alloc_array(arena, inherited + own, sizeof(*globals));

		if (inherited > 0)
			memcpy(globals, first, inherited * sizeof(*globals));
		add_recipes(reading, &reading->sources[i], globals, &global_count, i > 1);
	}
}

static void examine(
	struct job_binder *binder, struct reading *reading, struct job_sections *sections)
{
	for (struct job_section *section = sections->first; section; section = section->next) {
		if (section->is_global || is_selected(reading->request, section))
			job_bind_examine(binder, section);
	}
}

/* The sections of the command line and of the files, ready to be bound. */
static void examine_all(struct job_binder *binder, struct reading *reading)
{
	const struct job_request *request = reading->request;
	struct arena *arena = &reading->set->arena;

	for (size_t i = 0; i < reading->source_count; i++) {
		job_overrides_add(&reading->sources[i], request, arena);
		examine(binder, reading, &reading->sources[i]);
		job_overrides_drop(&reading->sources[i], request);
	}
}

static bool has_section(const struct reading *reading, const char *name)
{
	for (size_t i = 0; i < reading->recipe_count; i++) {
		if (strcmp(reading->recipes[i].section->name, name) == 0)
			return true;
	}
	return false;
}

static void report_missing_sections(const struct reading *reading)
{
	const struct job_request *request = reading->request;

	for (size_t i = 0; i < request->section_count; i++) {
		if (has_section(reading, request->sections[i]))
			continue;
		diag_error(reading->diag, NULL, "--section=%s: there is no such job section",
			request->sections[i]);
	}
}

static void report_no_jobs(const struct reading *reading)
{
	const struct job_request *request = reading->request;
	struct place place = {0};

	if (request->file_count == 0) {
		diag_error(reading->diag, NULL, "there is nothing to run");
		diag_hint(reading->diag,
			"name a job file, or give options: --filename=FILE --rw=randread");
		return;
	}
	place.file = request->files[request->file_count - 1];
	diag_error(reading->diag, &place, "no job section in %s",
		request->file_count > 1 ? "any of the files" : "this file");
	diag_hint(reading->diag, "a job begins with a line such as [my job]");
}

/* Options of [global] whose engine no job has can only be told when all jobs are known. */
static void report_all_unused(struct job_binder *binder, const struct reading *reading)
{
	if (reading->request->section_count > 0)
		return;
	for (size_t i = 0; i < reading->source_count; i++) {
		const struct job_section *section = reading->sources[i].first;

		for (; section; section = section->next) {
			if (section->is_global)
				job_bind_report_unused(binder, section);
		}
	}
}

/* The jobs, before they are expanded. */
static struct job *bind_jobs(struct reading *reading)
{
	struct arena *arena = &reading->set->arena;
	struct job *jobs = arena_alloc_array(arena, reading->recipe_count, sizeof(*jobs));
	struct job_binder binder;
	bool are_engines_known = true;

	job_binder_init(&binder, arena, reading->diag);
	binder.ranks = reading->request->ranks;
	examine_all(&binder, reading);
	for (size_t i = 0; i < reading->recipe_count; i++) {
		job_bind(&binder, &reading->recipes[i], &jobs[i]);
		jobs[i].readonly = jobs[i].readonly || reading->request->readonly;
		jobs[i].part.ranks = reading->request->ranks;
		are_engines_known = are_engines_known && jobs[i].engine;
		job_bind_offload(&binder, &jobs[i]);
		if (!reading->request->skips_logs)
			job_iolog_load(&jobs[i], &reading->set->logs, arena, reading->diag);
		job_resolve(&jobs[i], arena, reading->diag);
		job_iolog_resolve(&jobs[i], arena, reading->diag);
		job_check(&jobs[i], reading->diag);
		job_iolog_check(&jobs[i], reading->diag);
	}
	reading->set->variables = binder.used;
	/* Without a job, such as where its file cannot be read, all of them would be told. */
	if (are_engines_known && reading->recipe_count > 0)
		report_all_unused(&binder, reading);
	return jobs;
}

/* Whether the section's name is a device's, where nothing else names a file. */
static bool names_device(const char *name)
{
	struct stat status;

	if (text_starts_with(name, "/dev/"))
		return true; /* Also when it is missing: then it is a device that is missing. */
	return stat(name, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static struct job_texts one_name(const char *name, struct arena *arena)
{
	const char **texts = arena_alloc_array(arena, 1, sizeof(*texts));

	texts[0] = name;
	return (struct job_texts){1, texts};
}

static const char *expand_name(const struct job *job, const char *name, struct arena *arena)
{
	return job_ranks_expand(&job->part.ranks, job->part.owner, name, arena);
}

static bool is_in_folder(const struct job *job, const char *given_name)
{
	return given_name[0] != '/' && job->directory.count > 0;
}

/* fio puts the folder before absolute names as well. */
static struct job_texts given_names(const struct job *job, struct arena *arena)
{
	const struct job_texts *given = &job->given.filename;
	const char **texts = arena_alloc_array(arena, given->count, sizeof(*texts));

	for (size_t i = 0; i < given->count; i++) {
		texts[i] = expand_name(job, given->texts[i], arena);
		if (is_in_folder(job, given->texts[i]))
			texts[i] = arena_printf(arena, "%s/%s",
				expand_name(job, job->directory.texts[0], arena), texts[i]);
	}
	return (struct job_texts){given->count, texts};
}

/*
 * A file for each clone and each rank, where nobody says otherwise: fio's clients put their names
 * before those of their files, too.
 */
static const char *name_format(const struct job *job)
{
	if (job_ranks_are_several(&job->part.ranks) && !job_sets(job, "filename_format"))
		return "$jobname.$rank.$jobnum.$filenum";
	return job->filename_format;
}

/* Clones of all ranks take folders in turn. */
static const char *folder_in_turn(const struct job *job)
{
	uint64_t number = (uint64_t)job->part.owner * job->numjobs + job->clone;

	return job->directory.count > 0 ? job->directory.texts[number % job->directory.count]
					: NULL;
}

/* The value that stands for the keyword at `text`, whose length is *length; NULL: it is none. */
static const char *keyword_value(const char *text, const char *const values[3], size_t *length)
{
	static const char *const words[] = {"$jobname", "$jobnum", "$filenum"};

	for (size_t i = 0; i < 3; i++) {
		*length = strlen(words[i]);
		if (strncmp(text, words[i], *length) == 0)
			return values[i];
	}
	*length = strcspn(text + 1, "$") + 1;
	return NULL;
}

/* `format` with keywords replaced, at `name` unless it is NULL. Returns the length. */
static size_t put_name(char *name, const char *format, const char *const values[3])
{
	size_t length = 0, taken;

	for (const char *c = format; *c; c += taken) {
		const char *value = keyword_value(c, values, &taken);
		size_t bytes = value ? strlen(value) : taken;

		if (name)
			memcpy(name + length, value ? value : c, bytes);
		length += bytes;
	}
	return length;
}

/* $jobname, $jobnum and $filenum replaced; the job's name is the section's, as in fio. */
static const char *format_name(const struct job *job, unsigned file, struct arena *arena)
{
	char clone_text[16], file_text[16];
	const char *const values[] = {job->origin->section->name, clone_text, file_text};
	const char *format = expand_name(job, name_format(job), arena);
	char *name;

	snprintf(clone_text, sizeof(clone_text), "%u", job->clone);
	snprintf(file_text, sizeof(file_text), "%u", file);
	name = arena_alloc(arena, put_name(NULL, format, values) + 1);
	put_name(name, format, values);
	return name;
}

static struct job_texts made_up_names(const struct job *job, struct arena *arena)
{
	const char **texts = arena_alloc_array(arena, job->nrfiles, sizeof(*texts));
	const char *folder = folder_in_turn(job);

	for (unsigned i = 0; i < job->nrfiles; i++) {
		texts[i] = format_name(job, i, arena);
		if (folder)
			texts[i] = arena_printf(
				arena, "%s/%s", expand_name(job, folder, arena), texts[i]);
	}
	return (struct job_texts){job->nrfiles, texts};
}

/* Whether this name of the clone is its rank's, its host's, or that of all. */
static enum job_name_scope scope_of(const struct job *job, size_t index)
{
	const struct job_texts *given = &job->given.filename;
	const char *name = index < given->count ? given->texts[index] : "", *folder = NULL;
	enum job_name_scope scope, of_folder;

	if (job->rare->replay.log)
		return NAME_OF_ALL;
	if (index < given->count && is_in_folder(job, name))
		folder = job->directory.texts[0];
	if (given->count == 0 && !job->rare->access.opendir) {
		name = name_format(job);
		folder = folder_in_turn(job);
	}
	scope = job_ranks_scope(name);
	of_folder = folder ? job_ranks_scope(folder) : NAME_OF_ALL;
	return of_folder > scope ? of_folder : scope;
}

static void note_scopes(struct job *job, struct arena *arena)
{
	static const uint8_t of_all = NAME_OF_ALL;
	bool is_one = job->filename.count == 1;
	bool is_section = is_one && strcmp(job->filename.texts[0], job->origin->section->name) == 0;
	uint8_t *scopes;

	if (is_one && (is_section || scope_of(job, 0) == NAME_OF_ALL)) {
		job->part.scopes = &of_all;
		return;
	}
	scopes = arena_alloc_array(arena, job->filename.count, sizeof(*scopes));
	for (size_t i = 0; i < job->filename.count; i++)
		scopes[i] = (uint8_t)scope_of(job, i);
	job->part.scopes = scopes;
}

static struct job_texts resolve_names(const struct job *job, struct arena *arena, struct diag *diag)
{
	const char *section = job->origin->section->name;
	struct job_texts names = {0};

	if (job->rare->replay.log)
		return job_iolog_files(job, arena);
	if (job->given.filename.count > 0)
		names = given_names(job, arena);
	if (job->rare->access.opendir)
		(void)job_use_add_folder(job, &names, arena, diag); /* The count of errors tells. */
	if (names.count > 0 || job->rare->access.opendir)
		return names;
	if (job->nrfiles == 1 && names_device(section))
		return one_name(section, arena);
	return made_up_names(job, arena);
}

static uint64_t fresh_seed(void)
{
	uint64_t seed;
	struct timespec now;

	if (getrandom(&seed, sizeof(seed), 0) == sizeof(seed))
		return seed;
	clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock exists */
	return (uint64_t)now.tv_sec ^ (uint64_t)now.tv_nsec << 32;
}

/* randseed, where it is set, holds with randrepeat=0 too (fio's setup_random_seeds). */
static bool wants_fresh_seed(const struct job *job)
{
	return !job->randrepeat && !job_sets(job, "randseed");
}

static bool is_within_limits(const struct job *jobs, size_t count, struct diag *diag)
{
	uint64_t clones = 0, names = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t files = jobs[i].given.filename.count;

		clones += jobs[i].numjobs;
		names += (files ? files : jobs[i].nrfiles) * jobs[i].numjobs;
		if (files > UINT16_MAX)
			diag_error(diag, job_place(&jobs[i], "filename"),
				"a job has no more than %d files", UINT16_MAX);
		else if (clones > CLONES_LIMIT)
			diag_error(diag, job_place(&jobs[i], "numjobs"),
				"all jobs together have more than %d clones", CLONES_LIMIT);
		else if (names > FILE_NAMES_LIMIT)
			diag_error(diag, job_place(&jobs[i], "nrfiles"),
				"all jobs together have more than %d files", FILE_NAMES_LIMIT);
		else
			continue;
		return false;
	}
	return true;
}

/* Of rank 0 it is 0: alone, it draws what it draws among others. */
static uint64_t rank_stream(const struct job_set *set)
{
	return (uint64_t)set->ranks.rank << 32;
}

/* A rank that only reads can read what another one has written. */
static uint32_t find_owner(const struct job *job)
{
	const struct job_ranks *ranks = &job->part.ranks;

	return job_writes(job) ? ranks->rank
			       : job_ranks_reordered(ranks, ranks->rank, job->part.reorder);
}

static void expand_job(struct job_set *set, const struct job *job, struct diag *diag)
{
	uint64_t base = wants_fresh_seed(job) ? set->seed : job->given.randseed;

	uint32_t owner = find_owner(job);

	for (unsigned i = 0; i < job->numjobs; i++) {
		struct job *clone = &set->jobs[set->count++];

		*clone = *job;
		clone->owns_rare = job->owns_rare && job->numjobs == 1;
		clone->part.owner = owner;
		clone->clone = i;
		/* The clone's place in the run, counted from 1, and its rank make its numbers its
		 * own. */
		clone->randseed = random_mix_seed(base, rank_stream(set) + set->count);
		job_order_draw_delay(clone);
		job_iolog_assign(clone, &set->arena);
		clone->filename = resolve_names(clone, &set->arena, diag);
		note_scopes(clone, &set->arena);
		clone->content.seed = set->seed + rank_stream(set);
		clone->content.place = set->count - 1;
	}
}

/* From jobs as they are written to jobs as they run: where they stand, unless one has clones. */
static void expand_jobs(struct reading *reading, struct job *jobs)
{
	struct job_set *set = reading->set;
	size_t count = reading->recipe_count, clones = 0;
	unsigned group = 0, wave = 0;

	if (!is_within_limits(jobs, count, reading->diag))
		return;
	set->seed = JOB_DEFAULT_SEED;
	for (size_t i = 0; i < count; i++) {
		clones += jobs[i].numjobs;
		if (wants_fresh_seed(&jobs[i]) && set->seed == JOB_DEFAULT_SEED)
			set->seed = set->ranks.seed != 0 ? set->ranks.seed : fresh_seed();
	}
	set->jobs =
		clones == count ? jobs : arena_alloc_array(&set->arena, clones, sizeof(*set->jobs));
	for (size_t i = 0; i < count; i++) {
		const struct job *job = &jobs[i];
		size_t first = set->count;
		bool is_walled =
			reading->recipes[i].is_walled ||
			(job->stonewall && i > 0 && !job_order_continues(job, &jobs[i - 1]));

		if (i > 0 && is_walled) {
			wave++;
			group++;
		} else if (i > 0 && job->new_group) {
			group++;
		}
		expand_job(set, job, reading->diag);
		for (size_t clone = first; clone < set->count; clone++) {
			set->jobs[clone].wave = wave;
			set->jobs[clone].group = group;
		}
	}
	for (size_t i = 0; i < set->count; i++)
		set->jobs[i].content.job_count = set->count;
}

static int make_jobs(struct reading *reading, unsigned errors_before)
{
	struct job *jobs;

	make_recipes(reading);
	report_missing_sections(reading);
	jobs = bind_jobs(reading);
	if (reading->diag->error_count == errors_before && reading->recipe_count == 0)
		report_no_jobs(reading);
	job_order_check(jobs, reading->recipe_count, reading->diag);
	if (reading->diag->error_count == errors_before)
		expand_jobs(reading, jobs);
	if (!job_goals_agree(reading->set->jobs, reading->set->count, reading->diag) ||
		reading->diag->error_count != errors_before)
		reading->set->count = 0;
	return reading->diag->error_count == errors_before ? 0 : -EINVAL;
}

int job_set_read(struct job_set *set, const struct job_request *request, struct diag *diag)
{
	struct reading reading = {.set = set, .request = request, .diag = diag};
	unsigned errors_before = diag->error_count;

	*set = (struct job_set){.ranks = request->ranks};
	read_command_line(&reading);
	for (size_t i = 0; i < request->file_count; i++)
		job_file_read(&reading.sources[1 + i], request->files[i], &set->arena, diag);
	return make_jobs(&reading, errors_before);
}

int job_set_read_text(struct job_set *set, const char *name, const char *text, size_t length,
	job_file_load *load, const struct job_request *request, struct diag *diag)
{
	struct job_request alone = *request;
	struct reading reading = {.set = set, .request = &alone, .diag = diag};
	unsigned errors_before = diag->error_count;

	alone.files = &name;
	alone.file_count = 1;
	alone.skips_logs = true;
	*set = (struct job_set){.ranks = request->ranks};
	read_command_line(&reading);
	job_file_parse(&reading.sources[1], name, text, length, load, &set->arena, diag);
	return make_jobs(&reading, errors_before);
}

void job_set_free(struct job_set *set)
{
	job_iolog_close(&set->logs);
	arena_free(&set->arena);
	*set = (struct job_set){0};
}
