/* SPDX-License-Identifier: MIT */
/* The zones of a device, or those that zonemode=zbd makes of another target: their write pointers,
 * which of them are open, and which an I/O is in flight in. All workers of a target share a table;
 * a zone with I/O in flight belongs to one of them. Choices are fio's (zbd.c): a write goes to the
 * write pointer of its zone, or of an open one where no more may be open; a zone that is full is
 * reset; a read goes to what was written. */
#ifndef LOAD_ZONE_TABLE_H
#define LOAD_ZONE_TABLE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/io_op.h"

enum { ZONE_OPEN_LIMIT = 4096 }; /* fio's; of max_open_zones */

struct zone_use;

struct zone {
	uint64_t start, end, capacity_end;
	uint64_t pointer; /* where the next write goes; a conventional zone's: its capacity's end */
	uint64_t written; /* up to here all writes are done: what can be read */
	bool has_pointer, is_offline;
	bool is_open;      /* counts in open_zones; never where the table has no limit */
	bool must_reset;   /* before its next write, by zone_reset_frequency */
	bool is_resetting; /* or being trimmed */
	bool was_open;     /* by the drive's report, before anything was written */
	unsigned in_flight, writes_in_flight;
	const struct zone_use *owner; /* while something is in flight; else NULL */
	struct zone_use *opener;
};

struct zone_table {
	bool is_ordered; /* a drive checks the order of writes: one in flight in each zone */
	uint64_t zone_bytes;
	uint32_t zone_count;
	struct zone *zones;  /* of zone_bytes each, but for the last */
	uint32_t open_limit; /* 0: none, and open zones are not counted */
	uint32_t open_count;
	uint32_t *open_zones;
	uint32_t writes_to_reset; /* zone_reset_frequency */
	unsigned writes_in_flight;
	struct zone_use *uses;
	pthread_mutex_t mutex;    /* of all that, but for what does not change */
	_Atomic uint32_t changes; /* futex: something was released */
	unsigned waiters;
};

/* What one worker does with one target. Set by its owner up to `context`. */
struct zone_use {
	struct zone_table *table;
	uint64_t region_offset, region_bytes;
	uint32_t first_zone, end_zone; /* of the region */
	uint64_t least_bytes[DATA_DIRECTION_COUNT];
	bool is_random, writes;
	bool reads_beyond;   /* read_beyond_wp */
	bool writes_rests;   /* write_zone_remainder: less than a block, at the end of a zone */
	uint32_t open_limit; /* job_max_open_zones; 0: none */
	double reset_threshold;
	uint32_t reset_interval; /* writes from one reset to the next; 0: zones are not reset so */
	/* Empties a zone that has data; makes one full. 0 or -errno. */
	int (*reset)(void *context, const struct zone *zone);
	int (*finish)(void *context, const struct zone *zone);
	/* recover_zbd_write_error: where a drive's pointer is after a write that failed; else NULL.
	 */
	int (*recover)(void *context, const struct zone *zone, uint64_t *pointer);
	void *context;

	uint32_t open_count;
	uint64_t data_bytes, pointer_data_bytes; /* in its zones; in those with a write pointer */
	bool has_counted;                        /* the write that waits, for reset_interval */
	uint32_t changes;                        /* the table's, when it was asked last */
	int error;                               /* of ZONE_FAILED: errno */
	const char *problem;
	struct zone_use *next;
};

/* A table of zones of one size; starts, ends and what follows are filled by the caller. */
struct zone_table *zone_table_new(struct arena *arena, uint64_t zone_bytes, uint32_t zone_count);

/* All zones empty, as fio makes them of what is no zoned device. */
struct zone_table *zone_table_emulate(
	struct arena *arena, uint64_t target_bytes, uint64_t zone_bytes, uint64_t capacity_bytes);

uint32_t zone_table_index(const struct zone_table *table, uint64_t offset); /* or zone_count */
bool zone_use_has_data(const struct zone_use *use);
uint64_t zone_use_written(const struct zone_use *use, const struct zone *zone);
bool zone_table_has_pointers(const struct zone_table *table, uint64_t offset, uint64_t bytes);

/*
 * The drive's open zones in the region of one that writes count as its own, as far as they may be
 * open; others are finished, which keeps their data. 0 or -errno of that.
 */
int zone_use_attach(struct zone_use *use);
void zone_use_detach(struct zone_use *use); /* what it had in flight is given up; safe twice */

enum zone_choice {
	ZONE_TAKEN,  /* *offset and *bytes say where */
	ZONE_WAITS,  /* for I/Os in flight: to be asked again after zone_use_release */
	ZONE_ENDS,   /* there is no such zone */
	ZONE_FAILED, /* use->error, use->problem */
};

/* Where an I/O goes that its pattern would send to *offset; *bytes may become less. */
enum zone_choice zone_use_place(
	struct zone_use *use, enum io_direction direction, uint64_t *offset, uint64_t *bytes);

/* It is back, or (`was_sent` false) was not sent. Returns whether it was a trim that reset a zone.
 */
bool zone_use_release(struct zone_use *use, enum io_direction direction, uint64_t offset,
	uint64_t bytes, bool was_sent, bool is_done);

/* After ZONE_WAITS: until something is released, for at most so long. */
void zone_use_wait(struct zone_use *use, uint64_t limit_ns);

enum zone_trim { ZONE_DISCARDS, ZONE_RESETS, ZONE_IS_EMPTY };
enum zone_trim zone_table_trim(const struct zone_table *table, uint64_t offset);

#endif
