/* SPDX-License-Identifier: MIT */
/*
 * Small readers of sysfs and procfs, for all that reads them: texts, numbers, device numbers, the
 * entries of a folder. Paths are given as a format; results are from the arena.
 */
#ifndef HOST_SYSFS_H
#define HOST_SYSFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

/* The content of a file without its last newline; NULL where it cannot be read. */
char *sysfs_text(struct arena *arena, const char *path_format, ...)
	__attribute__((format(printf, 2, 3)));

/* The decimal number that a file begins with; `otherwise` where there is none. */
int64_t sysfs_number(struct arena *arena, int64_t otherwise, const char *path_format, ...)
	__attribute__((format(printf, 3, 4)));

/* The device of a file such as "dev", which contains "259:0"; 0: none. */
dev_t sysfs_device(struct arena *arena, const char *path_format, ...)
	__attribute__((format(printf, 2, 3)));

/* The folder of a block device by its number: "/sys/dev/block/259:0". */
const char *sysfs_block_folder(dev_t number, struct arena *arena);

/*
 * The names in a folder, sorted and NULL-terminated, without those that begin with a point. NULL
 * where there is no such folder. `count` may be NULL.
 */
char **sysfs_entries(struct arena *arena, size_t *count, const char *folder_format, ...)
	__attribute__((format(printf, 3, 4)));

/* The nearest folder that has an entry `name`, from `folder` upwards; NULL: none. */
const char *sysfs_folder_above(const char *folder, const char *name, struct arena *arena);

/* What stands between the brackets: "always [madvise] never" -> "madvise"; else all of it. */
const char *sysfs_chosen(const char *text, struct arena *arena);

/*
 * The value of the line that begins with `key` and a colon or a blank ("MemTotal:  4 kB",
 * "pswpin 12"), to the end of the text. NULL: none; also for a NULL text.
 */
const char *sysfs_value(const char *text, const char *key);

#endif
