/* SPDX-License-Identifier: MIT */
/* What a claim needs of the machine, held against this one: nothing is run for it. */
#ifndef CLAIM_CLAIM_NEEDS_H
#define CLAIM_CLAIM_NEEDS_H

#include "claim/claim.h"
#include "session/contender.h"

/* Answers of the machine; asked once. */
struct claim_machine {
	unsigned cpus;         /* that this process may run on */
	uint64_t memory_bytes; /* available */
	bool is_root;
	int counter_error; /* of the CPU's counters in user mode: 0 or -errno */
	int64_t perf_event_paranoid;
};

void claim_machine_read(struct claim_machine *machine);

/*
 * Why nothing of the claim can be tested here: "needs 4 CPUs: this process may run on 2". NULL: it
 * has all that it needs. Targets are those of the plan's jobs; none of them is opened but to read.
 */
const char *claim_needs_obstacle(const struct claim *claim, const struct contender_plan *plan,
	const struct claim_machine *machine, struct arena *arena);

#endif
