/* SPDX-License-Identifier: MIT */
/* Asks for the time along the tree of ranks. */
#ifndef CLUSTER_CLOCK_ASK_H
#define CLUSTER_CLOCK_ASK_H

#include "cluster/clock_offset.h"

/* Of this rank, by clock_now(), to rank 0; all ranks at once. */
struct clock_offset clock_ask(void);

/* After that: by how much CLOCK_REALTIME of this host is before that of rank 0's. */
int64_t clock_ask_lead(void);

#endif
