/* SPDX-License-Identifier: MIT */
/*
 * The per-I/O flags of preadv2(2) and pwritev2(2), which io_uring and libaio take too. Values:
 * include/uapi/linux/fs.h.
 */
#ifndef ENGINE_RWF_H
#define ENGINE_RWF_H

#include <stdbool.h>

#include "engine/engine_kit.h"

enum rwf_flag {
	RWF_FLAG_HIPRI = 0x01,    /* Linux 4.6; pvsync2 has it as an option of its own */
	RWF_FLAG_DSYNC = 0x02,    /* 4.7 */
	RWF_FLAG_NOWAIT = 0x08,   /* 4.14 */
	RWF_FLAG_ATOMIC = 0x40,   /* 6.11 */
	RWF_FLAG_UNCACHED = 0x80, /* RWF_DONTCACHE, 6.14 */
};

/* Part of an engine's options; its lines in the table are RWF_OPTIONS. */
struct rwf_options {
	bool nowait;
	bool dsync;
	bool atomic;
	bool uncached;
};

/* The flags that these options give to reads and to writes. */
unsigned rwf_flags(const struct rwf_options *options, enum io_op op);

/* The same for all ops. */
void rwf_fill(const struct rwf_options *options, unsigned flags[IO_OP_COUNT]);

/*
 * Tries each flag on each target: by a read of one block, or for writes by one from memory that is
 * not there, so that nothing is written. 0, or -errno with report->problem. What is asked for is
 * reported as effective, or as refused where the job has no I/O that could have it.
 */
int rwf_check(const struct rwf_options *options, const struct engine_setup *setup,
	struct engine_report *report);

#define RWF_OPTIONS(structure, part)                                                               \
	ENGINE_PART_OPTION(FLAG, structure, part, nowait, "0",                                     \
		.help = "an I/O that would have to wait fails with EAGAIN (RWF_NOWAIT)"),          \
		ENGINE_PART_OPTION(FLAG, structure, part, dsync, "0",                              \
			.help = "each write is on the medium when it is done (RWF_DSYNC)"),        \
		ENGINE_PART_OPTION(FLAG, structure, part, atomic, "0",                             \
			.help = "writes are not torn by a power failure (RWF_ATOMIC, Linux "       \
				"6.11)"),                                                          \
		ENGINE_PART_OPTION(FLAG, structure, part, uncached, "0",                           \
			.help = "buffered I/O leaves nothing in the page cache (RWF_DONTCACHE, "   \
				"6.14)")

#endif
