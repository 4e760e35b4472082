/* SPDX-License-Identifier: MIT */
/*
 * The state of a verified run, in a file: what must be on its targets, what may be, and the clock
 * of generations. While the run goes on the file is its log: mapped, and written in place, so that
 * it is true at the instant at which the process is killed. The file is there whole from before the
 * first write on. When the run ends it is closed with a sum over all of it.
 *
 * Version 1, little-endian: `struct` parts of state_file.c, then for each section (a worker) its
 * live part, the flights, their blocks as they were before, and an entry for each unit.
 */
#ifndef VERIFY_STATE_FILE_H
#define VERIFY_STATE_FILE_H

#include <limits.h>

#include "base/arena.h"
#include "verify/state_entry.h"
#include "verify/verify_block.h"

enum { STATE_FILE_VERSION = 1 };

struct state_target {
	const char *path; /* absolute */
	uint64_t bytes;   /* of the target */
	uint64_t device, inode;
	uint64_t offset, unit_count; /* what may be written */
	void *entries;               /* in the file */
};

struct state_section {
	/* Set by who makes a state file; filled by who opens one. */
	const char *name; /* of the job */
	struct verify_format format;
	uint32_t unit_bytes, block_units;
	uint32_t slot_count, slot_units; /* units that an I/O covers at most */
	bool is_narrow;
	bool is_durable;    /* an acknowledged write has to survive a loss of power */
	bool trims_to_zero; /* what is trimmed has to be read as zeros */
	uint32_t target_count;
	struct state_target *targets;
	/* In the file, zeros at first. */
	struct state_live *live;
	struct state_flight *flights;
	uint32_t *before;
};

struct state_file {
	uint32_t run;      /* as format.source.run of all sections */
	uint64_t made_s;   /* when, Unix time */
	bool is_closed;    /* the run ended; else it was killed, or goes on */
	bool is_same_boot; /* the machine has not started anew since: what is not closed is exact */
	uint32_t section_count;
	struct state_section *sections;
	void *memory; /* the whole file */
	size_t bytes;
	bool is_writable;
};

/* Bytes of the file that these sections need. */
uint64_t state_file_bytes(const struct state_section *sections, uint32_t count);

/*
 * Makes the file at `path`, in place of any that is there, and maps it. Its blocks are reserved:
 * no store into it fails. Gives `sections` their pointers. 0 or -errno.
 */
int state_file_create(const char *path, uint32_t run, struct state_section *sections,
	uint32_t count, struct state_file *file);

/* The run has ended: seals and unmaps what was created. 0 or -errno of msync(2). */
int state_file_close(struct state_file *file);

/*
 * Opens one to be read. Returns 0, -errno of the file, or -EINVAL with *problem, why it is no state
 * of this version or is damaged: text of `arena`. The sections, of `arena`, point into the mapping,
 * which state_file_release() takes away.
 */
int state_file_open(
	const char *path, struct arena *arena, struct state_file *file, const char **problem);
void state_file_release(struct state_file *file);

/* The same of bytes in memory, aligned to 8, which stay the caller's. */
int state_file_parse(void *memory, size_t bytes, struct arena *arena, struct state_file *file,
	const char **problem);

/* The entry of a unit. */
static inline uint32_t state_file_entry(
	const struct state_section *section, const struct state_target *target, uint64_t unit)
{
	return section->is_narrow ? ((const uint8_t *)target->entries)[unit]
				  : ((const uint32_t *)target->entries)[unit];
}

#endif
