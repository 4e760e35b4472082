/* SPDX-License-Identifier: MIT */
/*
 * Claims as they were tested on a machine: THE document of `ringside claims`, plain data. Made by
 * claim_run.h or read from a file; writers of claim_report.h show it.
 */
#ifndef CLAIM_CLAIMS_H
#define CLAIM_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "claim/claim_outcome.h"
#include "document/document.h"
#include "result/result.h"
#include "session/record.h"

#define CLAIMS_SCHEMA "ringside-claims/1"

/* A figure of a contender over its blocks; lo and hi NAN: too few for an interval. */
struct claims_figure {
	const char *metric;
	double level, lo, hi;
};

struct claims_contender {
	const char *name, *engine;
	const char *problem;     /* why it takes no part, or no more; NULL: nothing */
	struct settings options; /* those that are not the default */
	size_t figure_count;     /* those that were measured */
	struct claims_figure *figures;
};

/* A session, or a point of its sweep. */
struct claims_point {
	const char *name; /* "bs=4k"; "" when there is one only */
	const char *summary;
	const char *reference; /* NULL: none could run */
	size_t block_count;
	size_t trial_count;
	double trial_s;
	unsigned rounds; /* of turns in a block; 0: trials in a row, of trial_s */
	double noise;    /* half-width of the control's difference; NAN: there is none */
	bool is_noisy;   /* the control differs from itself: what is below `floor` is not */
	double floor;    /* claimed; NAN */
	size_t contender_count;
	struct claims_contender *contenders;
};

struct claims_entry {
	struct claim *claim;
	struct claim_outcome outcome;
	bool is_complete; /* false: a signal or the end of the time broke it off */
	size_t point_count;
	struct claims_point *points;
};

struct claims {
	struct arena arena;
	const char *version, *git, *compiler;
	size_t argument_count; /* as of struct record */
	const char **arguments;
	struct timespec started;
	uint64_t seed;
	int signal;          /* 0, or the signal that ended it early */
	bool is_exploratory; /* --quick: nothing is confirmed or refuted */
	double limit_s;      /* --max-time; NAN: none */
	size_t asked_count;  /* of claims: fewer were begun where a signal came */
	double elapsed_s;
	struct result_environment environment;
	size_t entry_count;
	struct claims_entry *entries;
	size_t record_count; /* that the entries were made of: as long as it lives. Not saved */
	struct record *records;
};

void claims_init(struct claims *claims);
void claims_free(struct claims *claims);

/* How many lines of an entry, or of all entries (NULL), have the verdict. */
size_t claims_count(
	const struct claims *claims, const struct claims_entry *entry, enum claim_verdict verdict);

/* The figures of a contender; NULL: it has none of that metric. */
const struct claims_figure *claims_figure_of(
	const struct claims_contender *contender, const char *metric);

/* Reads a document: as record_read(). */
int claims_read(const char *path, struct claims *claims, struct diag *diag);

extern const struct document_kind claims_document;

#endif
