/* SPDX-License-Identifier: MIT */
/* Whole files and whole folders, read into an arena. */
#include "host/sysfs.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int64_t sysfs_number_of(const char *text, int64_t otherwise)
{
	char *end = NULL;
	int64_t number = text ? strtoll(text, &end, 10) : 0;

	return end != text ? number : otherwise;
}

dev_t sysfs_device_of(const char *text)
{
	unsigned major_number, minor_number;

	if (!text || sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return 0;
	return makedev(major_number, minor_number);
}

const char *sysfs_block_folder(dev_t number, struct arena *arena)
{
	return arena_printf(arena, "/sys/dev/block/%u:%u", major(number), minor(number));
}

/* Where "../../devices/…" leads from the folder of `link`; NULL: the target has another shape. */
static char *resolve(const char *link, const char *target, struct arena *arena)
{
	static const char up[] = "../";
	char *folder = arena_strdup(arena, link), *slash = strrchr(folder, '/');
	const char *rest = target;

	while (slash && text_starts_with(rest, up)) {
		*slash = '\0';
		slash = strrchr(folder, '/');
		rest += strlen(up);
	}
	if (!slash || rest == target || !*rest || strstr(rest, up))
		return NULL;
	*slash = '\0';
	return arena_printf(arena, "%s/%s", folder, rest);
}

/*
 * No folder on the way of the kernel's own links is a link: as text it takes one system call,
 * where realpath() asks about each folder.
 */
char *sysfs_follow(const char *link, struct arena *arena)
{
	char path[PATH_MAX];
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	char *resolved = NULL;

	if (length >= 0) {
		path[length] = '\0';
		resolved = resolve(link, path, arena);
	}
	if (!resolved && realpath(link, path))
		resolved = arena_strdup(arena, path);
	return resolved;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

char **sysfs_entries_of(struct arena *arena, size_t *count, const char *folder)
{
	struct dirent **entries;
	char **names = NULL;
	int found = scandir(folder, &entries, is_shown, alphasort);

	if (count)
		*count = found > 0 ? (size_t)found : 0;
	if (found < 0)
		return NULL;
	names = arena_alloc_array(arena, (size_t)found + 1, sizeof(*names));
	for (int i = 0; i < found; i++) {
		names[i] = arena_strdup(arena, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return names;
}

const char *sysfs_folder_above(const char *folder, const char *name, struct arena *arena)
{
	char *above = arena_strdup(arena, folder);
	char *slash = above;

	while (slash) {
		if (access(arena_printf(arena, "%s/%s", above, name), F_OK) == 0)
			return above;
		slash = strrchr(above, '/');
		if (slash)
			*slash = '\0';
	}
	return NULL;
}

const char *sysfs_chosen(const char *text, struct arena *arena)
{
	const char *open = text ? strchr(text, '[') : NULL;
	const char *close = open ? strchr(open, ']') : NULL;

	return close ? arena_strndup(arena, open + 1, (size_t)(close - open - 1)) : text;
}

const char *sysfs_value(const char *text, const char *key)
{
	size_t length = strlen(key);

	while (text && *text) {
		const char *value = text + length;

		if (strncmp(text, key, length) == 0 && *value && strchr(": \t", *value)) {
			value += strspn(value, " \t");
			if (*value == ':')
				return value + 1 + strspn(value + 1, " \t");
			/* "model" is not the key of "model name : …". */
			if (value[strcspn(value, ":\n")] != ':')
				return value;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}
