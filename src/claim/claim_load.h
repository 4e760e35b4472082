/* SPDX-License-Identifier: MIT */
/*
 * "load=50%,80%,95% of epoll": what rates ask of contenders is not known before the maximum of one
 * of them is. So each point of the sweep comes without a rate first (load=max), and then with all
 * contenders at each share of what that one did there, open loop with arrivals at random.
 */
#ifndef CLAIM_CLAIM_LOAD_H
#define CLAIM_CLAIM_LOAD_H

#include "base/arena.h"
#include "claim/claim.h"
#include "session/contender.h"
#include "session/record.h"

enum { CLAIM_LOADS_LIMIT = 16 };

/* Reads the value of load=; false, with *what. */
bool claim_load_read(
	struct claim_loads *loads, const char *text, struct arena *arena, const char **what);

/*
 * The points of a plan with those of loads after each, as the claim's own (claim_file.h). 0, or
 * -EINVAL, reported: a job has a rate of its own, pauses, or company.
 */
int claim_load_expand(const struct claim *claim, struct contender_plan *plan, struct diag *diag);

/*
 * Point `index` of the plan at its load, by what the record has of its maximum; *point is that of
 * the plan where it has no load. False: there is no maximum.
 */
bool claim_load_set(const struct claim *claim, const struct contender_plan *plan, size_t index,
	const struct record *record, struct arena *arena, struct contender_point *point);

#endif
