/* SPDX-License-Identifier: MIT */
/*
 * Refuses to write, trim or pass commands to a block device that somebody uses or that carries
 * data. In use (mounted; swap; a holder such as dm, md, LVM, loop; or any of its partitions or
 * its whole disk is): never. A signature (file system, partition table, RAID or LVM member, by
 * libblkid): only when the user names the device a second time (--destroy=PATH, HOST:PATH or its
 * serial number). Where a run is on several hosts, a path alone names no device: it is another one
 * on each of them.
 * A regular file is a device too when it is swap space, is mounted, or has a loop device on it:
 * in use: never; with a loop device that nobody uses: only when the file is named a second time.
 */
#ifndef HOST_WRITE_GUARD_H
#define HOST_WRITE_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"

enum write_guard_verdict {
	WRITE_ALLOWED,
	WRITE_NEEDS_SECOND_NAMING, /* carries a signature; not named twice */
	WRITE_PROTECTED,           /* the device is read-only */
	WRITE_IN_USE,              /* cannot be overridden */
	WRITE_UNKNOWN,             /* could not be looked at: refused as well */
};

/* What the user allows. */
struct write_guard {
	const char *const *destroy; /* values of --destroy */
	size_t destroy_count;
	const char *host;  /* this one's name; NULL: as the kernel has it */
	bool needs_a_host; /* the run is on several: paths are taken with the host only */
};

struct write_guard_answer {
	enum write_guard_verdict verdict;
	const char *reason; /* "/dev/loop0p1, a partition of it, is mounted on /mnt" */
	const char *hint;   /* "to destroy what is on it, add --destroy=/dev/loop0" */
};

/*
 * `path` as the user named it, `number` of its block device (for /dev/ngXnY the one behind it).
 * `claim` is the device, opened by the caller with O_EXCL, and read from; -1: nobody has it, and
 * whether it can be had is part of the question. Texts from `arena`.
 */
struct write_guard_answer write_guard_check(const struct write_guard *guard, const char *path,
	dev_t number, int claim, struct arena *arena);

/*
 * The same of a regular file: of the open one, by O_PATH will do, not of what `path` leads to now;
 * -1: of that. One that does not exist is allowed.
 */
struct write_guard_answer write_guard_check_file(
	const struct write_guard *guard, const char *path, int descriptor, struct arena *arena);

/* Whether --destroy names this node again: the device or the file that is open; O_PATH will do. */
bool write_guard_names(const struct write_guard *guard, int descriptor, struct arena *arena);

/*
 * Which character devices a job may read, and with `writes` write: NULL, or why not, to go on after
 * the name: "is a SCSI generic node: …". Behind many of them is storage in use (SCSI generic, flash
 * memory, tapes) or the machine itself (/dev/mem), past every mount and claim; so those are allowed
 * that are known to do no harm, and no others. Namespaces of NVMe (/dev/ng0n1) are for
 * write_guard_check().
 */
const char *write_guard_character_refusal(dev_t number, bool writes, struct arena *arena);

/* /dev/null, zero, full, random, urandom: opening them has no effect. */
bool write_guard_is_memory(dev_t number);

#endif
