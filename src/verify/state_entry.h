/* SPDX-License-Identifier: MIT */
/* What a state file has of each unit of a target, and of what is in flight. */
#ifndef VERIFY_STATE_ENTRY_H
#define VERIFY_STATE_ENTRY_H

#include <stdint.h>

/*
 * An entry, 4 bytes a unit, or 1 (is_narrow): state, places, and the lowest bits of the number of
 * the write. Units are the grid on which writes begin and end; a block (verify_interval) may be
 * several of them, and begins at a head.
 */
enum state_entry {
	STATE_UNTOUCHED,
	STATE_UNKNOWN,   /* written, and what is there cannot be known: not judged */
	STATE_WRITTEN,   /* acknowledged */
	STATE_TRIMMED,   /* acknowledged */
	STATE_PENDING,   /* a write or trim is in flight, the only one */
	STATE_CONTESTED, /* several are in flight together, or were and one still is */
	STATE_WRITTEN_CHECKED,
	STATE_TRIMMED_CHECKED,

	STATE_MASK = 7,
	STATE_IS_HEAD = 8,   /* a block begins here */
	STATE_IS_START = 16, /* a write begins here */
	STATE_NUMBER_SHIFT = 5,
	STATE_WIDE_NUMBER_BITS = 27,
	STATE_NARROW_NUMBER_BITS = 3,
};

/* A write or trim that is in flight; length 0: none. Its blocks' entries as they were before it are
 * at before + its index * slot_units. */
struct state_flight {
	uint64_t offset, number;
	uint32_t length;
	uint16_t target;
	uint8_t is_trim, reserved;
	uint64_t unused;
};

struct state_live {
	uint64_t newest;    /* number of the last write that began: written before it is sent */
	uint64_t unordered; /* blocks that were written twice at once */
	uint64_t reserved[6];
};

#endif
