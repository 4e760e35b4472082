/* SPDX-License-Identifier: MIT */
/* Looks entries up in the tables, reads their values, and says what is wrong with them. */
#include "job/job_bind.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/echo.h"
#include "engine/engine_list.h"
#include "job/job_ranks.h"
#include "job/job_unsupported.h"

/* The units of fio's get_mult_time (parse.c); after "us" and "ms" it takes any letters. */
static bool fio_knows_time_unit(const char *unit)
{
	static const char *const exact[] = {"", "s", "m", "h", "d", NULL};

	for (const char *const *known = exact; *known; known++) {
		if (strcasecmp(*known, unit) == 0)
			return true;
	}
	return strncasecmp(unit, "us", 2) == 0 || strncasecmp(unit, "ms", 2) == 0;
}

static void warn_of_time(const struct job_entry *entry, struct diag *diag)
{
	const char *unit = entry->value + strspn(entry->value, "0123456789.");
	int number_length = (int)(unit - entry->value);

	if (!isdigit((unsigned char)*entry->value) || fio_knows_time_unit(unit))
		return;
	diag_warning_of_fio(diag, &entry->value_place, "%s=%s: fio reads this as %.*s microseconds",
		entry->key, entry->value, number_length, entry->value);
	diag_hint(diag, "ringside takes it as it says; both know d, h, m, s, ms and us");
}

static bool begins_number(const char *value, const char *digit)
{
	return digit == value || strchr(",:-/", digit[-1]) != NULL;
}

/* "KiB", "MiB", … behind a number that stands by itself. */
static bool has_iec_unit(const char *value)
{
	for (const char *c = value; *c; c++) {
		const char *unit = c + strspn(c, "0123456789.");

		if (!isdigit((unsigned char)*c) || !begins_number(value, c))
			continue;
		if (*unit && strchr("kKmMgGtTpP", *unit) && strncasecmp(unit + 1, "ib", 2) == 0 &&
			!isalnum((unsigned char)unit[3]))
			return true;
	}
	return false;
}

/* Values that ringside reads as they say, and fio otherwise: who runs both is warned. */
static void warn_of_units(
	struct job_binder *binder, const struct job_entry *entry, const struct option *option)
{
	bool is_size = option->type == OPTION_SIZE || option->type == OPTION_EXTENT ||
		       option->type == OPTION_CUSTOM;

	if (entry->value && option->unit_ns != 0 && !strpbrk(entry->value, "-,:"))
		warn_of_time(entry, binder->diag);
	if (!entry->value || !is_size || binder->has_warned_of_units || binder->is_decimal ||
		!has_iec_unit(entry->value))
		return;
	binder->has_warned_of_units = true; /* One warning is enough. */
	diag_warning_of_fio(binder->diag, &entry->value_place,
		"%s=%s: fio reads KiB, MiB, GiB as powers of 1000, ringside as powers of 1024",
		entry->key, entry->value);
	diag_hint(binder->diag, "k, m, g are powers of 1024 in both");
}

void job_binder_init(struct job_binder *binder, struct arena *arena, struct diag *diag)
{
	size_t count = job_count_options(&job_option_table);

	*binder = (struct job_binder){.arena = arena, .diag = diag, .option_count = count};
	binder->defaults = ARENA_NEW(arena, struct job);
	option_set_defaults(&job_option_table, binder->defaults, arena);
	binder->scratch = ARENA_NEW(arena, struct job);
	*binder->scratch = *binder->defaults;
	(void)job_own_rare(binder->scratch, arena);
	binder->common = ARENA_NEW(arena, struct job);
	binder->set = arena_alloc_array(arena, count, sizeof(*binder->set));
	binder->common_set = arena_alloc_array(arena, count, sizeof(*binder->set));
}

size_t job_count_options(const struct option_table *table)
{
	size_t count = 0;

	while (table && table->options[count].name)
		count++;
	return count;
}

