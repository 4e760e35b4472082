/* SPDX-License-Identifier: MIT */
/*
 * How long a comparison takes: what is said before it runs, and kept while it does. A ramp that
 * nobody gave is at least a quarter of the trial. It lasts until 1000 I/Os are done where they are
 * slow, but no longer than the trial itself, so that what was said holds whatever the I/O's speed.
 */
#ifndef SESSION_CONTEST_TIME_H
#define SESSION_CONTEST_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "session/contest.h"

struct contest_time {
	size_t contender_count; /* that run, and the control */
	uint64_t prime_ns;      /* each of them once; files that are missing take longer */
	uint64_t block_ns;      /* with the shortest ramp, */
	uint64_t block_most_ns; /* and with the longest */
};

void contest_time_plan(const struct contest_options *options, const struct contender_point *point,
	struct contest_time *time);

/* Priming and so many blocks, undisturbed; and with every trial run again that may be. */
uint64_t contest_time_least_ns(const struct contest_time *time, size_t blocks);
uint64_t contest_time_most_ns(const struct contest_time *time, size_t blocks);

/*
 * The limit of a point. One that was given counts from the point's beginning, priming and the files
 * that it writes included; CONTEST_AUTO (35 s for each contender, or the blocks of the first look)
 * from its first block.
 */
uint64_t contest_time_limit_ns(const struct contest_options *options, size_t contender_count);

/* After a trial. */
uint64_t contest_time_cooldown_ns(const struct contest_options *options, bool writes);

/* 0, or -EINVAL, reported: in the time that was given not even one block can be run. */
int contest_time_check(const struct contest_options *options, const struct contender_plan *plan,
	struct diag *diag);

/* Until the point's time is over; 0: it is. */
uint64_t contest_time_left_ns(const struct contest *contest);

/*
 * The ramp of all contenders of a point that were primed, of which `running` run, into the contest
 * and the record: long enough for the slowest one's 1000 I/Os and what any job asks, within the
 * trial's length and what the time that is left can hold.
 */
void contest_time_choose_ramp(struct contest *contest, size_t running);

/* The longest startdelay of its jobs. */
uint64_t contest_time_delay_ns(const struct contender_setup *setup);

#endif
