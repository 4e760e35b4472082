/* SPDX-License-Identifier: MIT */
/* NUMA nodes by sysfs, and memory policies by set_mempolicy(2). */
#include "host/numa.h"

#include <ctype.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/sysfs.h"

enum {
	POLICY_OF_ADDRESS = 2, /* MPOL_F_ADDR */
	POLICY_AS_NODE = 1,    /* MPOL_F_NODE */
	MODE_MASK = 0xff,      /* MPOL_F_… of a mode stand above */
};

static void add(struct numa_nodes *nodes, unsigned node)
{
	if (numa_has(nodes, node))
		return;
	nodes->bits[node / (8 * sizeof(unsigned long))] |= 1ul
							   << (node % (8 * sizeof(unsigned long)));
	nodes->count++;
}

/* "3" or "0-3" at *text, which is moved behind it. */
static bool take_range(const char **text, unsigned long *first, unsigned long *last)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	*first = *last = strtoul(*text, &end, 10);
	if (*end == '-') {
		if (!isdigit((unsigned char)end[1]))
			return false;
		*last = strtoul(end + 1, &end, 10);
	}
	*text = end;
	return *first <= *last;
}

struct numa_nodes numa_online(struct arena *arena)
{
	const char *text = sysfs_text(arena, "/sys/devices/system/node/online");
	struct numa_nodes nodes = {.count = 0};
	unsigned long first, last;

	while (text && take_range(&text, &first, &last)) {
		for (unsigned long node = first; node <= last && node < NUMA_NODES_LIMIT; node++)
			add(&nodes, (unsigned)node);
		if (*text != ',')
			break;
		text++;
	}
	return nodes;
}

const char *numa_print_nodes(const struct numa_nodes *nodes, struct arena *arena)
{
	const char *text = "";

	for (unsigned node = 0; node < NUMA_NODES_LIMIT; node++) {
		unsigned end = node;

		if (!numa_has(nodes, node))
			continue;
		while (end + 1 < NUMA_NODES_LIMIT && numa_has(nodes, end + 1))
			end++;
		text = arena_printf(arena, "%s%s%u", text, *text ? "," : "", node);
		if (end > node)
			text = arena_printf(arena, "%s-%u", text, end);
		node = end;
	}
	return text;
}

/* The node that is the n-th of those that are there; NUMA_NODES_LIMIT: none. */
static unsigned nth_online(const struct numa_nodes *online, unsigned long n)
{
	for (unsigned node = 0; node < NUMA_NODES_LIMIT; node++) {
		if (numa_has(online, node) && n-- == 0)
			return node;
	}
	return NUMA_NODES_LIMIT;
}

static int refuse_node(const struct numa_nodes *online, unsigned long node, struct arena *arena,
	const char **problem)
{
	*problem = online->count == 0 ? "this kernel has no NUMA nodes"
				      : arena_printf(arena, "this machine has no node %lu, but %s",
						node, numa_print_nodes(online, arena));
	return -EINVAL;
}

static int add_range(struct numa_nodes *nodes, const struct numa_nodes *online, bool is_relative,
	const unsigned long range[2], struct arena *arena, const char **problem)
{
	for (unsigned long i = range[0]; i <= range[1]; i++) {
		unsigned node = NUMA_NODES_LIMIT;

		if (is_relative)
			node = nth_online(online, i);
		else if (i < NUMA_NODES_LIMIT)
			node = (unsigned)i;
		if (node == NUMA_NODES_LIMIT || !numa_has(online, node))
			return refuse_node(online, i, arena, problem);
		add(nodes, node);
	}
	return 0;
}

static struct numa_nodes others(const struct numa_nodes *online, const struct numa_nodes *nodes)
{
	struct numa_nodes left = {.count = 0};

	for (unsigned node = 0; node < NUMA_NODES_LIMIT; node++) {
		if (numa_has(online, node) && !numa_has(nodes, node))
			add(&left, node);
	}
	return left;
}

