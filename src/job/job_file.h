/* SPDX-License-Identifier: MIT */
/*
 * The text of a job file as sections of entries, each with its place. Nothing is looked up or
 * expanded here: a section that is not run (--section) may hold ${VAR}s that nobody set.
 *
 * The language is fio's: "[name]" begins a section, "key=value" or a lone "key" is an option,
 * ";" and "#" begin comments anywhere, "include FILE" brings the options of a file into a section.
 */
#ifndef JOB_JOB_FILE_H
#define JOB_JOB_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"

struct option;

struct job_entry {
	const char *key;
	const char *value;        /* as written, blanks around it trimmed; NULL: a lone key */
	struct place place;       /* of the key */
	struct place value_place; /* of the value; of the key when there is none */
	bool is_literal;          /* from the command line: the shell has expanded it */
	struct job_entry *next;

	/* Filled by job_bind: */
	const struct option *option; /* of the job table; NULL: an engine's, or none */
	bool is_expanded;            /* variables were replaced: columns no longer fit */
	bool is_skipped;             /* bad, and reported; or harmless: not to be applied */
	bool is_used;                /* an engine's option: some job's engine took it */
	unsigned said;               /* bits of enum job_rule: messages of job_check about it */
	bool is_reported;            /* of a [global]: said already for another job */
};

struct job_section {
	const char *name;
	struct place place; /* of the name in its head */
	bool is_global;
	bool begins_file; /* first job section of its file */
	struct job_entry *entries;
	struct job_entry *last_entry;
	struct job_section *next;
};

/* Sections in the order they were written, over all files. */
struct job_sections {
	struct job_section *first;
	struct job_section *last;
};

/*
 * Whole content of the file at `path` in the arena, its length in *length, or NULL with errno set
 * (EFBIG: more than a job file can be).
 */
typedef const char *job_file_load(struct arena *arena, const char *path, size_t *length);

job_file_load job_file_load_path; /* the real one */

/*
 * Appends the sections of `text`, which is called `name` in messages (and includes are looked for
 * beside it). `load` reads included files. Every problem goes to diag: look at its error_count.
 */
void job_file_parse(struct job_sections *sections, const char *name, const char *text,
	size_t length, job_file_load *load, struct arena *arena, struct diag *diag);

/* The same for the file at `path`; "-" is stdin. */
void job_file_read(
	struct job_sections *sections, const char *path, struct arena *arena, struct diag *diag);

/* Appends an empty section; `place` is of its name. */
struct job_section *job_file_add_section(struct job_sections *sections, const char *name,
	const struct place *place, struct arena *arena);

/* Appends an entry to a section; the caller fills it. */
struct job_entry *job_file_add_entry(struct job_section *section, struct arena *arena);

#endif
