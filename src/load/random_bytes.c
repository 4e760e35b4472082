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
static inline __attribute__((always_inline)) void start(
	struct generators *generators, uint64_t seed)
{
	for (int half = 0; half < 2; half++)
		for (int lane = 0; lane < LANES; lane++) {
			generators->older[half][lane] = random_splitmix64(&seed);
			generators->newer[half][lane] = random_splitmix64(&seed);
		}
}

static inline __attribute__((always_inline)) void put(uint64_t seed, uint8_t *to, size_t bytes)
{
	struct generators generators;
	uint8_t line[LINE_BYTES];

	start(&generators, seed);
	for (; bytes >= LINE_BYTES; bytes -= LINE_BYTES, to += LINE_BYTES) {
		step(&generators, 0, to);
		step(&generators, 1, to + VECTOR_BYTES);
	}
	if (bytes == 0)
		return;
	step(&generators, 0, line);
	step(&generators, 1, line + VECTOR_BYTES);
	memcpy(to, line, bytes);
}

void random_bytes_put_portable(uint64_t seed, void *to, size_t bytes)
{
	put(seed, to, bytes);
}

#if defined(__x86_64__)
static __attribute__((target("avx2"))) void put_by_avx2(uint64_t seed, uint8_t *to, size_t bytes)
{
	put(seed, to, bytes);
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
