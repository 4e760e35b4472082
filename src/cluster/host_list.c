/* SPDX-License-Identifier: MIT */
/* Names up the tree, each with its rank, and all of them down. */
#include "cluster/host_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cluster/collective.h"

/* "3 nvme07\n", a line for each rank that is known, in any order. */
static void add_lines(void *context, const struct link_message *message)
{
	fwrite(message->bytes, 1, message->count, context);
}

static const char *const *read_lines(char *text)
{
	const char **hosts = calloc(link_count(), sizeof(*hosts));
	char *rest = NULL;

	if (!hosts)
		arena_exhausted();
	for (unsigned i = 0; i < link_count(); i++)
		hosts[i] = "?";
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *name;
		unsigned long rank = strtoul(line, &name, 10);

		if (rank < link_count() && *name == ' ')
			hosts[rank] = name + 1;
	}
	return hosts;
}

const char *const *host_list_make(void)
{
	char *text = NULL, *whole;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	if (!stream)
		arena_exhausted();
	fprintf(stream, "%u %s\n", link_rank(), link_host());
	collective_from_children(add_lines, stream);
	if (fclose(stream) != 0)
		arena_exhausted();
	collective_to_parent(text, bytes);
	whole = text;
	collective_spread(&whole, &bytes); /* A NUL stands behind what came. */
	if (whole != text)
		free(text);
	return read_lines(whole);
}
