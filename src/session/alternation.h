/* SPDX-License-Identifier: MIT */
/*
 * A block in which contenders take turns of milliseconds (run/turns.h): each is a fresh process
 * that prepares and parks; then rounds follow, in which each has one turn, in an order drawn for
 * that round. So the weather of the machine is the same for all: noise comes in bursts of tenths
 * of a second to minutes, and a round takes less.
 *
 * The figures of a contender that has a reference are the reference's of this block and, on the
 * scale of the metric, the middle of the differences of their rounds (alternation_middle): a round
 * that something disturbed has little weight in it. Rates, medians, p99 (of windows with 1000
 * I/Os), CPU time and switches are so; further tails and counts are those of all windows together.
 * How blocks differ is left to whoever judges them: neighbouring rounds are alike, blocks much
 * less.
 */
#ifndef SESSION_ALTERNATION_H
#define SESSION_ALTERNATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/carry_over.h"
#include "session/trial.h"

enum { ALTERNATION_ROUNDS_LEAST = 10, ALTERNATION_ROUNDS_MOST = 100 };

/* One contender of the block. */
struct alternation_player {
	struct trial_request request; /* board, suffix: set here */
	bool takes_part;
	size_t reference; /* another player; SESSION_NONE: it has none */
};

struct alternation_request {
	size_t player_count;
	struct alternation_player *players;
	size_t control; /* the player that is its reference a second time; SESSION_NONE: none */
	struct carry_over *carry_over; /* is told of all rounds; NULL: nothing is */
	unsigned rounds;        /* at the most: on a busy machine the block's time is over before */
	unsigned rounds_played; /* afterwards */
	size_t refuser;         /* afterwards, where there is a refusal: the player */
	uint64_t settle_ns;
	uint64_t window_ns;
	uint64_t patience_ns; /* beyond a turn's length, until who does not come back is out */
	uint64_t order_seed;
	uint64_t end_ns; /* on clock_now(): no round begins after it, and patience ends 1 s later */
};

/* Rounds of a block of so many players that takes about 1.6 s. */
unsigned alternation_rounds(size_t players, uint64_t window_ns, uint64_t settle_ns);

/* Of a window: a tenth, 1 ms at least. */
uint64_t alternation_settle_ns(uint64_t window_ns);

/*
 * Runs it; outcomes are one a player, as trial_run's. False where one could not take turns, which
 * *refusal tells (NULL: a stop): it did not get ready, or uses a CPU between its turns. One that
 * fails on the way, the end of the time or a stop ends the block for all: with fewer than 8 rounds
 * it was interrupted.
 */
bool alternation_run(struct alternation_request *request, struct arena *arena,
	struct trial_outcome *outcomes, const char **refusal);

/*
 * The middle of differences between rounds, which are sorted: their median. Percentiles have few
 * values (histogram.h), and of those Hodges-Lehmann's estimate, which lies between them.
 */
double alternation_middle(const struct metric *metric, double *differences, size_t count);

/* The order of a round. Exact for each seed. */
void alternation_order(uint64_t seed, size_t round, size_t *order, size_t count);

#endif
