/* SPDX-License-Identifier: MIT */
/*
 * What is written. fio's defaults and options: random data made once per buffer and slightly
 * changed before each write (scramble_buffers=1), made anew before each (refill_buffers), zeros
 * (zero_buffers), a pattern (buffer_pattern), a share of compressible bytes and of duplicates.
 * A pattern goes before zeros; a share of compressible bytes makes the rest random, as in fio.
 */
#ifndef LOAD_PAYLOAD_H
#define LOAD_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/byte_pattern.h"
#include "base/random.h"

struct payload_spec {
	bool refills;
	bool is_zero;
	bool scrambles;            /* random content that is not refilled */
	bool reads_too;            /* into the same buffers: puts zeros and patterns back */
	unsigned compress_percent; /* share of each chunk that is zeros, or the pattern */
	uint64_t compress_chunk;   /* in bytes */
	unsigned dedupe_percent;   /* share of writes that repeat an earlier random content */
	uint64_t set_count;        /* ... out of so many, the first ones; 0: the last one */
	/* Payloads with one shared_seed have one set: each of sharer_count makes a part of it. */
	bool is_shared;
	uint64_t shared_seed, sharer, sharer_count;
	const struct byte_pattern *pattern; /* NULL or length 0: none */
	uint64_t seed;
};

enum payload_action { PAYLOAD_KEEP, PAYLOAD_SCRAMBLE, PAYLOAD_REFILL };

struct payload {
	const struct payload_spec *spec;
	bool changes_each_write; /* false: payload_prepare has nothing to do */
	bool is_fixed;           /* nothing of the content is random */
	enum payload_action action;
	uint64_t stamp; /* scrambling: never the same twice */
	struct random random;
	uint64_t repeated_seed; /* dedupe: of the last content that was no repetition */
	uint64_t content_count; /* dedupe out of a set: of those */
};

/* `spec` stays the caller's and must outlive the payload. */
void payload_init(struct payload *payload, const struct payload_spec *spec);

/* First content of a buffer, before the clock starts. */
void payload_fill(struct payload *payload, void *buffer, size_t bytes);

/* payload_prepare when there is something to do; not for callers. */
void payload_change(struct payload *payload, void *buffer, size_t bytes, uint64_t offset);

/* Before each write of `bytes` at `offset`: what the options ask to change. In the hot loop. */
static inline void payload_prepare(
	struct payload *payload, void *buffer, size_t bytes, uint64_t offset)
{
	if (payload->action != PAYLOAD_KEEP)
		payload_change(payload, buffer, bytes, offset);
}

#endif
