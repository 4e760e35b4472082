/* SPDX-License-Identifier: MIT */
/*
 * Numbers with units, as fio writes them but strictly: what is left over is an error, never
 * ignored. k, m, g, t, p (any case, with or without b) are powers of 1024 as in fio; KiB, MiB, …
 * are 1024-based too (fio 3 reads them as 1000). Fractions are taken ("1.5g") and rounded to the
 * nearest whole byte, but not where no unit is written (a fraction of a byte); hexadecimal (0x)
 * too. Blanks around the text are trimmed; inside it they are an error.
 *
 * The parsers return 0, or -EINVAL (not such a number) or -ERANGE (too large), and then say in
 * *problem what is wrong, a static string such as "unknown unit" for a message after the value.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* A size in bytes, as a share of the target ("80%") or as a count of zones ("2z"). */
struct extent {
	bool is_set;
	bool is_percent;
	bool is_zones;
	uint64_t bytes; /* or zones */
	double percent; /* 0..100 */
};

/*
 * Whether k, kb, ki, m, ... are powers of 1000 for this thread's parsers of sizes and counts (KiB
 * is 1024 still), as fio's kb_base=1000 has it. Returns whether they were.
 */
bool units_use_decimal(bool is_decimal);

/* "4k" 4096, "1.5g", "512", "4KiB", "0x1000". */
int units_parse_size(const char *text, uint64_t *bytes, const char **problem);

/* A size, "80%", or "2z". */
int units_parse_extent(const char *text, struct extent *extent, const char **problem);

/* A whole number, with the same k/m/g suffixes. */
int units_parse_count(const char *text, uint64_t *count, const char **problem);

/* "0.99", "1e3"; no suffixes. Finite. */
int units_parse_double(const char *text, double *value, const char **problem);

/*
 * Suffixes d h m s ms us ns; without one, `unit_ns` is the unit (NS_PER_S, NS_PER_US, …).
 * sec, second(s), min, minute(s), hour(s), day(s), msec, usec are taken as what they say
 * (fio reads "5sec" as 5 microseconds).
 */
int units_parse_time(const char *text, uint64_t unit_ns, uint64_t *time_ns, const char **problem);

#define UNITS_TEXT_BYTES 32

/*
 * Returns text: 3 significant digits (4 from 1000 to 1023) and a unit: "1.50GiB", "4.00KiB",
 * "512B". What is no finite number is "-", here and in the next two.
 */
char *units_format_bytes(char text[UNITS_TEXT_BYTES], double bytes);
/* SI: "804k", "1.24M", "37". */
char *units_format_count(char text[UNITS_TEXT_BYTES], double count);
/* "812ns", "33.1us", "1.20ms", "2.00s". */
char *units_format_time(char text[UNITS_TEXT_BYTES], double time_ns);
/*
 * In the largest unit without a fraction, as units_parse_size reads it back: 4096 -> "4k",
 * 1000 -> "1000".
 */
char *units_format_exact_size(char text[UNITS_TEXT_BYTES], uint64_t bytes);
/* The same for units_parse_time, unit always written: "5s", "250us". */
char *units_format_exact_time(char text[UNITS_TEXT_BYTES], uint64_t time_ns);
/* The shortest text that reads back the same. `value` is finite. */
char *units_format_exact_double(char text[UNITS_TEXT_BYTES], double value);

/* The greatest number that divides both; of 0 and a number, the number. */
uint64_t units_greatest_divisor(uint64_t a, uint64_t b);

#endif
