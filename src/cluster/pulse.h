/* SPDX-License-Identifier: MIT */
/*
 * What goes along the tree while ranks are at work, twice a second: that a rank is there, the sum
 * of what it and those below it do, and, both ways, that the run is to end. Every wait of cluster/
 * calls pulse_beat, so that a rank that waits is heard too.
 */
#ifndef CLUSTER_PULSE_H
#define CLUSTER_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/peers.h"

void pulse_open(void);

/* Sends and takes what is due. A stop signal of others is taken as one of this process. */
void pulse_beat(void);

/* What this rank has done until now, for the sum. */
void pulse_tell(uint64_t now_ns, uint64_t ios, uint64_t bytes);

/* No longer at work: it is not the slowest. */
void pulse_rest(void);

/* How long ago a neighbour in the tree was heard. */
uint64_t pulse_silence(unsigned rank);

const struct peers_sum *pulse_sum(void);

#endif
