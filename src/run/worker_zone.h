/* SPDX-License-Identifier: MIT */
/*
 * zonemode=zbd in a worker: its part of the zones of its files. On the worker's thread. A worker
 * with zones has loop.holds set: it draws and completes by the slower way that is for those too
 * that keep few files open.
 */
#ifndef RUN_WORKER_ZONE_H
#define RUN_WORKER_ZONE_H

#include "run/worker_state.h"

/* The pattern of a file, before its files are open. */
struct pattern *worker_zone_pattern(
	struct worker *worker, const struct pattern_spec *spec, unsigned index);

/* With open files: takes part in the zones. 0 or -errno, reported by worker_fail. */
int worker_zone_open(struct worker *worker);
void worker_zone_close(struct worker *worker); /* safe twice */

/* The operation in place of `op`: a mix writes as long as there is nothing to read; as fio. */
enum io_op worker_zone_choose(struct worker *worker, enum io_op op);

/* The pattern of a file said PATTERN_WAITS: for an I/O in flight, or it has failed. */
void worker_zone_held_up(struct worker *worker, unsigned index);

/* An I/O is back; or it is dropped before it was sent, or while the job ends. */
void worker_zone_release(struct worker *worker, const struct slot *slot, bool was_sent);

/* With nothing of its own in flight: waits a little for others. False: it waits for nobody. */
bool worker_zone_rest(struct worker *worker);

#endif
