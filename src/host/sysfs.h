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
#include "base/text.h"

/* The content of a file without its last newline; NULL where it cannot be read. */
#define sysfs_text(arena, ...) text_read_file(arena, arena_printf(arena, __VA_ARGS__))

/* The decimal number that a file begins with; `otherwise` where there is none. */
#define sysfs_number(arena, otherwise, ...)                                                        \
	sysfs_number_of(sysfs_text(arena, __VA_ARGS__), otherwise)
int64_t sysfs_number_of(const char *text, int64_t otherwise);

/* The device of a file such as "dev", which contains "259:0"; 0: none. */
#define sysfs_device(arena, ...) sysfs_device_of(sysfs_text(arena, __VA_ARGS__))
dev_t sysfs_device_of(const char *text);

/* The folder of a block device by its number: "/sys/dev/block/259:0". */
const char *sysfs_block_folder(dev_t number, struct arena *arena);

/*
 * Where a link leads that the kernel made in a real folder of sysfs, as an absolute path; NULL
 * where there is none, with errno. What it leads to may be gone already.
 */
char *sysfs_follow(const char *link, struct arena *arena);

/*
 * The names in a folder, sorted and NULL-terminated, without those that begin with a point. NULL
 * where there is no such folder. `count` may be NULL.
 */
#define sysfs_entries(arena, count, ...)                                                           \
	sysfs_entries_of(arena, count, arena_printf(arena, __VA_ARGS__))
char **sysfs_entries_of(struct arena *arena, size_t *count, const char *folder);

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
