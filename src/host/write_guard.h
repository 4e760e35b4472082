/* SPDX-License-Identifier: MIT */
/*
 * Refuses to write, trim or pass commands to a block device that somebody uses or that carries
 * data. In use (mounted; swap; a holder such as dm, md, LVM, loop; or any of its partitions or
 * its whole disk is): never. A signature (file system, partition table, RAID or LVM member, by
 * libblkid): only when the user names the device a second time (--destroy=PATH or serial number).
 * A regular file is a device too when it is swap space, is mounted, or has a loop device on it:
 * in use: never; with a loop device that nobody uses: only when the file is named a second time.
 */
#ifndef HOST_WRITE_GUARD_H
#define HOST_WRITE_GUARD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

enum write_guard_verdict {
	WRITE_ALLOWED,
	WRITE_NEEDS_SECOND_NAMING, /* carries a signature; not named twice */
	WRITE_PROTECTED,           /* the device is read-only */
	WRITE_IN_USE,              /* cannot be overridden */
	WRITE_UNKNOWN,             /* could not be looked at: refused as well */
};

struct write_guard_answer {
	enum write_guard_verdict verdict;
	const char *reason; /* "/dev/loop0p1, a partition of it, is mounted on /mnt" */
	const char *hint;   /* "to destroy what is on it, add --destroy=/dev/loop0" */
};

/*
 * `path` as the user named it, `number` of its block device (for /dev/ngXnY the one behind it).
 * `destroy`: the values of --destroy. Texts from `arena`.
 */
struct write_guard_answer write_guard_check(const char *path, dev_t number,
	const char *const *destroy, size_t destroy_count, struct arena *arena);

/* The same of a regular file; one that does not exist is allowed. */
struct write_guard_answer write_guard_check_file(
	const char *path, const char *const *destroy, size_t destroy_count, struct arena *arena);

#endif
