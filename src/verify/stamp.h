/* SPDX-License-Identifier: MIT */
/*
 * Who wrote a block, and when: run, job, and the number of the write. A write's number is the clock
 * of generations: of two writes to one block the higher number is the younger.
 *
 * The seed of a block's content (fio's rand_seed) is a reversible function of all that and of the
 * block's offset. Any 8 bytes of random content give their seed, and with it which write of which
 * block they belong to, where the header is lost.
 */
#ifndef VERIFY_STAMP_H
#define VERIFY_STAMP_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers of writes are below: 81 days of 10 million writes a second. */
#define STAMP_SEQUENCE_LIMIT ((uint64_t)1 << 46)

/* Of a check: any number is right, of any writer; no number, but zeros, as after a trim. */
#define STAMP_ANY   UINT64_MAX
#define STAMP_ZEROS (UINT64_MAX - 1)

struct stamp_source {
	uint32_t run; /* not 0; drawn at random for a target, and kept in the state file */
	uint16_t job; /* number of the worker in the run, from 1 on, as fio's thread number */
};

/* splitmix64's last step (prng.di.unimi.it), and back. */
static inline uint64_t stamp_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint64_t stamp_unmix(uint64_t z)
{
	z = (z ^ (z >> 31) ^ (z >> 62)) * 0x319642b2d24d8ec3u;
	z = (z ^ (z >> 27) ^ (z >> 54)) * 0x96de1b173f119089u;
	return z ^ (z >> 30) ^ (z >> 60);
}

/* The tag of a source, 18 bits. */
static inline uint32_t stamp_tag(const struct stamp_source *source)
{
	return (uint32_t)(stamp_mix((uint64_t)source->run << 16 | source->job) >> 46);
}

/* The seed of the block at `offset` that write `sequence` of the source with this tag makes. */
static inline uint64_t stamp_seed(uint32_t tag, uint64_t sequence, uint64_t offset)
{
	uint64_t writer = (uint64_t)tag << 46 | sequence;

	return stamp_mix(writer ^ stamp_mix(offset + 0x9e3779b97f4a7c15u));
}

/* And back: whether a block at `offset` of this tag can have the seed, and by which write. */
static inline bool stamp_of_seed(uint64_t seed, uint32_t tag, uint64_t offset, uint64_t *sequence)
{
	uint64_t writer = stamp_unmix(seed) ^ stamp_mix(offset + 0x9e3779b97f4a7c15u);

	*sequence = writer & (STAMP_SEQUENCE_LIMIT - 1);
	return writer >> 46 == tag;
}

#endif
