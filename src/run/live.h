/* SPDX-License-Identifier: MIT */
/* What the jobs of a run do at the moment, told each period by the supervisor. */
#ifndef RUN_LIVE_H
#define RUN_LIVE_H

#include "result/result.h"
#include "run/crew.h"
#include "run/wave_series.h"

enum { LIVE_STATES_BYTES = 512 };

struct live_figures {
	unsigned running; /* jobs of the wave that have not ended */
	unsigned files;   /* of theirs */
	/* fio's letters, each with how many have it in a row: P is to come, / ramps, _ has ended, X
	 * in error, F drains; else the workload's, in capitals where it is sequential. */
	char states[LIVE_STATES_BYTES];
	/* Over the intervals that came to be known since the last time: 0 where there is none. */
	double bytes_per_second[DATA_DIRECTION_COUNT], ios_per_second[DATA_DIRECTION_COUNT];
	double asked_bytes, asked_ios; /* rates of those that run, all together; 0: none */
	uint64_t elapsed_ns;
	uint64_t left_ns; /* UINT64_MAX: unknown */
};

/* For whom it is told. */
struct live_listener {
	uint64_t period_ns; /* 0: nobody */
	void (*tell)(void *context, const struct live_figures *figures);
	void *context;
};

struct live_entry {        /* of the series */
	uint64_t until_ns; /* so much of it is counted */
	uint64_t bytes[DATA_DIRECTION_COUNT], ios[DATA_DIRECTION_COUNT];
	double bytes_per_second[DATA_DIRECTION_COUNT], ios_per_second[DATA_DIRECTION_COUNT];
};

struct live {
	const struct live_listener *listener;
	uint64_t next_ns;
	struct live_entry *entries; /* of the wave */
};

struct live_scene {
	const struct plan *plan;
	const struct crew *crew;          /* of the wave */
	const struct wave_series *series; /* of the same */
	const struct result *result;      /* with the jobs of the waves before */
	uint64_t origin_ns;               /* the run's start */
};

/* Before each wave. */
void live_plan(struct live *live, const struct live_listener *listener,
	const struct wave_series *series, struct arena *arena);

/* How long one of them, or the whole run, is likely to take; UINT64_MAX: unknown. */
uint64_t live_worker_left_ns(const struct worker *worker, uint64_t now_ns);
uint64_t live_left_ns(const struct live_scene *scene, uint64_t now_ns);

/* Tells, if it is time to. */
void live_look(struct live *live, const struct live_scene *scene, uint64_t now_ns);

#endif
