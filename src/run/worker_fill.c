/* SPDX-License-Identifier: MIT */
/* What is sent next: one call a turn draws a batch. The part of the hot loop that asks load/. */
#include <errno.h>
#include <string.h>

#include "run/worker.h"

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
	if (file_service_counts(&worker->files) && worker->in_flight > 0) {
		/* Files close when their last I/O is back: this turn reaps, a later one fills. */
		worker->passes_left += pass_is_paid;
		worker->bytes_left = pass_is_paid ? 0 : worker->bytes_left;
		return false;
	}
	error = file_service_restart(&worker->files);
	if (error != 0) {
		worker_fail(worker, -error, NULL, "cannot open a file again: %s", strerror(-error));
		worker->is_exhausted = true;
	}
	return error == 0;
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
			offset = pattern_next(
				worker->files.files[index].pattern, direction, slot->length);
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
			if (!file_service_is_done(&worker->files)) {
				if (worker->files.window_count == 0)
					return false;
				continue;
			}
		}
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

/* Makes the next I/O of this slot. False when nothing can be sent now. */
static inline bool draw(struct worker *worker, struct slot *slot)
{
	enum io_op op;
	enum io_direction direction;

	if (worker->bytes_left == 0 && !next_pass(worker))
		return false;
	if (worker->ios_left == 0) {
		worker->is_exhausted = true;
		return false;
	}
	op = mix_next_op(&worker->mix);
	slot->op = (uint8_t)op;
	if (op >= IO_SYNC) {
		slot->length = 0;
		slot->offset = 0;
		slot->target = (uint16_t)worker->last_written;
		return true;
	}
	if (mix_repeats_trim(&worker->mix, op)) {
		slot->offset = worker->last_trim.offset;
		slot->length = worker->last_trim.length;
		slot->target = worker->last_trim.target;
	} else {
		direction = (enum io_direction)op;
		slot->length = mix_next_bytes(&worker->mix, direction);
		if (!place_io(worker, slot, direction))
			return false;
	}
	worker->bytes_left -= slot->length < worker->bytes_left ? slot->length : worker->bytes_left;
	worker->ios_left--;
	if (op == IO_WRITE)
		prepare_write(worker, slot);
	else if (op == IO_TRIM)
		note_trim(worker, slot);
	return true;
}

void worker_fill(struct worker *worker)
{
	while (worker->batch_count < worker->batch_submit && worker->idle_count > 0 &&
		!worker->is_exhausted) {
		struct slot *slot = worker->idle[worker->idle_count - 1];

		slot->start_ns = 0;
		if (!draw(worker, slot))
			return;
		worker->idle_count--;
		worker->batch[worker->batch_count++] = slot;
	}
}
