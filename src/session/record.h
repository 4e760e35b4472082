/* SPDX-License-Identifier: MIT */
/*
 * A comparison as it was measured, every trial of it: plain data. Made by contest.h or read from
 * a document; verdicts are worked out from it, so they are the same each time, and later methods
 * can be used on older data. Texts belong to record.arena.
 */
#ifndef SESSION_RECORD_H
#define SESSION_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/diag.h"
#include "document/document.h"
#include "result/result.h"
#include "session/guard.h"
#include "verdict/compare.h"

#define RECORD_SCHEMA "ringside-comparison/1"

/* One table. */
struct record_point {
	const char *name;    /* "iodepth=8"; "" when there is one only */
	const char *summary; /* "randread 4k, direct, data.bin" */
	size_t contender_count;
	struct contender *contenders;
	size_t reference;        /* SESSION_NONE: none could run */
	bool has_own_references; /* contenders name theirs, or have none: this is the control's */
	size_t control;          /* SESSION_NONE: none */
	enum trial_value primary;
	size_t block_count; /* begun */
	size_t trial_count;
	size_t trial_limit;
	struct trial *trials;    /* in the order they ran */
	enum stop_decision stop; /* why there were no more; STOP_NOT_YET: broken off */
	double elapsed_s;
	double window_s;        /* of the turns that its contenders took; 0: trials in a row */
	unsigned rounds;        /* of turns in a block */
	const char *why_trials; /* why no turns, which were wanted; NULL: they were not, or were */
	double ramp_s;          /* of its trials; NAN: not known (0: none was run) */
	double ramp_wanted_s;   /* it would be so long if nothing had bounded it */
};

struct record {
	struct arena arena;
	const char *version, *git, *compiler;
	const char *command;    /* that these are the arguments of; NULL: compare. Not saved */
	size_t argument_count;  /* of the command line; first, as in a shell, the variables that */
	const char **arguments; /* its job files took: "TARGET=/mnt/x" */
	struct timespec started;
	uint64_t seed;
	int signal; /* 0, or the signal that ended it early */
	double trial_s;
	double precision; /* half-width that ends it: 0.025 */
	double least_effect;
	double equivalence;
	bool is_adaptive;    /* the number of blocks depends on the data */
	bool is_exploratory; /* --quick: no claims */
	const char *cpus;    /* NULL: all */
	struct result_environment environment;
	size_t point_count;
	struct record_point *points;
};

void record_init(struct record *record);
void record_free(struct record *record);

/* Room for one more trial, zeroed; what was there is kept. */
struct trial *record_add_trial(struct record *record, struct record_point *point);

/* Trials with this cause: those whose figures are used, or those that were run again. */
size_t record_count_cause(const struct record_point *point, enum guard_cause cause, bool counted);

/*
 * Trials of a contender that count although its engine was not what its name says; the first one's
 * story goes to *what, where there is any.
 */
size_t record_count_mismatches(
	const struct record_point *point, size_t contender, const char **what);

/* Whom a contender is held against: the point's reference, or its own; SESSION_NONE: nobody. */
size_t record_reference(const struct record_point *point, size_t contender);

/* What its arguments are of: sessions of checks are saved by an option that comparisons lack. */
const char *record_command(const struct record *record);

/* That I/O was too slow for the ramp that was wanted; NULL: it was not. */
const char *record_ramp_note(const struct record_point *point, struct arena *arena);

/* The point as the statistics want it. Lives as long as `arena`. */
void record_session(const struct record_point *point, struct arena *arena, struct session *session);

/* The rule by which its verdicts are made. */
struct contrast_rule record_rule(const struct record *record);

/* The whole document, malloc'd: schema RECORD_SCHEMA, verdicts included. */
char *record_print(const struct record *record);

/*
 * Reads a document that record_print wrote. 0, or -EINVAL or -errno, reported with `path`; `record`
 * is made here and freed by record_free, also after a failure.
 */
int record_read(const char *path, struct record *record, struct diag *diag);

/* The kind of document, for its JSON Schema; and its field for an enum trial_value, by name. */
extern const struct document_kind record_document;
extern const struct field_custom record_metric_field;

#endif
