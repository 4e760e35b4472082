/* SPDX-License-Identifier: MIT */
/*
 * Which character devices a job may read and write. Behind many of them is storage that is in use
 * (SCSI generic, flash memory, tapes) or the machine itself (/dev/mem), past every mount and claim;
 * so those are allowed that are known to do no harm, and no others.
 */
#ifndef HOST_CHARACTER_NODE_H
#define HOST_CHARACTER_NODE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

/*
 * NULL: it may be read, or with `writes` written. Else why not, to go on after its name: "is a
 * SCSI generic node: …". Namespaces of NVMe (/dev/ng0n1) are the write guard's.
 */
const char *character_node_refusal(dev_t number, bool writes, struct arena *arena);

/* /dev/null, zero, full, random, urandom: to open them has no effect. */
bool character_node_is_memory(dev_t number);

#endif
