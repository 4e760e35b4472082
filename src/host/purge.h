/* SPDX-License-Identifier: MIT */
/*
 * Takes all data off a device or a file, so that it is as it came from its maker: by NVMe's Format
 * or Sanitize, by discarding, of a file by punching one hole. What the methods leave of other
 * people's data is asked first: Format and Sanitize may reach other namespaces of the drive.
 * Sources: NVM Express Base Specification 2.0, 5.14 (Format NVM), 5.24 (Sanitize), 5.17.2.1
 * (Identify Controller), 5.16.1.25 (Sanitize Status); linux/fs.h (BLKDISCARD).
 */
#ifndef HOST_PURGE_H
#define HOST_PURGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "host/block_device.h"

enum purge_method {
	PURGE_AUTO,     /* format, else discard; of a file: punch */
	PURGE_FORMAT,   /* NVMe: user data erase, the namespace's format stays as it is */
	PURGE_SANITIZE, /* NVMe: the whole drive */
	PURGE_DISCARD,
	PURGE_PUNCH, /* of a file */
};

const char *purge_method_name(enum purge_method method);

/* What an NVMe controller says of Format and Sanitize. */
struct purge_abilities {
	bool can_format;
	bool formats_all;      /* Format goes to every namespace, whichever is named */
	bool can_erase_blocks; /* Sanitize by block erase, */
	bool can_erase_key;    /* by throwing the key away */
	bool lists_allocated;  /* namespaces that are not attached are listed, too */
};

/* From the 4096 bytes of Identify Controller. */
void purge_abilities_decode(const unsigned char *page, struct purge_abilities *abilities);

/*
 * Which method this device has, open as `descriptor`; `asked` may be PURGE_AUTO. 0, or -EOPNOTSUPP
 * with *reason ("is a partition: …"), from `arena`.
 */
int purge_choose(int descriptor, const struct block_device *device, enum purge_method asked,
	enum purge_method *method, const char **reason, struct arena *arena);

/* Called with the share that is done, 0 to 1; false: to be broken off, where that is possible. */
struct purge_follower {
	bool (*look)(void *context, double share);
	void *context;
};

/*
 * Purges the first `bytes` of what is open as `descriptor`, for writing and exclusively; FORMAT and
 * SANITIZE all of it. A drive that formats or sanitizes does so to its end: to break off is to wait
 * no longer. 0, -EINTR, or -errno (-EIO: the drive refused).
 */
int purge_run(int descriptor, enum purge_method method, uint64_t bytes,
	const struct purge_follower *follower);

#endif
