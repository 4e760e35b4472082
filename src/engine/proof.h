/* SPDX-License-Identifier: MIT */
/* Text for engine_report.proof: what was counted, as one list. */
#ifndef ENGINE_PROOF_H
#define ENGINE_PROOF_H

#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

struct proof_count {
	const char *name;
	uint64_t count;
};

/* "pread 812, fsync 3": those that happened, in this order; "none" when none did. */
const char *proof_list(struct arena *arena, const struct proof_count *counts, size_t count);

/* The call that trims these targets: "ioctl BLKDISCARD", "fallocate PUNCH_HOLE" or both. */
const char *proof_trim_call(const struct target *targets, unsigned count);

#endif
