/* SPDX-License-Identifier: MIT */
/* The mount table, copied out of libmount's into an arena. */
#include "host/mount_table.h"

#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static const char *copy(struct arena *arena, const char *text)
{
	return arena_strdup(arena, text ? text : "");
}

static dev_t device_named(const char *source)
{
	struct stat status;

	if (source[0] != '/' || stat(source, &status) < 0 || !S_ISBLK(status.st_mode))
		return 0;
	return status.st_rdev;
}

static void copy_point(struct mount_point *point, struct libmnt_fs *entry, struct arena *arena)
{
	point->id = mnt_fs_get_id(entry);
	point->device = mnt_fs_get_devno(entry);
	point->folder = copy(arena, mnt_fs_get_target(entry));
	point->type = copy(arena, mnt_fs_get_fstype(entry));
	point->source = copy(arena, mnt_fs_get_source(entry));
	point->options = copy(arena, mnt_fs_get_options(entry));
	point->source_device = device_named(point->source);
}

/* NULL, and errno or 0. */
static struct libmnt_table *parse(FILE *stream)
{
	struct libmnt_table *entries = mnt_new_table();

	/* In a name it would look for the process, link by link: who that is does not matter. */
	if (entries && mnt_table_parse_stream(entries, stream, "") != 0) {
		mnt_unref_table(entries);
		entries = NULL;
	}
	return entries;
}

int mount_table_read(struct mount_table *table, struct arena *arena)
{
	AUTO_FCLOSE FILE *stream = fopen("/proc/self/mountinfo", "re");
	struct libmnt_table *entries;
	struct libmnt_iter *position;
	struct libmnt_fs *entry;
	int error = -ENOMEM;

	*table = (struct mount_table){0};
	if (!stream)
		return -errno;
	errno = 0;
	entries = parse(stream);
	if (!entries)
		return errno ? -errno : -EIO;
	position = mnt_new_iter(MNT_ITER_FORWARD);
	if (position) {
		size_t limit = (size_t)mnt_table_get_nents(entries);

		table->points = arena_alloc_array(arena, limit, sizeof(*table->points));
		while (table->count < limit && mnt_table_next_fs(entries, position, &entry) == 0)
			copy_point(&table->points[table->count++], entry, arena);
		error = 0;
	}
	mnt_free_iter(position);
	mnt_unref_table(entries);
	return error;
}

static int mount_id_of(const char *path)
{
	struct statx status;

	if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_MNT_ID, &status) < 0 ||
		!(status.stx_mask & STATX_MNT_ID))
		return -1;
	return (int)status.stx_mnt_id;
}

const struct mount_point *mount_table_find(const struct mount_table *table, const char *path)
{
	int id = mount_id_of(path);
	struct stat status;

	for (size_t i = 0; i < table->count; i++) {
		if (table->points[i].id == id)
			return &table->points[i];
	}
	/* Before Linux 5.8 there is no mount id: any mount of the same file system will do. */
	if (stat(path, &status) < 0)
		return NULL;
	for (size_t i = table->count; i > 0; i--) {
		if (table->points[i - 1].device == status.st_dev)
			return &table->points[i - 1];
	}
	return NULL;
}

int mount_table_swaps(const char *const **paths, struct arena *arena)
{
	struct libmnt_table *entries;
	struct libmnt_iter *position;
	struct libmnt_fs *entry;
	const char **found;
	size_t count = 0;
	int error;

	*paths = ARENA_NEW(arena, const char *);
	if (access("/proc/swaps", F_OK) < 0) /* a kernel without swap */
		return errno == ENOENT ? 0 : -errno;
	entries = mnt_new_table();
	position = mnt_new_iter(MNT_ITER_FORWARD);
	error = entries && position ? mnt_table_parse_swaps(entries, "/proc/swaps") : -ENOMEM;
	if (error == 0) {
		size_t limit = (size_t)mnt_table_get_nents(entries);

		found = arena_alloc_array(arena, limit + 1, sizeof(*found));
		while (count < limit && mnt_table_next_fs(entries, position, &entry) == 0)
			found[count++] = copy(arena, mnt_fs_get_source(entry));
		*paths = found;
	}
	mnt_free_iter(position);
	mnt_unref_table(entries);
	return error;
}
