/* SPDX-License-Identifier: MIT */
/*
 * The report: one HTML file with documents as JSON, and a script that draws them. It asks the
 * network for nothing, and its Content-Security-Policy would let it have nothing. All that is text
 * from outside stays JSON, which no text in it can end, or is escaped.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "document/document.h"
#include "measure/histogram.h"
#include "text/page.h"

/*
 * What documents may take of the file, together, as they stand in it. Plain JSON is compressed
 * where it is large; series that are too long even then lose what html_shorten takes.
 */
enum { HTML_PLAIN_LIMIT = 64 * 1024, HTML_DATA_LIMIT = 1536 * 1024 };

struct html_document {
	const char *name; /* of its file, or what it is; NULL: by its schema */
	cJSON *json;      /* may be shortened; the caller deletes it */
	cJSON *words;     /* what the text output says of it, for its page; or NULL. Likewise */
};

/* Whether this ringside was built with what the pictures need; else *cure says how to have it. */
bool html_is_available(const char **cure);

/* 0 or -errno of the stream. */
int html_write(
	const char *title, const struct html_document *documents, size_t count, FILE *stream);

/* A report of one document: a writer's body. Deletes `words`. */
int html_write_kind(
	const struct document_kind *kind, const void *structure, cJSON *words, FILE *stream);

/* The text output, as "text". */
typedef int html_text_writer(
	const void *structure, const struct page_options *options, FILE *stream);
void html_add_output(cJSON *words, html_text_writer *write, const void *structure);

/* Sentences, NULL-terminated, as an array. */
void html_add_texts(cJSON *words, const char *key, const char *const *texts);

/* A map of latency by time: at most so many columns, rows of a quarter of an octave. */
enum {
	HTML_MAP_COLUMNS = 240,
	HTML_MAP_ROW_BITS = HISTOGRAM_STEP_BITS - 2,
	HTML_MAP_ROWS = HISTOGRAM_BUCKETS >> HTML_MAP_ROW_BITS,
};

/* The next column, HTML_MAP_ROWS counts, as [row, count, row, count, ...]. */
void html_map_column(struct json_raw *map, const uint64_t *rows);

/*
 * Of a result, takes the histograms of single intervals, which are nearly all of a long one: each
 * job's "series" becomes null, and "series_columns" has the same intervals in columns with counts,
 * extremes and percentiles, and a coarse map of latency by time. What is left is a result that can
 * be read. False: there was nothing to take.
 */
bool html_shorten(cJSON *document);

#endif
