/* SPDX-License-Identifier: MIT */
/*
 * A target, which is read and written: a file, a block device, a character device. Looked at first
 * (target_inspect: nothing is opened for writing, nothing created), laid out where a file must
 * exist (target_layout), then opened by each worker for itself (target_open).
 */
#ifndef ENGINE_TARGET_H
#define ENGINE_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/diag.h"
#include "host/write_guard.h"
#include "load/zone_table.h"

enum target_kind {
	TARGET_FILE,           /* regular file; may not exist yet */
	TARGET_BLOCK,          /* block device */
	TARGET_CHARACTER,      /* /dev/zero, a terminal and the like: no size, no layout */
	TARGET_NVME_CHARACTER, /* /dev/ngXnY: passthrough engines only */
	TARGET_PIPE,           /* FIFO or socket */
	TARGET_NONE,           /* engines that touch nothing (null) */
};

/* Asked when a target is opened to be written. One thread has one, for all of its targets. */
struct target_guard {
	struct write_guard allowed;
	struct arena *arena;       /* of the texts */
	const char *path;          /* of the target that was refused last; NULL: none was */
	const char *reason, *hint; /* as write_guard_answer's */
};

/* A file that may be written, as long as nothing changes: kernel_counter_storage_changes(). */
struct target_approval {
	dev_t device;
	ino_t inode;
	uint64_t changes; /* 0: none was given */
};

struct target {
	const char *path;
	enum target_kind kind;
	bool exists;
	uint64_t bytes; /* file size or capacity; UINT64_MAX where there is no end */
	/* The block device: itself, the one behind /dev/ngXnY, or of a file the one that its file
	 * system stands on; 0: there is none. */
	dev_t device;
	uint64_t disk_sequence; /* which medium it is (BLKGETDISKSEQ); 0: not known */
	const char *claim_path; /* node of `device`, claimed while it is written; NULL: a file's */
	/* O_DIRECT: multiples the kernel asks for; 0: not known, 512 is assumed. */
	uint32_t memory_align;
	uint32_t offset_align;
	bool refuses_direct;        /* statx says that this file has no O_DIRECT */
	const char *file_system;    /* "ext4", "tmpfs"; of a file; else NULL */
	bool is_kernel_interface;   /* its files command the kernel: no storage */
	struct target_guard *guard; /* NULL: nothing is named twice, and no words are asked for */
	struct target_approval approval;
	uint64_t least_bytes; /* a file that is opened to be written is made so long; 0: as it is */
	const char *use;      /* of a file that is in use as a device: how; it is not laid out */
	uint64_t write_hint; /* of fcntl(2), given to it when it is opened to be written; 0: none */
	struct zone_table *zones; /* zonemode=zbd: a trim of one resets it; else NULL */

	/* Set by target_open, on the worker's own copy. */
	int descriptor; /* -1: not open */
	bool is_direct;
	bool has_claim; /* holds the device exclusively, with all workers of this process */
	int hint_error; /* -errno: it takes no write_hint */
};

enum target_flags {
	TARGET_READS = 1 << 0,
	TARGET_WRITES = 1 << 1, /* trims too */
	TARGET_DIRECT = 1 << 2,
	TARGET_SYNC = 1 << 3,   /* O_SYNC */
	TARGET_DSYNC = 1 << 4,  /* O_DSYNC */
	TARGET_CREATE = 1 << 5, /* create_on_open: a missing regular file is made */
};

/*
 * Fills `target` from the node at `path`. A path under /dev that does not exist is an error with
 * its place and cure (fio would make a file of it); elsewhere it becomes a TARGET_FILE that does
 * not exist yet, if its folder does. Returns 0 or -errno, reported to diag. By one thread only: it
 * keeps what it has found out of a folder.
 */
int target_inspect(const char *path, struct target *target, struct arena *arena, struct diag *diag,
	const struct place *place);

/* Looks again at a file that was made or changed: existence, size, what O_DIRECT asks for. */
void target_refresh(struct target *target);

/*
 * The kernel's requirement for O_DIRECT on this target, in words for a message, or NULL when
 * `offset`, `length` and `memory` all fit.
 */
const char *target_alignment_problem(const struct target *target, uint64_t offset, uint64_t length,
	uint64_t memory, struct arena *arena);

/* The node that takes NVMe commands for a block device: "/dev/ng0n1"; NULL: there is none. */
const char *target_command_node(const struct target *target, struct arena *arena);

/* "file", "block", "character", "nvme-character", "pipe", "none". */
const char *target_kind_name(enum target_kind kind);

/* How many of these are of that kind. */
unsigned target_count(const struct target *targets, unsigned count, enum target_kind kind);

/* For messages. */
static inline const char *target_label(const struct target *target)
{
	return target->path ? target->path : "the target";
}

#endif
