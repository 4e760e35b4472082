/* SPDX-License-Identifier: MIT */
/* What is sent next: one call a turn draws a batch. The part of the hot loop that asks load/. */
#include <errno.h>
#include <string.h>

#include "run/worker_pace.h"

int worker_restart_files(struct worker *worker)
{
	if (!worker->whole_files)
		return file_service_restart(&worker->files);
	pattern_restart(worker->whole_files);
	return 0;
}

/* A pass is over: the next one, or the end. Returns whether there is more to send. */
static bool next_pass(struct worker *worker)
{
	bool pass_is_paid = worker->bytes_left == 0 || !worker->wraps;
	int error;

	if (pass_is_paid) {
		if (worker->passes_left <= 1) {
			worker->is_exhausted = true;
			return false;
		}
		worker->passes_left--;
		worker->bytes_left = worker->pass_bytes;
	}
	if (file_service_counts(&worker->files) && worker->in_flight + worker->batch_count > 0) {
		/* Files close when their last I/O is back: this turn reaps, a later one fills. */
		worker->passes_left += pass_is_paid;
		worker->bytes_left = pass_is_paid ? 0 : worker->bytes_left;
		return false;
	}
	error = worker_restart_files(worker);
	if (error != 0) {
		worker_fail(worker, -error, NULL, "cannot open a file again: %s", strerror(-error));
		worker->is_exhausted = true;
	}
	return error == 0;
}

/* Of blocks of several sizes one that still fits at the end of a pass; as fio, which draws again.
 */
static uint64_t place_at_end(
	struct worker *worker, struct slot *slot, unsigned index, enum io_direction direction)
{
	struct pattern *pattern = worker->files.files[index].pattern;
	uint64_t room =
		pattern_room(pattern, direction, mix_smallest_bytes(&worker->mix, direction));

	if (room == 0)
		return PATTERN_END;
	slot->length = mix_next_bytes_within(&worker->mix, direction, room);
	return pattern_next(pattern, direction, slot->length);
}

/* Chooses the file and the offset. False when nothing can be sent now. */
static bool place_io(struct worker *worker, struct slot *slot, enum io_direction direction)
{
	unsigned passes_tried = 0;

	for (;;) {
		unsigned index = worker->has_one_target ? 0 : file_service_next(&worker->files);
		uint64_t offset = PATTERN_END;
		int error;

		if (index != FILE_SERVICE_NONE) {
			offset = pattern_place(
				worker->files.files[index].pattern, direction, &slot->length);
			if (offset == PATTERN_END && slot->op <= IO_TRIM)
				offset = place_at_end(worker, slot, index, direction);
			slot->target = (uint16_t)index;
			slot->offset = offset;
		}
		if (offset != PATTERN_END)
			return true;
		if (index != FILE_SERVICE_NONE && !worker->has_one_target) {
			error = file_service_finish(&worker->files, index);
			if (error != 0) {
				worker_fail(worker, -error, NULL, "cannot open the next file: %s",
					strerror(-error));
				worker->is_exhausted = true;
				return false;
			}
			if (worker->files.window_count > 0)
				continue;
		}
		/* Those that are open wait for their I/Os; then there is room for others. */
		if (!worker->has_one_target && !file_service_is_done(&worker->files))
			return false;
		/* A region in which not one I/O fits would go round for ever. */
		if (passes_tried++ > 1 || !next_pass(worker))
			return false;
	}
}

static inline void prepare_write(struct worker *worker, struct slot *slot)
{
	worker->last_written = slot->target;
	if (!worker->keeps_payload)
		payload_prepare(&worker->payload, slot->buffer, slot->length, slot->offset);
}

static inline void note_trim(struct worker *worker, const struct slot *slot)
{
	worker->last_trim.offset = slot->offset;
	worker->last_trim.length = slot->length;
	worker->last_trim.target = slot->target;
}

/* openread, stat: the next file as a whole, each once in a pass. */
static bool place_whole_file(struct worker *worker, struct slot *slot)
{
	uint64_t index = pattern_next(worker->whole_files, DIRECTION_READ, 1);

	if (index == PATTERN_END) {
		if (!next_pass(worker))
			return false;
		index = pattern_next(worker->whole_files, DIRECTION_READ, 1);
	}
	slot->target = (uint16_t)index;
	slot->offset = 0;
	slot->length = slot->op == IO_STAT ? 0 : (uint32_t)worker->regions[index].region_bytes;
	return true;
}

