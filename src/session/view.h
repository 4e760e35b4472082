/* SPDX-License-Identifier: MIT */
/* A point with its verdicts: what tables, words and documents are made of. */
#ifndef SESSION_VIEW_H
#define SESSION_VIEW_H

#include "session/rate.h"
#include "session/record.h"
#include "verdict/compare.h"

struct view {
	struct arena *arena;
	const struct record *record;
	const struct record_point *point;
	struct contrast_rule rule;
	struct session session;
	struct comparison comparison;
	bool *is_thin; /* value * contenders + contender: see view_is_thin() */
	bool has_thin_primary;
	enum rate_state rates; /* RATE_UNEQUAL: rates and latencies have no verdict */
	bool has_figures;      /* else nothing ran, and session and comparison are empty */
};

/* `view` lives as long as `arena`, and the record. */
void view_make(struct view *view, const struct record *record, const struct record_point *point,
	struct arena *arena);

const struct contrast *view_contrast(const struct view *view, enum trial_value value, size_t c);

/*
 * Whether trials of this contender had too few I/Os beyond the percentile for it to be known: then
 * there is no verdict on it, nor on others' differences to it.
 */
bool view_is_thin(const struct view *view, enum trial_value value, size_t c);

/* Geometric mean over blocks (plain mean of plain metrics), in the metric's unit; NAN: none. */
double view_level(const struct view *view, enum trial_value value, size_t c);

/*
 * `part` (user, system or helper time) as a share of `whole` (CPU time per I/O), by their plain
 * means. Parts of a geometric mean that are shares of it add up to it.
 */
double view_share(const struct view *view, enum trial_value part, enum trial_value whole, size_t c);

/* Whether the value is a latency of writes that some contender syncs by calls of their own. */
bool view_lacks_syncs(const struct view *view, enum trial_value value);

/*
 * The contender whose writes are followed by fsync or fdatasync, which are in no latency of theirs,
 * while those of others are not; SESSION_NONE: all writers are alike.
 */
size_t view_find_syncer(const struct view *view);

/* Half-width of the level's interval as a share of it; NAN where there is none. */
double view_spread(const struct view *view, enum trial_value value, size_t c);

/* "▲", "▼", "≈", "~", "" for none. With a page's colour. */
const char *view_mark(enum contrast_mark mark);

/* "▲ +31.0% [29.6, 32.4]", "ref", "+1.2%..+3.4%"; "" where nothing can be said. */
const char *view_difference(const struct view *view, enum trial_value value, size_t c);

/* Whether a ratio may be twice as much as it looks, or half of it: that is no figure to print. */
bool view_is_unknown(enum trial_value value, const struct estimate *difference);

/* "+31.0%", or "-0.25" for a metric whose differences are plain. */
const char *view_effect(const struct view *view, enum trial_value value, double difference);

/* "31.0 %", "more than 100 %", or "0.25": a width on the primary metric. */
const char *view_amount(const struct view *view, double effect);

/* The contenders in the table: ranked, then the control. Returns the number of rows. */
size_t view_rows(const struct view *view, size_t **contenders);

/* Whether the contender's engine was not what its name says. */
bool view_is_doubtful(const struct view *view, size_t c);

/* "io_uring"; "! libaio" of a doubtful one, wherever it is named. */
const char *view_name(const struct view *view, size_t c);

/* "io_uring", "libaio (ref)", "! libaio". */
const char *view_label(const struct view *view, size_t c);

/* The smallest true difference that a session like this one finds in 95 % of cases; NAN: none. */
double view_smallest_effect(const struct view *view);

/*
 * All points side by side: a row for each of them and each contender that has figures, in the order
 * in which they were asked for.
 */
struct view_sweep_row {
	const struct view *view; /* of its point */
	size_t contender;
};

struct view_sweep {
	bool compares; /* some point has several contenders */
	size_t row_count;
	struct view_sweep_row *rows;
};

/* Lives as long as `arena`, and the record. */
void view_sweep(const struct record *record, struct arena *arena, struct view_sweep *sweep);
bool view_sweep_has(const struct view_sweep *sweep, enum trial_value value); /* in some row */

/*
 * The tables of a session. A comparison has one for each point. Jobs that were run side by side and
 * have nothing to do with each other, each with a reference of its own or with none, have a table
 * each, with its own reference: none of them is ranked among the others. Returns their number; they
 * live as long as `arena`.
 */
size_t view_split_point(
	const struct record_point *point, struct arena *arena, struct record_point **tables);

/* Those of all points. */
size_t view_split_record(
	const struct record *record, struct arena *arena, struct record_point **tables);

#endif