/* Marks the part of the value that is meant, where the value is still the text of the line. */
static struct place problem_place(
	const struct job_entry *entry, const struct option_problem *problem)
{
	struct place place = entry->value_place;
	size_t length = (size_t)place.length;

	if (entry->is_expanded || !entry->value || problem->at >= length)
		return place;
	place.column += (int)problem->at;
	place.length -= (int)problem->at;
	if (problem->length > 0 && problem->length < (size_t)place.length)
		place.length = (int)problem->length;
	return place;
}

static void report_value(struct job_binder *binder, const struct job_entry *entry,
	const struct option_problem *problem)
{
	struct place place = problem_place(entry, problem);

	if (entry->value)
		diag_error(
			binder->diag, &place, "%s=%s: %s", entry->key, entry->value, problem->what);
	else
		diag_error(binder->diag, &place, "%s: %s", entry->key, problem->what);
	if (problem->hint)
		diag_hint(binder->diag, "%s", problem->hint);
}

static void report_remark(struct job_binder *binder, const struct job_entry *entry,
	const struct option_problem *problem)
{
	diag_warning(binder->diag, &entry->value_place, "%s=%s: %s", entry->key, entry->value,
		problem->remark);
	if (problem->hint)
		diag_hint(binder->diag, "%s", problem->hint);
}

/* Reads an entry's value, its keywords replaced. Reports and returns false where it is bad. */
static bool read_value(struct job_binder *binder, struct job_entry *entry,
	const struct option *option, void *target)
{
	struct option_problem problem;
	const char *value = entry->value;
	int rc = -1;

	if (value && strchr(value, '$'))
		entry->scope = (int)job_ranks_scope(value);
	if (value)
		value = job_keywords_expand(option, value, &binder->ranks, binder->arena, &problem);
	entry->is_expanded = entry->is_expanded || value != entry->value;
	if (value || !entry->value)
		rc = option_read(option, value, target, binder->arena, &problem);
	if (rc < 0) {
		report_value(binder, entry, &problem);
		return false;
	}
	if (problem.remark)
		report_remark(binder, entry, &problem);
	entry->value = value;
	return true;
}

const char *job_list_engines(job_engine_has *has, const void *what, struct arena *arena)
{
	const char *list = NULL;

	for (size_t i = 0; engines[i]; i++) {
		if (has && !has(engines[i], what))
			continue;
		list = list ? arena_printf(arena, "%s, %s", list, engines[i]->name)
			    : engines[i]->name;
	}
	for (size_t i = 0; has && engine_echo_classes[i]; i++) {
		const char *name = engine_echo_classes[i]->name;

		if (has(engine_echo_classes[i], what) && !(list && strcmp(list, name) == 0))
			list = list ? arena_printf(arena, "%s, %s with rw=echo", list, name)
				    : arena_printf(arena, "%s with rw=echo", name);
	}
	return list;
}

static bool has_option(const struct engine_class *engine, const void *key)
{
	return engine->options && option_find(engine->options, key);
}

static bool some_engine_has(const char *key)
{
	for (const struct engine_class *const *engine = engines; *engine; engine++) {
		if (has_option(*engine, key))
			return true;
	}
	for (const struct engine_class *const *engine = engine_echo_classes; *engine; engine++) {
		if (has_option(*engine, key))
			return true;
	}
	return false;
}

/* "io_uring, pvsync2": the engines that have this option; NULL: none has. */
static const char *engines_with(const char *key, struct arena *arena)
{
	return job_list_engines(has_option, key, arena);
}

static void report_unknown(struct job_binder *binder, const struct job_entry *entry)
{
	const struct option_table **tables;
	const char *nearest;
	size_t count = 1;

	for (const struct engine_class *const *engine = engines; *engine; engine++)
		count++;
	tables = arena_alloc_array(binder->arena, count + 1, sizeof(*tables));
	count = 0;
	tables[count++] = &job_option_table;
	for (const struct engine_class *const *engine = engines; *engine; engine++) {
		if ((*engine)->options)
			tables[count++] = (*engine)->options;
	}
	nearest = option_suggest(tables, entry->key);
	diag_error(binder->diag, &entry->place, "unknown option '%s'", entry->key);
	if (nearest)
		diag_hint(binder->diag, "did you mean '%s'?", nearest);
}

