/* SPDX-License-Identifier: MIT */
/* A pattern of bytes that fills buffers: fio's buffer_pattern and verify_pattern. */
#ifndef BASE_BYTE_PATTERN_H
#define BASE_BYTE_PATTERN_H

#include <stddef.h>
#include <stdint.h>

enum { BYTE_PATTERN_LIMIT = 512 };

/* Bytes, with "%o" places that take the I/O's offset (8 bytes, LE). */
struct byte_pattern {
	size_t length; /* 0: none */
	uint8_t bytes[BYTE_PATTERN_LIMIT];
	size_t offset_count;
	uint16_t offset_at[BYTE_PATTERN_LIMIT / 8];
};

/*
 * Parses fio's buffer_pattern: "0xdeadbeef" (hexadecimal, bytes in the order written), "\"text\"",
 * a decimal number (its bytes, the lowest first, as few as it takes; four when negative), %o,
 * 'file' (its first bytes, as many as there is room for), and any of them in a row.
 * Returns 0, or -EINVAL / -ERANGE with *problem, a static text.
 */
int byte_pattern_parse(const char *text, struct byte_pattern *pattern, const char **problem);

/* Fills `bytes` with repetitions of it; each %o is `offset`. The pattern is not empty. */
void byte_pattern_put(
	const struct byte_pattern *pattern, uint8_t *to, size_t bytes, uint64_t offset);

#endif
