/* SPDX-License-Identifier: MIT */
/*
 * Trials of a session on many ranks. Rank 0 has the session: it decides what is run next, and sends
 * it. Each rank starts the trial as a process of its own, which follows its rank: it says when its
 * plan holds and when it is prepared, and begins when it is told to. Only ranks call MPI, their
 * trials never do. Results are merged before they are judged; what disturbed one rank disturbed
 * the trial.
 *
 *     rank 0                            rank n                       their trials
 *     order             ->              start a process              plan
 *     agree on plans    <->             agree on plans          <-   planned
 *                                                               ->   lay out, prepare
 *     start             <->             start                   <-   ready
 *                                                               ->   run, write the result
 *     unite, merge      <-              unite, merge            <-   over
 */
#ifndef SESSION_TRIAL_RANKS_H
#define SESSION_TRIAL_RANKS_H

#include "session/trial.h"

/*
 * trial_run, where there are several ranks by all of them: outcome->own is then what the trials of
 * this host did, and others_guards what guards have seen on other ranks.
 */
void trial_ranks_run(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome);

/* So many of each contender's trials run on this host at once. */
unsigned trial_ranks_here(void);

/* What disturbed one rank disturbed all, as they ran together: what others' guards have seen. */
void trial_ranks_add_guards(const struct trial_outcome *outcome, double guards[GUARD_CAUSE_COUNT]);

/* In the other ranks: what rank 0 orders, until it has no more. An exit code. */
int trial_ranks_serve(void);

/* In rank 0: there is no more. */
void trial_ranks_dismiss(void);

/* In a trial: follows the rank at the other end of this descriptor, from here on. */
void trial_ranks_follow(int descriptor);

#endif
