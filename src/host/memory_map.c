/* SPDX-License-Identifier: MIT */
#include "host/memory_map.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int64_t memory_map_number(const void *address, const char *key, struct arena *arena)
{
	const char *line = text_read_file(arena, "/proc/self/smaps");
	size_t length = strlen(key);
	bool is_found = false;

	while (line && *line) {
		const char *next = strchr(line, '\n');
		unsigned long first, last;

		if (sscanf(line, "%lx-%lx ", &first, &last) == 2)
			is_found = (uintptr_t)address >= first && (uintptr_t)address < last;
		else if (is_found && strncmp(line, key, length) == 0 && line[length] == ':')
			return strtoll(line + length + 1, NULL, 10);
		line = next ? next + 1 : NULL;
	}
	return -1;
}
