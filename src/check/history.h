/* SPDX-License-Identifier: MIT */
/*
 * A line for each check, as JSON, in a file that only grows: "FILE.jsonl". Several checks may add
 * to it at once. It shows when a level changed, which no single check can.
 */
#ifndef CHECK_HISTORY_H
#define CHECK_HISTORY_H

#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "check/check.h"

#define HISTORY_SCHEMA "ringside-history/1"

struct history_value {
	const char *name;   /* "randread.read.iops", of relative gates with " (relative)" */
	const char *metric; /* "read.iops" */
	const char *kind;   /* of gate */
	const char *outcome;
	double mean; /* on the scale of the analysis: logarithm, unless the metric may be 0 */
	double standard_error; /* NAN: one trial */
	size_t count;          /* trials */
};

struct history_line {
	const char *time;   /* RFC 3339 */
	const char *commit; /* or NULL */
	const char *job;
	const char *hash_hard; /* of the environment */
	const char *hash_soft;
	int exit_code;
	size_t value_count;
	struct history_value *values;
};

struct history {
	struct arena arena;
	size_t line_count;
	struct history_line *lines; /* as they were added */
};

/* The kind of document that a line is, for its JSON Schema. */
extern const struct document_kind history_document;

/* The line of a report, with a newline at its end; malloc'd, caller frees. */
char *history_print(const struct check *report);

/*
 * Adds a line in one piece, under a lock (flock) that keeps others out meanwhile. A line that
 * somebody left unfinished is ended first. 0 or -errno.
 */
int history_append(const char *path, const char *line);

/*
 * Reads all lines. A line that is none is warned about and left out, since what a crash cut short
 * must not take the rest with it; one of a later version is an error. 0, -EINVAL or -errno,
 * reported. history_free in either case.
 */
int history_read(const char *path, struct history *history, struct diag *diag);
int history_read_memory(const char *path, const char *text, size_t length, struct history *history,
	struct diag *diag);
void history_free(struct history *history);

/* The value of a gate by its name; NULL: the line has none. */
const struct history_value *history_find(const struct history_line *line, const char *name);

/*
 * For each gate (or those of `metric`, a gate's or a metric's name): a sparkline, the level now,
 * and where it changed. Each job by itself; sessions of other machines than the job's last one are
 * left out, as are checks that measured nothing. 0 or -errno.
 * *shown: how many gates there were.
 */
int history_show(const struct history *history, const char *metric, FILE *stream, size_t *shown);

/*
 * What a page with pictures says of them: for each job, each gate's name, level now, the lines that
 * its picture is made of, and where it changed, in words. The caller deletes it.
 */
cJSON *history_page_words(const struct history *history);

#endif
