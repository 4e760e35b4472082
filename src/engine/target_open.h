/* SPDX-License-Identifier: MIT */
/* Targets made whole, opened, and asked about; see target.h. */
#ifndef ENGINE_TARGET_OPEN_H
#define ENGINE_TARGET_OPEN_H

#include "engine/target.h"

/* Where other processes lay out the rest of a file: from where to where this one does. */
struct target_layout_part {
	bool is_set; /* else all of it */
	uint64_t start, end;
};

struct target_layout {
	struct target_layout_part part; /* of `bytes` */
	uint64_t bytes;                 /* the file must have so many, written with real data */
	bool is_overwrite; /* overwrite=1 or reads: real data; else only the size (fallocate) */
	enum {
		FALLOCATE_NONE,
		FALLOCATE_NATIVE,
		FALLOCATE_POSIX,
		FALLOCATE_KEEP,
		FALLOCATE_TRUNCATE
	} fallocate_mode;
	uint64_t seed; /* content: random data from here */
	/* Called with what is done so far, about every 100 ms; returns false to stop (-EINTR). */
	bool (*on_progress)(void *context, const char *path, uint64_t done, uint64_t total);
	void *context;
};

/*
 * Makes the file whole, then fsyncs it; a file that is whole already (size reached, no holes or
 * unwritten extents where the file system reports them) is left alone. Data of a file are never
 * changed: bytes beyond its end become random data; holes and unwritten extents become zeros, as
 * they read before, or random data where the file holds no data at all. Without is_overwrite the
 * file is only created and, by fallocate_mode, extended. Updates what `target` says of the file. A
 * file that has a `use` is never written: -ETXTBSY when it is not whole. On failure a file that
 * this call created is removed, one that it extended is cut back (but where it is a part of one:
 * the rest is others'). Targets other than files are left alone. Returns 0 or -errno, unreported.
 */
int target_layout(struct target *target, const struct target_layout *layout);

/*
 * Opens with `flags` (O_NOATIME where permitted, O_CLOEXEC always). The open node is the one
 * that was inspected, whatever its name leads to by now: else -ESTALE. To be written, the write
 * guard is asked about it once more: -EBUSY when it refuses. A block device that is written is
 * claimed with O_EXCL before, once for all workers, so that no mount can come in between. Both are
 * reported to the target's guard. -EINVAL when the file system refuses O_DIRECT. Returns 0 or
 * -errno, unreported. From any thread, each with its own copy of the target.
 */
int target_open(struct target *target, unsigned flags);

/*
 * The write guard's answer for this target: for the file that is open as `descriptor` or the device
 * that is claimed by it, -1: for what its path leads to, which may be a device that this process
 * has claimed. An approval of a file is kept.
 */
struct write_guard_answer target_ask_guard(struct target *target, int descriptor,
	const struct write_guard *allowed, struct arena *arena);

/* Removes a file, if the write guard has nothing against it: else -EBUSY. 0 or -errno. */
int target_remove(struct target *target);

/*
 * How many bytes from `start` to `end` of a file, or of the file that a loop device stands on, have
 * never been written: holes and unwritten extents. 0 where it cannot be read, or the file system
 * does not report them.
 */
uint64_t target_hole_bytes(const struct target *target, uint64_t start, uint64_t end);

/* Drops the page cache of the open target, as invalidate=1 asks. Returns 0 or -errno. */
int target_invalidate(const struct target *target);

/*
 * Whether the open target was a block device, and is gone: the kernel leaves it a size of 0. I/O
 * fails a little before that: with patience a device that is being taken away counts as gone, and
 * one that is there is asked again, once a ms. Never allocates.
 */
bool target_is_gone(const struct target *target, unsigned patience_ms);

/* Safe twice. */
void target_close(struct target *target);

/* A write_hint is the inode's, for whoever writes it next: it is taken back. */
void target_forget_write_hint(const struct target *target);

/*
 * For the other files of targets. Opens what the target's path leads to with `mode` of open(2):
 * opened first, then looked at, then asked about, so that a name that leads elsewhere by now brings
 * nothing. Nothing is opened that is not of the target's kind, or is another device: -ESTALE. With
 * O_CREAT a file that is missing is made; then *is_created is set. A descriptor or -errno.
 */
int target_guard_open(struct target *target, int mode, bool *is_created);

/* Asks the write guard about an open file or a claimed device: 0, or -EBUSY and target->guard. */
int target_guard_ask(struct target *target, int descriptor);

#endif
