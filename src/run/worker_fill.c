/* SPDX-License-Identifier: MIT */
/*
 * Which I/Os are sent next, and when: one call a turn draws a batch. For a job with a rate, or with
 * pauses: what is due, how long to wait for it, and what was unsent at the end of the run.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/hot.h"
#include "run/worker_fill.h"
#include "run/worker_hold.h"
#include "run/worker_replay.h"
#include "run/worker_zone.h"

#define CATCH_UP_LIMIT_NS (10 * NS_PER_S)

static uint64_t due_of(const struct worker *worker, enum io_direction direction)
{
	return schedule_due(&worker->loop.schedule, direction);
}

/* The direction whose next I/O is the first to be due: looked for when one has been sent. */
static void choose_next(struct worker *worker)
{
	struct worker_schedule *schedule = &worker->loop.schedule;
	bool has_one = false;

	schedule->has_several = false;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		enum io_direction direction = (enum io_direction)i;

		if (!job_does(worker->task.job, direction))
			continue;
		schedule->has_several = has_one;
		if (!has_one || due_of(worker, direction) < due_of(worker, schedule->next))
			schedule->next = direction;
		has_one = true;
	}
}

void worker_pace_prepare(struct worker *worker)
{
	const struct job *job = worker->task.job;

	worker->loop.is_paced = job_is_paced(job);
	worker->loop.is_timed = worker_hold_prepare(worker) || worker->loop.is_paced ||
				job->rare->access.serialize_overlap ||
				worker->loop.mix.writes_apart;
	worker_replay_prepare(worker);
	if (!worker->loop.is_timed)
		return;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		struct pacer_spec spec = job_pace_of(job, (enum io_direction)i);

		spec.seed = random_mix_seed(worker->loop.schedule.seed, (uint64_t)i);
		pacer_init(&worker->loop.schedule.pacers[i], &spec);
	}
	choose_next(worker);
	/* Timers that are up to 50 us late would be lag of our own. Cannot fail. */
	(void)prctl(PR_SET_TIMERSLACK, 1);
}

void worker_pace_open_ramp(struct worker *worker)
{
	worker->loop.schedule.epoch_ns =
		worker->task.start_ns != 0 ? worker->task.start_ns : clock_now();
	worker->loop.schedule.end_ns =
		worker->loop.schedule.epoch_ns + worker->task.job->ramp_time_ns;
}

void worker_pace_open_window(struct worker *worker, uint64_t ramp_ended_ns, uint64_t deadline_ns)
{
	struct worker_schedule *schedule = &worker->loop.schedule;

	if (worker->task.job->ramp_time_ns == 0)
		schedule->epoch_ns =
			worker->task.start_ns != 0 ? worker->task.start_ns : ramp_ended_ns;
	schedule->epoch_ns += clock_now() - ramp_ended_ns;
	schedule->end_ns = deadline_ns;
}

/*
 * The direction whose next I/O is the first to be due, and when. Where all have been sent that are
 * due before the schedule's end, that is at the end or later.
 */
static enum io_direction first_due(const struct worker *worker, uint64_t *due_ns)
{
	enum io_direction next = worker->loop.schedule.next;

	*due_ns = worker->loop.replay ? worker_replay_due(worker) : due_of(worker, next);
	return next;
}

/* When something is to be done next: an I/O, or the end. */
static uint64_t next_event(const struct worker *worker)
{
	uint64_t due_ns;

	(void)first_due(worker, &due_ns);
	return due_ns < worker->loop.schedule.end_ns ? due_ns : worker->loop.schedule.end_ns;
}

static void wait_until_due(struct worker *worker)
{
	struct worker_schedule *schedule = &worker->loop.schedule;

	while (schedule->now_ns < next_event(worker) && !worker_must_stop(worker)) {
		worker->loop.measurement->pacing_ns += clock_wait_until(next_event(worker));
		schedule->now_ns = clock_now();
	}
}

