/* SPDX-License-Identifier: MIT */
/* By what is open, not by a name: a link, or the same file through an overlay, is the same file. */
#include "host/file_use.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "host/file_identity.h"
#include "host/mount_table.h"

static enum file_likeness compare_with(const char *path, int descriptor)
{
	AUTO_CLOSE int other = -1;
	struct stat status;

	/* Most are devices, and some of the rest no paths at all. */
	if (path[0] != '/' || stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return FILE_IS_OTHER;
	other = open(path, O_PATH | O_CLOEXEC);
	if (other < 0 || fstat(other, &status) < 0 || !S_ISREG(status.st_mode))
		return FILE_IS_OTHER;
	return file_compare(descriptor, other);
}

/* "a is in use as swap space"; where it is not sure, "a cannot be told from /b, which is …". */
static const char *words(
	const char *path, const char *other, enum file_likeness likeness, struct arena *arena)
{
	if (likeness == FILE_IS_SAME)
		return path;
	return arena_printf(arena, "%s cannot be told from %s, which", path, other);
}

int file_use_find(int descriptor, const char *path, struct file_use *use, struct arena *arena)
{
	struct mount_table mounts;
	const char *const *swaps;
	enum file_likeness likeness;
	int error = mount_table_read(&mounts, arena);

	*use = (struct file_use){0};
	if (error == 0)
		error = mount_table_swaps(&swaps, arena);
	if (error < 0)
		return error;
	for (; *swaps && !use->reason; swaps++) {
		likeness = compare_with(*swaps, descriptor);
		if (likeness != FILE_IS_OTHER)
			use->reason = arena_printf(arena, "%s is in use as swap space",
				words(path, *swaps, likeness, arena));
	}
	/* Such as an erofs, which since Linux 6.12 needs no loop device. */
	for (size_t i = 0; i < mounts.count && !use->reason; i++) {
		const struct mount_point *mount = &mounts.points[i];

		likeness = compare_with(mount->source, descriptor);
		if (likeness != FILE_IS_OTHER)
			use->reason = arena_printf(arena, "%s is mounted on %s",
				words(path, mount->source, likeness, arena), mount->folder);
	}
	use->loop_count = loop_devices_on_file(descriptor, path, &use->loops, arena);
	return 0;
}
