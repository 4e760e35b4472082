/* SPDX-License-Identifier: MIT */
/* Facts about the file systems that target files are on, and about how the files lie there. */
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "host/environment_facts.h"
#include "host/mount_table.h"

enum {
	MOUNT_LIMIT = 16,
	FILE_LIMIT = 8, /* a job of a thousand files is described by some of them */
};

/* The mount of a file, or of the folder it was in when it is gone. */
static const struct mount_point *mount_of(
	const struct mount_table *mounts, const char *path, struct arena *arena)
{
	const struct mount_point *mount = mount_table_find(mounts, path);
	const char *slash = strrchr(path, '/');

	if (mount)
		return mount;
	if (!slash)
		return mount_table_find(mounts, ".");
	return mount_table_find(mounts, arena_strndup(arena, path, (size_t)(slash - path) + 1));
}

static void read_mount(struct fact_list *list, const struct mount_point *mount, const char *type)
{
	struct statvfs status;
	const char *free_percent = NULL;

	if (statvfs(mount->folder, &status) == 0 && status.f_blocks)
		free_percent = arena_printf(list->arena, "%.1f",
			100.0 * (double)status.f_bavail / (double)status.f_blocks);
	fact_add(list, FACT_HARD, type, "mount.%s.type", mount->folder);
	fact_add(list, FACT_SOFT, mount->source, "mount.%s.source", mount->folder);
	fact_add(list, FACT_SOFT, mount->options, "mount.%s.options", mount->folder);
	fact_add(list, FACT_SOFT, free_percent, "now.mount.%s.free_percent", mount->folder);
}

/* How many extents the file system says the file has; NULL where it says nothing. */
static const char *count_extents(struct fact_list *list, int descriptor)
{
	struct fiemap map = {.fm_length = FIEMAP_MAX_OFFSET};

	if (ioctl(descriptor, FS_IOC_FIEMAP, &map) < 0)
		return NULL;
	return arena_printf(list->arena, "%u", map.fm_mapped_extents);
}

/* "nocow,dax": what makes the file another than a plain one; "none". */
static const char *list_attributes(struct fact_list *list, int descriptor)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} attributes[] = {
		{STATX_ATTR_COMPRESSED, "compressed"},
		{STATX_ATTR_ENCRYPTED, "encrypted"},
		{STATX_ATTR_VERITY, "verity"},
		{STATX_ATTR_DAX, "dax"},
	};
	const char *names = NULL;
	struct statx status;
	int flags;

	if (statx(descriptor, "", AT_EMPTY_PATH, 0, &status) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		if (status.stx_attributes & attributes[i].bit)
			names = fact_join(list, names, attributes[i].name);
	}
	if (ioctl(descriptor, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_NOCOW_FL))
		names = fact_join(list, names, "nocow");
	return names ? names : "none";
}

static const char *direct_alignment(struct fact_list *list, int descriptor)
{
	struct statx status;

	if (statx(descriptor, "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) < 0 ||
		!(status.stx_mask & STATX_DIOALIGN))
		return NULL;
	return arena_printf(list->arena, "offset %u memory %u", status.stx_dio_offset_align,
		status.stx_dio_mem_align);
}

/* Whether there was a file to describe. */
static bool read_file(struct fact_list *list, const char *path)
{
	AUTO_CLOSE int descriptor = -1;
	struct stat status;
	double allocated = 100; /* of a small file it would be more: blocks are whole */

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	if (512 * status.st_blocks < status.st_size)
		allocated = 100.0 * 512 * (double)status.st_blocks / (double)status.st_size;
	fact_add(list, FACT_SOFT, arena_printf(list->arena, "%lld", (long long)status.st_size),
		"file.%s.bytes", path);
	fact_add(list, FACT_SOFT, arena_printf(list->arena, "%.0f", allocated),
		"file.%s.allocated_percent", path);
	fact_add(list, FACT_SOFT, count_extents(list, descriptor), "file.%s.extents", path);
	fact_add(list, FACT_SOFT, list_attributes(list, descriptor), "file.%s.attributes", path);
	fact_add(list, FACT_SOFT, direct_alignment(list, descriptor), "file.%s.direct_alignment",
		path);
	return true;
}

/* Whether a target before, of `count`, is on the same file system: asked of thousands of files. */
static bool is_file_system_known(const struct environment_target *const *known, size_t count,
	const struct environment_target *target)
{
	for (size_t i = 0; i < count; i++) {
		if (known[i]->block_device == target->block_device &&
			strcmp(known[i]->file_system, target->file_system) == 0)
			return true;
	}
	return false;
}

static bool is_listed(const char *const *paths, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(paths[i], path) == 0)
			return true;
	}
	return false;
}

void environment_read_files(
	struct fact_list *list, const struct environment_target *targets, size_t target_count)
{
	const struct environment_target *known[MOUNT_LIMIT];
	const char *files[FILE_LIMIT];
	size_t known_count = 0, file_count = 0;
	struct mount_table mounts;

	if (mount_table_read(&mounts, list->arena) < 0)
		return;
	for (size_t i = 0; i < target_count; i++) {
		const struct environment_target *target = &targets[i];

		if (!target->file_system)
			continue;
		if (known_count < MOUNT_LIMIT &&
			!is_file_system_known(known, known_count, target)) {
			const struct mount_point *mount =
				mount_of(&mounts, target->path, list->arena);

			known[known_count++] = target;
			if (mount)
				read_mount(list, mount, target->file_system);
		}
		if (file_count < FILE_LIMIT && !is_listed(files, file_count, target->path) &&
			read_file(list, target->path))
			files[file_count++] = target->path;
	}
}
