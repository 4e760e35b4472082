/* SPDX-License-Identifier: MIT */
/*
 * The procedure of a comparison. Every contender is primed once; then blocks follow: in each,
 * every contender runs once, in an order drawn for that block alone, all over the same offsets.
 * The reference runs a second time as the control. Looks at fixed numbers of blocks see how wide
 * the intervals are, and nothing else.
 *
 * Where it is right, contenders take turns of milliseconds instead (alternation.h): a block is then
 * some rounds of it. That is decided when all were primed; the record says why not. It is decided
 * again when turns are found to leave something behind for the next: then they are left out of the
 * record, blocks begin anew, and block_count with them.
 *
 *     open -> { begin -> prime -> block* }* -> close        (or run for begin to the last block)
 */
#ifndef SESSION_CONTEST_H
#define SESSION_CONTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/progress.h"
#include "session/carry_over.h"
#include "session/contest_contender.h"
#include "session/contest_plan.h"
#include "session/contest_screen.h"
#include "session/guard.h"
#include "session/trial.h"

struct contest {
	struct record *record;
	const struct contest_options *options;
	struct diag *diag;
	bool is_open;
	struct trial_folder folder; /* of the trials' files */
	struct progress progress;
	struct contest_screen screen;         /* open: --live */
	struct record_point *point;           /* the one that is run now */
	struct contest_contender *contenders; /* as point->contenders */
	uint64_t seed;                        /* of the point */
	uint64_t ramp_ns;
	uint64_t window_ns;           /* of turns, of which a block has so many rounds; */
	unsigned rounds;              /* 0: its trials run one after the other */
	struct carry_over carry_over; /* of turns, in this point */
	uint64_t started_ns;          /* the session's, */
	uint64_t begun_ns;            /* the point's, */
	uint64_t blocks_ns;           /* and its first block's start */
	uint64_t end_ns;              /* when the point's time is over, on clock_now() */
	size_t redone_count;
	bool is_guarded;        /* the write guard refused a trial, which is reported */
	int save_error;         /* of the last attempt to save the record */
	double block_ns;        /* how long a block took, mean; 0: none has ended */
	double widest;          /* half-width at the last block; NAN: none yet */
	size_t blocks_needed;   /* in all, about, until it is as narrow as wanted */
	const char *live_phase; /* for the live line: "priming", "block 3" */
	const char *live_name;
};

/* Signals are caught from here to contest_close. 0 or -errno, reported. */
int contest_open(struct contest *contest, struct record *record,
	const struct contest_options *options, struct diag *diag);
void contest_close(struct contest *contest);

/* Makes the next point of the record out of its contenders, and the control. */
void contest_begin(struct contest *contest, const struct contender_point *point);

/*
 * Runs every contender once, unmeasured: files are laid out, the machine wakes up, and a contender
 * that cannot run here is out. Chooses the reference where none was named. False when nothing is
 * left to compare, a signal came, or the time is over.
 */
bool contest_prime(struct contest *contest);

/*
 * One block of those that `takes_part` has (indices of the point's contenders; NULL: all); one
 * that failed does not run. False when a signal came or the reference failed.
 */
bool contest_block(struct contest *contest, const bool *takes_part);

/*
 * One trial of a primed contender, by contest->contenders[c].job where that is set; run again once
 * where something disturbed it. It is on the record, as the last one.
 */
const struct trial *contest_trial(
	struct contest *contest, size_t block, size_t c, unsigned position);

/* begin, prime, and blocks until the stop rule ends it, or none more fits into its time. */
void contest_run(struct contest *contest, const struct contender_point *point);

/* Order of a block's `count` contenders: position to contender. Exact for each seed. */
void contest_order(uint64_t seed, size_t block, size_t *order, size_t count);

/* Seed of a block's offsets: the same for all contenders. */
uint64_t contest_offset_seed(uint64_t seed, size_t block);

#endif
