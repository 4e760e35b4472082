/* SPDX-License-Identifier: MIT */
/*
 * Random content of a block by its seed, word for word as fio fills it (its lib/rand.c): four
 * streams side by side, each word the one before it times an odd constant. So any word gives the
 * seed back.
 */
#ifndef VERIFY_CONTENT_H
#define VERIFY_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole of it. */
void content_put(uint64_t seed, void *to, size_t bytes);

/* Bytes `at` to `at` + `bytes` of a content of `total` bytes. */
void content_put_part(uint64_t seed, size_t total, size_t at, void *to, size_t bytes);

/* How many bytes of `data`, from the first on, are those that content_put_part() makes. */
size_t content_match(uint64_t seed, size_t total, size_t at, const void *data, size_t bytes);

enum { CONTENT_PROBE_BYTES = 32 };

/*
 * The seed of which these CONTENT_PROBE_BYTES are the content at `at`, a multiple of 32 in the
 * first `total` / 32 * 32 bytes. False: of none, or all are zeros.
 */
bool content_seed(const void *data, size_t at, uint64_t *seed);

#endif
