/* SPDX-License-Identifier: MIT */
/*
 * One session as check keeps it: the raw figures of every trial, and under which conditions they
 * were measured. A run is a session of one trial; a comparison has a trial of each contender in
 * every block. A struct contender has name, options, reference and trials, and what was found:
 * problem (an I/O error, too), mismatch, and the rates asked for, which no baseline keeps.
 * Plain data; texts belong to the arena that it was made with.
 */
#ifndef CHECK_CHECK_SESSION_H
#define CHECK_CHECK_SESSION_H

#include <time.h>

#include "base/arena.h"
#include "result/fio.h"
#include "session/record.h"
#include "verdict/session.h"
#include "verdict/trial_values.h"

enum { CHECK_TIME_BYTES = 40 };

struct check_control { /* the reference a second time, of the primary metric */
	bool is_known;
	double ratio, lo, hi;
};

struct check_session {
	const char *id;     /* when it started: RFC 3339, UTC, whole seconds; unique in a file */
	const char *commit; /* or NULL */
	const char *tool;   /* "ringside 0.1.0 (a1b2c3)", "fio-3.42" */
	bool is_foreign;    /* measured by fio: no environment, options as typed */
	bool is_partial;    /* options that have their default are not listed */
	uint64_t seed;
	unsigned rounds; /* of turns in a block (session/alternation.h); 0: trials in a row */
	size_t block_count;
	size_t contender_count;
	struct contender *contenders;
	const char *reference; /* name of a contender that others were measured against, or NULL */
	struct check_control control;
	unsigned trial_count; /* trials that ran; and of them, run again by a guard */
	unsigned repeated_count;
	unsigned disturbed_count; /* that count although a guard found them disturbed */
	const char *disturbance;  /* the first of either, in words; NULL: none */
	struct result_environment environment;
};

/* "2026-03-01T02:10:00Z"; returns text. */
char *check_time_text(char text[CHECK_TIME_BYTES], time_t time);

/* Entries of the same name become "name (2)". All texts are copied: the result may be freed. */
void check_session_of_result(
	struct check_session *session, const struct result *result, struct arena *arena);
void check_session_of_fio(
	struct check_session *session, const struct fio_document *document, struct arena *arena);

/* One table of a comparison, from block `first_block` on. Its control is no contender. */
void check_session_of_comparison(struct check_session *session, const struct record *record,
	size_t point, size_t first_block, struct arena *arena);

/* Whether the control, the reference a second time, would itself have been called a loss or an
 * improvement of the primary rate: what the session measured cannot be trusted then. */
bool check_session_control_failed(const struct check_session *session);

/* Whether so many disturbed trials count (--no-guards, or two attempts) that it shows; whether
 * guards had so many run again that the session says nothing. */
bool check_session_is_disturbed(const struct check_session *session);
bool check_session_was_disturbed(const struct check_session *session);

/* How long its trials measured: their mean, NAN: not known; and all together. */
double check_session_trial_s(const struct check_session *session);
double check_session_window_s(const struct check_session *session);

/* Copies facts with their texts, without those that are never the same twice ("now.…"): they would
 * be named as changes each time. */
void check_copy_facts(struct result_environment *into, const struct result_environment *from,
	struct arena *arena);

/* NULL where there is none, or no name. */
struct contender *check_session_find(const struct check_session *session, const char *name);

/* Whether both are one session, read twice: begun at one time, with the same figures in all
 * contenders that both have. Counted twice it would show less spread than there is. */
bool check_session_is_same(const struct check_session *session, const struct check_session *other);

/* Whether others are held against this contender; whether one is by its own reference. */
bool check_session_is_reference(const struct check_session *session, const char *contender);
bool check_session_is_own_reference(const struct check_session *session, const char *contender);

/* The reference of the contender in its own session; NULL: there is none, or it is a reference
 * itself. */
const char *check_session_reference_of(
	const struct check_session *session, const struct contender *contender);

/* Room for `block_count` trials that did not run: all values NAN. */
struct trial *check_new_trials(struct arena *arena, size_t block_count);

/*
 * Scaled values of a metric (verdict/metric.h), one for each block that has one; `values` has room
 * for block_count. Returns their number. With `reference` not NULL: differences contender -
 * reference of the blocks that have both.
 */
size_t check_session_values(const struct check_session *session, const struct contender *contender,
	const struct contender *reference, enum trial_value metric, double *values);

/* The scaled value of one block; NAN: it has none. */
double check_session_value(const struct check_session *session, const struct contender *contender,
	size_t block, enum trial_value metric);

/* Fewest I/Os of a trial beyond a latency percentile; INFINITY: it is none; NAN: not known. */
double check_session_tail_count(const struct check_session *session,
	const struct contender *contender, enum trial_value metric);

/* Fingerprint of facts ("key=value" lines, sorted): 32 hexadecimal digits of XXH3's 128 bits. */
const char *check_hash_settings(const struct settings *settings, struct arena *arena);

#endif