HOT void worker_pace_wait(struct worker *worker, bool is_stamped)
{
	struct worker_schedule *schedule = &worker->loop.schedule;
	uint64_t start_ns;

	/* Behind: it is due by what the clock said last. */
	if (worker->loop.is_paced && next_event(worker) <= schedule->now_ns) {
		worker_hold_look(worker);
		return;
	}
	start_ns = schedule->now_ns = clock_now();
	worker_hold_look(worker);
	/* A sync belongs to the writes before it. */
	if (worker->loop.is_exhausted || worker->loop.in_flight > 0 ||
		worker->loop.batch_count > 0 || worker->loop.overlap.held ||
		mix_sync_is_due(&worker->loop.mix))
		return;
	if (worker->loop.is_paced)
		wait_until_due(worker);
	else
		worker_hold_wait(worker);
	if (is_stamped)
		worker->loop.measurement->stamped_turn_ns += clock_now() - start_ns;
}

static bool pace_allows(struct worker *worker)
{
	const struct worker_schedule *schedule = &worker->loop.schedule;
	enum io_direction direction;
	uint64_t due_ns;

	if (mix_sync_is_due(&worker->loop.mix)) /* It belongs to the writes before it. */
		return true;
	if (!worker->loop.is_paced)
		return worker_hold_allows(worker);
	direction = first_due(worker, &due_ns);
	if (due_ns > schedule->now_ns || due_ns >= schedule->end_ns)
		return false;
	mix_choose(&worker->loop.mix, direction);
	return true;
}

static void pace_stamp(struct worker *worker, struct slot *slot)
{
	enum io_direction direction = io_op_direction((enum io_op)slot->op);

	slot->due_ns = 0;
	if (direction >= DATA_DIRECTION_COUNT)
		return;
	if (!worker->loop.is_paced) {
		worker_hold_sent(worker, slot);
		return;
	}
	slot->due_ns = due_of(worker, direction);
	pacer_advance(&worker->loop.schedule.pacers[direction], slot->length);
	if (worker->loop.schedule.has_several)
		choose_next(worker);
}

HOT void worker_pace_record(struct worker *worker, const struct slot *slot, uint64_t now)
{
	enum io_direction of = io_op_direction(slot->op);
	struct worker_direction *direction = &worker->loop.measurement->directions[of];
	uint64_t due_ns = slot->due_ns ? slot->due_ns : slot->start_ns;

	worker->loop.schedule.now_ns = now;
	histogram_record(worker->loop.lat[of], now - due_ns, 1);
	if (slot->due_ns != 0) {
		histogram_record(direction->lag, slot->start_ns - due_ns, 1);
		histogram_record(direction->service, now - slot->start_ns, 1);
	}
	if (slot->submitted_ns == 0)
		return;
	histogram_record(direction->slat, slot->submitted_ns - slot->start_ns, 1);
	histogram_record(direction->clat, now - slot->submitted_ns, 1);
}

HOT bool worker_pace_is_ahead(const struct worker *worker)
{
	uint64_t due_ns;

	if (worker->loop.is_timed && worker->loop.hold.is_held)
		return true;
	if (!worker->loop.is_paced || worker->loop.is_exhausted)
		return false;
	(void)first_due(worker, &due_ns);
	return due_ns > worker->loop.schedule.now_ns || due_ns >= worker->loop.schedule.end_ns;
}

bool worker_pace_is_behind(const struct worker *worker, uint64_t now)
{
	uint64_t runtime_ns = worker->task.job->runtime_ns;
	uint64_t patience_ns = runtime_ns < CATCH_UP_LIMIT_NS ? runtime_ns : CATCH_UP_LIMIT_NS;
	uint64_t due_ns;

	if (!worker->loop.is_paced)
		return false;
	(void)first_due(worker, &due_ns);
	return due_ns < worker->loop.schedule.end_ns &&
	       now < worker->loop.schedule.end_ns + patience_ns;
}

