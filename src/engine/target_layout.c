/* SPDX-License-Identifier: MIT */
/*
 * Laying out a file: what is missing of it is found (by FIEMAP, or where the file system has none
 * by SEEK_HOLE, which takes cached pages over an unwritten extent for data), then written.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/random.h"
#include "engine/target_open.h"
#include "host/device_use.h"
#include "host/sysfs.h"

enum {
	PIECE_BYTES = 1 << 20,
	WINDOW_BYTES = 32 << 20, /* written back behind the pen, so that the last fsync is short */
	EXTENT_BATCH = 128,
	BLOCK_BYTES = 512, /* of stat(2), whatever the file system's */
	PROGRESS_INTERVAL_NS = 100 * 1000 * 1000,
};

struct gap {
	uint64_t start;
	uint64_t end;
};

/* Ranges of a file that hold no data of their own: holes and unwritten extents. */
struct gap_list {
	struct gap *gaps;
	size_t count;
	size_t room;
};

struct layout_work {
	const struct target_layout *layout;
	const char *path;
	int descriptor;
	int write_error; /* why the descriptor is open for reading only: -errno; 0: it is not */
	bool is_created;
	uint64_t old_bytes;
	uint8_t *piece;
	uint64_t piece_index; /* whose random data `piece` holds; UINT64_MAX: none */
	uint64_t done;
	uint64_t total;
	uint64_t reported_ns;
};

static int add_gap(struct gap_list *list, uint64_t start, uint64_t end)
{
	if (start >= end)
		return 0;
	if (list->count && list->gaps[list->count - 1].end == start) {
		list->gaps[list->count - 1].end = end;
		return 0;
	}
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct gap *gaps = reallocarray(list->gaps, room, sizeof(*gaps));

		if (!gaps)
			return -ENOMEM;
		list->gaps = gaps;
		list->room = room;
	}
	list->gaps[list->count++] = (struct gap){start, end};
	return 0;
}

/* Documentation/filesystems/fiemap.rst. -EOPNOTSUPP or -ENOTTY where there is no such thing. */
static int list_gaps_by_extents(int descriptor, uint64_t end, struct gap_list *list)
{
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + EXTENT_BATCH * sizeof(struct fiemap_extent)];
	} answer;
	uint64_t covered = 0;
	bool is_last = false;

	while (!is_last && covered < end) {
		answer.map = (struct fiemap){
			.fm_start = covered,
			.fm_length = end - covered,
			.fm_flags = covered ? 0 : FIEMAP_FLAG_SYNC, /* no block is chosen before */
			.fm_extent_count = EXTENT_BATCH,
		};
		if (ioctl(descriptor, FS_IOC_FIEMAP, &answer.map) < 0)
			return -errno;
		if (!answer.map.fm_mapped_extents)
			break;
		for (uint32_t i = 0; i < answer.map.fm_mapped_extents; i++) {
			const struct fiemap_extent *extent = &answer.map.fm_extents[i];
			uint64_t start = MAX(extent->fe_logical, covered);
			uint64_t stop = MIN(extent->fe_logical + extent->fe_length, end);

			if (add_gap(list, covered, MIN(start, end)) < 0)
				return -ENOMEM;
			if ((extent->fe_flags & FIEMAP_EXTENT_UNWRITTEN) &&
				add_gap(list, start, stop) < 0)
				return -ENOMEM;
			covered = MAX(covered, stop);
			is_last = extent->fe_flags & FIEMAP_EXTENT_LAST;
		}
	}
	return add_gap(list, covered, end);
}

static int list_gaps_by_seeking(int descriptor, uint64_t end, struct gap_list *list)
{
	off_t data = 0, hole = 0;

	while ((uint64_t)hole < end) {
		data = lseek(descriptor, hole, SEEK_DATA);
		if (data < 0 && errno != ENXIO) /* A file system that does not report holes. */
			return errno == EINVAL ? 0 : -errno;
		if (data < 0 || (uint64_t)data > end)
			data = (off_t)end;
		if (add_gap(list, (uint64_t)hole, (uint64_t)data) < 0)
			return -ENOMEM;
		if ((uint64_t)data == end)
			return 0;
		hole = lseek(descriptor, data, SEEK_HOLE);
		if (hole < 0)
			return -errno;
	}
	return 0;
}

