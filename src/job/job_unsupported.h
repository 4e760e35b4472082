/* SPDX-License-Identifier: MIT */
/*
 * Contents of fio's job files that ringside does not have: options (fio 3.33 to 3.42, with the
 * aliases) and engines. None is passed over in silence: an option is refused, with what to do
 * instead, or it is harmless and accepted with a note.
 */
#ifndef JOB_JOB_UNSUPPORTED_H
#define JOB_JOB_UNSUPPORTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct job_foreign_option {
	const char *names; /* and aliases, a blank between */
	bool is_harmless;
	const char *neutral; /* values, likewise, that ask for nothing ("0 none"); or NULL */
	const char *why;     /* "fio's 'X' is not supported: WHY"; harmless: "'X' …: WHY" */
	const char *instead; /* a hint; or NULL */
};

/* NULL when fio has no such option either, or ringside's own tables have it. */
const struct job_foreign_option *job_foreign_find(const char *name);

/* Whether this value leaves fio doing what ringside does anyway: verify=0, zonemode=none. */
bool job_foreign_is_neutral(const struct job_foreign_option *option, const char *value);

/* For an engine of fio that ringside has not: what to take instead. NULL: fio has none either. */
const char *job_foreign_engine(const char *name);

/* The same for engines that fio loads from other files ("external:PATH", and those of others). */
const char *job_external_engine(const char *name);

/* All names in turn, NULL behind the last: for tests against fio itself. */
const char *job_foreign_name(size_t index, struct arena *arena);

#endif