/* Lowers *min where nothing may be waited for. Returns the timeout, in ns, or -1. */
static int64_t choose_timeout(struct worker *worker, bool has_sent, unsigned *min)
{
	uint64_t event_ns = next_event(worker);
	uint64_t now = worker->loop.schedule.now_ns;

	worker->loop.schedule.is_looking = false;
	/* An I/O that is due has no slot, or no open file: it waits for completions. */
	if (worker->loop.is_exhausted || (event_ns <= now && !has_sent))
		return -1;
	if (event_ns > now + CLOCK_SPIN_NS)
		now = clock_now();
	if (event_ns > now + CLOCK_SPIN_NS)
		return (int64_t)(event_ns - now - CLOCK_SPIN_NS);
	*min = 0;
	worker->loop.schedule.is_looking = !has_sent;
	return 0;
}

/* The time of a turn that only waited for the next due time is caused by the rate. */
static void note_look(struct worker *worker)
{
	uint64_t event_ns = next_event(worker);
	uint64_t now = clock_now();

	worker->loop.measurement->pacing_ns +=
		(now < event_ns ? now : event_ns) - worker->loop.schedule.now_ns;
}

HOT int worker_pace_reap(struct worker *worker, bool has_sent, unsigned min)
{
	int64_t timeout_ns = choose_timeout(worker, has_sent, &min);
	int reaped = worker->loop.class->reap(
		worker->loop.engine, worker->loop.done, min, worker->loop.complete_max, timeout_ns);

	if (reaped == 0 && worker->loop.schedule.is_looking)
		note_look(worker);
	return reaped;
}

static void count_unsent(struct worker *worker, enum io_direction direction, uint64_t until_ns)
{
	struct worker_direction *measured = &worker->loop.measurement->directions[direction];
	const struct block_size_spec *sizes = &worker->task.job->block_sizes.of[direction];
	double mean_bytes = (double)sizes->min_bytes;

	if (measured->ios > 0)
		mean_bytes = (double)measured->bytes / (double)measured->ios;
	measured->unsent += pacer_count_until(&worker->loop.schedule.pacers[direction],
		(double)(until_ns - worker->loop.schedule.epoch_ns), mean_bytes);
}

void worker_pace_give_up(struct worker *worker)
{
	uint64_t until_ns = clock_now();

	if (until_ns > worker->loop.schedule.end_ns)
		until_ns = worker->loop.schedule.end_ns;
	for (unsigned i = 0; i < worker->loop.batch_count; i++) {
		enum io_direction direction =
			io_op_direction((enum io_op)worker->loop.batch[i]->op);

		worker->loop.measurement->directions[direction].unsent++;
	}
	if (worker->loop.replay) {
		worker_replay_give_up(worker, until_ns);
		return;
	}
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (job_does(worker->task.job, (enum io_direction)i))
			count_unsent(worker, (enum io_direction)i, until_ns);
	}
}

int worker_restart_files(struct worker *worker)
{
	if (worker->loop.replay)
		return 0; /* It goes on. */
	if (worker->loop.mix.writes_apart) {
		/* Both from the beginning, whichever ended. */
		mix_begin_pass(&worker->loop.mix);
		pattern_rewind(worker->loop.files.files[0].pattern);
	}
	if (!worker->loop.whole_files)
		return file_service_restart(&worker->loop.files);
	pattern_restart(worker->loop.whole_files);
	return 0;
}

