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

/*
 * What two workers did together, where the proof `name` is of counts: "pread 4, fsync 1" and
 * "pread 5" make "pread 9, fsync 1"; "3" and "4" make "7". NULL where it is of something else.
 */
const char *proof_add(struct arena *arena, const char *name, const char *value, const char *other);

/* The call that trims these targets: "ioctl BLKDISCARD", "fallocate PUNCH_HOLE" or both. */
const char *proof_trim_call(const struct target *targets, unsigned count);

#endif