/* The last block of a copy ends where the source's part does. */
static bool place_copy(struct worker *worker, struct slot *slot)
{
	const struct pattern_spec *region;
	uint64_t end;

	if (!place_io(worker, slot, DIRECTION_WRITE))
		return false;
	region = &worker->regions[slot->target];
	end = region->region_offset + region->region_bytes;
	if (slot->offset + slot->length > end)
		slot->length = (uint32_t)(end - slot->offset);
	worker->last_written = slot->target + worker->pair_count;
	return true;
}

static inline void pay(struct worker *worker, const struct slot *slot)
{
	worker->bytes_left -= slot->length < worker->bytes_left ? slot->length : worker->bytes_left;
	worker->ios_left--;
}

/*
 * There is no place for it until a file is closed (openfiles). It is kept: another choice in its
 * place would make the order of operations a matter of timing.
 */
static bool wait_for_place(struct worker *worker, const struct slot *slot)
{
	worker->waiting.is_set = true;
	worker->waiting.op = slot->op;
	worker->waiting.length = slot->length;
	return false;
}

static enum io_op take_waiting(struct worker *worker)
{
	worker->waiting.is_set = false;
	return (enum io_op)worker->waiting.op;
}

/* The length of the next I/O, or of the one that waited for its place. */
static inline uint32_t next_bytes(
	struct worker *worker, enum io_direction direction, bool has_waited)
{
	return has_waited ? worker->waiting.length : mix_next_bytes(&worker->mix, direction);
}

static bool draw_special(struct worker *worker, struct slot *slot, bool has_waited)
{
	bool is_placed;

	if (slot->op == IO_SYNC || slot->op == IO_DATASYNC) {
		slot->length = 0;
		slot->offset = 0;
		slot->target = (uint16_t)worker->last_written;
		return true;
	}
	if (slot->op == IO_COPY) {
		slot->length = next_bytes(worker, DIRECTION_WRITE, has_waited);
		is_placed = place_copy(worker, slot);
	} else {
		is_placed = place_whole_file(worker, slot);
	}
	if (!is_placed)
		return wait_for_place(worker, slot);
	pay(worker, slot);
	return true;
}

/* Whether a pass that is paid is over: a sync that is due goes before its file is closed. */
static bool is_pass_over(const struct worker *worker)
{
	return worker->bytes_left == 0 &&
	       (worker->passes_left <= 1 || !mix_sync_is_due(&worker->mix));
}

/* Makes the next I/O of this slot. False when nothing can be sent now. */
static inline bool draw(struct worker *worker, struct slot *slot, bool may_wait)
{
	bool has_waited = may_wait && worker->waiting.is_set;
	enum io_op op;

	if (is_pass_over(worker) && !next_pass(worker))
		return false;
	if (worker->ios_left == 0) {
		worker->is_exhausted = true;
		return false;
	}
	op = has_waited ? take_waiting(worker) : mix_next_op(&worker->mix);
	slot->op = (uint8_t)op;
	if (op >= IO_SYNC)
		return draw_special(worker, slot, has_waited);
	if (mix_repeats_trim(&worker->mix, op)) {
		slot->offset = worker->last_trim.offset;
		slot->length = worker->last_trim.length;
		slot->target = worker->last_trim.target;
	} else {
		enum io_direction direction = (enum io_direction)op;

		slot->length = next_bytes(worker, direction, has_waited);
		if (!place_io(worker, slot, direction))
			return wait_for_place(worker, slot);
	}
	pay(worker, slot);
	if (op == IO_WRITE)
		prepare_write(worker, slot);
	else if (op == IO_TRIM)
		note_trim(worker, slot);
	return true;
}

void worker_fill(struct worker *worker)
{
	bool holds_files = file_service_counts(&worker->files);
	bool is_timed = worker->is_timed;

	while (worker->batch_count < worker->batch_submit && worker->idle_count > 0 &&
		!worker->is_exhausted) {
		struct slot *slot = worker->idle[worker->idle_count - 1];

		slot->start_ns = 0;
		if (__builtin_expect(is_timed, 0) && !worker_pace_allows(worker))
			return;
		if (!draw(worker, slot, holds_files))
			return;
		if (__builtin_expect(is_timed, 0))
			worker_pace_stamp(worker, slot);
		if (holds_files)
			file_service_hold(&worker->files, worker_file_of(worker, slot));
		worker->idle_count--;
		worker->batch[worker->batch_count++] = slot;
	}
}
