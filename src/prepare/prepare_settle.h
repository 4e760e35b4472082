/* SPDX-License-Identifier: MIT */
/* The search for a steady state: what a run of writes counts, in intervals of a second. */
#ifndef PREPARE_PREPARE_SETTLE_H
#define PREPARE_PREPARE_SETTLE_H

#include "measure/steady_search.h"
#include "prepare/prepare_record.h"

struct prepare_settle {
	struct steady_search search;
	uint64_t work_bytes; /* written before it began */
	uint64_t begun_ns;
	uint64_t last_ns, last_ios; /* where the interval began */
	double last_iops;           /* of the last interval */
};

/* Random writes to the first `range_bytes`, of which `work_bytes` were written before. */
void prepare_settle_open(
	struct prepare_settle *settle, uint64_t range_bytes, uint64_t work_bytes, uint64_t now_ns);

/* The counters at `now_ns`, at any time. Returns whether it is not over yet. */
bool prepare_settle_look(
	struct prepare_settle *settle, uint64_t now_ns, uint64_t ios, uint64_t bytes);

/* What came of it: all but bytes and time. */
void prepare_settle_close(const struct prepare_settle *settle, struct prepare_settling *settling);

/* "the gate is closed", "looking", ...: for the live line. */
const char *prepare_settle_words(const struct prepare_settle *settle);

#endif
