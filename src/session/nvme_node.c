/* SPDX-License-Identifier: MIT */
/* From one node of an NVMe namespace to the other. */
#include "session/nvme_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/nvme_names.h"

/* Whole namespaces only: partitions have no node for commands. */
static bool read_numbers(const char *path, const char *prefix, unsigned *drive, unsigned *space)
{
	const char *numbers = path + strlen(prefix);
	int length = 0;

	return text_starts_with(path, prefix) &&
	       sscanf(numbers, "%un%u%n", drive, space, &length) == 2 && numbers[length] == '\0';
}

const char *nvme_node_for(const char *path, bool takes_commands, struct arena *arena)
{
	AUTO_FREE char *resolved = realpath(path, NULL); /* /dev/disk/by-id/… */
	const char *node = resolved ? resolved : path, *name;
	unsigned drive, space;

	if (!read_numbers(node, takes_commands ? "/dev/nvme" : "/dev/ng", &drive, &space))
		return path;
	name = takes_commands ? nvme_character_name(node + strlen("/dev/"), arena)
			      : nvme_block_name(node + strlen("/dev/"), arena);
	if (name)
		return arena_printf(arena, "/dev/%s", name);
	/* Of a drive that is not there the name is likely, and whoever opens it will say so. */
	return arena_printf(arena, "/dev/%s%un%u", takes_commands ? "ng" : "nvme", drive, space);
}

static void fit(struct job_texts *names, bool takes_commands, struct arena *arena)
{
	const char **nodes = arena_alloc_array(arena, names->count, sizeof(*nodes));

	for (size_t i = 0; i < names->count; i++)
		nodes[i] = nvme_node_for(names->texts[i], takes_commands, arena);
	names->texts = nodes;
}

void nvme_node_fit(struct job *job, struct arena *arena)
{
	bool takes_commands = job->engine->traits & ENGINE_TAKES_NVME_COMMANDS;

	fit(&job->filename, takes_commands, arena);
	fit(&job->given.filename, takes_commands, arena);
}
