/* SPDX-License-Identifier: MIT */
/*
 * steadystate: the supervisor samples the rates of a wave's jobs once a check interval, judges
 * them by fio's rule (measure/steady.h), and ends those whose criterion is below its limit. Clones
 * that group_reporting joins are judged by their sum and end together; others by themselves.
 *
 * Intervals are timed by when they were really sampled: fio 3.42 multiplies a count by how late its
 * sample was, where it would have to divide.
 */
#ifndef RUN_STEADY_WATCH_H
#define RUN_STEADY_WATCH_H

#include "base/arena.h"
#include "result/result.h"
#include "run/wave_series.h"

struct steady_team {
	struct crew_member *members;
	unsigned first, count; /* of the crew's */
	bool has_ended;        /* nothing is to be sampled any more */
	struct steady_sample {
		uint64_t ns, ios, bytes; /* ns 0: none was taken */
		struct wave_latency lat; /* where it is what is judged */
	} last;
	uint64_t began_ns;            /* when its members measured; 0: they do not yet */
	uint64_t next_ns;             /* of the next sample */
	size_t limit;                 /* intervals of a window */
	uint64_t *judged;             /* the figure of each */
	struct result_steady *record; /* of the result's arena */
};

struct steady_watch {
	unsigned count; /* of jobs that have steadystate; 0: the others do nothing */
	struct steady_team *teams;
	const struct wave_series *series; /* of the same wave */
};

/* How long the wave's intervals must be: `length_ns` (0: there are none), or less where latencies
 * are judged. */
uint64_t steady_watch_interval(struct planned_job *const *jobs, unsigned count, uint64_t length_ns);

/* Once the crew is gathered. */
void steady_watch_open(struct steady_watch *watch, struct crew *crew,
	const struct wave_series *series, struct arena *arena, struct arena *result_arena);

/* How long until the next sample, `at_most` where that is sooner. */
uint64_t steady_watch_wait(const struct steady_watch *watch, uint64_t now_ns, uint64_t at_most);

/* Samples what is due, and stops those who are steady. After the series were collected. */
void steady_watch_look(struct steady_watch *watch, uint64_t now_ns);

/* The wave's results, in the order of its members: their steadystate, and a warning where it was
 * not attained. */
void steady_watch_report(
	const struct steady_watch *watch, struct result *result, struct result_job *jobs);

#endif
