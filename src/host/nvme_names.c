/* SPDX-License-Identifier: MIT */
/* Both nodes of a namespace stand in one folder: its controller's, or its subsystem's. */
#include "host/nvme_names.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/text.h"

/* "nvme3n2": 2; 0: it is no name of that kind, such as the path "nvme3c1n2". */
static unsigned namespace_number(const char *name, const char *prefix)
{
	unsigned drive, number;
	int length = 0;

	if (!text_starts_with(name, prefix) || !isdigit((unsigned char)name[strlen(prefix)]))
		return 0;
	return sscanf(name + strlen(prefix), "%un%u%n", &drive, &number, &length) == 2 &&
			       name[strlen(prefix) + (size_t)length] == '\0'
		       ? number
		       : 0;
}

/* The namespace `number` in `folder`, named with `prefix`. */
static const char *find_in(
	const char *folder, const char *prefix, unsigned number, struct arena *arena)
{
	DIR *entries = opendir(folder);
	const char *found = NULL;

	for (struct dirent *entry = entries ? readdir(entries) : NULL; entry && !found;
		entry = readdir(entries)) {
		if (namespace_number(entry->d_name, prefix) == number)
			found = arena_strdup(arena, entry->d_name);
	}
	if (entries)
		closedir(entries);
	return found;
}

static const char *find_beside(const char *class, const char *name, const char *prefix,
	const char *wanted, struct arena *arena)
{
	char folder[PATH_MAX];
	unsigned number = namespace_number(name, prefix);

	if (number == 0 || !realpath(arena_printf(arena, "/sys/class/%s/%s", class, name), folder))
		return NULL;
	*strrchr(folder, '/') = '\0';
	return find_in(folder, wanted, number, arena);
}

const char *nvme_character_name(const char *block, struct arena *arena)
{
	return find_beside("block", block, "nvme", "ng", arena);
}

const char *nvme_block_name(const char *character, struct arena *arena)
{
	return find_beside("nvme-generic", character, "ng", "nvme", arena);
}

/* "nvme3c1n2", one path to a namespace: "nvme3n2"; else `name` itself. */
static const char *without_path(const char *name, struct arena *arena)
{
	unsigned subsystem, path, number;

	if (sscanf(name, "nvme%uc%un%u", &subsystem, &path, &number) != 3)
		return name;
	return arena_printf(arena, "nvme%un%u", subsystem, number);
}

bool nvme_is_controller(dev_t character, const char **block, struct arena *arena)
{
	const char *folder =
		arena_printf(arena, "/sys/dev/char/%u:%u", major(character), minor(character));
	char class[PATH_MAX];
	unsigned lowest = UINT_MAX;
	DIR *entries;

	*block = NULL;
	if (!realpath(arena_printf(arena, "%s/subsystem", folder), class) ||
		strcmp(strrchr(class, '/'), "/nvme") != 0)
		return false;
	entries = opendir(folder);
	for (struct dirent *entry = entries ? readdir(entries) : NULL; entry;
		entry = readdir(entries)) {
		const char *name = without_path(entry->d_name, arena);
		unsigned number = namespace_number(name, "nvme");

		if (number == 0 || number >= lowest)
			continue;
		lowest = number;
		*block = arena_strdup(arena, name);
	}
	if (entries)
		closedir(entries);
	return true;
}
