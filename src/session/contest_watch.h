/* SPDX-License-Identifier: MIT */
/* What guards have to look at for each contender. */
#ifndef SESSION_CONTEST_WATCH_H
#define SESSION_CONTEST_WATCH_H

#include "session/contest.h"

/* Where the contender's I/O goes and what it uses, as its first result says. */
void contest_watch(
	struct contest *contest, struct contest_slot *slot, const struct result_job *result);

/* Waits for so long, to see what others use of the CPUs while nothing of ours runs. */
uint64_t contest_idle_ns(const struct contest_options *options);
void contest_measure_idle(struct contest *contest);

#endif
