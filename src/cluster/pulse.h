/* SPDX-License-Identifier: MIT */
/*
 * What goes along the tree by a thread of its own, four times a second, whatever the rest of the
 * rank is at: that the rank is there, the sum of what it and those below it do, and, both ways,
 * that the run is to end, and who is lost.
 *
 * A rank is lost where its neighbours in the tree hear nothing of it for 5 s; all others learn it
 * within milliseconds, and end what they measure. Where the launcher has sent SIGTERM, which Open
 * MPI's mpirun does to all where one has died, it kills them a second later: then 0.9 s is enough.
 *
 * A rank whose main thread is in a system call that does not return goes on sending pulses. They
 * say so, and it is lost as well, by the limits of pulse_stuck_ms. Without a stop it may take its
 * time before it measures: the layout of a large file ends with a long fsync.
 */
#ifndef CLUSTER_PULSE_H
#define CLUSTER_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/peers.h"

#define PULSE_STUCK_AFTER_STOP (10 * NS_PER_S)
#define PULSE_STUCK_AT_WORK    (60 * NS_PER_S) /* as long as I/O may take to come back */

/* Of a rank's main thread. Times are those of clock_monotonic. */
struct pulse_main {
	uint64_t seen_ns;    /* when it last was in here, or waited for others */
	uint64_t stopped_ns; /* since when this rank knows of a stop; 0: there is none */
	bool is_at_work;     /* from a start to pulse_rest */
	bool is_exempt;      /* it writes the result of all */
};

/* How long it has done nothing; 0: not so long that others do without it. */
static inline uint32_t pulse_stuck_ms(const struct pulse_main *main, uint64_t now_ns)
{
	uint64_t idle_ns = now_ns > main->seen_ns ? now_ns - main->seen_ns : 0;
	bool is_late_to_stop = main->stopped_ns != 0 && idle_ns >= PULSE_STUCK_AFTER_STOP &&
			       now_ns - main->stopped_ns >= PULSE_STUCK_AFTER_STOP;

	if (main->is_exempt ||
		!(is_late_to_stop || (main->is_at_work && idle_ns >= PULSE_STUCK_AT_WORK)))
		return 0;
	return (uint32_t)(idle_ns / NS_PER_MS);
}

/* After link_open and roster_open. */
void pulse_open(void);
void pulse_close(void);

/* What this rank has done until now, for the sum. */
void pulse_tell(uint64_t now_ns, uint64_t ios, uint64_t bytes);

/* The main thread is here. */
void pulse_show_up(void);

/* From now on rank 0, too, is lost where it is stuck. */
void pulse_plan(void);
/* All ranks measure. */
void pulse_start(void);
/* No longer at work: it is not the slowest. What rank 0 does next, to write, takes its time. */
void pulse_rest(void);

/* Whether the others do without this rank. */
bool pulse_is_outcast(void);

const struct peers_sum *pulse_sum(void);

#endif