/* An option that only fio has: refused, or passed over with a note. */
static void report_foreign(struct job_binder *binder, const struct job_entry *entry,
	const struct job_foreign_option *foreign)
{
	if (entry->value && job_foreign_is_neutral(foreign, entry->value))
		return;
	if (foreign->is_harmless) {
		diag_note_of_fio(binder->diag, &entry->place, "'%s' changes nothing: %s",
			entry->key, foreign->why);
	} else {
		diag_error(binder->diag, &entry->place, "fio's '%s' is not supported: %s",
			entry->key, foreign->why);
	}
	if (foreign->instead)
		diag_hint(binder->diag, "%s", foreign->instead);
}

/* Replaces the environment's variables. Returns false where one is missing, and reports. */
static bool expand_entry(struct job_binder *binder, struct job_entry *entry)
{
	struct option_problem problem;
	const char *expanded;

	if (!entry->value || entry->is_literal)
		return true;
	expanded = job_variables_expand(entry->value, &binder->used, binder->arena, &problem);
	if (!expanded) {
		report_value(binder, entry, &problem);
		return false;
	}
	if (expanded != entry->value) {
		/* A variable's value is trimmed like a written one. */
		entry->value = text_trimmed(binder->arena, expanded, strlen(expanded));
		entry->is_expanded = true;
	}
	return true;
}

static void examine_entry(struct job_binder *binder, struct job_entry *entry)
{
	entry->option = option_find(&job_option_table, entry->key);
	if (!expand_entry(binder, entry)) {
		entry->is_skipped = true;
	} else if (entry->option) {
		if (read_value(binder, entry, entry->option, binder->scratch))
			warn_of_units(binder, entry, entry->option);
		else
			entry->is_skipped = true;
	} else if (!some_engine_has(entry->key)) {
		const struct job_foreign_option *foreign = job_foreign_find(entry->key);

		entry->is_skipped = true;
		if (foreign)
			report_foreign(binder, entry, foreign);
		else
			report_unknown(binder, entry);
	}
}

/* kb_base goes before all other options of its section, wherever it stands; as in fio. */
static bool is_decimal(const struct job_section *section, bool inherited)
{
	bool decimal = inherited;

	for (const struct job_entry *entry = section->entries; entry; entry = entry->next) {
		if (strcmp(entry->key, "kb_base") == 0 && entry->value)
			decimal = strcmp(entry->value, "1000") == 0;
	}
	return decimal;
}

void job_bind_examine(struct job_binder *binder, struct job_section *section)
{
	bool decimal = is_decimal(section, binder->is_decimal);

	if (section->is_global)
		binder->is_decimal = decimal;
	(void)units_use_decimal(decimal);
	for (struct job_entry *entry = section->entries; entry; entry = entry->next)
		examine_entry(binder, entry);
	(void)units_use_decimal(false);
}

/*
 * Options on the command line are defaults, as in fio: who gives one there that a section sets
 * anew gets something else than was asked for.
 */
static void report_overridden(
	struct job_binder *binder, struct job_entry *before, const struct job_entry *after)
{
	if (!before || !before->is_literal || after->is_literal || before->is_reported ||
		(after->option && after->option->appends))
		return;
	if (before->value && after->value && strcmp(before->value, after->value) == 0)
		return;
	before->is_reported = true;
	diag_warning(binder->diag, &after->place,
		"this replaces the %s of the command line: options there are defaults, as in fio",
		before->key);
	if (after->is_expanded)
		diag_hint(binder->diag, "set the variable used here instead");
	else
		diag_hint(binder->diag, "write %s=${VARIABLE:-%s} here, and set VARIABLE",
			after->key, after->value ? after->value : "1");
}

static void apply_section(struct job_binder *binder, struct job *job, struct job_section *section)
{
	struct option_problem problem;

	for (struct job_entry *entry = section->entries; entry; entry = entry->next) {
		struct job_entry **set;

		if (!entry->option || entry->is_skipped)
			continue;
		if (entry->option->part)
			(void)job_own_rare(job, binder->arena);
		/* It was tried before; only a list that grows over lines can fail now. */
		if (option_read(entry->option, entry->value, job, binder->arena, &problem) < 0) {
			report_value(binder, entry, &problem);
			entry->is_skipped = true;
			continue;
		}
		set = &binder->set[entry->option - job_option_table.options];
		report_overridden(binder, *set, entry);
		*set = entry;
	}
}

