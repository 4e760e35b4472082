/* SPDX-License-Identifier: MIT */
/* What a curve says, in words and tables; texts of `arena`. */
#ifndef CURVE_CURVE_WORDS_H
#define CURVE_CURVE_WORDS_H

#include "curve/curve.h"
#include "text/grid.h"

/* "randread 4k, direct, data.bin — 10 loads, 3 blocks of 0.5 s, random arrivals, seed 1". */
const char *curve_words_title(const struct curve *curve, struct arena *arena);

/* "A io_uring": with its letter where there are several; "io_uring" else. */
const char *curve_words_label(const struct curve *curve, size_t line, struct arena *arena);

/* Lines side by side: maximum, knee, where it is saturated and by what, the load within the limit.
 */
void curve_words_summary(const struct curve *curve, struct arena *arena, struct grid *grid);

/* The loads of one line. */
void curve_words_loads(
	const struct curve_line *line, bool is_wide, struct arena *arena, struct grid *grid);

/* p99 of all lines that have the same loads; false: they have not. */
bool curve_words_together(const struct curve *curve, struct arena *arena, struct grid *grid);

/* Rows of --mixed by shares of their maxima. */
void curve_words_matrix(const struct curve *curve, struct arena *arena, struct grid *grid);

/* Sentences, NULL-terminated: findings, and conditions that a reader should know. */
const char **curve_words_findings(const struct curve *curve, struct arena *arena);
const char **curve_words_notes(const struct curve *curve, struct arena *arena);

/* The command line that runs it again. */
const char *curve_words_again(const struct curve *curve, struct arena *arena);

#endif
