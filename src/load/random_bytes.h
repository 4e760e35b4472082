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

/* Content of which only a share is random: `percent` of each chunk at its start, then zeros. */
struct random_chunks {
	size_t chunk_bytes;
	unsigned percent;
};

/* How much of a chunk is random; the last one of a content may be shorter than others. */
static inline size_t random_bytes_of_chunk(const struct random_chunks *chunks, size_t bytes)
{
	return bytes * chunks->percent / 100;
}

/* The content that `seed` stands for: of two lengths, the shorter one is the longer one's start. */
void random_bytes_put(uint64_t seed, void *to, size_t bytes);

/*
 * All chunks by the generators of one seed: starting them takes as long as 500 bytes. Each chunk
 * begins with the next word of the first generator.
 */
void random_bytes_put_chunks(
	uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks);

/* The instructions that do it. A CPU has those up to the best, which the functions above take. */
enum random_bytes_way {
	RANDOM_BYTES_PORTABLY,
	RANDOM_BYTES_BY_AVX2,
	RANDOM_BYTES_BY_AVX512,
};
enum random_bytes_way random_bytes_best_way(void);

/* Without `chunks`, which may be NULL, all is random. */
void random_bytes_put_in_way(enum random_bytes_way way, uint64_t seed, void *to, size_t bytes,
	const struct random_chunks *chunks);

#endif
