/* SPDX-License-Identifier: MIT */
/*
 * The other processes of one run on many hosts. ringside-mpi (cluster/) fills this in before the
 * command is looked at; in the plain program it is NULL, and a process is alone.
 *
 * What is done together (agree, share, start, merge) all ranks call in the same order. A wait for
 * a rank that is lost ends the process.
 */
#ifndef BASE_PEERS_H
#define BASE_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct result;

/* What all ranks do at the moment, as far as it is known here: known in whole to rank 0 alone. */
struct peers_sum {
	unsigned ranks;          /* that measure */
	double ios_per_second;   /* of all of them together */
	double bytes_per_second; /* likewise */
	unsigned slowest;        /* rank with the least IOPS */
	double slowest_ios_per_second;
	const char *slowest_host;
};

struct peers {
	unsigned rank, count;
	const char *host;         /* this rank's */
	const char *const *hosts; /* of each rank; NULL: not known */
	uint64_t seed;            /* one for all, drawn by rank 0; 0: there is none */
	bool others_wait;         /* for this process, where it is late to end */
	FILE *messages; /* in place of stderr: rank 0 tells them, each once, with whose they are */

	/* The worst exit code of all ranks, and tells what they have said. */
	int (*agree)(int code);
	int (*agree_on_plan)(int code); /* NULL: agree does it */
	/*
	 * What rank 0 has read of job files and variables (base/shared_text.h) is what all others
	 * read: rank 0 calls it once it has read them, the others before. Returns rank 0's error.
	 */
	int (*share)(int error);
	/*
	 * A start that all have in common, by clock_now(), where every rank comes with 0; else the
	 * worst code, and there is none.
	 */
	int (*start)(int code, uint64_t *start_ns);
	/* While a run goes on, 10 times a second or more: its I/Os and bytes until now. False: it
	 * is to end. */
	bool (*look)(uint64_t now_ns, uint64_t ios, uint64_t bytes);
	void (*rest)(void); /* no longer at work */
	const struct peers_sum *(*sum)(void);
	/* The first rank that is lost; `count`: none is. NULL: none can be. */
	unsigned (*lost)(void);
	/* Rank 0's bytes to all: replaced in the others, malloc'd. */
	void (*spread)(char **bytes, size_t *count);
	/* Structs of one size, made one by `merge`, which all then have. */
	void (*unite)(void *value, size_t bytes, void (*merge)(void *into, const void *from));
	/* One result of all; whole in rank 0 alone. `origin_ns`: the run's start by clock_now();
	 * `keeps_each`: with the jobs of each rank besides. */
	void (*merge)(struct result *result, uint64_t origin_ns, bool keeps_each);
};

/* NULL: this process is alone. */
extern const struct peers *peers;

/* Whether this rank prints and writes what comes of the run: the first one, or the only one. */
static inline bool peers_is_first(void)
{
	return !peers || peers->rank == 0;
}

/* Where messages go. */
static inline FILE *peers_messages(void)
{
	return peers ? peers->messages : stderr;
}

/* The worst code of all ranks. */
static inline int peers_agree(int code)
{
	return peers ? peers->agree(code) : code;
}

static inline int peers_agree_on_plan(int code)
{
	return peers && peers->agree_on_plan ? peers->agree_on_plan(code) : peers_agree(code);
}

static inline bool peers_are_several(void)
{
	return peers && peers->count > 1;
}

/* What all were to do together comes to nothing. */
static inline bool peers_have_lost(void)
{
	return peers && peers->lost && peers->lost() < peers->count;
}

#endif
