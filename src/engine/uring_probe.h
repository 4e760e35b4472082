/* SPDX-License-Identifier: MIT */
/*
 * The abilities of this kernel's io_uring, used by this program or not: set-up flags, features,
 * opcodes. Asked by IORING_REGISTER_QUERY (Linux 6.18); older kernels by the ring's features, by
 * IORING_REGISTER_PROBE and by making a ring with each flag.
 */
#ifndef ENGINE_URING_PROBE_H
#define ENGINE_URING_PROBE_H

#include <stdbool.h>

#include "host/ability.h"

struct uring_abilities {
	int error; /* of the plainest ring, 0 or -errno; if not 0, nothing else was asked */
	const char *reason; /* why not, in words; NULL when error is 0 */
	const char *cure;
	bool is_queried;       /* by REGISTER_QUERY; else by trial */
	unsigned opcode_count; /* that the kernel knows */
	struct ability_list setup_flags;
	struct ability_list features;
	struct ability_list opcodes; /* those for storage */
};

struct io_uring_params;

/* The two system calls, or a test's kernel that is older than the one it runs on. -errno. */
struct uring_calls {
	int (*setup)(unsigned entries, struct io_uring_params *parameters);
	int (*enroll)(int descriptor, unsigned operation, void *argument, unsigned count);
};

extern const struct uring_calls uring_kernel_calls;

void uring_abilities_read(
	struct uring_abilities *abilities, const struct uring_calls *calls, struct arena *arena);

#endif
