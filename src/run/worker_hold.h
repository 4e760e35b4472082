/* SPDX-License-Identifier: MIT */
/*
 * What holds back the I/Os of a job that have no times: pauses (thinktime), rates that are limits,
 * flows; and the floor of a rate, below which the job fails. Called where the loop is timed.
 */
#ifndef RUN_WORKER_HOLD_H
#define RUN_WORKER_HOLD_H

#include "run/worker_state.h"

/* When the job is prepared and its mix is made. Returns whether anything is to be done here. */
bool worker_hold_prepare(struct worker *worker);

/* The schedule of this turn has its time. Where a floor is missed the job ends. */
void worker_hold_look(struct worker *worker);

/* Whether the next I/O may be drawn. Of a mix with limits it chooses the direction. */
bool worker_hold_allows(struct worker *worker);

/* One was drawn that is no sync. */
void worker_hold_sent(struct worker *worker, const struct slot *slot);

/* Nothing is in flight: waits as long as nothing may be sent, or for a moment (flows). */
void worker_hold_wait(struct worker *worker);

#endif
