/* SPDX-License-Identifier: MIT */
/* Three significant digits and units. */
#include "text/figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers without an exponent have at most so many decimals, and so many digits in all. */
enum { DECIMALS_LIMIT = 6, EXPONENT_LIMIT = 15 };
#define LEAST_SHOWN 0.5e-6

static const struct figure_unit number_units[] = {{"", 1, false}, {NULL, 0, false}};

static const struct figure_unit count_units[] = {
	{"", 1, true},
	{"k", 1e3, false},
	{"M", 1e6, false},
	{"G", 1e9, false},
	{"T", 1e12, false},
	{NULL, 0, false},
};

static const struct figure_unit byte_units[] = {
	{"B", 1, true},
	{"KiB", 0x1p10, false},
	{"MiB", 0x1p20, false},
	{"GiB", 0x1p30, false},
	{"TiB", 0x1p40, false},
	{"PiB", 0x1p50, false},
	{NULL, 0, false},
};

static const struct figure_unit bandwidth_units[] = {
	{"B/s", 1, true},
	{"KiB/s", 0x1p10, false},
	{"MiB/s", 0x1p20, false},
	{"GiB/s", 0x1p30, false},
	{"TiB/s", 0x1p40, false},
	{NULL, 0, false},
};

static const struct figure_unit time_units[] = {
	{"ns", 1, true},
	{"µs", 1e3, false},
	{"ms", 1e6, false},
	{"s", 1e9, false},
	{NULL, 0, false},
};

static const struct figure_unit *const units_of[] = {
	[FIGURE_NUMBER] = number_units,
	[FIGURE_COUNT] = count_units,
	[FIGURE_BYTES] = byte_units,
	[FIGURE_BANDWIDTH] = bandwidth_units,
	[FIGURE_TIME] = time_units,
};

enum figure_kind figure_kind_of(const char *unit)
{
	return strcmp(unit, "ns") == 0    ? FIGURE_TIME
	       : strcmp(unit, "B/s") == 0 ? FIGURE_BANDWIDTH
	       : strcmp(unit, "/s") == 0  ? FIGURE_COUNT
					  : FIGURE_NUMBER;
}

/* Where three digits would round up to 1000. */
static const double NEXT_UNIT = 999.5;

struct figure_unit figure_unit_of(enum figure_kind kind, double value)
{
	const struct figure_unit *unit = units_of[kind];

	while (unit[1].name && fabs(value) / unit->factor >= NEXT_UNIT)
		unit++;
	return *unit;
}

struct figure_unit figure_unit_between(enum figure_kind kind, double least, double greatest)
{
	return figure_unit_of(kind, sqrt(least) * sqrt(greatest));
}

/* Rounded to three digits by printf itself: 9.996 is "10.0". Not of 0. */
static void three_digits(char text[FIGURE_BYTES_OF_TEXT], double value)
{
	char scientific[32];
	int exponent, decimals;

	snprintf(scientific, sizeof(scientific), "%.2e", value);
	exponent = (int)strtol(strchr(scientific, 'e') + 1, NULL, 10);
	decimals = 2 - exponent;
	if (decimals < 0)
		decimals = 0;
	if (decimals > DECIMALS_LIMIT)
		decimals = DECIMALS_LIMIT;
	if (exponent < EXPONENT_LIMIT)
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%.*f", decimals, strtod(scientific, NULL));
	else
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%s", scientific);
}

char *figure_digits(char text[FIGURE_BYTES_OF_TEXT], double value)
{
	if (!isfinite(value)) {
		snprintf(text, FIGURE_BYTES_OF_TEXT, FIGURE_UNKNOWN);
	} else if (value == 0) {
		snprintf(text, FIGURE_BYTES_OF_TEXT, "0");
	} else if (fabs(value) < LEAST_SHOWN) {
		snprintf(text, FIGURE_BYTES_OF_TEXT, "<0.000001");
	} else {
		three_digits(text, value);
	}
	return text;
}

char *figure_in_unit(char text[FIGURE_BYTES_OF_TEXT], const struct figure_unit *unit, double value)
{
	bool is_whole = value == floor(value) && fabs(value) < 1000;

	if (unit->is_smallest && is_whole)
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%.0f", value);
	else
		figure_digits(text, value / unit->factor);
	return text;
}

char *figure_text(char text[FIGURE_BYTES_OF_TEXT], enum figure_kind kind, double value)
{
	struct figure_unit unit = figure_unit_of(kind, value);
	size_t length;

	figure_in_unit(text, &unit, value);
	if (!isfinite(value) || !unit.name[0])
		return text;
	length = strlen(text);
	snprintf(text + length, FIGURE_BYTES_OF_TEXT - length, "%s%s",
		kind == FIGURE_COUNT ? "" : " ", unit.name);
	return text;
}

char *figure_width(char text[FIGURE_BYTES_OF_TEXT], double width)
{
	if (!(width <= FIGURE_WIDTH_MOST))
		snprintf(text, FIGURE_BYTES_OF_TEXT, "more than 100 %%");
	else
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%.1f %%", width * 100);
	return text;
}
