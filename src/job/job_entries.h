/* SPDX-License-Identifier: MIT */
/*
 * Job files, command line and overrides as sections of entries, each with its place. Nothing is
 * looked up or expanded here: a section that is not run (--section) may hold ${VAR}s that are not
 * set.
 *
 * The language of job files is fio's: "[name]" begins a section, "key=value" or a lone "key" is an
 * option, ";" and "#" begin comments anywhere, "include FILE" brings the options of a file into a
 * section.
 */
#ifndef JOB_JOB_ENTRIES_H
#define JOB_JOB_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "job/job_part.h"

struct option;

struct job_entry {
	const char *key;
	const char *value;        /* as written, blanks around it trimmed; NULL: a lone key */
	struct place place;       /* of the key */
	struct place value_place; /* of the value; of the key when there is none */
	struct job_entry *next;
	bool is_literal; /* from the command line: the shell has expanded it */

	/* By job_bind: */
	bool is_expanded;            /* variables were replaced: columns no longer fit */
	bool is_skipped;             /* bad, and reported; or harmless: not to be applied */
	bool is_used;                /* an engine's option: some job's engine took it */
	bool is_reported;            /* of a [global]: said already for another job */
	unsigned said;               /* bits of enum job_rule: messages of job_check about it */
	int scope;                   /* enum job_name_scope of its value as written */
	const struct option *option; /* of the job table; NULL: an engine's, or none */
};

struct job_section {
	const char *name;
	struct place place; /* of the name in its head */
	bool is_global;
	struct job_entry *entries;
	struct job_entry *last_entry;
	struct job_section *next;
};

/* Sections in the order they were written, over all files. */
struct job_sections {
	struct job_section *first;
	struct job_section *last;
};

/* The command line's part in reading. */
struct job_request {
	const char *const *files; /* job files, "-" is stdin; may be none */
	size_t file_count;
	const char *const
		*options; /* "--bs=4k", "--name=x" in the order given; without dashes too */
	size_t option_count;
	const char *const *sections; /* --section: run these only */
	size_t section_count;
	const char *const *overrides; /* "bs=4k": hold in every job (job_overrides_add) */
	size_t override_count;
	struct job_ranks ranks; /* which of several processes reads them */
	bool readonly;
	bool has_fios_globals; /* whatever begins with "global" is a [global]: under fio's name */
	bool skips_logs;       /* those of read_iolog are not opened: for fuzzing */
};

/*
 * Whole content of the file at `path`, its length in *length, or NULL with errno set (EFBIG: more
 * than a job file can be). It is in the arena, or lives longer.
 */
typedef const char *job_file_load(struct arena *arena, const char *path, size_t *length);

job_file_load job_file_load_path; /* "-" is stdin; a pipe has the same text each time */

/*
 * Appends the sections of `text`, which is called `name` in messages (and includes are looked for
 * beside it). `load` reads included files. Every problem goes to diag: look at its error_count.
 */
void job_file_parse(struct job_sections *sections, const char *name, const char *text,
	size_t length, job_file_load *load, struct arena *arena, struct diag *diag);

/* The same for the file at `path`; "-" is stdin. */
void job_file_read(
	struct job_sections *sections, const char *path, struct arena *arena, struct diag *diag);

/*
 * Appends what request->options say: a [global] of those before the first name, then a section
 * for each name ("--name=global" is another [global]). Without files and names all of them make
 * one job. Values are taken as the shell left them. Problems go to diag.
 */
void job_command_line_read(struct job_sections *sections, const struct job_request *request,
	struct arena *arena, struct diag *diag);

/* Whether one of request->options is a name, which begins a job (or is "global"). */
bool job_command_line_has_name(const struct job_request *request);

/* Whether "--KEY" alone is not whole: as for fio, its value may be the next argument. */
bool job_command_line_needs_value(const char *key);

/*
 * Appends request->overrides to every job section, before the sections are examined: options that
 * hold whatever the section says, which makes another contender of a job.
 */
void job_overrides_add(
	struct job_sections *sections, const struct job_request *request, struct arena *arena);

/*
 * After the sections were examined: what an override replaces and would otherwise only add to
 * (filename) is left out. So are, where it names another engine, options that belonged to the one
 * in the section and that the new one has not, as if they were not written: no error.
 */
void job_overrides_drop(struct job_sections *sections, const struct job_request *request);

#endif
