/* SPDX-License-Identifier: MIT */
/*
 * NUMA nodes: their CPUs, and where a thread's memory comes from. Two system calls and two files of
 * sysfs do it, so that libnuma is not needed.
 */
#ifndef HOST_NUMA_H
#define HOST_NUMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum { NUMA_NODES_LIMIT = 1024 }; /* the kernel's largest MAX_NUMNODES */

struct numa_nodes {
	unsigned long bits[NUMA_NODES_LIMIT / (8 * sizeof(unsigned long))];
	unsigned count;
};

enum numa_mode { /* the kernel's MPOL_…, set_mempolicy(2) */
	NUMA_DEFAULT = 0,
	NUMA_PREFER = 1,
	NUMA_BIND = 2,
	NUMA_INTERLEAVE = 3,
	NUMA_LOCAL = 4,
};

struct numa_policy {
	enum numa_mode mode;
	struct numa_nodes nodes; /* PREFER: one; BIND, INTERLEAVE */
};

static inline bool numa_has(const struct numa_nodes *nodes, unsigned node)
{
	return nodes->bits[node / (8 * sizeof(unsigned long))] >>
		       (node % (8 * sizeof(unsigned long))) &
	       1;
}

/* The nodes that are there: those of /sys/devices/system/node/online. None: no NUMA. */
struct numa_nodes numa_online(struct arena *arena);

/*
 * A list as libnuma reads it: "0-1,3", "all", "!0" for all others, "+0" counted among those that
 * are there. 0, or -EINVAL with *problem: a node that is not there is one.
 */
int numa_parse_nodes(const char *text, const struct numa_nodes *online, struct numa_nodes *nodes,
	struct arena *arena, const char **problem);

/* "bind:0-1", "prefer:0", "interleave:all", "local", "default". Likewise. */
int numa_parse_policy(const char *text, const struct numa_nodes *online, struct numa_policy *policy,
	struct arena *arena, const char **problem);

/* The list as text: "0-1,3". */
const char *numa_print_nodes(const struct numa_nodes *nodes, struct arena *arena);

/* Of the calling thread. 0 or -errno. */
int numa_run_on(const struct numa_nodes *nodes, struct arena *arena);
int numa_set_policy(const struct numa_policy *policy);

/* The policy of the calling thread, by the kernel: an enum numa_mode or -errno. */
int numa_policy_in_effect(void);

/* The node that the page at `address` is on; -errno. */
int numa_node_of(const void *address);

#endif
