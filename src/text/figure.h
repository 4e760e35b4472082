/* SPDX-License-Identifier: MIT */
/*
 * Figures as people read them: 3 significant digits and a unit, which a column of a table shares.
 * Texts are UTF-8 ("µs", "–").
 */
#ifndef TEXT_FIGURE_H
#define TEXT_FIGURE_H

#include <stdbool.h>

enum figure_kind {
	FIGURE_NUMBER,    /* as it is */
	FIGURE_COUNT,     /* k, M, G: powers of 1000 */
	FIGURE_BYTES,     /* KiB, MiB: powers of 1024 */
	FIGURE_BANDWIDTH, /* KiB/s, MiB/s; of bytes per second */
	FIGURE_TIME,      /* ns, µs, ms, s; of nanoseconds */
};

struct figure_unit {
	const char *name; /* "" for none */
	double factor;    /* how many of the value make one */
	bool is_smallest; /* whole numbers are counted in it: "33 ns", not "33.0 ns" */
};

#define FIGURE_BYTES_OF_TEXT 48
#define FIGURE_UNKNOWN       "–" /* for what is not finite */

/* Of figures in "ns", "B/s" or "/s"; other units: FIGURE_NUMBER. */
enum figure_kind figure_kind_of(const char *unit);

/* The unit in which `value` has 1 to 3 digits before the point, as far as there are units. */
struct figure_unit figure_unit_of(enum figure_kind kind, double value);

/* One unit for figures from `least` to `greatest` (> 0): by the middle, logarithmically. */
struct figure_unit figure_unit_between(enum figure_kind kind, double least, double greatest);

/* 3 significant digits: "804", "31.4", "0.0312", "12300"; "0". Returns text. */
char *figure_digits(char text[FIGURE_BYTES_OF_TEXT], double value);

/* `value` (not yet divided) in `unit`, without the unit's name. Returns text. */
char *figure_in_unit(char text[FIGURE_BYTES_OF_TEXT], const struct figure_unit *unit, double value);

/* With its own unit: "38.2 µs", "804k", "256 MiB". Returns text. */
char *figure_text(char text[FIGURE_BYTES_OF_TEXT], enum figure_kind kind, double value);

/*
 * "3.1 %" of a half-width as a fraction; "more than 100 %" of what is too wide to be a figure.
 * Returns text.
 */
#define FIGURE_WIDTH_MOST 1.0
char *figure_width(char text[FIGURE_BYTES_OF_TEXT], double width);

#endif
