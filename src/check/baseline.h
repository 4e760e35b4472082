/* SPDX-License-Identifier: MIT */
/*
 * Sessions that today is compared with, with their raw figures, so that later methods can judge
 * them anew. Plain data; texts belong to `arena`.
 *
 * Two references guard against creep (1 % a week passes for ever): the rolling window, the last
 * sessions that were accepted; and the anchor, fixed sessions with a wider threshold.
 */
#ifndef CHECK_BASELINE_H
#define CHECK_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "check/check_session.h"
#include "document/document.h"

#define BASELINE_SCHEMA "ringside-baseline/1"

enum { BASELINE_WINDOW = 10 };

struct baseline_threshold { /* kept with the file, so that every check uses them */
	const char *name;   /* "read.iops", "randread.read.iops" */
	double fraction;
};

struct baseline_update {
	const char *time;
	const char *commit; /* or NULL */
	const char *reason;
};

struct baseline_session {
	struct check_session session;
	bool is_anchor;
};

struct baseline {
	struct arena arena;
	bool is_file;         /* of its own, that can be updated; else results are its sessions */
	const char *tool;     /* that wrote the file */
	const char *job;      /* text of the job file or its command line; or NULL */
	size_t window;        /* sessions that count, the newest */
	size_t session_count; /* ascending by time */
	struct baseline_session *sessions;
	size_t reference_count; /* --ref as it was given, so that checks run the same */
	const char *const *references;
	size_t threshold_count;
	struct baseline_threshold *thresholds;
	size_t update_count;
	struct baseline_update *updates;
};

/* Noise of a metric of a contender, on the scale of the analysis. */
struct baseline_noise {
	double within;        /* deviation of trials within a session; NAN: one trial each */
	double between;       /* deviation of the sessions' means; NAN: one session */
	double smallest_loss; /* found in 95 % of checks, as a fraction; NAN: unknown */
	size_t session_count;
};

/* An empty baseline of this ringside. */
void baseline_init(struct baseline *baseline);
void baseline_free(struct baseline *baseline);

/*
 * Adds a session (its texts must outlive the baseline or lie in its arena). Sessions that
 * then are neither in the window nor anchor are dropped.
 */
void baseline_add(struct baseline *baseline, const struct check_session *session, bool is_anchor);

/* Whether it has this very session (check_session_is_same). */
bool baseline_has(const struct baseline *baseline, const struct check_session *session);

/* Whether the session counts: one of the newest `window`. */
bool baseline_is_in_window(const struct baseline *baseline, size_t session);

/* The newest session: its contenders and environment are the baseline's. NULL when there is none.
 */
const struct check_session *baseline_newest(const struct baseline *baseline);

/*
 * Means of the sessions in the window (or of the anchor) on the scale of the analysis; with the
 * reference contender's name not NULL: of differences to it. Sessions without the metric are left
 * out. `means` has room for session_count. Returns their number.
 */
size_t baseline_means(const struct baseline *baseline, bool is_anchor, const char *contender,
	const char *reference, enum trial_value metric, double *means);

/* `is_relative`: of the differences to the newest session's reference. */
struct baseline_noise baseline_noise_of(const struct baseline *baseline, const char *contender,
	const char *reference, enum trial_value metric);

/* Sessions, noise, and the smallest loss that a check against it can see. 0 or -errno. */
int baseline_show(const struct baseline *baseline, const char *path, FILE *stream);

/* Canonical text: keys sorted, numbers as short as reads back the same. malloc'd, caller frees. */
char *baseline_print(const struct baseline *baseline);

/*
 * Reads a document that baseline_print made. As result_read_memory; baseline_free in either case.
 */
int baseline_read_memory(const char *path, const char *text, size_t length,
	struct baseline *baseline, struct diag *diag);

/* The kind of document, for its JSON Schema. */
extern const struct document_kind baseline_document;

#endif
