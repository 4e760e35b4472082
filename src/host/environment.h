/* SPDX-License-Identifier: MIT */
/*
 * Facts about the machine that a result is worth nothing without, as far as an unprivileged
 * process can read them. "Hard" facts make another machine of it (CPU model, core count, device
 * model, file system), "soft" ones explain differences (kernel, governor, scheduler). Keys that
 * begin with "now." change from moment to moment: to be read, not to be compared.
 */
#ifndef HOST_ENVIRONMENT_H
#define HOST_ENVIRONMENT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"

struct environment_fact {
	const char *key;   /* "cpu_model", "device.nvme0n1.model" */
	const char *value; /* NULL: not known here */
};

struct environment {
	size_t hard_count;
	struct environment_fact *hard;
	size_t soft_count;
	struct environment_fact *soft;
};

struct environment_target {
	const char *path;
	dev_t block_device;      /* 0: none */
	const char *file_system; /* or NULL */
};

/* Never fails: what cannot be read is NULL. The serial number is hashed (xxHash), never shown. */
void environment_read(struct environment *environment, const struct environment_target *targets,
	size_t target_count, struct arena *arena);

#endif
