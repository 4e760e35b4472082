/* SPDX-License-Identifier: MIT */
/* What is said of tested claims: figures with their intervals, tables, sentences. */
#ifndef CLAIM_CLAIM_WORDS_H
#define CLAIM_CLAIM_WORDS_H

#include "claim/claims.h"
#include "text/grid.h"

/* "14 claims in 9:31 min — 20 lines confirmed, 3 refuted, …, seed 7". */
const char *claim_words_title(const struct claims *claims, struct arena *arena);

/* "2 confirmed, 1 refuted" of the lines; "confirmed" of a single one. */
const char *claim_words_verdicts(const struct claims_entry *entry, struct arena *arena);

/* "38 s", "9:31 min". */
const char *claim_words_time(double seconds, struct arena *arena);

/* "0.620 [0.601, 0.640]", "182 ns [180, 185]"; FIGURE_UNKNOWN where nothing was measured. */
const char *claim_words_measured(
	const struct claim_line *line, const struct claim_test *test, struct arena *arena);

/* "<= 0.95", "within 0.95 .. 1.05": what it is held against. */
const char *claim_words_claimed(
	const struct claim_line *line, const struct claim_test *test, struct arena *arena);

/* A colour for it, and its name. */
const char *claim_words_verdict(enum claim_verdict verdict, struct arena *arena);

/* What it is called here: its name, or its path where another has the same name. */
const char *claim_words_name(const struct claims *claims, const struct claims_entry *entry);

/* Of its own in a page, whatever its file is called. */
const char *claim_words_anchor(
	const struct claims *claims, const struct claims_entry *entry, struct arena *arena);

/* All claims, a row for each line: of several points the one that decides. */
void claim_words_summary(const struct claims *claims, struct arena *arena, struct grid *grid);

/* One claim, a row for each line and point; for Markdown with the reason as a column. */
void claim_words_tests(
	const struct claims_entry *entry, bool has_reasons, struct arena *arena, struct grid *grid);

/* One claim's contenders at each point. */
void claim_words_figures(const struct claims_entry *entry, struct arena *arena, struct grid *grid);

/* What the sessions show of themselves, and why lines have no verdict; NULL-terminated. */
const char **claim_words_notes(
	const struct claims_entry *entry, bool has_reasons, struct arena *arena);

/* Facts of the machine, key and text. */
struct settings claim_words_machine(const struct claims *claims, struct arena *arena);

/* The command line that tests them again; "" where it is not known. */
const char *claim_words_again(const struct claims *claims, struct arena *arena);

#endif
