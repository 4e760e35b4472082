/* SPDX-License-Identifier: MIT */
/*
 * One session as check keeps it: the raw figures of every trial, and under which conditions they
 * were measured. A run is a session of one trial; a comparison has a trial of each arm (contender)
 * in every block. Plain data; texts belong to the arena that it was made with.
 */
#ifndef CHECK_SAMPLE_H
#define CHECK_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "result/fio_read.h"
#include "result/result.h"
#include "session/record.h"
#include "verdict/trial_values.h"

enum { SAMPLE_TIME_BYTES = 40 };

struct sample_trial {
	bool is_valid;
	double window_s; /* measured for so long; NAN: not known */
	double values[VALUE_COUNT];
};

struct sample_arm {
	const char *name;
	struct result_settings options; /* of its job, effective; of fio: as typed */
	const char *fault; /* why it cannot be trusted at all (an I/O error), or NULL */
	int fault_code;    /* of enum exit_code: the run went wrong, or it cannot run here */
	double iops_asked; /* as of struct contender; not saved */
	double bandwidth_asked;
	const char *mismatch;  /* what its engine did instead of what was asked; NULL: nothing */
	const char *reference; /* the arm that it is paired with; NULL: the session's */
	struct sample_trial *trials; /* one a block */
};

struct sample_control { /* the reference a second time, of the primary metric */
	bool is_known;
	double ratio, lo, hi;
};

struct sample {
	const char *id;     /* when it started: RFC 3339, UTC, whole seconds; unique in a file */
	const char *commit; /* or NULL */
	const char *tool;   /* "ringside 0.1.0 (a1b2c3)", "fio-3.42" */
	bool is_foreign;    /* measured by fio: no environment, options as typed */
	bool is_partial;    /* options that have their default are not listed */
	uint64_t seed;
	size_t block_count;
	size_t arm_count;
	struct sample_arm *arms;
	const char *reference; /* name of an arm that others were measured against, or NULL */
	struct sample_control control;
	unsigned slot_count; /* trials that ran; and of them, run again by a guard */
	unsigned repeated_count;
	unsigned disturbed_count; /* that count although a guard found them disturbed */
	const char *disturbance;  /* the first of either, in words; NULL: none */
	struct result_environment environment;
};

/* "2026-03-01T02:10:00Z"; returns text. */
char *sample_time_text(char text[SAMPLE_TIME_BYTES], time_t time);

/*
 * Entries of the same name are told apart as "name (2)". Copies all texts: the result may be freed.
 */
void sample_of_result(struct sample *sample, const struct result *result, struct arena *arena);
void sample_of_fio(struct sample *sample, const struct fio_document *document, struct arena *arena);

/*
 * One table of a comparison, from block `first_block` on: a session of many blocks; its control is
 * told apart.
 */
void sample_of_comparison(struct sample *sample, const struct record *record, size_t point,
	size_t first_block, struct arena *arena);

/*
 * Whether the control, the reference a second time, would itself have been called a loss or an
 * improvement of the primary rate: what the session measured cannot be trusted then.
 */
bool sample_control_failed(const struct sample *sample);

/* Whether so many disturbed trials count (--no-guards, or two attempts) that it shows. */
bool sample_is_disturbed(const struct sample *sample);

/* How long a trial of it measured, mean; NAN: not known. */
double sample_trial_s(const struct sample *sample);

/* Whether guards had so many trials run again that the session says nothing. */
bool sample_was_disturbed(const struct sample *sample);

/* Copies with their texts. Of an environment's facts, those that are never the same twice ("now.…")
 * are left out: they would be named as changes each time. */
void sample_copy_settings(
	struct result_settings *into, const struct result_settings *from, struct arena *arena);
void sample_copy_facts(struct result_environment *into, const struct result_environment *from,
	struct arena *arena);

struct sample_arm *sample_find_arm(const struct sample *sample, const char *name);

/*
 * Whether both are one session, read twice: begun at one time, with the same figures in all arms
 * that both have. Counted twice it would show less spread than there is.
 */
bool sample_is_same(const struct sample *sample, const struct sample *other);

/* Whether others are held against this arm. */
bool sample_is_reference(const struct sample *sample, const char *arm);

/* Whether this arm is there for another one alone: its copy that the other is held against. */
bool sample_is_own_reference(const struct sample *sample, const char *arm);

/* What the arm is held against in its own session; NULL: nothing, or it is a reference itself. */
const char *sample_reference_of(const struct sample *sample, const struct sample_arm *arm);

/* How long its trials measured, all together; those that do not say are left out. */
double sample_window_s(const struct sample *sample);

/* Room for `block_count` trials that did not run: all values NAN. */
struct sample_trial *sample_new_trials(struct arena *arena, size_t block_count);

/*
 * Scaled values of a metric (verdict/metric.h), one for each block that has one; `values` has room
 * for block_count. Returns their number. With `reference` not NULL: differences arm - reference of
 * the blocks that have both.
 */
size_t sample_values(const struct sample *sample, const struct sample_arm *arm,
	const struct sample_arm *reference, enum trial_value metric, double *values);

/* The scaled value of one block; NAN: it has none. */
double sample_value(const struct sample *sample, const struct sample_arm *arm, size_t block,
	enum trial_value metric);

/*
 * Fewest I/Os that any trial has beyond a latency percentile; INFINITY for metrics that are none,
 * NAN where it is not known.
 */
double sample_tail_count(
	const struct sample *sample, const struct sample_arm *arm, enum trial_value metric);

/*
 * Fingerprint of facts ("key=value" lines, sorted): 32 hexadecimal digits of XXH3's 128 bits.
 */
const char *sample_hash_settings(const struct result_settings *settings, struct arena *arena);

#endif
