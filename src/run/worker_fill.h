/* SPDX-License-Identifier: MIT */
/* What a worker sends next, and when: by its pattern and mix, its schedule and its pauses. */
#ifndef RUN_WORKER_FILL_H
#define RUN_WORKER_FILL_H

#include "run/worker_state.h"

/*
 * Draws I/Os until the batch is full, there are no idle slots, or nothing can be sent now. Slots
 * that the engine did not take last time stay first.
 */
void worker_fill(struct worker *worker);

/* As worker_fill for a plain job (worker_plain.h): this operation was drawn, but its pass is over.
 * Another draw would make the order of operations depend on who drew it. */
void worker_fill_drawn(struct worker *worker, enum io_op op);

/* All files start another pass. 0 or -errno of opening. */
int worker_restart_files(struct worker *worker);

/* When the job is prepared: sets is_paced, is_timed. */
void worker_pace_prepare(struct worker *worker);

/* The schedule begins with the ramp, */
void worker_pace_open_ramp(struct worker *worker);

/* and goes on in the window; what opening that took is not held against it. Or it begins there. */
void worker_pace_open_window(struct worker *worker, uint64_t ramp_ended_ns, uint64_t deadline_ns);

/*
 * At the start of a turn: looks at the clock and, with nothing in flight, waits until something is
 * due or a pause (thinktime) is over, the schedule ends or a signal comes.
 */
void worker_pace_wait(struct worker *worker, bool is_stamped);

/* Latencies of one that is back: each has a due time of its own, but for syncs. */
void worker_pace_record(struct worker *worker, const struct slot *slot, uint64_t now);

/* Whether a turn without I/O is due to the schedule or a pause: it is not the end of the job. */
bool worker_pace_is_ahead(const struct worker *worker);

/* Whether I/Os of the schedule are still to be sent after the deadline, and may be. */
bool worker_pace_is_behind(const struct worker *worker, uint64_t now);

/* Reaps at least `min`, but holds up nothing that is due meanwhile. As the engine's reap. */
int worker_pace_reap(struct worker *worker, bool has_sent, unsigned min);

/* Counts what was due by now and has not been sent: it will not be. */
void worker_pace_give_up(struct worker *worker);

#endif
