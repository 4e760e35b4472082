/* SPDX-License-Identifier: MIT */
/* Random content, eight words at a time. */
#include "load/random_bytes.h"

#include <string.h>

#include "base/random.h"

enum {
	LANES = 8,
	LINE_BYTES = LANES * sizeof(uint64_t), /* a word of each generator */
	HALF_BYTES = LINE_BYTES / 2,
};

/* Wider than what some CPUs have: the compiler makes several of a half there, but a line it would
 * take to pieces by way of memory. */
typedef uint64_t half __attribute__((vector_size(HALF_BYTES)));
typedef uint64_t line __attribute__((vector_size(LINE_BYTES)));

struct words {
	uint64_t older[LANES], newer[LANES];
};

/* All generators in two vectors each, or in one. */
struct halves {
	half older[2], newer[2];
};
struct lines {
	line older, newer;
};

/* The next word of each generator. */
typedef void put_line(void *generators, uint8_t *to);

static inline __attribute__((always_inline)) void put_half(
	struct halves *generators, int which, uint8_t *to)
{
	half x = generators->older[which], y = generators->newer[which], sum;

	generators->older[which] = y;
	x ^= x << 23;
	x ^= y ^ (x >> 17) ^ (y >> 26);
	generators->newer[which] = x;
	sum = x + y;
	memcpy(to, &sum, sizeof(sum));
}

static inline __attribute__((always_inline)) void put_by_halves(void *generators, uint8_t *to)
{
	put_half(generators, 0, to);
	put_half(generators, 1, to + HALF_BYTES);
}

/* No generator may begin with zeros alone: splitmix64 gives no word twice in a row. */
static inline __attribute__((always_inline)) void start(struct words *words, uint64_t seed)
{
	for (int lane = 0; lane < LANES; lane++) {
		words->older[lane] = random_splitmix64(&seed);
		words->newer[lane] = random_splitmix64(&seed);
	}
}

/* Copied once, as wholes, they stay in registers. */
static inline __attribute__((always_inline)) struct halves start_halves(uint64_t seed)
{
	struct halves generators;
	struct words words;

	start(&words, seed);
	for (int i = 0; i < 2; i++) {
		memcpy(&generators.older[i], words.older + i * LANES / 2, HALF_BYTES);
		memcpy(&generators.newer[i], words.newer + i * LANES / 2, HALF_BYTES);
	}
	return generators;
}

/*
 * `room` is what may be written from `to` on. Where it suffices, the last line is written whole:
 * what comes behind it overwrites its rest.
 */
static inline __attribute__((always_inline)) void put_random(
	put_line *put, void *generators, uint8_t *to, size_t bytes, size_t room)
{
	uint8_t last[LINE_BYTES];

	for (; bytes >= LINE_BYTES; bytes -= LINE_BYTES, room -= LINE_BYTES, to += LINE_BYTES)
		put(generators, to);
	if (bytes == 0)
		return;
	if (room >= LINE_BYTES) {
		put(generators, to);
		return;
	}
	put(generators, last);
	memcpy(to, last, bytes);
}

/* Like put_random. */
static inline __attribute__((always_inline)) void put_zeros(uint8_t *to, size_t bytes, size_t room)
{
	uint64_t word = 0;
	half zeros;

	/* Else gcc makes memset() of the loop: for each call the generators leave their registers,
	 * while these stores cost nothing between theirs. */
	__asm__("" : "+r"(word));
	zeros = (half){0} + word;
	for (; bytes >= HALF_BYTES; bytes -= HALF_BYTES, room -= HALF_BYTES, to += HALF_BYTES)
		memcpy(to, &zeros, HALF_BYTES);
	if (bytes == 0)
		return;
	if (room >= HALF_BYTES)
		memcpy(to, &zeros, HALF_BYTES);
	else
		memset(to, 0, bytes);
}

static inline __attribute__((always_inline)) void put_chunks(put_line *put, void *generators,
	uint8_t *to, size_t bytes, const struct random_chunks *chunks)
{
	size_t chunk = chunks->chunk_bytes, part = random_bytes_of_chunk(chunks, chunk);

	for (; bytes > 0; bytes -= chunk, to += chunk) {
		if (bytes < chunk) {
			chunk = bytes;
			part = random_bytes_of_chunk(chunks, chunk);
		}
		put_random(put, generators, to, part, bytes);
		put_zeros(to + part, chunk - part, bytes - part);
	}
}

/* Without `chunks` all is random. */
typedef void put_all(uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks);

static inline __attribute__((always_inline)) void put_all_by_halves(
	uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks)
{
	struct halves generators = start_halves(seed);

	if (chunks)
		put_chunks(put_by_halves, &generators, to, bytes, chunks);
	else
		put_random(put_by_halves, &generators, to, bytes, bytes);
}

static void put_portably(uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks)
{
	put_all_by_halves(seed, to, bytes, chunks);
}

#if defined(__x86_64__)
static __attribute__((target("avx2"))) void put_by_avx2(
	uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks)
{
	put_all_by_halves(seed, to, bytes, chunks);
}

static inline __attribute__((always_inline, target("avx512f"))) void put_by_lines(
	void *generators, uint8_t *to)
{
	struct lines *lines = generators;
	line x = lines->older, y = lines->newer, sum;

	lines->older = y;
	x ^= x << 23;
	x ^= y ^ (x >> 17) ^ (y >> 26);
	lines->newer = x;
	sum = x + y;
	memcpy(to, &sum, sizeof(sum));
}

static __attribute__((target("avx512f"))) void put_by_avx512(
	uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks)
{
	struct lines generators;
	struct words words;

	start(&words, seed);
	memcpy(&generators.older, words.older, LINE_BYTES);
	memcpy(&generators.newer, words.newer, LINE_BYTES);
	if (chunks)
		put_chunks(put_by_lines, &generators, to, bytes, chunks);
	else
		put_random(put_by_lines, &generators, to, bytes, bytes);
}

enum random_bytes_way random_bytes_best_way(void)
{
	if (__builtin_cpu_supports("avx512f"))
		return RANDOM_BYTES_BY_AVX512;
	return __builtin_cpu_supports("avx2") ? RANDOM_BYTES_BY_AVX2 : RANDOM_BYTES_PORTABLY;
}

static put_all *const ways[] = {
	[RANDOM_BYTES_PORTABLY] = put_portably,
	[RANDOM_BYTES_BY_AVX2] = put_by_avx2,
	[RANDOM_BYTES_BY_AVX512] = put_by_avx512,
};
#else
enum random_bytes_way random_bytes_best_way(void)
{
	return RANDOM_BYTES_PORTABLY;
}

static put_all *const ways[] = {put_portably};
#endif

void random_bytes_put_in_way(enum random_bytes_way way, uint64_t seed, void *to, size_t bytes,
	const struct random_chunks *chunks)
{
	ways[way](seed, to, bytes, chunks);
}

void random_bytes_put(uint64_t seed, void *to, size_t bytes)
{
	random_bytes_put_in_way(random_bytes_best_way(), seed, to, bytes, NULL);
}

void random_bytes_put_chunks(
	uint64_t seed, void *to, size_t bytes, const struct random_chunks *chunks)
{
	random_bytes_put_in_way(random_bytes_best_way(), seed, to, bytes, chunks);
}
