/* SPDX-License-Identifier: MIT */
/*
 * The claims that come with the program: jobs/claims beside its source, or in its share folder
 * where it is installed. They are called by their file's name without ".job".
 */
#ifndef CLAIM_CLAIM_CATALOG_H
#define CLAIM_CLAIM_CATALOG_H

#include "base/arena.h"
#include "base/diag.h"

struct claim_catalog {
	const char *folder; /* NULL: there is none; `looked` says where it was looked for */
	const char *looked;
	size_t count;
	const char **names; /* sorted */
	const char **paths;
};

/* Of the program that runs. Never fails: a folder without claims is none. */
void claim_catalog_read(struct claim_catalog *catalog, struct arena *arena);

/* The same of a program at this path, for tests. */
void claim_catalog_read_of(struct claim_catalog *catalog, const char *program, struct arena *arena);

/*
 * The path of what was named: a file, if it has a slash, ends in ".job", is "-" or is there; else
 * a claim of the catalog. NULL: there is none of this name, reported.
 */
const char *claim_catalog_find(
	const struct claim_catalog *catalog, const char *name, struct diag *diag);

/* Where there is none, reported. 0 or -ENOENT. */
int claim_catalog_check(const struct claim_catalog *catalog, struct diag *diag);

#endif
