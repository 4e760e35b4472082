/* SPDX-License-Identifier: MIT */
/*
 * A job with a rate, in the hot loop: what is due, how long there is to wait for it, and what the
 * end of the run found unsent. Times are clock_now()'s.
 */
#ifndef RUN_WORKER_PACE_H
#define RUN_WORKER_PACE_H

#include "run/worker.h"

/* On the worker's thread, when the job is prepared: sets is_paced. */
void worker_pace_prepare(struct worker *worker);

/* The schedule begins with the ramp, */
void worker_pace_open_ramp(struct worker *worker);

/* and goes on in the window; what opening that took is not held against it. Or it begins there. */
void worker_pace_open_window(struct worker *worker, uint64_t ramp_ended_ns, uint64_t deadline_ns);

/*
 * The direction whose next I/O is the first to be due, and when. Where all have been sent that are
 * due before the schedule's end, that is at the end or later.
 */
enum io_direction worker_pace_next(const struct worker *worker, uint64_t *due_ns);

/*
 * At the start of a turn: looks at the clock and, with nothing in flight, waits until something is
 * due, the schedule ends or a signal comes. Returns how long it waited, in ns.
 */
uint64_t worker_pace_wait(struct worker *worker);

/* Whether something is due now: then the mix is told which direction is to be drawn. */
bool worker_pace_allows(struct worker *worker);

/* The slot's I/O was drawn: gives it its due time and goes on to the next. */
void worker_pace_stamp(struct worker *worker, struct slot *slot);

/* Latencies of one that is back: each has a due time of its own, but for syncs. */
void worker_pace_record(struct worker *worker, const struct slot *slot, uint64_t now);

/*
 * thinktime: with a pause due and nothing in flight, waits it out, or until the schedule ends or a
 * signal comes. Returns how long it waited, in ns.
 */
uint64_t worker_think(struct worker *worker);

/* Whether a turn without I/O is due to the schedule or a pause: it is not the end of the job. */
bool worker_pace_is_ahead(const struct worker *worker);

/* What of the schedule is still to be sent after the deadline, and may be. */
bool worker_pace_is_behind(const struct worker *worker, uint64_t now);

/*
 * How a turn in which `has_sent` reaps: lowers *min where nothing may be waited for; returns the
 * timeout, in ns, or -1.
 */
int64_t worker_pace_timeout(struct worker *worker, bool has_sent, unsigned *min);

/*
 * A turn that found nothing, if it was only looking: what it took until the time had come is the
 * rate's doing.
 */
void worker_pace_note_look(struct worker *worker, uint64_t now);

/* Counts what was due by now and has not been sent: it will not be. */
void worker_pace_give_up(struct worker *worker);

#endif