/* Those of the `count` options of a table that are set; `set` is then empty. */
static struct job_entries take_entries(struct job_binder *binder, size_t count)
{
	struct job_entries entries = {0};
	size_t bytes = count * sizeof(struct job_entry *);

	for (size_t i = 0; i < count; i++)
		entries.count += binder->set[i] != NULL;
	entries.items = arena_alloc_array(binder->arena, entries.count, sizeof(*entries.items));
	entries.count = 0;
	for (size_t i = 0; i < count; i++) {
		if (binder->set[i])
			entries.items[entries.count++] = binder->set[i];
	}
	memset(binder->set, 0, bytes);
	return entries;
}

static void report_engine(struct job_binder *binder, const struct job *job, struct job_entry *entry)
{
	const char *instead = job_foreign_engine(job->ioengine);
	const char *external = job_external_engine(job->ioengine);
	struct text_guess guess = {.name = job->ioengine};
	const char *list = job_list_engines(NULL, NULL, binder->arena);

	if (entry->is_reported)
		return;
	entry->is_reported = true;
	for (size_t i = 0; engines[i]; i++)
		text_guess(&guess, engines[i]->name);
	if (instead) {
		diag_error(binder->diag, &entry->value_place,
			"fio's engine '%s' is not in ringside", job->ioengine);
		diag_hint(binder->diag, "%s", instead);
		return;
	}
	if (external) {
		diag_error(binder->diag, &entry->value_place,
			"'%s' is an external engine of fio's: ringside loads none", job->ioengine);
		diag_hint(binder->diag, "%s", external);
		return;
	}
	diag_error(binder->diag, &entry->value_place, "unknown engine '%s'", job->ioengine);
	if (guess.nearest)
		diag_hint(binder->diag, "did you mean '%s'? engines: %s", guess.nearest, list);
	else
		diag_hint(binder->diag, "engines: %s", list);
}

/*
 * fio has engines that make one call for each file; here these calls are a mode of rw, which
 * engines of different ways to make them have.
 */
static void take_file_engine(struct job_binder *binder, struct job *job, struct job_entry *entry)
{
	static const struct {
		const char *name;
		enum job_rw mode;
	} file_engines[] = {
		{"filecreate", RW_CREATE},
		{"filestat", RW_STAT},
		{"filedelete", RW_UNLINK},
	};

	for (size_t i = 0; i < sizeof(file_engines) / sizeof(file_engines[0]); i++) {
		if (strcmp(job->ioengine, file_engines[i].name) != 0)
			continue;
		job->ioengine = "psync";
		job->rw = (struct job_rw_value){.mode = file_engines[i].mode};
		if (!entry->is_reported)
			diag_note(binder->diag, &entry->value_place,
				"ioengine=%s is ioengine=psync with rw=%s here, and counts as %s",
				file_engines[i].name, io_op_name(job_composite_op(job)),
				job_writes(job) ? "writes" : "reads");
		entry->is_reported = true;
	}
}

/* rw=echo: the server that the engine stands for. */
static bool take_server(struct job_binder *binder, struct job *job, struct job_entry *entry)
{
	const char *list = NULL;

	job->engine = engine_echo_find(job->ioengine);
	if (job->engine)
		return true;
	for (const struct engine_class *const *class = engine_echo_classes; *class; class ++)
		list = list ? arena_printf(binder->arena, "%s, %s", list, (*class)->name)
			    : (*class)->name;
	diag_error(binder->diag, entry ? &entry->value_place : &job->place,
		"engine '%s' cannot be the server of rw=echo", job->ioengine);
	diag_hint(binder->diag, "engines that can: %s", list);
	return false;
}

