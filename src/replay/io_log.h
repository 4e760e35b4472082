/* SPDX-License-Identifier: MIT */
/*
 * Recorded I/O, kept in few bytes: an entry is one byte and what differs from the entry before it
 * (file, time, offset, length), as numbers of 7 bits a byte. A 4k read at a random offset of 1 TiB
 * is 8 bytes, a sequential one 3. Written once, then read by cursors, one for each who replays it.
 *
 * Readers of files fill it (io_log_text.h, blktrace.h); a worker that records writes into memory
 * that was mapped before (io_log_open_fixed), so that nothing is allocated while it measures.
 */
#ifndef REPLAY_IO_LOG_H
#define REPLAY_IO_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/io_op.h"

/* Entries that are no I/O follow the operations IO_READ..IO_DATASYNC. */
enum io_log_op {
	IO_LOG_OPEN = IO_DATASYNC + 1,
	IO_LOG_CLOSE,
	IO_LOG_WAIT, /* nothing but a time */
	IO_LOG_OP_COUNT,
};

enum {
	IO_LOG_FILE_LIMIT = UINT16_MAX,
	IO_LOG_ENTRY_BYTES = 32, /* at most */
};

struct io_log_entry {
	uint64_t at_ns; /* since the log's beginning; never less than the one before it */
	uint64_t offset;
	uint32_t length; /* of read, write and trim */
	uint16_t file;
	uint8_t op; /* enum io_op or io_log_op */
};

struct io_log_file {
	const char *name;
	uint64_t read_end, end; /* where the last byte that is read, or touched at all, stands */
	uint64_t used_bits;     /* all offsets and lengths of reads and writes, or-ed */
	unsigned end_line;      /* of the entry that reaches `end`; 0: not of a text */
	bool is_first_opened;   /* it is opened before the log's first I/O */
	bool is_open;           /* for the reader of a file */
};

/* The difference to it is what the next entry stands for. */
struct io_log_state {
	uint64_t at_ns;
	uint64_t end; /* of the last I/O */
	uint32_t lengths[IO_LOG_OP_COUNT];
	uint32_t file;
};

struct io_log {
	const char *path; /* of the file it was read from; NULL: recorded */
	uint8_t *bytes;
	size_t used, room;
	int spill;     /* descriptor of the file that holds the bytes; -1: they are memory */
	bool is_fixed; /* in its room */
	bool is_full;  /* one found none, and no other was taken after it */

	uint64_t counts[IO_LOG_OP_COUNT];
	uint64_t byte_counts[IO_LOG_OP_COUNT];
	uint32_t least_lengths[IO_LOG_OP_COUNT], greatest_lengths[IO_LOG_OP_COUNT];
	uint64_t duration_ns; /* the time of the last entry */
	bool has_times;       /* each entry's time is its own; else those of the waits hold */
	bool has_changes;     /* a file is opened or closed between I/Os */
	unsigned depth;       /* I/Os that were in flight at once; 0: not recorded */

	struct arena arena; /* of names and files */
	struct io_log_file *files;
	size_t file_count, file_room;
	uint32_t *buckets; /* of names; see io_log.c */
	size_t bucket_count;
	struct io_log_state last;
	bool was_closed; /* the last change was after an I/O */
};

/* An empty log that grows. With `spills` its bytes go to an unlinked file in $TMPDIR or /var/tmp.
 * 0 or -errno. */
int io_log_open(struct io_log *log, bool spills);
/* One of so many bytes at most; fewer where the kernel does not promise as much. 0 or -ENOMEM. */
int io_log_open_fixed(struct io_log *log, size_t bytes);
void io_log_close(struct io_log *log); /* also after a failed open */

/* The file of this name; -1: there is none. */
int io_log_find_file(const struct io_log *log, const char *name);
/* Adds it, copying the name. Its index, or -1: there are IO_LOG_FILE_LIMIT. */
int io_log_add_file(struct io_log *log, const char *name);

/*
 * Adds an entry, in the order they are to be replayed; one that is before the last is as late as
 * that. `line` is where it stands. 0, or -ENOMEM or -ENOSPC when there is no room.
 */
int io_log_add(struct io_log *log, const struct io_log_entry *entry, unsigned line);

/* I/Os of all kinds, syncs too. */
uint64_t io_log_count(const struct io_log *log);

struct io_log_cursor {
	const uint8_t *next, *end;
	struct io_log_state last;
};

struct io_log_cursor io_log_begin(const struct io_log *log);
/* False: that was all. */
bool io_log_next(struct io_log_cursor *cursor, struct io_log_entry *entry);

#endif
