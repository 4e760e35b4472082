/* SPDX-License-Identifier: MIT */
/*
 * Random content of buffers, many bytes at a time: eight generators side by side (xorshift128+,
 * Vigna 2014, with the shifts 23, 17, 26), as vectors of the CPU. The same bytes on every CPU.
 * Good enough that no drive finds anything to compress or to share in them; not for draws, which
 * base/random.h makes.
 */
#ifndef LOAD_RANDOM_BYTES_H
#define LOAD_RANDOM_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* The content that `seed` stands for: of two lengths, the shorter one is the longer one's start. */
void random_bytes_put(uint64_t seed, void *to, size_t bytes);

/* The same by instructions that each CPU of the architecture has. */
void random_bytes_put_portable(uint64_t seed, void *to, size_t bytes);

#endif
