/* SPDX-License-Identifier: MIT */
/* Files are compared by device and inode: a hard link or a symbolic link is the same file. */
#include "host/file_use.h"

#include <stdbool.h>

#include "host/mount_table.h"

static bool is_file(const char *path, const struct stat *file)
{
	struct stat status;

	return path[0] == '/' && stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	       status.st_dev == file->st_dev && status.st_ino == file->st_ino;
}

int file_use_find(
	const char *path, const struct stat *status, struct file_use *use, struct arena *arena)
{
	struct mount_table mounts;
	const char *const *swaps;
	int error = mount_table_read(&mounts, arena);

	*use = (struct file_use){0};
	if (error == 0)
		error = mount_table_swaps(&swaps, arena);
	if (error < 0)
		return error;
	for (; *swaps; swaps++) {
		if (is_file(*swaps, status))
			use->reason = arena_printf(arena, "%s is in use as swap space", path);
	}
	/* Such as an erofs, which since Linux 6.12 needs no loop device. */
	for (size_t i = 0; i < mounts.count && !use->reason; i++) {
		if (is_file(mounts.points[i].source, status))
			use->reason = arena_printf(
				arena, "%s is mounted on %s", path, mounts.points[i].folder);
	}
	use->loop_count = loop_devices_on(status, &use->loops, arena);
	return 0;
}
