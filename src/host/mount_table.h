/* SPDX-License-Identifier: MIT */
/*
 * What is mounted where in this process's mount namespace (/proc/self/mountinfo), and what is swap
 * space (/proc/swaps); by libmount.
 */
#ifndef HOST_MOUNT_TABLE_H
#define HOST_MOUNT_TABLE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"

struct mount_point {
	int id;
	dev_t device; /* the file system's own number; its major is 0 where it is anonymous */
	dev_t source_device; /* the block device that `source` names; 0: it names none */
	const char *folder;  /* where it is mounted */
	const char *type;    /* "ext4" */
	const char *source;  /* "/dev/nvme0n1p1", "tmpfs"; "" where there is none */
	const char *options; /* of the mount and of the file system: "rw,relatime,discard" */
};

struct mount_table {
	size_t count;
	struct mount_point *points; /* in the order of mounting */
};

/* 0 or -errno. */
int mount_table_read(struct mount_table *table, struct arena *arena);

/* The mount that the node at `path` is on (symbolic links followed); NULL when not known. */
const struct mount_point *mount_table_find(const struct mount_table *table, const char *path);

/* The nodes and files of the swap areas, NULL-terminated. 0 or -errno. */
int mount_table_swaps(const char *const **paths, struct arena *arena);

#endif
