/* SPDX-License-Identifier: MIT */
/* Events of blktrace to entries: what was queued is replayed, all else tells how deep it was. */
#include "replay/blktrace.h"

#include <byteswap.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	DEPTH_LIMIT = 1024, /* as fio: of stacked devices no completions are seen */
	SECTOR_BYTES = 512,
	MINOR_BITS = 20, /* of a device number in an event */
	NO_DEVICE = -1,
};

struct reading {
	struct io_log_fill fill;
	struct io_log *log;
	struct diag *diag;
	struct blktrace_reader reader;
	uint32_t device;
	int file; /* of `device`; NO_DEVICE: there was none yet */
	uint64_t empty_count;
	unsigned queued[DATA_DIRECTION_COUNT]; /* since the last completion */
	unsigned depth[DATA_DIRECTION_COUNT];
};

bool blktrace_begins_with(int byte)
{
	return byte == (BLK_IO_TRACE_VERSION & 0xff) || byte == (BLK_IO_TRACE_MAGIC >> 24 & 0xff);
}

static void swap(struct blk_io_trace *event)
{
	event->magic = bswap_32(event->magic);
	event->time = bswap_64(event->time);
	event->sector = bswap_64(event->sector);
	event->bytes = bswap_32(event->bytes);
	event->action = bswap_32(event->action);
	event->device = bswap_32(event->device);
	event->pdu_len = bswap_16(event->pdu_len);
}

static int refuse(const struct blktrace_reader *reader, const char *what, const char *hint)
{
	struct place place = {.file = reader->path};

	diag_error(reader->diag, &place, "event %llu: %s", (unsigned long long)reader->event, what);
	if (hint)
		diag_hint(reader->diag, "%s", hint);
	return -EINVAL;
}

/* A pipe cannot be sought in. */
static int skip(FILE *stream, size_t bytes)
{
	char rest[256];

	while (bytes > 0) {
		size_t part = bytes < sizeof(rest) ? bytes : sizeof(rest);

		if (fread(rest, 1, part, stream) != part)
			return -EINVAL;
		bytes -= part;
	}
	return 0;
}

int blktrace_next(struct blktrace_reader *reader, struct blk_io_trace *event)
{
	size_t got = fread(event, 1, sizeof(*event), reader->stream);

	reader->event++;
	if (got == 0 && !ferror(reader->stream))
		return 0;
	if (got != sizeof(*event))
		return refuse(reader, "the file ends within it",
			"blkparse -i TRACE -o /dev/null -d FILE makes the file anew");
	if (reader->event == 1)
		reader->is_swapped = (bswap_32(event->magic) & 0xffffff00) == BLK_IO_TRACE_MAGIC;
	if (reader->is_swapped)
		swap(event);
	if ((event->magic & 0xffffff00) != BLK_IO_TRACE_MAGIC)
		return refuse(reader, "no event of blktrace begins so",
			"a trace in parts is put together by blkparse -i TRACE -o /dev/null -d "
			"FILE");
	if ((event->magic & 0xff) != BLK_IO_TRACE_VERSION)
		return refuse(reader, "another version of blktrace's format", NULL);
	if (skip(reader->stream, event->pdu_len) != 0)
		return refuse(reader, "the file ends within what belongs to it", NULL);
	return 1;
}

bool blktrace_is_queued(const struct blk_io_trace *event)
{
	return !(event->action & BLK_TC_ACT(BLK_TC_NOTIFY)) &&
	       (event->action & 0xff) == __BLK_TA_QUEUE;
}

/* DATA_DIRECTION_COUNT: it has none. */
static unsigned direction_of(uint32_t action)
{
	if (action & BLK_TC_ACT(BLK_TC_READ))
		return DIRECTION_READ;
	if (action & BLK_TC_ACT(BLK_TC_WRITE))
		return DIRECTION_WRITE;
	if (action & BLK_TC_ACT(BLK_TC_DISCARD))
		return DIRECTION_TRIM;
	return DATA_DIRECTION_COUNT;
}

/* As fio: the most that were queued between two completions of their direction. */
static void note_depth(struct reading *reading, uint32_t action)
{
	unsigned direction = direction_of(action);

	if (direction == DATA_DIRECTION_COUNT)
		return;
	switch (action & 0xff) {
	case __BLK_TA_QUEUE:
		reading->queued[direction]++;
		break;
	case __BLK_TA_BACKMERGE:
	case __BLK_TA_FRONTMERGE:
		reading->queued[direction] -= reading->queued[direction] > 0;
		break;
	case __BLK_TA_COMPLETE:
		if (reading->queued[direction] > reading->depth[direction])
			reading->depth[direction] = reading->queued[direction];
		reading->queued[direction] = 0;
		break;
	default:
		break;
	}
}

