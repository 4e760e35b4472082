/* SPDX-License-Identifier: MIT */
/* How text looks. Colour is never the only carrier of anything. */
#ifndef RESULT_TEXT_OPTIONS_H
#define RESULT_TEXT_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

struct write_text_options {
	bool is_utf8; /* else "us", "-" for "µs", "–" */
	bool is_coloured;
	unsigned columns; /* no line is longer; at least 60 */
};

/*
 * What write_text and write_summary use: UTF-8 by the environment's locale (LC_ALL, LC_CTYPE,
 * LANG), colour on a terminal unless NO_COLOR is set, 100 columns.
 */
struct write_text_options write_text_options_of(FILE *stream);

#endif
