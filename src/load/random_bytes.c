/* SPDX-License-Identifier: MIT */
/* Random content, eight words at a time. */
#include "load/random_bytes.h"

#include <string.h>

#include "base/random.h"

enum { LANES = 4, VECTOR_BYTES = LANES * sizeof(uint64_t), LINE_BYTES = 2 * VECTOR_BYTES };

/* Wider than what some CPUs have: the compiler makes several of it there. */
typedef uint64_t vector __attribute__((vector_size(VECTOR_BYTES)));

struct generators {
	vector older[2], newer[2];
};

static inline __attribute__((always_inline)) void step(
	struct generators *generators, int half, uint8_t *to)
{
	vector x = generators->older[half], y = generators->newer[half], sum;

	generators->older[half] = y;
	x ^= x << 23;
	x ^= y ^ (x >> 17) ^ (y >> 26);
	generators->newer[half] = x;
	sum = x + y;
	memcpy(to, &sum, sizeof(sum));
}

/* No generator may begin with zeros alone: splitmix64 gives no word twice in a row. */
static inline __attribute__((always_inline)) struct generators start(uint64_t seed)
{
	uint64_t older[2][LANES], newer[2][LANES];
	struct generators generators;

	for (int half = 0; half < 2; half++)
		for (int lane = 0; lane < LANES; lane++) {
			older[half][lane] = random_splitmix64(&seed);
			newer[half][lane] = random_splitmix64(&seed);
		}
	/* Copied once, as wholes, they stay in registers. */
	for (int half = 0; half < 2; half++) {
		memcpy(&generators.older[half], older[half], VECTOR_BYTES);
		memcpy(&generators.newer[half], newer[half], VECTOR_BYTES);
	}
	return generators;
}

/*
 * `room` is what may be written from `to` on. Where it suffices, the last line is written whole:
 * what comes behind it overwrites its rest.
 */
static inline __attribute__((always_inline)) void put_random(
	struct generators *generators, uint8_t *to, size_t bytes, size_t room)
{
	uint8_t line[LINE_BYTES];

	for (; bytes >= LINE_BYTES; bytes -= LINE_BYTES, room -= LINE_BYTES, to += LINE_BYTES) {
		step(generators, 0, to);
		step(generators, 1, to + VECTOR_BYTES);
	}
	if (bytes == 0)
		return;
	if (room >= LINE_BYTES) {
		step(generators, 0, to);
		step(generators, 1, to + VECTOR_BYTES);
		return;
	}
	step(generators, 0, line);
	step(generators, 1, line + VECTOR_BYTES);
	memcpy(to, line, bytes);
}

/* Like put_random. */
static inline __attribute__((always_inline)) void put_zeros(uint8_t *to, size_t bytes, size_t room)
{
	uint64_t word = 0;
	vector zeros;

	/* Else gcc makes memset() of the loop: for each call the generators leave their registers,
	 * while these stores cost nothing between theirs. */
	__asm__("" : "+r"(word));
	zeros = (vector){0} + word;
	for (; bytes >= VECTOR_BYTES;
		bytes -= VECTOR_BYTES, room -= VECTOR_BYTES, to += VECTOR_BYTES)
		memcpy(to, &zeros, VECTOR_BYTES);
	if (bytes == 0)
		return;
	if (room >= VECTOR_BYTES)
		memcpy(to, &zeros, VECTOR_BYTES);
	else
		memset(to, 0, bytes);
}

static inline __attribute__((always_inline)) void put(uint64_t seed, uint8_t *to, size_t bytes)
{
	struct generators generators = start(seed);

	put_random(&generators, to, bytes, bytes);
}

static inline __attribute__((always_inline)) void put_chunks(
	uint64_t seed, uint8_t *to, size_t bytes, const struct random_chunks *chunks)
{
	struct generators generators = start(seed);
	size_t chunk = chunks->chunk_bytes, part = random_bytes_of_chunk(chunks, chunk);

	for (; bytes > 0; bytes -= chunk, to += chunk) {
		if (bytes < chunk) {
			chunk = bytes;
			part = random_bytes_of_chunk(chunks, chunk);
		}
		put_random(&generators, to, part, bytes);
		put_zeros(to + part, chunk - part, bytes - part);
	}
}

void random_bytes_put_portable(uint64_t seed, void *to, size_t bytes)
{
	put(seed, to, bytes);
}

void random_bytes_put_chunks_portable(
	uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks)
{
	put_chunks(seed, to, bytes, chunks);
}

#if defined(__x86_64__)
static __attribute__((target("avx2"))) void put_by_avx2(uint64_t seed, uint8_t *to, size_t bytes)
{
	put(seed, to, bytes);
}

static __attribute__((target("avx2"))) void put_chunks_by_avx2(
	uint64_t seed, uint8_t *to, size_t bytes, const struct random_chunks *chunks)
{
	put_chunks(seed, to, bytes, chunks);
}
#endif

void random_bytes_put(uint64_t seed, void *to, size_t bytes)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		put_by_avx2(seed, to, bytes);
		return;
	}
#endif
	random_bytes_put_portable(seed, to, bytes);
}

void random_bytes_put_chunks(
	uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		put_chunks_by_avx2(seed, to, bytes, chunks);
		return;
	}
#endif
	random_bytes_put_chunks_portable(seed, to, bytes, chunks);
}
