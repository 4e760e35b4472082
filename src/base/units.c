/* SPDX-License-Identifier: MIT */
/*
 * Numbers with units, read and written. Parsing is exact: digits, then a unit out of a table,
 * computed in 128-bit integers, so that "1.1g" does not depend on how a double rounds.
 */
#include "base/units.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

#define FRACTION_DIGITS_LIMIT 18 /* 10^18 fits 64 bits */

struct unit {
	const char *name;
	uint64_t factor;
};

/* "k" to "p", with what may stand behind them. */
#define BINARY_UNITS(end)                                                                          \
	{"k" end, 1ull << 10}, {"m" end, 1ull << 20}, {"g" end, 1ull << 30},                       \
		{"t" end, 1ull << 40},                                                             \
	{                                                                                          \
		"p" end, 1ull << 50                                                                \
	}

static const struct unit size_units[] = {
	{"b", 1},
	BINARY_UNITS(""),
	BINARY_UNITS("b"),
	BINARY_UNITS("i"),
	BINARY_UNITS("ib"),
	{NULL, 0},
};

static const struct unit count_units[] = {BINARY_UNITS(""), {NULL, 0}};

/* fio's kb_base=1000: "ki" is decimal there too, "kib" is not. */
#define DECIMAL_UNITS(end)                                                                         \
	{"k" end, 1000ull}, {"m" end, 1000000ull}, {"g" end, 1000000000ull},                       \
		{"t" end, 1000000000000ull},                                                       \
	{                                                                                          \
		"p" end, 1000000000000000ull                                                       \
	}

static const struct unit decimal_size_units[] = {
	{"b", 1},
	DECIMAL_UNITS(""),
	DECIMAL_UNITS("b"),
	DECIMAL_UNITS("i"),
	BINARY_UNITS("ib"),
	{NULL, 0},
};

static const struct unit decimal_count_units[] = {DECIMAL_UNITS(""), {NULL, 0}};

static _Thread_local bool uses_decimal;

bool units_use_decimal(bool is_decimal)
{
	bool before = uses_decimal;

	uses_decimal = is_decimal;
	return before;
}

static const struct unit *units_of_sizes(void)
{
	return uses_decimal ? decimal_size_units : size_units;
}

static const struct unit *units_of_counts(void)
{
	return uses_decimal ? decimal_count_units : count_units;
}

static const struct unit time_units[] = {
	{"ns", 1},
	{"nsec", 1},
	{"us", NS_PER_US},
	{"usec", NS_PER_US},
	{"ms", NS_PER_MS},
	{"msec", NS_PER_MS},
	{"s", NS_PER_S},
	{"sec", NS_PER_S},
	{"secs", NS_PER_S},
	{"second", NS_PER_S},
	{"seconds", NS_PER_S},
	{"m", 60 * NS_PER_S},
	{"min", 60 * NS_PER_S},
	{"mins", 60 * NS_PER_S},
	{"minute", 60 * NS_PER_S},
	{"minutes", 60 * NS_PER_S},
	{"h", 3600 * NS_PER_S},
	{"hour", 3600 * NS_PER_S},
	{"hours", 3600 * NS_PER_S},
	{"d", 86400 * NS_PER_S},
	{"day", 86400 * NS_PER_S},
	{"days", 86400 * NS_PER_S},
	{NULL, 0},
};

/* A number as it was written: whole + fraction / fraction_scale. */
struct number {
	uint64_t whole;
	uint64_t fraction;
	uint64_t fraction_scale;
	const char *rest; /* what follows it: the unit */
	size_t rest_length;
};

static int fail(const char **problem, const char *words, int error)
{
	*problem = words;
	return error;
}

/* The text without blanks around it. */
static void trim(const char **text, size_t *length)
{
	while (isspace((unsigned char)**text))
		(*text)++;
	*length = strlen(*text);
	while (*length > 0 && isspace((unsigned char)(*text)[*length - 1]))
		(*length)--;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return INT32_MAX;
}

/* Reads digits of `base` from *text on; returns how many, or -ERANGE. */
static int read_digits(const char **text, int base, uint64_t *value)
{
	int count = 0;

	*value = 0;
	for (; digit_value(**text) < base; (*text)++, count++) {
		uint64_t digit = (uint64_t)digit_value(**text);

		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
			__builtin_add_overflow(*value, digit, value))
			return -ERANGE;
	}
	return count;
}

/* Digits after the point; those beyond the limit are too small to count. */
static int read_fraction(const char **text, struct number *number)
{
	int count = 0;

	for (; isdigit((unsigned char)**text); (*text)++, count++) {
		if (count < FRACTION_DIGITS_LIMIT) {
			number->fraction = number->fraction * 10 + (uint64_t)digit_value(**text);
			number->fraction_scale *= 10;
		}
	}
	return count;
}

