/* SPDX-License-Identifier: MIT */
/* Numbers with units, written: rounded for people, or exact for reading back. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"

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
