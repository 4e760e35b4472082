/* SPDX-License-Identifier: MIT */
/*
 * What must be on a worker's targets: for each block of verify_interval bytes the number of the
 * write that was acknowledged last. 4 bytes a block or, where that is too much memory, 1: then two
 * writes of a block are told apart by 3 bits of their numbers only.
 *
 * Two writes of one block that are in flight together have no order: until a later write of it is
 * alone, it is not judged. Where writes do not lie on a grid of whole blocks, a write takes away
 * the blocks that it covers in part.
 */
#ifndef RUN_VERIFY_LOG_H
#define RUN_VERIFY_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "verify/state_file.h"

struct verify_log {
	uint32_t unit_bytes;  /* writes begin and end at multiples of it */
	uint32_t block_units; /* verify_interval in units; 1: writes lie on a grid of blocks */
	bool is_narrow, needs_start;
	unsigned target_count;
	struct verify_log_target {
		uint64_t offset, unit_count;
		void *entries;
	} * targets;
	unsigned slot_count, slot_units;
	struct state_flight *flights; /* of each slot */
	uint32_t *before;             /* and its blocks' entries as they were */
	struct state_live *live;
	void *memory; /* NULL: it is the state's */
	size_t memory_bytes;
};

/* Memory of a log of so many bytes in all regions. */
uint64_t verify_log_bytes(uint64_t region_bytes, uint32_t unit_bytes, bool is_narrow);

struct verify_log_spec {
	const struct verify_log_region {
		uint64_t offset, bytes; /* of the target: what may be written */
	} * regions;
	unsigned target_count;
	uint32_t unit_bytes, block_bytes;
	uint64_t largest_io_bytes;
	unsigned slot_count;
	bool is_narrow, needs_start;         /* by verify_block_needs_start() */
	const struct state_section *section; /* a state file's, of the same shape; NULL: none */
};

/* Its memory is the state's, or is mapped and touched; 0 or -ENOMEM. The rest is of `arena`. */
int verify_log_open(
	struct verify_log *log, struct arena *arena, const struct verify_log_spec *spec);
void verify_log_close(struct verify_log *log);

/* All that this section says, which has the same shape; what was in flight is not known. */
void verify_log_load(struct verify_log *log, const struct state_section *section);

/* A write or trim by this slot is drawn. */
void verify_log_begin(struct verify_log *log, unsigned slot, const struct state_flight *flight);

/* It was never sent: all is as before. Of several that were drawn the last one first. */
void verify_log_undo(struct verify_log *log, unsigned slot);

/* It is back; the first `done_bytes` of it are as it says, the rest is not known. */
void verify_log_end(struct verify_log *log, unsigned slot, uint64_t done_bytes);

/* A run of blocks that one write made, or that are trimmed. */
struct verify_run {
	uint64_t offset;
	uint32_t length;
	unsigned target;
	uint64_t kept; /* of the write's number; see verify_log_number */
	bool is_trimmed;
	bool is_from_start; /* the write began here */
};

/* Where a search goes on. */
struct verify_cursor {
	unsigned target;
	uint64_t unit;
};

/* The next run of written or trimmed blocks that is not checked, at most `limit_bytes`; false:
 * there are no more. */
bool verify_log_next(struct verify_log *log, struct verify_cursor *cursor, uint64_t limit_bytes,
	struct verify_run *run);

/* Whether these blocks are still as `run` says; and that they are verified. */
bool verify_log_holds(const struct verify_log *log, const struct verify_run *run);
void verify_log_note_checked(struct verify_log *log, const struct verify_run *run);

/* As much of a number as is kept. */
uint64_t verify_log_kept(const struct verify_log *log, uint64_t number);

/* The number of which so much is kept; VERIFY_LOG_UNSURE: it is one of several, is_narrow. */
#define VERIFY_LOG_UNSURE UINT64_MAX
uint64_t verify_log_number(const struct verify_log *log, uint64_t kept);

/* Whether the number that a block bears is the one of which so much is kept. */
bool verify_log_is_number(const struct verify_log *log, uint64_t kept, uint64_t found);

/* Number of the write that made the block at `offset`; 0: it is not known. Not where is_narrow. */
uint64_t verify_log_last(const struct verify_log *log, unsigned target, uint64_t offset);

/* Blocks of which something is known or was, by their state. */
struct verify_log_census {
	uint64_t written, trimmed; /* and not verified since */
	uint64_t checked;
	uint64_t unknown;
};
struct verify_log_census verify_log_count(const struct verify_log *log);

#endif
