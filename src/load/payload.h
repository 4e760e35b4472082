/* SPDX-License-Identifier: MIT */
/*
 * What is written. fio's defaults and options: random data made once per buffer and slightly
 * changed before each write (scramble_buffers=1), made anew before each (refill_buffers), zeros
 * (zero_buffers), a pattern (buffer_pattern), a share of compressible bytes and of duplicates.
 */
#ifndef LOAD_PAYLOAD_H
#define LOAD_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"

enum { PAYLOAD_PATTERN_LIMIT = 512 };

/* buffer_pattern, parsed: bytes, with "%o" places that take the I/O's offset (8 bytes, LE). */
struct payload_pattern {
	size_t length; /* 0: none */
	uint8_t bytes[PAYLOAD_PATTERN_LIMIT];
	size_t offset_count;
	uint16_t offset_at[PAYLOAD_PATTERN_LIMIT / 8];
};

struct payload_spec {
	bool refills;
	bool is_zero;
	bool scrambles;
	unsigned compress_percent; /* share of each block that is zeros (or the pattern) */
	unsigned dedupe_percent;   /* share of writes that repeat an earlier content */
	const struct payload_pattern *pattern; /* NULL or length 0: none */
	uint64_t seed;
};

struct payload {
	const struct payload_spec *spec;
	struct random random;
	bool changes_each_write; /* false: payload_prepare has nothing to do */
};

/*
 * Parses fio's buffer_pattern: "0xdeadbeef" (hexadecimal, bytes in the order written), "'text'"
 * or "\"text\"", a decimal number (one byte or little-endian), %o, and any of them in a row.
 * Returns 0 or -EINVAL / -ERANGE with *problem as in units.h.
 */
int payload_parse_pattern(const char *text, struct payload_pattern *pattern, const char **problem);

void payload_init(struct payload *payload, const struct payload_spec *spec);

/* First content of a buffer, before the clock starts. */
void payload_fill(struct payload *payload, void *buffer, size_t bytes);

/* Before each write of `bytes` at `offset`: what the options ask to change. In the hot loop. */
void payload_prepare(struct payload *payload, void *buffer, size_t bytes, uint64_t offset);

#endif
