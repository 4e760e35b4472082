/* SPDX-License-Identifier: MIT */
/*
 * What a worker keeps for fio's logs (write_bw_log and its kin), in memory until the run is over:
 * every I/O, or the I/Os of each direction in windows of log_avg_msec, and a histogram of each
 * log_hist_msec. Called once a turn, by workers of jobs that have logs only. Memory is mapped
 * before the window and used as it fills; once it is full the log ends, and that is known.
 */
#ifndef RUN_WORKER_LOG_H
#define RUN_WORKER_LOG_H

#include "run/worker_state.h"

/* Maps room where the job has logs; `share_bytes` at most. 0 or -ENOMEM. */
int worker_log_prepare(struct worker *worker, uint64_t share_bytes);
void worker_log_open(struct worker *worker); /* the window is open */
/* Once a turn: `count` completions of the engine at this stamp, which have been recorded. */
void worker_log_turn(struct worker *worker, unsigned count, uint64_t now_ns);
void worker_log_close(struct worker *worker); /* the window is closed */
void worker_log_free(struct worker_log *log);

#endif