static int read_number(const char *text, struct number *number, const char **problem)
{
	size_t length;
	const char *end;
	bool is_hex;
	int whole_digits, fraction_digits = 0;

	trim(&text, &length);
	end = text + length;
	if (length == 0)
		return fail(problem, "a number is missing", -EINVAL);
	if (*text == '-' && isdigit((unsigned char)text[1]))
		return fail(problem, "must not be negative", -EINVAL);
	*number = (struct number){.fraction_scale = 1};
	is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	if (is_hex)
		text += 2;
	whole_digits = read_digits(&text, is_hex ? 16 : 10, &number->whole);
	if (whole_digits < 0)
		return fail(problem, "too large", -ERANGE);
	if (!is_hex && *text == '.') {
		text++;
		fraction_digits = read_fraction(&text, number);
		if (fraction_digits == 0)
			return fail(problem, "digits are missing after the point", -EINVAL);
	}
	if (whole_digits + fraction_digits == 0)
		return fail(problem, "not a number", -EINVAL);
	number->rest = text;
	number->rest_length = (size_t)(end - text);
	return 0;
}

static int find_unit(const struct unit *units, const struct number *number, uint64_t *factor,
	const char **problem)
{
	if (number->rest_length == 0)
		return 0;
	if (isspace((unsigned char)*number->rest))
		return fail(problem, "a blank stands inside the number", -EINVAL);
	for (; units->name; units++) {
		if (strlen(units->name) == number->rest_length &&
			strncasecmp(units->name, number->rest, number->rest_length) == 0) {
			*factor = units->factor;
			return 0;
		}
	}
	return fail(problem, "unknown unit", -EINVAL);
}

/*
 * `factor` is the unit's where none is written. A fraction of a large unit is rounded to the
 * nearest whole (1.1g), but one of the smallest unit is a mistake (0.5 bytes).
 */
static int parse(const char *text, const struct unit *units, uint64_t factor, uint64_t *value,
	const char **problem)
{
	struct number number;
	unsigned __int128 product;
	int rc = read_number(text, &number, problem);

	if (rc == 0)
		rc = find_unit(units, &number, &factor, problem);
	if (rc < 0)
		return rc;
	if (factor == 1 && number.fraction != 0)
		return fail(problem, "not a whole number", -EINVAL);
	product = (unsigned __int128)number.fraction * factor + number.fraction_scale / 2;
	product = product / number.fraction_scale + (unsigned __int128)number.whole * factor;
	if (product > UINT64_MAX)
		return fail(problem, "too large", -ERANGE);
	*value = (uint64_t)product;
	return 0;
}

int units_parse_size(const char *text, uint64_t *bytes, const char **problem)
{
	return parse(text, units_of_sizes(), 1, bytes, problem);
}

static int parse_percent(const char *text, size_t length, double *percent, const char **problem)
{
	struct number number;
	int rc = read_number(text, &number, problem);

	if (rc < 0)
		return rc;
	if (number.rest + 1 != text + length)
		return fail(problem, "not a percentage", -EINVAL);
	*percent = (double)number.whole + (double)number.fraction / (double)number.fraction_scale;
	return *percent > 100 ? fail(problem, "more than 100%", -ERANGE) : 0;
}

/* As fio: whole decimal numbers, and a small z. */
static int parse_zones(const char *text, size_t length, uint64_t *count, const char **problem)
{
	const char *end = text;
	int digits = read_digits(&end, 10, count);

	if (digits == -ERANGE)
		return fail(problem, "too large", -ERANGE);
	if (digits == 0 || end + 1 != text + length)
		return fail(problem, "not a count of zones", -EINVAL);
	return *count > UINT32_MAX ? fail(problem, "too large", -ERANGE) : 0;
}

int units_parse_extent(const char *text, struct extent *extent, const char **problem)
{
	struct extent parsed = {.is_set = true};
	size_t length;
	int rc;

	trim(&text, &length);
	parsed.is_percent = length > 0 && text[length - 1] == '%';
	parsed.is_zones = length > 0 && text[length - 1] == 'z';
	if (parsed.is_zones)
		rc = parse_zones(text, length, &parsed.bytes, problem);
	else if (parsed.is_percent)
		rc = parse_percent(text, length, &parsed.percent, problem);
	else
		rc = units_parse_size(text, &parsed.bytes, problem);
	if (rc == 0)
		*extent = parsed;
	return rc;
}

int units_parse_count(const char *text, uint64_t *count, const char **problem)
{
	return parse(text, units_of_counts(), 1, count, problem);
}