static bool find_engine(struct job_binder *binder, struct job *job)
{
	struct job_entry *entry = job_entry_of(job, "ioengine");
	const struct option_table *table;

	take_file_engine(binder, job, entry);
	job->engine = engine_find(job->ioengine);
	if (!job->engine) {
		report_engine(binder, job, entry);
		return false;
	}
	job->ioengine = job->engine->name;
	if (job->rw.mode == RW_ECHO && !take_server(binder, job, entry))
		return false;
	table = job->engine->options;
	if (!table)
		return true;
	job->engine_options = arena_alloc(binder->arena, table->struct_bytes);
	option_set_defaults(table, job->engine_options, binder->arena);
	return true;
}

/* Settings of how I/O is sent, not of which: fio's two io_uring engines share all of theirs. */
static bool leaves_io_alone(const char *key, const char *engine)
{
	static const char *const ways[] = {"hipri", "hipri_percentage", "nonvectored", NULL};

	for (const char *const *way = ways; *way; way++) {
		if (strcmp(*way, key) == 0)
			return true;
	}
	return engine && strncmp(engine, "io_uring", strlen("io_uring")) == 0 &&
	       (option_find(engine_find("io_uring")->options, key) ||
		       option_find(engine_find("io_uring_cmd")->options, key));
}

/* Returns whether it is one of those. */
static bool note_other_engine(
	struct job_binder *binder, struct job_entry *entry, const char *engine)
{
	if (!leaves_io_alone(entry->key, engine))
		return false;
	if (!entry->is_reported)
		diag_note_of_fio(binder->diag, &entry->place,
			"'%s' changes nothing: it is an option of %s", entry->key,
			engines_with(entry->key, binder->arena));
	entry->is_reported = true;
	return true;
}

static void report_other_engine(
	struct job_binder *binder, const struct job *job, struct job_entry *entry)
{
	if (note_other_engine(binder, entry, job->engine->name))
		return;
	diag_error(binder->diag, &entry->place, "'%s' is an option of %s, and this job runs %s",
		entry->key, engines_with(entry->key, binder->arena), job->engine->name);
	diag_hint(binder->diag, "set ioengine, or put the option into [global]: there it holds for "
				"the jobs whose engine has it");
}

static void apply_engine_entry(
	struct job_binder *binder, struct job *job, struct job_entry *entry, bool is_global)
{
	const struct option_table *table = job->engine->options;
	const struct option *option = table ? option_find(table, entry->key) : NULL;
	struct job_entry **set;

	if (!option) {
		if (!is_global)
			report_other_engine(binder, job, entry);
		return;
	}
	if (!read_value(binder, entry, option, job->engine_options)) {
		entry->is_skipped = true;
		return;
	}
	if (!entry->is_used)
		warn_of_units(binder, entry, option);
	entry->is_used = true;
	set = &binder->set[option - table->options];
	report_overridden(binder, *set, entry);
	*set = entry;
}

static void apply_engine_section(
	struct job_binder *binder, struct job *job, struct job_section *section, bool *decimal)
{
	*decimal = is_decimal(section, *decimal);
	(void)units_use_decimal(*decimal);
	for (struct job_entry *entry = section->entries; entry; entry = entry->next) {
		if (!entry->option && !entry->is_skipped)
			apply_engine_entry(binder, job, entry, section->is_global);
	}
	(void)units_use_decimal(false);
}

/*
 * fio adds a section's files to those of [global], and those of a job file to those of the command
 * line. The first may be meant; who names a file on the command line wants that one.
 */
static void report_added_names(
	struct job_binder *binder, const struct job_entry *before, struct job_entry *after)
{
	if (!before || after == before || after->is_reported)
		return;
	after->is_reported = true;
	if (before->is_literal && !after->is_literal) {
		diag_error(binder->diag, &after->place,
			"filename is set on the command line too, and fio would run on both");
		if (after->is_expanded)
			diag_hint(binder->diag, "set the variable used here instead");
		else
			diag_hint(binder->diag, "write filename=${TARGET:-%s} here, and set TARGET",
				after->value);
		return;
	}
	diag_warning(binder->diag, &after->place,
		"filename adds to the files of [global], as in fio: the job runs on all of them");
}