int numa_parse_nodes(const char *text, const struct numa_nodes *online, struct numa_nodes *nodes,
	struct arena *arena, const char **problem)
{
	bool is_inverse = *text == '!';
	bool is_relative;
	unsigned long range[2];

	text += is_inverse;
	is_relative = *text == '+';
	text += is_relative;
	*nodes = (struct numa_nodes){.count = 0};
	if (strcmp(text, "all") == 0) {
		*nodes = *online;
	} else {
		do {
			if (!take_range(&text, &range[0], &range[1])) {
				*problem = "not a list of nodes, as 0-1,3";
				return -EINVAL;
			}
			if (add_range(nodes, online, is_relative, range, arena, problem) < 0)
				return -EINVAL;
		} while (*text++ == ',');
		if (text[-1] != '\0') {
			*problem = "not a list of nodes, as 0-1,3";
			return -EINVAL;
		}
	}
	if (is_inverse)
		*nodes = others(online, nodes);
	if (nodes->count > 0)
		return 0;
	*problem = "no node is left";
	return -EINVAL;
}

int numa_parse_policy(const char *text, const struct numa_nodes *online, struct numa_policy *policy,
	struct arena *arena, const char **problem)
{
	static const char *const names[] = {"default", "prefer", "bind", "interleave", "local"};
	const char *list = strchr(text, ':');
	size_t length = list ? (size_t)(list - text) : strlen(text);
	bool needs_nodes;
	unsigned mode = 0;

	while (mode <= NUMA_LOCAL &&
		(strncmp(names[mode], text, length) != 0 || names[mode][length] != '\0'))
		mode++;
	if (mode > NUMA_LOCAL) {
		*problem = "not default, local, prefer:NODE, bind:NODES or interleave:NODES";
		return -EINVAL;
	}
	*policy = (struct numa_policy){.mode = (enum numa_mode)mode};
	needs_nodes = mode == NUMA_PREFER || mode == NUMA_BIND || mode == NUMA_INTERLEAVE;
	if (needs_nodes != (list && list[1] != '\0')) {
		*problem = arena_printf(arena, "%s %s", names[mode],
			needs_nodes ? "needs nodes: bind:0" : "takes no nodes");
		return -EINVAL;
	}
	if (!needs_nodes)
		return 0;
	if (numa_parse_nodes(list + 1, online, &policy->nodes, arena, problem) < 0)
		return -EINVAL;
	if (mode == NUMA_PREFER && policy->nodes.count != 1) {
		*problem = "only one node can be preferred";
		return -EINVAL;
	}
	return 0;
}

int numa_run_on(const struct numa_nodes *nodes, struct arena *arena)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned node = 0; node < NUMA_NODES_LIMIT; node++) {
		unsigned long first, last;
		const char *text;

		if (!numa_has(nodes, node))
			continue;
		text = sysfs_text(arena, "/sys/devices/system/node/node%u/cpulist", node);
		while (text && take_range(&text, &first, &last)) {
			for (; first <= last && first < CPU_SETSIZE; first++)
				CPU_SET(first, &set);
			text += *text == ',';
		}
	}
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}

int numa_set_policy(const struct numa_policy *policy)
{
	bool has_nodes = policy->nodes.count > 0;

	/* The kernel takes one bit less than it is told. */
	return syscall(SYS_set_mempolicy, (long)policy->mode, has_nodes ? policy->nodes.bits : NULL,
		       has_nodes ? NUMA_NODES_LIMIT + 1ul : 0ul) < 0
		       ? -errno
		       : 0;
}

int numa_policy_in_effect(void)
{
	int mode = 0;

	if (syscall(SYS_get_mempolicy, &mode, NULL, 0ul, NULL, 0ul) < 0)
		return -errno;
	return mode & MODE_MASK;
}

int numa_node_of(const void *address)
{
	int node = 0;

	if (syscall(SYS_get_mempolicy, &node, NULL, 0ul, address,
		    (unsigned long)(POLICY_AS_NODE | POLICY_OF_ADDRESS)) < 0)
		return -errno;
	return node;
}