static int list_gaps(int descriptor, uint64_t end, struct gap_list *list)
{
	int error = list_gaps_by_extents(descriptor, end, list);

	if (error == 0 || error == -ENOMEM)
		return error;
	list->count = 0;
	return list_gaps_by_seeking(descriptor, end, list);
}

/*
 * The file that a loop device stands on, to be read, and where in it the device begins. -1: there
 * is none, or it cannot be read.
 */
static int open_backing(dev_t number, uint64_t *first)
{
	AUTO_ARENA struct arena arena = {0};
	struct loop_backing backing;
	struct block_device device;
	char link[64];
	int descriptor = -1;

	if (block_device_find(number, &device, &arena) == 0 && !device.is_partition &&
		loop_device_backing(device.disk, &backing, &arena) && backing.descriptor >= 0) {
		*first =
			(uint64_t)sysfs_number(&arena, 0, "/sys/block/%s/loop/offset", device.disk);
		snprintf(link, sizeof(link), "/proc/self/fd/%d", backing.descriptor);
		descriptor = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		close(backing.descriptor);
	}
	return descriptor;
}

uint64_t target_hole_bytes(const struct target *target, uint64_t start, uint64_t end)
{
	struct gap_list list = {0};
	uint64_t bytes = 0, first_byte = 0;
	AUTO_CLOSE int descriptor = target->kind == TARGET_BLOCK
					    ? open_backing(target->device, &first_byte)
					    : open(target->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (descriptor < 0)
		return 0;
	start += first_byte;
	end += first_byte;
	if (list_gaps(descriptor, end, &list) == 0) {
		for (size_t i = 0; i < list.count; i++) {
			uint64_t first = MAX(list.gaps[i].start, start);

			bytes += list.gaps[i].end > first ? list.gaps[i].end - first : 0;
		}
	}
	free(list.gaps);
	return bytes;
}

/* -EINTR when the caller wants to stop. */
static int report_progress(struct layout_work *work)
{
	const struct target_layout *layout = work->layout;
	uint64_t now = clock_now();

	if (!layout->on_progress)
		return 0;
	if (work->done && work->done < work->total &&
		now - work->reported_ns < PROGRESS_INTERVAL_NS)
		return 0;
	work->reported_ns = now;
	return layout->on_progress(layout->context, work->path, work->done, work->total) ? 0
											 : -EINTR;
}

static int write_all(int descriptor, const uint8_t *data, size_t bytes, uint64_t offset)
{
	while (bytes) {
		ssize_t written = pwrite(descriptor, data, bytes, (off_t)offset);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written == 0)
			return -EIO;
		if (written > 0) {
			data += written;
			bytes -= (size_t)written;
			offset += (uint64_t)written;
		}
	}
	return 0;
}

/* The content of a piece depends on its place and the seed only. */
static void make_random_piece(struct layout_work *work, uint64_t index)
{
	struct random random;

	if (work->piece_index == index)
		return;
	random_init(&random, random_mix_seed(work->layout->seed, index));
	for (size_t i = 0; i < PIECE_BYTES; i += sizeof(uint64_t)) {
		uint64_t value = random_next(&random);

		memcpy(work->piece + i, &value, sizeof(value));
	}
	work->piece_index = index;
}

/*
 * Starts the write-back of the window that ends at `end` and waits for the one before it. It
 * swallows errors that fsync would report, so they are returned.
 */
static int write_back(int descriptor, uint64_t end)
{
	off_t window = (off_t)(end - WINDOW_BYTES), previous = window - WINDOW_BYTES;
	int result = sync_file_range(descriptor, window, WINDOW_BYTES, SYNC_FILE_RANGE_WRITE);

	if (result == 0 && previous >= 0)
		result = sync_file_range(descriptor, previous, WINDOW_BYTES,
			SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				SYNC_FILE_RANGE_WAIT_AFTER);
	return result < 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT) ? -errno : 0;
}

