/* SPDX-License-Identifier: MIT */
/*
 * A recorded log (read_iolog) as the source of a worker's I/Os, in place of its pattern and mix.
 * An entry is due at its recorded time after the start; files are opened and closed where the log
 * says so. Called by worker_fill.c, on the worker's thread.
 */
#ifndef RUN_WORKER_REPLAY_H
#define RUN_WORKER_REPLAY_H

#include "replay/io_log.h"
#include "run/worker_state.h"

struct worker_replay {
	struct io_log_cursor cursor;
	struct io_log_entry next;
	bool has_next;
	bool has_times; /* each I/O has its own, from which its latency counts */
};

/* Where the job replays: sets the loop's source, and is_paced where there are times. */
void worker_replay_prepare(struct worker *worker);

/* Opens the files that are open before the log's first I/O. 0 or -errno; *failed is its index. */
int worker_replay_open(struct worker *worker, unsigned *failed);

/* As worker_fill. */
void worker_replay_fill(struct worker *worker);

/* When the next entry is due, by clock_now(); UINT64_MAX: there is none. */
static inline uint64_t worker_replay_due(const struct worker *worker)
{
	const struct worker_replay *replay = worker->loop.replay;

	return replay->has_next ? worker->loop.schedule.epoch_ns + replay->next.at_ns : UINT64_MAX;
}

/* Counts what was due before `until_ns` and has not been sent. */
void worker_replay_give_up(struct worker *worker, uint64_t until_ns);

#endif
