/* SPDX-License-Identifier: MIT */
/*
 * A worker that verifies: it stamps what it writes, keeps a log of what was acknowledged, and reads
 * it back when a pass of writes is over, or after every verify_backlog of them. The loop calls it
 * by loop.fill, loop.note and at what goes wrong; worker.verify is NULL where nothing is verified.
 */
#ifndef RUN_WORKER_VERIFY_H
#define RUN_WORKER_VERIFY_H

#include "run/verify_judge.h"
#include "run/verify_pool.h"
#include "run/worker_state.h"

/* A write that is to be verified, or trimmed, before its pass is over. */
struct verify_queue {
	struct verify_run *runs;
	unsigned capacity, first, count;
	uint64_t after, batch; /* writes until some are due, and how many; 0: never */
	uint64_t drawn, done;  /* writes since the last time */
	uint64_t due;
};

struct worker_verify {
	struct verify_format format;
	struct verify_log log;
	bool has_log;      /* what must be on its targets is known */
	bool judges_reads; /* it writes nothing: all that it reads */
	bool stamps;       /* what it writes */
	bool judges;       /* what it reads */
	worker_loop_call *loop;
	worker_note *goal;         /* is told of each I/O, too; NULL: nobody */
	uint64_t sequence;         /* of the last write */
	struct verify_read *reads; /* of each slot */
	struct verify_cursor cursor;
	struct verify_queue backlog, trims;
	struct random trim_random;
	struct verify_judge judge;
	struct verify_pool *pool;        /* verify_async; NULL: the worker judges */
	struct verify_log_census census; /* at the end */
};

/* When the job is prepared, after its slots are made: 0 or -errno, with the outcome's error set. */
int worker_verify_prepare(struct worker *worker);

/* All that the job does, in place of one `loop` of all passes: worker_loop() of worker.h. */
void worker_verify_run(struct worker *worker, uint64_t deadline_ns, worker_loop_call *loop);

/* An I/O that was drawn and is dropped, one that failed, or was broken off after `done` bytes. */
void worker_verify_unsent(struct worker *worker, const struct slot *slot);
void worker_verify_failed(struct worker *worker, const struct slot *slot);

/* After the window: counts, and fails the job where blocks were wrong. */
void worker_verify_report(struct worker *worker);

void worker_verify_free(struct worker *worker);

#endif