/* Applies a section, and looks whether it adds files to those of the sections before. */
static void apply_and_watch_names(
	struct job_binder *binder, struct job *job, struct job_section *section, bool *decimal)
{
	const struct option *option = option_find(&job_option_table, "filename");
	struct job_entry **names = &binder->set[option - job_option_table.options];
	const struct job_entry *before = *names;

	*decimal = is_decimal(section, *decimal);
	(void)units_use_decimal(*decimal);
	apply_section(binder, job, section);
	(void)units_use_decimal(false);
	report_added_names(binder, before, *names);
}

/* Makes what the job has in common with others, unless the one before had the same [global]s. */
static void apply_globals(struct job_binder *binder, const struct job_recipe *recipe)
{
	const struct job_recipe *last = binder->recipe;
	size_t bytes = binder->option_count * sizeof(*binder->set);

	if (last && last->globals == recipe->globals && last->global_count == recipe->global_count)
		return;
	binder->recipe = recipe;
	binder->is_common_decimal = false;
	*binder->common = *binder->defaults;
	for (size_t i = 0; i < recipe->global_count; i++)
		apply_and_watch_names(
			binder, binder->common, recipe->globals[i], &binder->is_common_decimal);
	binder->common->name = NULL; /* of [global] it names none of the jobs, as in fio */
	memcpy(binder->common_set, binder->set, bytes);
}

static void apply_engine_options(
	struct job_binder *binder, const struct job_recipe *recipe, struct job *job)
{
	bool decimal = false;

	for (size_t i = 0; i < recipe->global_count; i++)
		apply_engine_section(binder, job, recipe->globals[i], &decimal);
	apply_engine_section(binder, job, recipe->section, &decimal);
}

void job_bind(struct job_binder *binder, const struct job_recipe *recipe, struct job *job)
{
	struct job_origin *origin = ARENA_NEW(binder->arena, struct job_origin);
	bool decimal;

	apply_globals(binder, recipe);
	decimal = binder->is_common_decimal;
	memcpy(binder->set, binder->common_set, binder->option_count * sizeof(*binder->set));
	*job = *binder->common;
	job->owns_rare = false;
	origin->section = recipe->section;
	job->origin = origin;
	job->place = recipe->section->place;
	apply_and_watch_names(binder, job, recipe->section, &decimal);
	if (!job->name)
		job->name = recipe->section->name;
	origin->own = take_entries(binder, binder->option_count);
	if (!find_engine(binder, job))
		return;
	apply_engine_options(binder, recipe, job);
	origin->engine = take_entries(binder, job_count_options(job->engine->options));
}

void job_bind_offload(struct job_binder *binder, struct job *job)
{
	const struct engine_class *threads = engine_find("threads");
	struct job_origin *origin;

	if (job->rare->pace.submit_mode != SUBMIT_OFFLOAD || job->iodepth < 2 || !job->engine ||
		!(job->engine->traits & ENGINE_IS_SYNCHRONOUS) ||
		(job->engine->traits & (ENGINE_TAKES_NO_TARGET | ENGINE_TAKES_NVME_COMMANDS |
					       ENGINE_MAPS_TARGETS)))
		return;
	origin = ARENA_NEW(binder->arena, struct job_origin);
	*origin = *job->origin;
	origin->engine = (struct job_entries){0};
	job->origin = origin;
	job->engine = threads;
	job->engine_options = arena_alloc(binder->arena, threads->options->struct_bytes);
	option_set_defaults(threads->options, job->engine_options, binder->arena);
}

void job_bind_report_unused(struct job_binder *binder, const struct job_section *global)
{
	for (struct job_entry *entry = global->entries; entry; entry = entry->next) {
		if (entry->option || entry->is_skipped || entry->is_used ||
			note_other_engine(binder, entry, NULL))
			continue;
		diag_error(binder->diag, &entry->place,
			"'%s' is an option of %s, and no job that it applies to runs that",
			entry->key, engines_with(entry->key, binder->arena));
		diag_hint(binder->diag, "remove it, or set ioengine to one that has it");
	}
}