/* A pass is over: the next one, or the end. Returns whether there is more to send. */
static bool next_pass(struct worker *worker)
{
	bool pass_is_paid = worker->loop.bytes_left == 0 || !worker->loop.wraps, unlinks;
	int error;

	if (pass_is_paid) {
		if (worker->loop.passes_left <= 1) {
			worker->loop.is_exhausted = true;
			return false;
		}
		worker->loop.passes_left--;
		worker->loop.bytes_left = worker->task.pass_bytes;
	}
	unlinks = pass_is_paid && worker->task.job->rare->access.unlink_each_loop;
	if ((unlinks || file_service_counts(&worker->loop.files)) &&
		worker->loop.in_flight + worker->loop.batch_count > 0) {
		/* Files close when their last I/O is back: this turn reaps, a later one fills. */
		worker->loop.passes_left += pass_is_paid;
		worker->loop.bytes_left = pass_is_paid ? 0 : worker->loop.bytes_left;
		return false;
	}
	error = unlinks ? file_service_recreate(&worker->loop.files) : worker_restart_files(worker);
	if (error != 0) {
		worker_fail(worker, -error, NULL, "cannot open a file again: %s", strerror(-error));
		worker->loop.is_exhausted = true;
	}
	return error == 0;
}

/* Draws one of several block sizes that still fits at the end of a pass; as fio. */
static uint64_t place_at_end(
	struct worker *worker, struct slot *slot, unsigned index, enum io_direction direction)
{
	struct pattern *pattern = worker->loop.files.files[index].pattern;
	uint64_t room =
		pattern_room(pattern, direction, mix_smallest_bytes(&worker->loop.mix, direction));

	if (room == 0)
		return PATTERN_END;
	slot->length = mix_next_bytes_within(&worker->loop.mix, direction, room);
	return pattern_place(pattern, direction, &slot->length);
}

/* Chooses the file and the offset. False when nothing can be sent now. */
static HOT bool place_io(struct worker *worker, struct slot *slot, enum io_direction direction)
{
	unsigned passes_tried = 0;

	for (;;) {
		unsigned index =
			worker->loop.has_one_target ? 0 : file_service_next(&worker->loop.files);
		uint64_t offset = PATTERN_END;
		int error;

		if (index != FILE_SERVICE_NONE) {
			offset = pattern_place(
				worker->loop.files.files[index].pattern, direction, &slot->length);
			slot->target = (uint16_t)index;
			slot->offset = offset;
			if (__builtin_expect(offset < PATTERN_WAITS, 1))
				return true;
			if (offset == PATTERN_END && slot->op <= IO_TRIM)
				offset = slot->offset =
					place_at_end(worker, slot, index, direction);
		}
		if (offset < PATTERN_WAITS)
			return true;
		if (offset == PATTERN_WAITS) {
			worker_zone_held_up(worker, slot->target);
			return false;
		}
		if (index != FILE_SERVICE_NONE && !worker->loop.has_one_target) {
			error = file_service_finish(&worker->loop.files, index);
			if (error != 0) {
				worker_fail(worker, -error, NULL, "cannot open the next file: %s",
					strerror(-error));
				worker->loop.is_exhausted = true;
				return false;
			}
			if (worker->loop.files.window_count > 0)
				continue;
		}
		/* Those that are open wait for their I/Os; then there is room for others. */
		if (!worker->loop.has_one_target && !file_service_is_done(&worker->loop.files))
			return false;
		/* A region in which not one I/O fits would go round for ever. */
		if (passes_tried++ > 1 || !next_pass(worker))
			return false;
	}
}

static inline void prepare_write(struct worker *worker, struct slot *slot)
{
	worker->loop.last_written = slot->target;
	if (!worker->loop.keeps_payload)
		payload_prepare(&worker->loop.payload, slot->buffer, slot->length, slot->offset);
}

static inline void note_trim(struct worker *worker, const struct slot *slot)
{
	worker->loop.last_trim.offset = slot->offset;
	worker->loop.last_trim.length = slot->length;
	worker->loop.last_trim.target = slot->target;
}

