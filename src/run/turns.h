/* SPDX-License-Identifier: MIT */
/*
 * Contenders of a comparison that take turns of milliseconds. Each is a process of its own with
 * its files, buffers and rings prepared; session/alternation.c gives it turns through a board, a
 * page that both map, and between its turns it waits there and uses no CPU.
 *
 *     supervisor                          contender
 *     board, starts it    ->              prepares; answer = 0
 *     call = n, wakes     ->              settles, measures a window, drains; answer = n
 *     call = TURNS_END    ->              writes its result as `ringside run` does, and ends
 *
 * The first turn is a rehearsal: nothing of it counts. The result of a contender covers its
 * windows; CPU time, switches and system calls are those of whole turns, by the share of the I/Os
 * that fell into the windows.
 */
#ifndef RUN_TURNS_H
#define RUN_TURNS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/io_op.h"
#include "measure/histogram.h"
#include "run/worker.h"

enum { TURNS_VERSION = 1 };

/* Values of call and answer that are no turns. */
#define TURNS_END       UINT32_MAX       /* called: there are no more */
#define TURNS_PREPARING (UINT32_MAX - 1) /* answered: not ready, which a new board says */
#define TURNS_OVER      (UINT32_MAX - 2) /* answered: it ends, of itself */

/* A turn's figures, of all workers of the contender together. */
struct turns_figures {
	uint64_t window_ns; /* 0: there was none */
	struct {
		uint64_t ios;
		uint64_t bytes;
		uint64_t p50_ns;
		uint64_t p99_ns;
	} directions[DATA_DIRECTION_COUNT];
	/* Of the whole turn: */
	uint64_t turn_ios;
	uint64_t cpu_ns; /* helpers included, until they sleep */
	uint64_t switches;
	/* Of the pause before it: how long, and the CPU time of the whole process in it. */
	uint64_t parked_ns;
	uint64_t parked_cpu_ns;
	/*
	 * Of the whole turn, too. 0: not counted, as by contenders whose version of the board ends
	 * before this.
	 */
	struct {
		uint64_t instructions;
		uint64_t cycles;
	} counts[PERF_SCOPE_COUNT];
};

struct turns_board {
	uint32_t version;
	_Atomic uint32_t call;   /* the supervisor's; the contender waits at it */
	_Atomic uint32_t answer; /* and the other way round */
	uint64_t settle_ns;
	uint64_t window_ns;
	struct turns_figures figures; /* of the turn that `answer` names */
};

struct turns_member;

/* The contender's side of a board. */
struct turns {
	struct turns_board *board;
	unsigned count; /* workers */
	struct turns_member *members;
	_Atomic unsigned joined_count;
	_Atomic unsigned parked_count;
	_Atomic uint64_t start_ns; /* that the workers have in common in this turn; 0: none yet */
	struct {
		uint64_t since_ns; /* 0: it was not yet */
		uint64_t cpu_ns;   /* of the process, then; when it ends, what was used */
	} parked;
	struct histogram before[DATA_DIRECTION_COUNT]; /* latencies of all windows until then */
	struct histogram scratch;
};

/* Maps the board of a descriptor. 0, -EPROTO: it is none, or of another version; or -errno. */
int turns_open(struct turns *turns, int descriptor);
void turns_close(struct turns *turns);

/* Before the workers start. */
void turns_expect(struct turns *turns, unsigned workers, struct arena *arena);

/*
 * Takes turns until there are no more, the worker fails or must stop; in place of worker_run. All
 * workers of the contender do, together.
 */
void turns_run(struct turns *turns, struct worker *worker);

/* A worker could not be prepared: the contender takes no turn. */
void turns_leave(struct turns *turns);

#endif
