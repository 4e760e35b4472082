/* SPDX-License-Identifier: MIT */
/* From the process's own group up to the root of the hierarchy that is seen. */
#include "host/control_group.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/text.h"

/* A group: the folder of its hierarchy, and its path below that, which steps up in place. */
struct group {
	struct arena *arena;
	const char *mount; /* NULL: none */
	char *path;
};

void control_groups_read(struct control_groups *groups, struct arena *arena)
{
	*groups = (struct control_groups){.arena = arena};
	if (mount_table_read(&groups->mounts, arena) == 0)
		groups->memberships = text_read_file(arena, "/proc/self/cgroup");
}

/* Whether `names`, a list with commas, has `name`; NULL is the empty list of version 2. */
static bool names_controller(const char *names, size_t length, const char *name)
{
	if (!name)
		return length == 0;
	for (const char *end = names + length; names < end; names++) {
		size_t piece = strcspn(names, ",:");

		if (piece == strlen(name) && strncmp(names, name, piece) == 0)
			return true;
		names += piece;
	}
	return false;
}

/* Our group, of lines "4:memory:/process/1": the path after the second colon; NULL: none. */
static const char *group_path(const struct control_groups *groups, const char *controller)
{
	const char *text = groups->memberships;

	while (text && *text) {
		const char *names = strchr(text, ':');
		const char *path = names ? strchr(names + 1, ':') : NULL;

		if (path && names_controller(names + 1, (size_t)(path - names - 1), controller))
			return arena_strndup(groups->arena, path + 1, strcspn(path + 1, "\n"));
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

static const char *group_mount(const struct mount_table *mounts, const char *controller)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mount_point *mount = &mounts->points[i];

		if (!controller && strcmp(mount->type, "cgroup2") == 0)
			return mount->folder;
		if (controller && strcmp(mount->type, "cgroup") == 0 &&
			names_controller(mount->options, strlen(mount->options), controller))
			return mount->folder;
	}
	return NULL;
}

/* 9223372036854771712 is what version 1 writes for "no limit of memory". */
static bool is_limit(const char *value)
{
	return value && strncmp(value, "max", 3) != 0 && strcmp(value, "-1") != 0 &&
	       strcmp(value, "9223372036854771712") != 0;
}

/* Of version 1's hierarchy of a controller, or, where that is NULL, of version 2. */
static struct group own_group(const struct control_groups *groups, const char *controller)
{
	const char *path = group_path(groups, controller);
	const char *mount = group_mount(&groups->mounts, controller);

	return (struct group){
		.arena = groups->arena,
		.mount = path ? mount : NULL,
		.path = arena_strdup(groups->arena, path && strcmp(path, "/") != 0 ? path : ""),
	};
}

/* To the group above. False: there is none. */
static bool step_up(struct group *group)
{
	char *slash = strrchr(group->path, '/');

	if (slash)
		*slash = '\0';
	return slash != NULL;
}

static char *read_file(const struct group *group, const char *file)
{
	return text_read_file(group->arena,
		arena_printf(group->arena, "%s%s/%s", group->mount, group->path, file));
}

static const char *nearest_limit(struct group group, const char *file)
{
	bool is_seen = false;

	if (!group.mount)
		return NULL;
	do {
		char *value = read_file(&group, file);

		/* io.max has a line a device. */
		for (char *end = value ? strchr(value, '\n') : NULL; end; end = strchr(end, '\n'))
			*end = ';';
		if (is_limit(value))
			return value;
		is_seen |= value != NULL;
	} while (step_up(&group));
	return is_seen ? "none" : NULL;
}

const char *control_groups_limit(
	const struct control_groups *groups, const struct control_group_limit *limit)
{
	const char *value = nearest_limit(own_group(groups, limit->controller), limit->old_file);

	return value ? value : nearest_limit(own_group(groups, NULL), limit->file);
}

/* "inactive_file 4096" of memory.stat. */
static uint64_t stat_line(const char *text, const char *key)
{
	size_t length = strlen(key);

	while (text && *text) {
		if (strncmp(text, key, length) == 0 && text[length] == ' ')
			return strtoull(text + length, NULL, 10);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

/* The names of version 1 and version 2. */
struct memory_files {
	const char *controller, *limit, *used, *idle_cache, *busy_cache;
};

static uint64_t left_in(const struct group *group, const struct memory_files *files)
{
	const char *limit = read_file(group, files->limit);
	const char *used = read_file(group, files->used);
	const char *parts = read_file(group, "memory.stat");
	uint64_t cached = stat_line(parts, files->idle_cache) + stat_line(parts, files->busy_cache);
	uint64_t taken = used ? strtoull(used, NULL, 10) : 0;
	uint64_t limit_bytes = is_limit(limit) ? strtoull(limit, NULL, 10) : UINT64_MAX;

	taken -= MIN(taken, cached);
	return limit_bytes == UINT64_MAX ? UINT64_MAX : limit_bytes - MIN(limit_bytes, taken);
}

uint64_t control_groups_memory_left(const struct control_groups *groups)
{
	static const struct memory_files versions[] = {
		{"memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file",
			"total_active_file"},
		{NULL, "memory.max", "memory.current", "inactive_file", "active_file"},
	};
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		struct group group = own_group(groups, versions[i].controller);
		bool goes_on = group.mount != NULL;

		for (; goes_on; goes_on = step_up(&group))
			least = MIN(least, left_in(&group, &versions[i]));
	}
	return least;
}
