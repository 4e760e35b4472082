/* SPDX-License-Identifier: MIT */
/* Gates in words and figures, the same in every output for people. */
#ifndef CHECK_CHECK_TEXT_H
#define CHECK_CHECK_TEXT_H

#include "base/arena.h"
#include "check/check.h"
#include "text/page.h"

/* "804k/s", "38.2 µs", "1.15×"; "–" where it is not known. */
const char *check_text_level(const struct check_gate *gate, double value, struct arena *arena);

/* "-7.8 %" or, of a metric that may be 0, "+0.02". */
const char *check_text_change(const struct check_gate *gate, double change, struct arena *arena);

/* "[-9.1, -6.4]"; "" where there are no bounds. */
const char *check_text_bounds(const struct check_gate *gate, struct arena *arena);

/* The tolerated change: "-5 %", "+10 %", ">= 500k/s". */
const char *check_text_limit(const struct check_gate *gate, struct arena *arena);

/* The same; of exact gates, which have two limits, a share and an amount: the one that counts. */
const char *check_text_tolerance(const struct check_gate *gate, struct arena *arena);

/* The smallest loss that this much data finds in 95 % of cases: "3.1 %". */
const char *check_text_smallest(const struct check_gate *gate, struct arena *arena);

/* One line: "read.iops -7.8 % [-9.1, -6.4], limit -5 %, sees 3.1 %". */
const char *check_text_sentence(const struct check_gate *gate, struct arena *arena);

/* "changed since the baseline: kernel 6.6.10 -> 6.8.0, …"; NULL: nothing. */
const char *check_text_changes(
	const char *title, const struct check_changes *changes, struct arena *arena);

/*
 * "1 regression, 2 inconclusive, 9 pass"; where the exit code says another thing than the gates,
 * also why: "…; exit code 0 by --inconclusive=pass".
 */
const char *check_text_counts(const struct check *report, struct arena *arena);

/* What stands under the gates, NULL-terminated: reasons, facts that changed, the check's notes. */
const char **check_text_notes(const struct check *report, struct arena *arena);

/* Behind the title: " against base.json (5 sessions)", or what in the same session. */
const char *check_text_against(const struct check *report, struct arena *arena);

/* The text output; `options` NULL: those of the stream. */
int check_write_text_with(
	const struct check *report, const struct page_options *options, FILE *stream);

/* What a page with pictures says beside them; the caller deletes it. */
cJSON *check_page_words(const struct check *report);

#endif
