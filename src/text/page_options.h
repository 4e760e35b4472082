/* SPDX-License-Identifier: MIT */
/* How a page looks. Colour is never the only carrier of anything. */
#ifndef TEXT_PAGE_OPTIONS_H
#define TEXT_PAGE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

struct page_options {
	bool is_utf8; /* else "us", "-" for "µs", "–" */
	bool is_coloured;
	unsigned columns; /* no line is longer; at least 60 */
};

/*
 * For writers that are given a stream alone: UTF-8 by the environment's locale (LC_ALL, LC_CTYPE,
 * LANG), colour on a terminal unless NO_COLOR is set, 100 columns.
 */
struct page_options page_options_of(FILE *stream);

#endif
