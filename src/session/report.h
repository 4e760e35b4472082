/* SPDX-License-Identifier: MIT */
/* A comparison for its readers. All return 0 or -errno of the stream. */
#ifndef SESSION_REPORT_H
#define SESSION_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "document/formats.h"
#include "result/page.h"
#include "session/grid.h"
#include "session/view.h"

/* Tables and words; `is_wide` adds what does not fit into 100 columns. */
int report_text(const struct record *record, bool is_wide, FILE *stream);
int report_text_with(const struct record *record, bool is_wide,
	const struct write_text_options *options, FILE *stream);
int report_markdown(const struct record *record, FILE *stream);
int report_csv(const struct record *record, FILE *stream); /* a row a contender and metric */
/*
 * A sweep: a column for each key that was varied, the contender, and the level of each metric
 * that was measured (with its interval, of the primary one).
 */
int report_sweep_csv(const struct record *record, FILE *stream);
int report_json(const struct record *record, FILE *stream);

extern const struct document_formats report_formats;

/* The tables of a point: figures with verdicts, and what they cost. */
void report_figures(const struct view *view, bool is_wide, struct grid *grid);
void report_costs(const struct view *view, struct grid *grid);

/* All points in one table; `sweep` has rows. */
void report_sweep(const struct view_sweep *sweep, struct arena *arena, struct grid *grid);

/* The point's head: "randread 4k, direct, data.bin — 13 blocks of 4 trials of 2 s, seed 1". */
const char *report_title(const struct view *view);

/*
 * The sentences of a point, NULL-terminated. Notes: contenders that do not run and why, differences
 * between contenders, the conditions of the session. Words: the verdict.
 */
const char **report_notes(const struct view *view);
const char **report_words(const struct view *view);

/* The command line that runs it again, with the seed; "" where it is not known. */
const char *report_again(const struct record *record, struct arena *arena);

#endif
