/* SPDX-License-Identifier: MIT */
/* xoshiro256** 1.0 (Blackman, Vigna; prng.di.unimi.it), seeded by splitmix64. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state[4];
};

static inline uint64_t random_splitmix64(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline void random_init(struct random *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		random->state[i] = random_splitmix64(&seed);
}

static inline uint64_t random_next(struct random *random)
{
	uint64_t s0 = random->state[0];
	uint64_t s1 = random->state[1];
	uint64_t s2 = random->state[2] ^ s0;
	uint64_t s3 = random->state[3] ^ s1;
	uint64_t five = s1 * 5;

	/* Else gcc joins pairs of words in vector registers, and each call then waits until the
	 * halves that the last one stored can be loaded as a whole: 7 ns in place of 2. */
	__asm__("" : "+r"(s2));
	random->state[0] = s0 ^ s3;
	random->state[1] = s1 ^ s2;
	random->state[2] = s2 ^ (s1 << 17);
	random->state[3] = (s3 << 45) | (s3 >> 19);
	return ((five << 7) | (five >> 57)) * 9;
}

/* 0 <= result < bound, by multiply and shift: the bias is below bound / 2^64. */
static inline uint64_t random_below(struct random *random, uint64_t bound)
{
	return (uint64_t)(((unsigned __int128)random_next(random) * bound) >> 64);
}

/* 0 <= result < 1, 53 bits. */
static inline double random_unit(struct random *random)
{
	return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* One seed out of two, for streams that must not run alike (worker, file, purpose). */
static inline uint64_t random_mix_seed(uint64_t seed, uint64_t stream)
{
	uint64_t state = seed ^ (stream * 0xd1342543de82ef95u);

	return random_splitmix64(&state);
}

#endif
