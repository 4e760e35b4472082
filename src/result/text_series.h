/* SPDX-License-Identifier: MIT */
/* Parts of a job's block that show it over time; nothing where there is no series. */
#ifndef RESULT_TEXT_SERIES_H
#define RESULT_TEXT_SERIES_H

#include "result/result.h"
#include "text/page.h"

/* IOPS and p99 as lines of marks, and the longest gap. */
void text_series(const struct result_job *job, struct arena *arena, struct page *page);

/* Latency by time: a map for each direction. */
void text_heat_map(const struct result_job *job, struct arena *arena, struct page *page);

/* An interval while its run goes on: a line of text, flushed. */
void text_interval(const struct result_interval_line *line, FILE *stream);

#endif
