/* SPDX-License-Identifier: MIT */
/* A namespace of an NVMe drive has two nodes: /dev/nvme0n1 for blocks, /dev/ng0n1 for commands. */
#ifndef SESSION_NVME_NODE_H
#define SESSION_NVME_NODE_H

#include <stdbool.h>

#include "base/arena.h"
#include "job/job.h"

/* The node of `path` that takes commands, or the one for blocks; `path` itself where it is none. */
const char *nvme_node_for(const char *path, bool takes_commands, struct arena *arena);

/* Turns the job to those nodes of its drives that its engine works on. */
void nvme_node_fit(struct job *job, struct arena *arena);

#endif