int units_parse_double(const char *text, double *value, const char **problem)
{
	size_t length;
	char *end;
	double parsed;

	trim(&text, &length);
	if (length == 0)
		return fail(problem, "a number is missing", -EINVAL);
	/* What strtod takes beyond decimal numbers (inf, nan, 0x1p3) nobody means here. */
	if (strspn(text, "+-.0123456789eE") < length)
		return fail(problem, "not a number", -EINVAL);
	parsed = strtod(text, &end);
	if (end != text + length)
		return fail(problem, "not a number", -EINVAL);
	if (!isfinite(parsed))
		return fail(problem, "too large", -ERANGE);
	*value = parsed;
	return 0;
}

int units_parse_time(const char *text, uint64_t unit_ns, uint64_t *time_ns, const char **problem)
{
	return parse(text, time_units, unit_ns, time_ns, problem);
}

/* A unit and how many of it make the next; the last has 0. */
struct step {
	const char *name;
	unsigned next;
};

static const struct step byte_steps[] = {
	{"B", 1024},
	{"KiB", 1024},
	{"MiB", 1024},
	{"GiB", 1024},
	{"TiB", 1024},
	{"PiB", 1024},
	{"EiB", 0},
};

static const struct step count_steps[] = {
	{"", 1000},
	{"k", 1000},
	{"M", 1000},
	{"G", 1000},
	{"T", 1000},
	{"P", 1000},
	{"E", 0},
};

static const struct step time_steps[] = {
	{"ns", 1000},
	{"us", 1000},
	{"ms", 1000},
	{"s", 0},
};

/* Decimals that make 3 digits. The bounds stand half a last digit early: 9.996 is "10.0". */
static int decimals(double value)
{
	if (value < 9.995)
		return 2;
	return value < 99.95 ? 1 : 0;
}

static char *format_steps(char text[UNITS_TEXT_BYTES], double value, const struct step *step)
{
	const char *sign = value < 0 ? "-" : "";
	bool is_smallest = true;
	int digits;

	if (!isfinite(value)) {
		snprintf(text, UNITS_TEXT_BYTES, "-");
		return text;
	}
	value = fabs(value);
	for (; step->next && value >= step->next - 0.5; step++) {
		value /= step->next;
		is_smallest = false;
	}
	digits = is_smallest && value == floor(value) ? 0 : decimals(value);
	if (value >= 1e9)
		snprintf(text, UNITS_TEXT_BYTES, "%s%.2e%s", sign, value, step->name);
	else
		snprintf(text, UNITS_TEXT_BYTES, "%s%.*f%s", sign, digits, value, step->name);
	return text;
}

char *units_format_bytes(char text[UNITS_TEXT_BYTES], double bytes)
{
	return format_steps(text, bytes, byte_steps);
}

char *units_format_count(char text[UNITS_TEXT_BYTES], double count)
{
	return format_steps(text, count, count_steps);
}

char *units_format_time(char text[UNITS_TEXT_BYTES], double time_ns)
{
	return format_steps(text, time_ns, time_steps);
}

char *units_format_exact_size(char text[UNITS_TEXT_BYTES], uint64_t bytes)
{
	static const char suffixes[] = "kmgtp";
	int power = 0;

	while (bytes != 0 && power < 5 && bytes % 1024 == 0) {
		bytes /= 1024;
		power++;
	}
	if (power > 0)
		snprintf(text, UNITS_TEXT_BYTES, "%llu%c", (unsigned long long)bytes,
			suffixes[power - 1]);
	else
		snprintf(text, UNITS_TEXT_BYTES, "%llu", (unsigned long long)bytes);
	return text;
}

char *units_format_exact_time(char text[UNITS_TEXT_BYTES], uint64_t time_ns)
{
	static const struct {
		const char *name;
		uint64_t factor;
	} units[] = {
		{"d", 86400 * NS_PER_S},
		{"h", 3600 * NS_PER_S},
		{"m", 60 * NS_PER_S},
		{"s", NS_PER_S},
		{"ms", NS_PER_MS},
		{"us", NS_PER_US},
		{"ns", 1},
	};
	size_t i = 0;

	if (time_ns == 0) {
		snprintf(text, UNITS_TEXT_BYTES, "0s");
		return text;
	}
	while (time_ns % units[i].factor != 0)
		i++;
	snprintf(text, UNITS_TEXT_BYTES, "%llu%s", (unsigned long long)(time_ns / units[i].factor),
		units[i].name);
	return text;
}

char *units_format_exact_double(char text[UNITS_TEXT_BYTES], double value)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, UNITS_TEXT_BYTES, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	return text;
}

uint64_t units_greatest_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}