/* openread, stat, create, unlink: the next file as a whole, each once in a pass. */
static bool place_whole_file(struct worker *worker, struct slot *slot)
{
	uint64_t index = pattern_next(worker->loop.whole_files, DIRECTION_READ, 1);

	if (index == PATTERN_END) {
		if (!next_pass(worker))
			return false;
		index = pattern_next(worker->loop.whole_files, DIRECTION_READ, 1);
	}
	slot->target = (uint16_t)index;
	slot->offset = 0;
	slot->length =
		slot->op != IO_OPEN_READ ? 0 : (uint32_t)worker->task.regions[index].region_bytes;
	return true;
}

/* The last block of a copy ends where the source's part does. */
static bool place_copy(struct worker *worker, struct slot *slot)
{
	const struct pattern_spec *region;
	uint64_t end;

	if (!place_io(worker, slot, DIRECTION_WRITE))
		return false;
	region = &worker->task.regions[slot->target];
	end = region->region_offset + region->region_bytes;
	if (slot->offset + slot->length > end)
		slot->length = (uint32_t)(end - slot->offset);
	worker->loop.last_written = slot->target + worker->task.pair_count;
	return true;
}

static inline void pay(struct worker *worker, const struct slot *slot)
{
	worker->loop.bytes_left -=
		slot->length < worker->loop.bytes_left ? slot->length : worker->loop.bytes_left;
	worker->loop.ios_left--;
}

/*
 * There is no place for it until a file is closed (openfiles). It is kept: another choice in its
 * place would make the order of operations a matter of timing.
 */
static bool wait_for_place(struct worker *worker, const struct slot *slot)
{
	worker->loop.waiting.is_set = true;
	worker->loop.waiting.op = slot->op;
	worker->loop.waiting.length = slot->length;
	return false;
}

static enum io_op take_waiting(struct worker *worker)
{
	worker->loop.waiting.is_set = false;
	return (enum io_op)worker->loop.waiting.op;
}

/* The length of the next I/O, or of the one that waited for its place. */
static inline uint32_t next_bytes(
	struct worker *worker, enum io_direction direction, bool has_waited)
{
	return has_waited ? worker->loop.waiting.length
			  : mix_next_bytes(&worker->loop.mix, direction);
}