/* The node of the device that has this number here. 0 or -errno. */
static int find_node(uint32_t device, char *node, size_t bytes)
{
	char link[64], target[512];
	const char *name;
	ssize_t length;

	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", device >> MINOR_BITS,
		device & ((1u << MINOR_BITS) - 1));
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	name = strrchr(target, '/');
	snprintf(node, bytes, "/dev/%s", name ? name + 1 : target);
	for (char *c = node; *c; c++)
		*c = *c == '!' ? '/' : *c;
	return 0;
}

/* The file of an event's device, opened where it is new. -errno, reported. */
static int find_file(struct reading *reading, uint32_t device)
{
	const char *redirect = reading->fill.changes->redirect;
	struct io_log_entry open = {.op = IO_LOG_OPEN};
	char node[600], what[96];

	if (reading->file != NO_DEVICE && reading->device == device)
		return reading->file;
	if (!redirect && find_node(device, node, sizeof(node)) != 0) {
		snprintf(what, sizeof(what), "there is no block device %u:%u here",
			device >> MINOR_BITS, device & ((1u << MINOR_BITS) - 1));
		return refuse(&reading->reader, what,
			"name the device to take in its place: replay_redirect");
	}
	reading->device = device;
	reading->file = io_log_fill_file(&reading->fill, redirect ? redirect : node);
	if (reading->file < 0)
		return reading->file;
	/* All are open from the start: none of them is opened by the trace. */
	open.file = (uint16_t)reading->file;
	reading->log->files[open.file].is_first_opened = true;
	return reading->file;
}

/* What was queued. Of a write that flushes before it fio makes a sync, and nothing else. */
static int read_io(struct reading *reading, const struct blk_io_trace *event)
{
	const struct io_log_changes *changes = reading->fill.changes;
	struct io_log_entry io = {.op = IO_READ};
	uint64_t bytes = event->bytes;
	int file;

	io_log_fill_time(&reading->fill, event->time);
	if (changes->align > 1)
		bytes = (bytes + changes->align - 1) & ~(changes->align - 1);
	if (event->action & BLK_TC_ACT(BLK_TC_DISCARD))
		io.op = IO_TRIM;
	else if (event->action & BLK_TC_ACT(BLK_TC_FLUSH))
		io.op = IO_SYNC;
	else if (event->action & BLK_TC_ACT(BLK_TC_WRITE))
		io.op = IO_WRITE;
	file = find_file(reading, event->device);
	if (file < 0)
		return file;
	if (io.op != IO_SYNC && bytes == 0) {
		reading->empty_count++;
		return 0;
	}
	if (event->sector > INT64_MAX / SECTOR_BYTES || (io.op < IO_TRIM && bytes > 1u << 30) ||
		bytes > UINT32_MAX)
		return refuse(&reading->reader, "no disk is so large", NULL);
	io.file = (uint16_t)file;
	if (io.op <= IO_TRIM) {
		io.offset = event->sector * SECTOR_BYTES;
		io.length = (uint32_t)bytes;
	}
	return io_log_fill_add(&reading->fill, &io, 0);
}

static int read_event(struct reading *reading, const struct blk_io_trace *event)
{
	if (event->action & BLK_TC_ACT(BLK_TC_NOTIFY))
		return 0;
	note_depth(reading, event->action);
	return blktrace_is_queued(event) ? read_io(reading, event) : 0;
}

static unsigned depth_of(const struct reading *reading)
{
	unsigned greatest = 1;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (reading->depth[i] > greatest)
			greatest = reading->depth[i];
	}
	return greatest < DEPTH_LIMIT ? greatest : DEPTH_LIMIT;
}

static int check_whole(struct reading *reading)
{
	struct place place = {.file = reading->log->path};

	reading->log->depth = depth_of(reading);
	if (reading->empty_count > 0)
		diag_warning(reading->diag, &place,
			"%llu events of no bytes are passed over, as in fio",
			(unsigned long long)reading->empty_count);
	if (io_log_count(reading->log) > 0)
		return 0;
	diag_error(reading->diag, &place, "there is no I/O in the trace");
	diag_hint(reading->diag, "of its events those that were queued are replayed: blktrace -a "
				 "queue, and no replay_skip of all that there is");
	return -EINVAL;
}

int blktrace_read(
	FILE *stream, struct io_log *log, const struct io_log_changes *changes, struct diag *diag)
{
	struct reading reading = {.fill = {.log = log, .changes = changes, .diag = diag},
		.log = log,
		.diag = diag,
		.reader = {.stream = stream, .path = log->path, .diag = diag},
		.file = NO_DEVICE};
	struct blk_io_trace event;
	int next;

	log->has_times = !changes->drops_times;
	while ((next = blktrace_next(&reading.reader, &event)) > 0) {
		int error = read_event(&reading, &event);

		if (error != 0)
			return error;
	}
	return next < 0 ? next : check_whole(&reading);
}
