/* SPDX-License-Identifier: MIT */
/* Entries to bytes and back; the files of a log by name. */
#include "replay/io_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The first byte of an entry: what it does, and what follows. */
enum {
	OP_BITS = 7,
	HAS_FILE = 1 << 3,
	HAS_TIME = 1 << 4,
	HAS_OFFSET = 1 << 5, /* else it begins where the last I/O ended */
	IS_SECTORS = 1 << 6, /* the offset's distance is in sectors */
	HAS_LENGTH = 1 << 7, /* else it is that of the last of its kind */

	SECTOR_SHIFT = 9,
	FIRST_ROOM = 1 << 16,
	FIRST_BUCKETS = 64,
};

_Static_assert(IO_LOG_OP_COUNT - 1 <= OP_BITS, "an operation takes three bits");

static int map(struct io_log *log, size_t room, int flags)
{
	int protection = PROT_READ | PROT_WRITE;
	void *bytes = log->spill >= 0 ? mmap(NULL, room, protection, MAP_SHARED, log->spill, 0)
				      : mmap(NULL, room, protection,
						MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (bytes == MAP_FAILED)
		return -errno;
	log->bytes = bytes;
	log->room = room;
	return 0;
}

static int open_spill(void)
{
	const char *folder = getenv("TMPDIR");
	int spill =
		open(folder && *folder ? folder : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return spill < 0 ? -errno : spill;
}

int io_log_open(struct io_log *log, bool spills)
{
	*log = (struct io_log){.spill = -1, .has_times = true};
	if (spills) {
		int spill = open_spill();

		if (spill < 0)
			return spill;
		log->spill = spill;
		if (ftruncate(spill, FIRST_ROOM) != 0)
			return -errno;
	}
	return map(log, FIRST_ROOM, 0);
}

int io_log_open_fixed(struct io_log *log, size_t bytes)
{
	int error = -ENOMEM;

	*log = (struct io_log){.spill = -1, .has_times = true, .is_fixed = true};
	for (; bytes >= FIRST_ROOM && error != 0; bytes /= 2)
		error = map(log, bytes, MAP_NORESERVE);
	return error;
}

void io_log_close(struct io_log *log)
{
	if (log->bytes)
		munmap(log->bytes, log->room);
	log->bytes = NULL;
	if (log->spill >= 0)
		close(log->spill);
	log->spill = -1;
	arena_free(&log->arena);
	log->files = NULL;
	log->file_count = 0;
}

static int grow(struct io_log *log)
{
	size_t room = log->room * 2;
	void *bytes;

	if (log->is_fixed)
		return -ENOSPC;
	if (log->spill >= 0 && ftruncate(log->spill, (off_t)room) != 0)
		return -errno;
	bytes = mremap(log->bytes, log->room, room, MREMAP_MAYMOVE);
	if (bytes == MAP_FAILED)
		return -errno;
	log->bytes = bytes;
	log->room = room;
	return 0;
}

/* FNV-1a. */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

/* The bucket that has the name's file, by index + 1, or that is free for it. */
static uint32_t *bucket_of(const struct io_log *log, const char *name)
{
	size_t at = hash_of(name) & (log->bucket_count - 1);

	while (log->buckets[at] != 0 && strcmp(log->files[log->buckets[at] - 1].name, name) != 0)
		at = (at + 1) & (log->bucket_count - 1);
	return &log->buckets[at];
}

int io_log_find_file(const struct io_log *log, const char *name)
{
	return log->bucket_count == 0 ? -1 : (int)*bucket_of(log, name) - 1;
}

/* Half of the buckets stay free. */
static void make_room_for_files(struct io_log *log)
{
	size_t room = log->file_room > 0 ? log->file_room * 2 : FIRST_BUCKETS / 2;
	struct io_log_file *files = arena_alloc_array(&log->arena, room, sizeof(*files));

	if (log->file_count > 0)
		memcpy(files, log->files, log->file_count * sizeof(*files));
	log->files = files;
	log->file_room = room;
	log->bucket_count = room * 2;
	log->buckets = arena_alloc_array(&log->arena, log->bucket_count, sizeof(*log->buckets));
	for (size_t i = 0; i < log->file_count; i++)
		*bucket_of(log, files[i].name) = (uint32_t)i + 1;
}

int io_log_add_file(struct io_log *log, const char *name)
{
	int index = io_log_find_file(log, name);

	if (index >= 0)
		return index;
	if (log->file_count == IO_LOG_FILE_LIMIT)
		return -1;
	if (log->file_count == log->file_room)
		make_room_for_files(log);
	index = (int)log->file_count++;
	log->files[index] = (struct io_log_file){.name = arena_strdup(&log->arena, name)};
	*bucket_of(log, name) = (uint32_t)index + 1;
	return index;
}

/* Seven bits a byte, the lowest first. */
static uint8_t *put(uint8_t *at, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*at++ = (uint8_t)(value | 0x80);
	*at++ = (uint8_t)value;
	return at;
}

/* No more than there are: bytes of a file that others can write to are not to be trusted. */
static inline const uint8_t *get(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
	uint64_t sum = 0;

	for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
		uint8_t byte = *at++;

		sum |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	*value = sum;
	return at;
}

/* Small numbers for small distances in both directions. */
static uint64_t zigzag(int64_t distance)
{
	return ((uint64_t)distance << 1) ^ (uint64_t)(distance >> 63);
}

static int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static bool has_data(unsigned op)
{
	return op <= IO_TRIM;
}

static void note_range(struct io_log *log, const struct io_log_entry *entry, unsigned line)
{
	struct io_log_file *file = &log->files[entry->file];
	uint64_t end = entry->offset + entry->length;

	if (end > file->end) {
		file->end = end;
		file->end_line = line;
	}
	if (entry->op == IO_READ && end > file->read_end)
		file->read_end = end;
	if (entry->op != IO_TRIM)
		file->used_bits |= entry->offset | entry->length;
}

/* What a whole log is asked about. */
static void note(struct io_log *log, const struct io_log_entry *entry, unsigned line)
{
	unsigned op = entry->op;
	bool is_io = op <= IO_DATASYNC;

	if (entry->at_ns > log->duration_ns)
		log->duration_ns = entry->at_ns;
	if (op == IO_LOG_OPEN && io_log_count(log) == 0 && entry->file < log->file_count)
		log->files[entry->file].is_first_opened = true;
	else if (op == IO_LOG_OPEN)
		log->has_changes = true;
	if (op == IO_LOG_CLOSE)
		log->was_closed = true;
	else if (is_io && log->was_closed)
		log->has_changes = true;
	if (has_data(op)) {
		if (log->counts[op] == 0 || entry->length < log->least_lengths[op])
			log->least_lengths[op] = entry->length;
		if (entry->length > log->greatest_lengths[op])
			log->greatest_lengths[op] = entry->length;
		log->byte_counts[op] += entry->length;
		if (entry->file < log->file_count)
			note_range(log, entry, line);
	}
	log->counts[op]++;
}

int io_log_add(struct io_log *log, const struct io_log_entry *entry, unsigned line)
{
	struct io_log_state *last = &log->last;
	unsigned op = entry->op;
	uint8_t first = (uint8_t)op;
	uint8_t *at;
	int error;

	if (log->is_full)
		return -ENOSPC;
	if (log->room - log->used < IO_LOG_ENTRY_BYTES) {
		error = grow(log);
		log->is_full = error != 0;
		if (error != 0)
			return error;
	}
	at = log->bytes + log->used + 1;
	if (entry->file != last->file) {
		first |= HAS_FILE;
		at = put(at, entry->file);
		last->file = entry->file;
	}
	if (entry->at_ns > last->at_ns) {
		first |= HAS_TIME;
		at = put(at, entry->at_ns - last->at_ns);
		last->at_ns = entry->at_ns;
	}
	if (has_data(op)) {
		int64_t distance = (int64_t)(entry->offset - last->end);
		bool is_sectors = distance % (1 << SECTOR_SHIFT) == 0;

		if (distance != 0) {
			first |= HAS_OFFSET | (is_sectors ? IS_SECTORS : 0);
			at = put(
				at, zigzag(is_sectors ? distance / (1 << SECTOR_SHIFT) : distance));
		}
		if (entry->length != last->lengths[op]) {
			first |= HAS_LENGTH;
			at = put(at, entry->length);
			last->lengths[op] = entry->length;
		}
		last->end = entry->offset + entry->length;
	}
	log->bytes[log->used] = first;
	log->used = (size_t)(at - log->bytes);
	note(log, entry, line);
	return 0;
}

uint64_t io_log_count(const struct io_log *log)
{
	uint64_t count = 0;

	for (unsigned op = 0; op <= IO_DATASYNC; op++)
		count += log->counts[op];
	return count;
}

struct io_log_cursor io_log_begin(const struct io_log *log)
{
	return (struct io_log_cursor){.next = log->bytes, .end = log->bytes + log->used};
}

bool io_log_next(struct io_log_cursor *cursor, struct io_log_entry *entry)
{
	struct io_log_state *last = &cursor->last;
	const uint8_t *at = cursor->next;
	uint64_t value;
	unsigned first, op;

	if (at >= cursor->end)
		return false;
	first = *at++;
	op = first & OP_BITS;
	if (first & HAS_FILE) {
		at = get(at, cursor->end, &value);
		last->file = (uint16_t)value;
	}
	if (first & HAS_TIME) {
		at = get(at, cursor->end, &value);
		last->at_ns += value;
	}
	*entry = (struct io_log_entry){
		.at_ns = last->at_ns, .file = (uint16_t)last->file, .op = (uint8_t)op};
	if (has_data(op)) {
		entry->offset = last->end;
		if (first & HAS_OFFSET) {
			int64_t distance;

			at = get(at, cursor->end, &value);
			distance = unzigzag(value);
			if (first & IS_SECTORS)
				distance = (int64_t)((uint64_t)distance << SECTOR_SHIFT);
			entry->offset += (uint64_t)distance;
		}
		if (first & HAS_LENGTH) {
			at = get(at, cursor->end, &value);
			last->lengths[op] = (uint32_t)value;
		}
		entry->length = last->lengths[op];
		last->end = entry->offset + entry->length;
	}
	cursor->next = at;
	return true;
}