static bool draw_special(struct worker *worker, struct slot *slot, bool has_waited)
{
	bool is_placed;

	if (slot->op == IO_SYNC || slot->op == IO_DATASYNC) {
		slot->length = 0;
		slot->offset = 0;
		slot->target = (uint16_t)worker->loop.last_written;
		return true;
	}
	if (slot->op == IO_COPY) {
		slot->length = next_bytes(worker, DIRECTION_WRITE, has_waited);
		is_placed = place_copy(worker, slot);
	} else if (slot->op == IO_ECHO) {
		slot->length = next_bytes(worker, DIRECTION_READ, has_waited);
		is_placed = place_io(worker, slot, DIRECTION_READ); /* of no meaning to it */
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
	return worker->loop.bytes_left == 0 &&
	       (worker->loop.passes_left <= 1 || !mix_sync_is_due(&worker->loop.mix));
}

/* Makes an I/O of this operation of the slot. False when there is no place for it now. */
static inline __attribute__((always_inline)) bool draw_op(
	struct worker *worker, struct slot *slot, enum io_op op, bool has_waited)
{
	slot->op = (uint8_t)op;
	if (op >= IO_SYNC)
		return draw_special(worker, slot, has_waited);
	if (mix_repeats_trim(&worker->loop.mix, op)) {
		slot->offset = worker->loop.last_trim.offset;
		slot->length = worker->loop.last_trim.length;
		slot->target = (uint16_t)worker->loop.last_trim.target;
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

/* Of a job whose I/Os hold files or zones. Apart: inside draw it would cost all jobs registers, and
 * the length of what has waited a test an I/O. */
static __attribute__((noinline)) bool draw_holding(struct worker *worker, struct slot *slot)
{
	bool has_waited = worker->loop.waiting.is_set;
	enum io_op op = has_waited ? take_waiting(worker) : mix_next_op(&worker->loop.mix);

	if (worker->loop.zones)
		op = worker_zone_choose(worker, op);
	return draw_op(worker, slot, op, has_waited);
}

/* Makes the next I/O of this slot. False when nothing can be sent now. */
static inline bool draw(struct worker *worker, struct slot *slot, bool holds)
{
	if (is_pass_over(worker) && !next_pass(worker))
		return false;
	if (worker->loop.ios_left == 0) {
		worker->loop.is_exhausted = true;
		return false;
	}
	if (__builtin_expect(holds, 0))
		return draw_holding(worker, slot);
	return draw_op(worker, slot, mix_next_op(&worker->loop.mix), false);
}

/* Whether an I/O that was drawn and is not back touches bytes of this one. */
static bool overlaps(struct worker *worker, const struct slot *slot)
{
	uint64_t *marks = worker->loop.overlap.marks, look = ++worker->loop.overlap.look;
	uint64_t end = slot->offset + slot->length;

	for (unsigned i = 0; i < worker->loop.idle_count; i++)
		marks[worker->loop.idle[i]->index] = look;
	for (unsigned i = 0; i < worker->loop.slot_count; i++) {
		const struct slot *other = &worker->loop.slots[i];

		if (marks[i] != look && other != slot && other->op <= IO_TRIM &&
			other->target == slot->target && other->offset < end &&
			slot->offset < other->offset + other->length)
			return true;
	}
	return false;
}

/* Returns whether the slot must wait: then nothing is drawn behind it. */
static bool hold_overlapping(struct worker *worker, struct slot *slot)
{
	bool must_wait = slot->op <= IO_TRIM && overlaps(worker, slot);

	worker->loop.overlap.held = must_wait ? slot : NULL;
	return must_wait;
}

/* Of a job whose I/Os do not go out as they are drawn: whether another may be drawn now. */
static __attribute__((noinline)) bool may_draw(struct worker *worker)
{
	struct slot *held = worker->loop.overlap.held;

	if (held && hold_overlapping(worker, held))
		return false;
	if (held)
		worker->loop.batch[worker->loop.batch_count++] = held;
	return worker->loop.batch_count < worker->loop.batch_submit && pace_allows(worker);
}

/* The same: whether this one, which was drawn, is not to go out yet. */
static __attribute__((noinline)) bool must_wait(struct worker *worker, struct slot *slot)
{
	pace_stamp(worker, slot);
	if (worker->loop.mix.writes_apart)
		mix_note_place(&worker->loop.mix, slot->op, slot->offset);
	return worker->loop.overlap.marks && hold_overlapping(worker, slot);
}

HOT void worker_fill(struct worker *worker)
{
	bool holds = worker->loop.holds;
	bool is_timed = worker->loop.is_timed;

	while (worker->loop.batch_count < worker->loop.batch_submit &&
		worker->loop.idle_count > 0 && !worker->loop.is_exhausted) {
		struct slot *slot = worker->loop.idle[worker->loop.idle_count - 1];

		slot->start_ns = 0;
		if (__builtin_expect(is_timed, 0) && !may_draw(worker))
			return;
		if (!draw(worker, slot, holds))
			return;
		if (holds && file_service_counts(&worker->loop.files))
			file_service_hold(&worker->loop.files, worker_file_of(&worker->loop, slot));
		worker->loop.idle_count--;
		if (__builtin_expect(is_timed, 0) && must_wait(worker, slot))
			return;
		worker->loop.batch[worker->loop.batch_count++] = slot;
	}
}

/* The pattern says once more that it has no place. */
void worker_fill_drawn(struct worker *worker, enum io_op op)
{
	struct slot *slot = worker->loop.idle[worker->loop.idle_count - 1];

	slot->start_ns = 0;
	if (!draw_op(worker, slot, op, false))
		return;
	worker->loop.idle_count--;
	worker->loop.batch[worker->loop.batch_count++] = slot;
	worker_fill(worker);
}