static int fill(struct layout_work *work, struct gap gap, bool is_random)
{
	uint64_t offset = gap.start;
	int error = 0;

	if (!is_random) {
		memset(work->piece, 0, PIECE_BYTES);
		work->piece_index = UINT64_MAX;
	}
	while (error == 0 && offset < gap.end) {
		uint64_t skip = offset % PIECE_BYTES;
		uint64_t bytes = MIN(PIECE_BYTES - skip, gap.end - offset);

		if (is_random)
			make_random_piece(work, offset / PIECE_BYTES);
		error = write_all(work->descriptor, work->piece + skip, bytes, offset);
		if (error < 0)
			return error;
		offset += bytes;
		work->done += bytes;
		if (offset % WINDOW_BYTES == 0)
			error = write_back(work->descriptor, offset);
		if (error == 0)
			error = report_progress(work);
	}
	return error;
}

static int preallocate(const struct layout_work *work)
{
	off_t start = (off_t)work->old_bytes, bytes = (off_t)work->layout->bytes - start;
	int result = 0;

	if (bytes <= 0)
		return 0;
	switch (work->layout->fallocate_mode) {
	case FALLOCATE_NONE:
		return 0;
	case FALLOCATE_NATIVE:
		result = fallocate(work->descriptor, 0, start, bytes);
		if (result < 0 && errno == EOPNOTSUPP)
			return 0; /* "native" is: if the file system can. */
		break;
	case FALLOCATE_POSIX:
		return -posix_fallocate(work->descriptor, start, bytes);
	case FALLOCATE_KEEP:
		result = fallocate(work->descriptor, FALLOC_FL_KEEP_SIZE, start, bytes);
		break;
	case FALLOCATE_TRUNCATE:
		result = ftruncate(work->descriptor, start + bytes);
		break;
	}
	return result < 0 ? -errno : 0;
}

static uint64_t part_start(const struct layout_work *work)
{
	return work->layout->part.is_set ? work->layout->part.start : 0;
}

static uint64_t part_end(const struct layout_work *work)
{
	return work->layout->part.is_set ? work->layout->part.end : work->layout->bytes;
}

/* Only what is of this process's part stays on the list. */
static void cut_gaps(struct gap_list *list, uint64_t start)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct gap gap = list->gaps[i];

		gap.start = MAX(gap.start, start);
		if (gap.start < gap.end)
			list->gaps[count++] = gap;
	}
	list->count = count;
}

static bool holds_data(const struct gap_list *list, uint64_t start, uint64_t end)
{
	return end > start &&
	       !(list->count == 1 && list->gaps[0].start == start && list->gaps[0].end == end);
}

/* Writes what the list names and what is beyond the old end. */
static int fill_gaps(struct layout_work *work, const struct gap_list *list, uint64_t known_end)
{
	struct gap tail = {MAX(work->old_bytes, part_start(work)), part_end(work)};
	AUTO_FREE void *piece = aligned_alloc(4096, PIECE_BYTES);
	int error;

	if (!piece)
		return -ENOMEM;
	work->piece = piece;
	work->piece_index = UINT64_MAX;
	for (size_t i = 0; i < list->count; i++)
		work->total += list->gaps[i].end - list->gaps[i].start;
	if (tail.start < tail.end)
		work->total += tail.end - tail.start;

	error = report_progress(work);
	for (size_t i = 0; i < list->count && error == 0; i++)
		error = fill(work, list->gaps[i], !holds_data(list, part_start(work), known_end));
	if (error == 0)
		error = fill(work, tail, true);
	return error;
}

