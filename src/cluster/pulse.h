/* SPDX-License-Identifier: MIT */
/*
 * What goes along the tree by a thread of its own, four times a second, whatever the rest of the
 * rank is at: that the rank is there, the sum of what it and those below it do, and, both ways,
 * that the run is to end, and who is lost.
 *
 * A rank is lost where its neighbours in the tree hear nothing of it for 5 s; all others learn it
 * within milliseconds, and end what they measure. Where the launcher has sent SIGTERM, which Open
 * MPI's mpirun does to all where one has died, it kills them a second later: then 0.9 s is enough.
 */
#ifndef CLUSTER_PULSE_H
#define CLUSTER_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/peers.h"

/* After link_open and roster_open. */
void pulse_open(void);
void pulse_close(void);

/* What this rank has done until now, for the sum. */
void pulse_tell(uint64_t now_ns, uint64_t ios, uint64_t bytes);

/* No longer at work: it is not the slowest. */
void pulse_rest(void);

const struct peers_sum *pulse_sum(void);

#endif
