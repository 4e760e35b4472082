/* SPDX-License-Identifier: MIT */
/*
 * What a run does at the moment, job by job: plain data for a screen and for scrapes, filled in by
 * the supervisor from what workers hand over at the end of their intervals.
 */
#ifndef RUN_LIVE_JOBS_H
#define RUN_LIVE_JOBS_H

#include "run/live.h"

enum live_phase {
	LIVE_TO_COME, /* behind a stonewall or wait_for */
	LIVE_PREPARING,
	LIVE_WAITING, /* startdelay */
	LIVE_RAMPING,
	LIVE_MEASURING,
	LIVE_VERIFYING, /* it reads back what it wrote */
	LIVE_DRAINING,
	LIVE_ENDED,
	LIVE_FAILED,
};

/* "to come", "ramp", "measuring", "done", ... */
const char *live_phase_name(enum live_phase phase);

/* An entry of the result: one job, or with group_reporting those of its group. */
struct live_job {
	const char *name;
	unsigned worker_count;
	unsigned running_count; /* of its workers */
	enum live_phase phase;  /* of its workers the furthest that is not over */
	uint64_t depth;         /* iodepth of its workers together */
	uint64_t in_flight;     /* at the end of the last interval */
	uint64_t left_ns;       /* of its runtime or amount; UINT64_MAX: unknown */
	/* Each by DIRECTION_COUNT; histograms last for the call. */
	struct series_figures *all;    /* from the window's start to its last complete interval */
	struct series_figures *recent; /* of its last second, or of the last longer interval */
	uint64_t recent_ns;            /* how long that is; 0: nothing is known yet */
	/* CPU time since the threads began; their sum never falls. */
	uint64_t worker_cpu_ns;
	uint64_t helper_cpu_ns; /* SQPOLL, io-wq, threads of an engine */
};

struct live_jobs {
	uint64_t now_ns, elapsed_ns; /* since the run's start */
	uint64_t left_ns;            /* UINT64_MAX: unknown */
	size_t count;
	struct live_job *jobs; /* of all waves, in their order */
};

/* For whom they are told. It stays where it is until the run is over. */
struct live_viewer {
	uint64_t period_ns; /* more than 0 */
	void (*look)(void *context, const struct live_jobs *now);
	void *context;
	uint64_t next_ns;         /* the run's */
	struct live_viewer *next; /* NULL: the last */
};

/* The run's part of it. */
struct live_board {
	struct live_viewer *viewers; /* NULL: nobody */
	struct live_jobs jobs;
	struct live_share *shares; /* of each planned job */
	struct arena arena;
};

/* After the plan is made. Where nobody looks the others do nothing. */
void live_board_open(
	struct live_board *board, struct live_viewer *viewers, const struct plan *plan);
void live_board_close(struct live_board *board);

/* While a wave is prepared and runs: tells those whose time it is. */
void live_board_look(struct live_board *board, const struct live_scene *scene, uint64_t now_ns);

/* It is over, and all was collected (wave_series_close): tells all, and keeps what there is. */
void live_board_end_wave(
	struct live_board *board, const struct live_scene *scene, struct wave_series *series);

#endif