/* A sparse file may be larger than its disk: to begin would fill the disk, and to no end. */
static int check_room(const struct layout_work *work, const struct gap_list *list)
{
	struct statvfs room;
	struct stat status;
	uint64_t missing = 0, stored;

	if (fstat(work->descriptor, &status) < 0 || fstatvfs(work->descriptor, &room) < 0)
		return -errno;
	for (size_t i = 0; i < list->count; i++)
		missing += list->gaps[i].end - list->gaps[i].start;
	/* tmpfs without a limit, and file systems in user space, may not say. */
	if (room.f_blocks == 0)
		return 0;
	/* Unwritten extents have their room. */
	stored = (uint64_t)status.st_blocks * BLOCK_BYTES;
	if (stored >= work->old_bytes)
		return 0;
	missing = MIN(missing, work->old_bytes - stored);
	return missing / room.f_frsize > room.f_bfree ? -ENOSPC : 0;
}

static int make_whole(struct layout_work *work)
{
	uint64_t known_end = MIN(work->old_bytes, part_end(work));
	struct gap_list list = {0};
	int error = list_gaps(work->descriptor, known_end, &list);

	cut_gaps(&list, part_start(work));
	if (error == 0 && (list.count || work->old_bytes < work->layout->bytes)) {
		error = work->write_error ? work->write_error : check_room(work, &list);
		if (error == 0)
			error = preallocate(work);
		if (error == 0)
			error = fill_gaps(work, &list, known_end);
		if (error == 0 && fsync(work->descriptor) < 0)
			error = -errno;
	}
	free(list.gaps);
	return error;
}

static int make_room(struct layout_work *work)
{
	int error;

	if (!work->is_created && work->old_bytes >= work->layout->bytes)
		return 0;
	error = work->write_error ? work->write_error : preallocate(work);
	if (error == 0 && fsync(work->descriptor) < 0)
		error = -errno;
	return error;
}

/* The file may have been made through a symbolic link: it is removed under its own name. */
static void remove_file(const struct layout_work *work)
{
	char link[64], name[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", work->descriptor);
	length = readlink(link, name, sizeof(name) - 1);
	if (length > 0)
		name[length] = '\0';
	/* The failure that led here is what is reported. */
	(void)unlink(length > 0 ? name : work->path);
}

/* A file that is in use is not written; read, it may be. */
static void open_to_write(struct layout_work *work, struct target *target)
{
	int descriptor = -ETXTBSY;

	if (!target->use)
		descriptor =
			target_guard_open(target, O_RDWR | O_CREAT | O_CLOEXEC, &work->is_created);
	if (descriptor >= 0 && !work->is_created && target_guard_ask(target, descriptor) < 0) {
		close(descriptor);
		target->use = target->guard ? target->guard->reason : "it is in use";
		descriptor = -ETXTBSY;
	}
	work->descriptor = descriptor < 0 ? -1 : descriptor;
	work->write_error = descriptor < 0 ? descriptor : 0;
}

/* A file that is whole need not be writable: whoever reads it may not own it. */
static int open_file(struct layout_work *work, struct target *target)
{
	struct stat status;
	bool is_created;

	open_to_write(work, target);
	if (work->write_error < 0) {
		int descriptor = target_guard_open(target, O_RDONLY | O_CLOEXEC, &is_created);

		if (descriptor < 0)
			return descriptor == -ENOENT ? work->write_error : descriptor;
		work->descriptor = descriptor;
	}
	if (fstat(work->descriptor, &status) < 0)
		return -errno;
	work->old_bytes = (uint64_t)status.st_size;
	return 0;
}

int target_layout(struct target *target, const struct target_layout *layout)
{
	struct layout_work work = {.layout = layout, .path = target->path, .descriptor = -1};
	int error;

	if (target->kind != TARGET_FILE)
		return 0;
	if (layout->bytes > INT64_MAX)
		return -EFBIG;
	error = open_file(&work, target);
	if (error == 0) {
		error = layout->is_overwrite ? make_whole(&work) : make_room(&work);
		if (error < 0 && work.is_created)
			remove_file(&work);
		else if (error < 0 && work.old_bytes < layout->bytes && !layout->part.is_set)
			(void)ftruncate(work.descriptor, (off_t)work.old_bytes); /* as above */
	}
	if (work.descriptor >= 0)
		close(work.descriptor);
	target_refresh(target);
	return error;
}
