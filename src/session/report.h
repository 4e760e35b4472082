/* SPDX-License-Identifier: MIT */
/* A comparison for its readers. All return 0 or -errno of the stream. */
#ifndef SESSION_REPORT_H
#define SESSION_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "document/document.h"
#include "session/view.h"
#include "text/grid.h"

/*
 * Writers. Text has tables and words; the wide one what does not fit into 100 columns, too. A sweep
 * has a column for each key that was varied, the contender, and the level of each metric that was
 * measured (with its interval, of the primary one).
 */
#define REPORT_WRITER_LIST(WRITER)                                                                 \
	WRITER("text", NULL, report_text)                                                          \
	WRITER("wide", NULL, report_wide)                                                          \
	WRITER("json", "JSON with every trial, also after each block", report_json)                \
	WRITER("csv", "CSV, a row for each contender and metric", report_csv)                      \
	WRITER("sweep", "CSV, a row for each point, with its values", report_sweep_csv)            \
	WRITER("markdown", "Markdown", report_markdown)                                            \
	WRITER("html", "a page with pictures", report_html)

#define REPORT_WRITER_DECLARE(name, as, function)                                                  \
	int function(const struct record *record, FILE *stream);
REPORT_WRITER_LIST(REPORT_WRITER_DECLARE)

int report_text_with(const struct record *record, bool is_wide, const struct page_options *options,
	FILE *stream);

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
struct report_lines {
	const struct view *view;
	size_t count, room; /* of the lines, the NULL at their end included */
	const char **lines;
};

void report_say(struct report_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
const char **report_notes(const struct view *view);
const char **report_words(const struct view *view);

/* What the words say of the first in the ranking. */
enum report_claim {
	CLAIM_NOTHING,     /* no contender has figures */
	CLAIM_ALONE,       /* one has */
	CLAIM_NONE,        /* nobody can win, or nothing can be said yet */
	CLAIM_EXPLORATORY, /* it has the best figure, of which no claim is made */
	CLAIM_WINNER,
	CLAIM_TIED, /* with others */
};
enum report_claim report_claim_of(const struct view *view);

/* What a page with pictures says beside them; the caller deletes it. */
cJSON *report_page_words(const struct record *record);

/* The command line that runs it again, with the seed; "" where it is not known. */
const char *report_again(const struct record *record, struct arena *arena);

#endif
