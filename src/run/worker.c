/* SPDX-License-Identifier: MIT */
/*
 * The hot loop. A turn is: fill, stamp, submit, (stamp,) reap, stamp, record. Two or three clock
 * reads a turn, never one an I/O; no lock, no allocation, no message. `lat` starts before the
 * submission, so that a submission that blocks cannot hide; where a rate is set it starts when the
 * I/O was due, so that one that was held up cannot hide either.
 */

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/clock.h"
#include "base/hot.h"
#include "engine/echo.h"
#include "host/kernel_counter.h"
#include "run/worker.h"
#include "run/worker_fill.h"
#include "run/worker_goal.h"
#include "run/worker_interval.h"
#include "run/worker_log.h"
#include "run/worker_plain.h"
#include "run/worker_priority.h"
#include "run/worker_record.h"
#include "run/worker_verify.h"
#include "run/worker_zone.h"

/*
 * What takes `is_single` is compiled twice: for jobs that are plain, have one I/O in flight and log
 * nothing, where a slot is drawn, sent or idle, and no loop is needed; and for all others.
 */

/* A sample of thousands is no better for being larger. */
static inline void thin_sample(struct worker_loop *loop)
{
	if (loop->stamp_mask == WORKER_STAMP_SAMPLE && loop->turn >= WORKER_STAMP_DENSE_TURNS)
		loop->stamp_mask = WORKER_STAMP_THIN_SAMPLE;
}

/* Whether the submission of this turn is timed. */
static inline bool is_sampled(struct worker_loop *loop)
{
	return __builtin_expect((loop->turn++ & loop->stamp_mask) == 0, 0) &&
	       loop->stamp_mask != WORKER_STAMP_NEVER;
}

/* Gives the batch to the engine. How many it took, or -errno. */
static inline __attribute__((always_inline)) int submit(
	struct worker *worker, uint64_t now, bool is_stamped, bool is_single)
{
	struct worker_measurement *measurement = worker->loop.measurement;
	unsigned count = is_single ? 1 : worker->loop.batch_count;
	int taken;

	if (!is_single && count > worker->loop.batch_submit)
		count = worker->loop.batch_submit;
	for (unsigned i = 0; i < count; i++) {
		/* A slot that had to wait for the engine keeps its first stamp. */
		if (__builtin_expect(worker->loop.batch[i]->start_ns == 0, 1))
			worker->loop.batch[i]->start_ns = now;
		worker->loop.batch[i]->submitted_ns = 0;
	}
	worker->loop.engine->sends_now = is_stamped;
	taken = worker->loop.class->submit(worker->loop.engine, worker->loop.batch, count);
	if (__builtin_expect(taken < 0, 0))
		return taken;
	if (__builtin_expect(is_stamped, 0)) {
		uint64_t after = clock_now_by(&worker->loop.clock);

		for (unsigned i = 0; i < (is_single ? 1 : (unsigned)taken); i++)
			worker->loop.batch[i]->submitted_ns = after;
		measurement->stamped_submit_ns += after - now;
		thin_sample(&worker->loop);
	}
	if (!is_single && __builtin_expect(worker->loop.is_recorded, 0))
		worker_record_sent(worker, (unsigned)taken);
	worker->loop.batch_count -= (unsigned)taken;
	if (!is_single && __builtin_expect(worker->loop.batch_count > 0, 0))
		memmove(worker->loop.batch, worker->loop.batch + taken,
			worker->loop.batch_count * sizeof(*worker->loop.batch));
	worker->loop.in_flight += (unsigned)taken;
	worker_note_sent(measurement, (unsigned)taken, worker->loop.in_flight);
	return taken;
}

/* What its I/O held: a zone, or a file that others wait for. */
static void release(struct worker *worker, const struct slot *slot)
{
	int error = 0;

	if (worker->loop.zones)
		worker_zone_release(worker, slot, true);
	if (file_service_counts(&worker->loop.files))
		error = file_service_release(
			&worker->loop.files, worker_file_of(&worker->loop, slot));
	if (error == 0)
		return;
	worker_fail(worker, -error, NULL, "cannot open the next file: %s", strerror(-error));
	worker->loop.is_exhausted = true;
}

/* Back from the engine: counted and its slot idle again. Latencies are recorded by the caller. */
static inline __attribute__((always_inline)) bool complete(struct worker *worker, struct slot *slot)
{
	struct worker_direction *direction =
		&worker->loop.measurement->directions[io_op_direction(slot->op)];
	int32_t result = slot->result;

	if (__builtin_expect(worker->loop.holds, 0))
		release(worker, slot);
	/* Trims and syncs have no part of theirs to be short of. */
	if (__builtin_expect(result == (int32_t)slot->length, 1) ||
		(slot->op >= IO_TRIM && slot->op <= IO_DATASYNC)) {
		if (result < 0) {
			worker_io_failed(worker, slot, -result);
			return false;
		}
		direction->ios++;
		direction->bytes += slot->length;
		return true;
	}
	if (result == 0 && worker->task.targets[slot->target].kind == TARGET_BLOCK)
		result = -ENODEV; /* within its size a device that answers 0 bytes is gone */
	if (result < 0) {
		worker_io_failed(worker, slot, -result);
		return false;
	}
	/* A signal makes a slow read short (/dev/zero): the end broke it off, the target did not.
	 */
	if (atomic_load_explicit(&worker->was_nudged, memory_order_relaxed)) {
		worker_verify_failed(worker, slot);
		direction->unsent++;
		return false;
	}
	direction->ios++;
	direction->bytes += (uint32_t)result;
	direction->short_ios++;
	return true;
}

/*
 * Whether a signal broke off an I/O on a slow target: dropped when the job ends anyway, else sent
 * again by a synchronous engine (libaio on a pipe is one inside the kernel, and fails).
 */
static COLD bool was_interrupted(struct worker *worker, struct slot *slot)
{
	const unsigned in_submit = ENGINE_IS_SYNCHRONOUS | ENGINE_WORKS_IN_SUBMIT;
	bool ends = worker->loop.is_exhausted || worker_must_stop(worker);

	if (slot->result != -EINTR || !(ends || worker->loop.class->traits & in_submit))
		return false;
	if (!ends) {
		worker->loop.batch[worker->loop.batch_count++] = slot;
		return true;
	}
	worker_verify_failed(worker, slot);
	worker->loop.measurement->directions[io_op_direction(slot->op)].unsent++;
	if (worker->loop.zones)
		worker_zone_release(worker, slot, true);
	worker->loop.idle[worker->loop.idle_count++] = slot;
	return true;
}

/* I/Os of one direction that were sent and submitted at the same stamps: one record for all. */
struct latency_run {
	uint64_t start_ns;
	uint64_t submitted_ns;
	uint64_t count;
	enum io_direction direction;
};

static inline void record_run(struct worker *worker, const struct latency_run *run, uint64_t now)
{
	struct worker_direction *direction = &worker->loop.measurement->directions[run->direction];

	if (run->count == 0)
		return;
	histogram_record(worker->loop.lat[run->direction], now - run->start_ns, run->count);
	if (__builtin_expect(run->submitted_ns == 0, 1))
		return;
	histogram_record(direction->slat, run->submitted_ns - run->start_ns, run->count);
	histogram_record(direction->clat, now - run->submitted_ns, run->count);
}

/* Each has a due time of its own, or is held against a limit of latency. Apart from record: what it
 * calls would cost all jobs there. */
static HOT void record_each(struct worker *worker, unsigned count, uint64_t now)
{
	for (unsigned i = 0; i < count; i++) {
		struct slot *slot = worker->loop.done[i];

		if (slot->result < 0 && was_interrupted(worker, slot))
			continue;
		worker->loop.idle[worker->loop.idle_count++] = slot;
		if (!complete(worker, slot))
			continue;
		worker_pace_record(worker, slot, now);
		if (worker->loop.note)
			worker->loop.note(worker, slot, now);
	}
}

static void record(struct worker *worker, unsigned count, uint64_t now)
{
	struct latency_run run = {0};

	for (unsigned i = 0; i < count; i++) {
		struct slot *slot = worker->loop.done[i];
		enum io_direction direction = io_op_direction(slot->op);

		if (__builtin_expect(slot->result < 0, 0) && was_interrupted(worker, slot))
			continue;
		worker->loop.idle[worker->loop.idle_count++] = slot;
		if (!complete(worker, slot))
			continue;
		if (slot->start_ns != run.start_ns || slot->submitted_ns != run.submitted_ns ||
			direction != run.direction) {
			record_run(worker, &run, now);
			run = (struct latency_run){.start_ns = slot->start_ns,
				.submitted_ns = slot->submitted_ns,
				.direction = direction};
		}
		run.count++;
	}
	record_run(worker, &run, now);
}

/* Of a plain job (worker_plain.h): reads and writes that share their stamps. */
struct plain_run {
	uint64_t start_ns, submitted_ns, count, writes;
};

static inline void record_plain_of(struct worker *worker, const struct plain_run *run,
	uint64_t count, enum io_direction of, uint64_t now)
{
	struct worker_direction *direction = &worker->loop.measurement->directions[of];
	struct latency_run part = {run->start_ns, run->submitted_ns, count, of};

	direction->ios += count;
	direction->bytes += count * worker->loop.plain_bytes;
	record_run(worker, &part, now);
}

static HOT __attribute__((noinline)) void record_plain_run(
	struct worker *worker, const struct plain_run *run, uint64_t now)
{
	if (run->count > run->writes)
		record_plain_of(worker, run, run->count - run->writes, DIRECTION_READ, now);
	if (run->writes > 0)
		record_plain_of(worker, run, run->writes, DIRECTION_WRITE, now);
}

/* One that failed or was short. Apart: it would cost those that were not registers. */
static COLD __attribute__((noinline)) void record_odd(
	struct worker *worker, struct slot *slot, uint64_t now)
{
	struct latency_run run = {
		slot->start_ns, slot->submitted_ns, 1, io_op_direction((enum io_op)slot->op)};

	if (slot->result < 0 && was_interrupted(worker, slot))
		return;
	worker->loop.idle[worker->loop.idle_count++] = slot;
	if (complete(worker, slot))
		record_run(worker, &run, now);
}

static inline void record_single(struct worker *worker, uint64_t now)
{
	struct slot *slot = worker->loop.done[0];
	struct worker_direction *direction = &worker->loop.measurement->directions[slot->op];
	uint64_t bytes = worker->loop.plain_bytes;

	if (__builtin_expect(slot->result != (int32_t)slot->length, 0)) {
		record_odd(worker, slot, now);
		return;
	}
	worker->loop.idle[0] = slot;
	worker->loop.idle_count = 1;
	/* Else gcc makes a vector of the two, which takes longer than they do. */
	__asm__("" : "+r"(bytes));
	direction->ios++;
	direction->bytes += bytes;
	histogram_record(worker->loop.lat[slot->op], now - slot->start_ns, 1);
	if (__builtin_expect(slot->submitted_ns == 0, 1))
		return;
	histogram_record(direction->slat, slot->submitted_ns - slot->start_ns, 1);
	histogram_record(direction->clat, now - slot->submitted_ns, 1);
}

/* The same of one that was due (loop.is_plain_due). */
static inline void record_due(struct worker *worker, uint64_t now)
{
	struct slot *slot = worker->loop.done[0];
	struct worker_direction *direction = &worker->loop.measurement->directions[slot->op];
	uint64_t due_ns = slot->due_ns;

	if (__builtin_expect(slot->result != (int32_t)slot->length, 0)) {
		record_each(worker, 1, now);
		return;
	}
	worker->loop.idle[0] = slot;
	worker->loop.idle_count = 1;
	worker->loop.schedule.now_ns = now;
	direction->ios++;
	direction->bytes += worker->loop.plain_bytes;
	histogram_record(worker->loop.lat[slot->op], now - due_ns, 1);
	histogram_record(direction->lag, slot->start_ns - due_ns, 1);
	histogram_record(direction->service, now - slot->start_ns, 1);
	if (__builtin_expect(slot->submitted_ns == 0, 1))
		return;
	histogram_record(direction->slat, slot->submitted_ns - slot->start_ns, 1);
	histogram_record(direction->clat, now - slot->submitted_ns, 1);
}

/* Those of `done` that share the stamps of the first and went well: their slots are idle. */
static inline struct plain_run take_run(
	struct worker_loop *loop, struct slot *const *done, unsigned count)
{
	struct plain_run run = {
		.start_ns = done[0]->start_ns, .submitted_ns = done[0]->submitted_ns};
	struct slot **idle = loop->idle + loop->idle_count;

	for (; run.count < count; run.count++) {
		struct slot *slot = done[run.count];

		if (__builtin_expect(slot->result != (int32_t)slot->length, 0) ||
			slot->start_ns != run.start_ns || slot->submitted_ns != run.submitted_ns)
			break;
		idle[run.count] = slot;
		run.writes += slot->op;
	}
	loop->idle_count += (unsigned)run.count;
	return run;
}

static inline void record_plain(struct worker *worker, unsigned count, uint64_t now)
{
	struct slot **done = worker->loop.done;

	for (unsigned i = 0; i < count;) {
		struct plain_run run = take_run(&worker->loop, done + i, count - i);

		if (run.count == 0)
			record_odd(worker, done[i++], now);
		else
			record_plain_run(worker, &run, now);
		i += (unsigned)run.count;
	}
}

static inline void note_completion(struct worker_loop *loop, uint64_t now)
{
	/* The clocks of two CPUs may be some ns apart. */
	if (__builtin_expect(now > loop->completed_ns + loop->gap.length_ns, 0))
		loop->gap = (struct worker_gap){loop->completed_ns, now - loop->completed_ns};
	loop->completed_ns = now;
}

/* The turn went past the interval's end; what it sent after that was not in flight there. */
static COLD __attribute__((noinline)) void pass_interval(
	struct worker *worker, uint64_t start, uint64_t now, unsigned sent)
{
	bool was_late = start >= worker->loop.interval_ends_ns;

	worker_interval_pass(worker, now, worker->loop.in_flight - (was_late ? sent : 0));
}

/* How many completions this turn waits for, having sent something or not. */
static inline __attribute__((always_inline)) unsigned reap_minimum(
	const struct worker *worker, bool has_sent, bool is_single)
{
	if (is_single || worker->loop.is_exhausted ||
		(!has_sent && worker->loop.in_flight < worker->loop.complete_min))
		return 1;
	if (has_sent && worker->loop.in_flight < worker->loop.depth)
		return 0; /* there is room for more: only look */
	return worker->loop.complete_min;
}

static inline __attribute__((always_inline)) int reap(
	struct worker *worker, bool has_sent, bool is_single, bool is_due)
{
	unsigned min = reap_minimum(worker, has_sent, is_single);
	int reaped;

	if (is_due)
		reaped = worker_plain_reap(worker, has_sent);
	else if (__builtin_expect(!is_single && worker->loop.is_paced, 0))
		reaped = worker_pace_reap(worker, has_sent, min);
	else
		reaped = worker->loop.class->reap(
			worker->loop.engine, worker->loop.done, min, worker->loop.complete_max, -1);
	if (__builtin_expect(reaped >= 0, 1))
		worker_note_reaped(worker->loop.measurement, (unsigned)reaped);
	return reaped;
}

static COLD void engine_failed(struct worker *worker, int error)
{
	worker_fail(worker, error, NULL, "engine %s failed: %s", worker->loop.class->name,
		strerror(error));
	worker->loop.is_exhausted = true;
	worker->loop.in_flight = 0; /* nobody can tell what is; close sees to it */
	worker->loop.batch_count = 0;
}

/* Nothing in flight and nothing sent: either the end, or an engine that takes nothing. */
static COLD void came_to_rest(struct worker *worker)
{
	if (worker->loop.batch_count == 0 && worker_zone_rest(worker))
		return;
	if (worker->loop.batch_count > 0)
		engine_failed(worker, EAGAIN);
	worker->loop.is_exhausted = true;
}

/* What is back is recorded, in the way of its job. */
static inline __attribute__((always_inline)) void record_turn(
	struct worker *worker, unsigned reaped, uint64_t now, bool is_single, bool is_due)
{
	if (is_due && __builtin_expect(reaped > 0, 1))
		record_due(worker, now);
	else if (is_single && __builtin_expect(reaped > 0, 1))
		record_single(worker, now);
	else if (__builtin_expect(worker->loop.is_plain, 1))
		record_plain(worker, reaped, now);
	else if (worker->loop.records_each)
		record_each(worker, reaped, now);
	else
		record(worker, reaped, now);
	if (!is_single && __builtin_expect(worker->loop.log != NULL, 0))
		worker_log_turn(worker, reaped, now);
}

/* Draws what is sent in this turn. */
static inline __attribute__((always_inline)) void draw(
	struct worker *worker, bool is_single, bool is_due)
{
	if (is_single)
		worker_plain_fill_slot(worker, is_due);
	else if (!worker->loop.is_draining_to_low)
		worker->loop.fill(worker);
}

/* One pass of the loop; returns the stamp at its end. Constants: `is_single`, of one slot, whose
 * I/Os are neither logged nor recorded; `is_due`, of is_plain_due, else those of is_plain. */
static inline __attribute__((always_inline)) uint64_t turn(
	struct worker *worker, bool is_single, bool is_due)
{
	struct worker_measurement *measurement = worker->loop.measurement;
	bool is_stamped = is_sampled(&worker->loop);
	uint64_t start, now;
	int sent = 0, reaped = 0;

	if (is_due)
		worker_plain_wait(worker, is_stamped);
	else if (__builtin_expect(!is_single && worker->loop.is_timed, 0))
		worker_pace_wait(worker, is_stamped);
	draw(worker, is_single, is_due);
	start = clock_now_by(&worker->loop.clock);
	if (__builtin_expect(worker->loop.batch_count > 0, 1))
		sent = submit(worker, start, is_stamped, is_single);
	if (!is_single && worker->loop.in_flight == worker->loop.depth &&
		worker->loop.depth_low < worker->loop.depth)
		worker->loop.is_draining_to_low = true;
	if (__builtin_expect(sent < 0, 0))
		reaped = sent;
	else if (__builtin_expect(worker->loop.in_flight > 0, 1))
		reaped = reap(worker, sent > 0, is_single, is_due);
	else if (!worker_pace_is_ahead(worker))
		came_to_rest(worker);
	now = clock_now_by(&worker->loop.clock);
	if (__builtin_expect(reaped < 0, 0)) {
		engine_failed(worker, -reaped);
		return now;
	}
	measurement->depth_integral +=
		(double)((int64_t)worker->loop.in_flight * (int64_t)(now - start));
	if (__builtin_expect(is_stamped, 0))
		measurement->stamped_turn_ns += now - start;
	if (__builtin_expect(now >= worker->loop.interval_ends_ns, 0))
		pass_interval(worker, start, now, (unsigned)sent);
	if (__builtin_expect(reaped > 0, 1))
		note_completion(&worker->loop, now);
	worker->loop.in_flight -= (unsigned)reaped;
	if (!is_single && worker->loop.in_flight <= worker->loop.depth_low)
		worker->loop.is_draining_to_low = false;
	record_turn(worker, (unsigned)reaped, now, is_single, is_due);
	return now;
}

static inline __attribute__((always_inline)) void publish(struct worker *worker, bool is_single)
{
	const struct worker_direction *directions = worker->loop.measurement->directions;
	uint64_t ios = directions[DIRECTION_READ].ios + directions[DIRECTION_WRITE].ios;
	uint64_t bytes = directions[DIRECTION_READ].bytes + directions[DIRECTION_WRITE].bytes;

	if (!is_single) {
		ios += directions[DIRECTION_TRIM].ios;
		bytes += directions[DIRECTION_TRIM].bytes;
	}
	atomic_store_explicit(&worker->progress.ios, ios, memory_order_relaxed);
	atomic_store_explicit(&worker->progress.bytes, bytes, memory_order_relaxed);
}

void worker_stop_sending(struct worker *worker)
{
	worker->loop.is_exhausted = true;
	if (worker->loop.is_paced)
		worker_pace_give_up(worker);
	if (worker->loop.overlap.held)
		worker->loop.batch[worker->loop.batch_count++] = worker->loop.overlap.held;
	worker->loop.overlap.held = NULL;
	while (worker->loop.batch_count > 0) {
		struct slot *slot = worker->loop.batch[--worker->loop.batch_count];

		worker_verify_unsent(worker, slot);
		if (worker->loop.zones)
			worker_zone_release(worker, slot, false);
		worker->loop.idle[worker->loop.idle_count++] = slot;
	}
}

static inline bool has_work(const struct worker_loop *loop)
{
	return !loop->is_exhausted || loop->in_flight > 0 || loop->batch_count > 0;
}

static inline __attribute__((always_inline)) void turn_until(
	struct worker *worker, uint64_t deadline_ns, bool drains, bool is_single, bool is_due)
{
	struct worker_measurement *measurement = worker->loop.measurement;
	uint64_t event_ns = deadline_ns; /* one comparison a turn: the next of two points in time */
	bool goes_on = has_work(&worker->loop);

	if (drains && worker->task.job->runtime_ns != 0)
		event_ns = measurement->started_ns + worker->task.job->runtime_ns / 5;
	if (event_ns > deadline_ns)
		event_ns = deadline_ns;
	atomic_store_explicit(&worker->progress.deadline_ns,
		deadline_ns == UINT64_MAX ? 0 : deadline_ns, memory_order_relaxed);
	while (goes_on) {
		uint64_t now = turn(worker, is_single, is_due);

		publish(worker, is_single);
		if (__builtin_expect(worker->loop.is_exhausted, 0)) {
			goes_on = has_work(&worker->loop) && !worker_must_abandon(worker);
			continue;
		}
		if (__builtin_expect(now < event_ns && !worker_must_stop(worker), 1))
			continue;
		if (event_ns < deadline_ns && !worker_must_stop(worker)) {
			measurement->early_reaped = measurement->reaped;
			event_ns = deadline_ns;
			continue;
		}
		if (!drains && !worker_must_stop(worker))
			return;
		if (worker_pace_is_behind(worker, now) && !worker_must_stop(worker))
			continue;
		worker_stop_sending(worker);
		worker_set_phase(worker, WORKER_DRAINING);
		goes_on = has_work(&worker->loop);
	}
}

static HOT_PAGE __attribute__((noinline)) void loop_single(
	struct worker *worker, uint64_t deadline_ns, bool drains)
{
	turn_until(worker, deadline_ns, drains, true, false);
}

static HOT_PAGE __attribute__((noinline)) void loop_any(
	struct worker *worker, uint64_t deadline_ns, bool drains)
{
	turn_until(worker, deadline_ns, drains, false, false);
}

static HOT __attribute__((noinline)) void loop_due(
	struct worker *worker, uint64_t deadline_ns, bool drains)
{
	turn_until(worker, deadline_ns, drains, true, true);
}

void worker_loop(struct worker *worker, uint64_t deadline_ns, bool drains)
{
	bool is_single =
		worker->loop.slot_count == 1 && !worker->loop.is_recorded && !worker->loop.log;

	if (is_single && worker->loop.is_plain)
		loop_single(worker, deadline_ns, drains);
	else if (is_single && worker->loop.is_plain_due)
		loop_due(worker, deadline_ns, drains);
	else
		loop_any(worker, deadline_ns, drains);
}

/* The ramp: the same load without an end, thrown away. */
static void ramp(struct worker *worker)
{
	if (worker->task.job->ramp_time_ns == 0)
		return;
	worker->loop.wraps = true;
	worker->loop.bytes_left = worker->loop.ios_left = UINT64_MAX;
	worker_pace_open_ramp(worker);
	worker_loop(worker, worker->loop.schedule.end_ns, false);
	worker->loop.wraps = worker->task.wraps;
}

/* number_ios is of each loop, and of a trimwrite it counts blocks; time_based goes before it; as in
 * fio. */
static uint64_t ios_of_all_passes(const struct worker *worker)
{
	uint64_t ios, each = job_trims_and_writes(worker->task.job) ? 2 : 1;

	if (worker->task.job->number_ios == 0 || job_runs_by_time(worker->task.job) ||
		__builtin_mul_overflow(
			worker->task.job->number_ios, worker->task.pass_count, &ios) ||
		__builtin_mul_overflow(ios, each, &ios))
		return UINT64_MAX;
	return ios;
}

/* Whether it did I/O before its window. */
static bool has_lead(const struct worker *worker)
{
	return worker->task.job->ramp_time_ns != 0 || worker_goal_searches(worker);
}

/* Each window has a sample of its own, the first submission in it. */
static void begin_sample(struct worker_loop *loop)
{
	if (loop->stamp_mask == WORKER_STAMP_THIN_SAMPLE)
		loop->stamp_mask = WORKER_STAMP_SAMPLE;
	loop->turn = 0;
}

static void open_window(struct worker *worker)
{
	begin_sample(&worker->loop);
	worker_measure_into(&worker->loop, worker->outcome.measurement);
	worker_priority_open(worker);
	worker->loop.bytes_left = worker->task.pass_bytes;
	worker->loop.passes_left = worker->task.pass_count;
	worker->loop.ios_left = ios_of_all_passes(worker);
	if (has_lead(worker) && !worker->loop.wraps && !file_service_counts(&worker->loop.files)) {
		/* Cannot fail: nothing has to be opened. */
		(void)worker_restart_files(worker);
	}
	cpu_account_start(worker->loop.cpu_account);
	if (worker->loop.class->account)
		worker->loop.class->account(worker->loop.engine, NULL);
	worker->loop.measurement->punts = -kernel_counter_punts(worker->loop.punt_counter);
	worker->loop.measurement->syscalls_before = worker->loop.engine->syscalls;
	/* The ramp's own nudge, if it was late, is over. */
	atomic_store_explicit(&worker->was_nudged, false, memory_order_relaxed);
	/* However late a CPU was free for it: the others of its wave have the same window, but
	 * for those that search for their depth. */
	worker->loop.measurement->started_ns =
		worker->task.start_ns != 0 && !worker_goal_searches(worker)
			? worker->task.start_ns + worker->task.job->ramp_time_ns
			: clock_now();
	worker_interval_open(worker);
	worker_log_open(worker);
	atomic_store_explicit(&worker->progress.measuring_since_ns,
		worker->loop.measurement->started_ns, memory_order_relaxed);
	worker_set_phase(worker, WORKER_MEASURING);
}

/*
 * fsync_on_close and end_fsync belong to the work: one that is done by the file service counts as
 * if the engine had done it.
 */
static void count_file_sync(void *owner, const struct target *target, uint64_t start_ns, int error)
{
	struct worker *worker = owner;
	struct worker_measurement *measurement = worker->loop.measurement;
	struct worker_direction *sync = &measurement->directions[DIRECTION_SYNC];
	uint64_t now = clock_now();
	uint64_t taken_ns = now - start_ns;
	unsigned in_flight = worker->loop.in_flight + 1;

	/* Within a turn it is of the turn's interval, as the I/Os that are not recorded yet are. */
	if (worker->loop.is_ending && now >= worker->loop.interval_ends_ns)
		worker_interval_pass(worker, now, in_flight);
	note_completion(&worker->loop, now);
	if (worker->loop.is_recorded)
		worker_record_sync(worker, (unsigned)(target - worker->task.targets), start_ns);
	worker->outcome.file_syncs++;
	worker->loop.engine->syscalls++;
	worker_note_sent(measurement, 1, in_flight);
	worker_note_reaped(measurement, 1);
	measurement->depth_integral += (double)in_flight * (double)taken_ns;
	if (error == 0) {
		sync->ios++;
		histogram_record(worker->loop.lat[DIRECTION_SYNC], taken_ns, 1);
		histogram_record(measurement->closing_syncs, taken_ns, 1);
		return;
	}
	worker_io_failed(worker,
		&(struct slot){.op = IO_SYNC, .target = (uint16_t)(target - worker->task.targets)},
		-error);
}

/* No deadline breaks it off: to write back what is left may take longer than the rest. */
static void sync_at_end(struct worker *worker)
{
	const struct job *job = worker->task.job;
	bool syncs = job->end_fsync || worker->loop.files.syncs_on_close;

	if (!syncs || worker->outcome.error != 0 || worker->loop.in_flight > 0 || !job_writes(job))
		return;
	atomic_store_explicit(&worker->progress.deadline_ns, 0, memory_order_relaxed);
	worker->loop.is_ending = true;
	file_service_sync(&worker->loop.files, job->end_fsync);
}

void worker_miss_unreturned(struct worker *worker, uint64_t now_ns)
{
	worker->outcome.unreturned = worker_unreturned(worker, now_ns);
	worker_fail(worker, ETIMEDOUT, "the device or its driver holds them: see dmesg",
		"%u I/Os never came back", worker->loop.in_flight);
}

/* The server is what is measured: its costs become the job's, and the worker's the client's. */
static void take_account(struct worker *worker)
{
	struct worker_measurement *measurement = worker->loop.measurement;
	struct engine_account account;

	worker->loop.class->account(worker->loop.engine, &account);
	measurement->has_server = true;
	measurement->client_cpu = measurement->cpu;
	measurement->client_syscalls = measurement->syscalls;
	measurement->cpu = account.cpu;
	measurement->syscalls = account.syscalls;
	if (!account.is_known)
		worker_fail(worker, ECHILD, NULL, "the server is gone");
}

static void close_window(struct worker *worker)
{
	struct worker_measurement *measurement = worker->loop.measurement;

	measurement->ended_ns = clock_now();
	worker_interval_close(worker);
	worker_log_close(worker);
	measurement->cpu_number = sched_getcpu();
	measurement->syscalls = worker->loop.engine->syscalls - measurement->syscalls_before;
	cpu_account_stop(worker->loop.cpu_account, &measurement->cpu);
	if (worker->loop.class->account)
		take_account(worker);
	measurement->punts =
		worker->loop.punt_counter < 0
			? -1
			: measurement->punts + kernel_counter_punts(worker->loop.punt_counter);
	if (worker->loop.in_flight > 0)
		worker_miss_unreturned(worker, measurement->ended_ns);
	else if (worker->loop.class->prove)
		worker->loop.class->prove(worker->loop.engine, &worker->outcome.report);
}

void worker_run(struct worker *worker)
{
	const struct job *job = worker->task.job;
	uint64_t deadline_ns = UINT64_MAX;
	uint64_t ramp_ended_ns;

	worker->loop.files.on_sync = count_file_sync;
	worker->loop.files.owner = worker;
	worker_record_start(worker);
	ramp(worker);
	if (worker_goal_searches(worker) && !worker->loop.is_exhausted)
		worker_goal_search(worker, worker_loop);
	ramp_ended_ns = clock_now();
	/* Stopped in its ramp it has no window: of what little it could still do, rates are chance.
	 */
	if (has_lead(worker) && worker->loop.is_exhausted) {
		if (worker->loop.in_flight > 0)
			worker_miss_unreturned(worker, ramp_ended_ns);
		worker_report_passed_over(worker);
		return;
	}
	open_window(worker);
	if (job->runtime_ns != 0)
		deadline_ns = worker->loop.measurement->started_ns + job->runtime_ns;
	worker_pace_open_window(worker, ramp_ended_ns, deadline_ns);
	if (worker_goal_has_target(worker))
		worker_goal_run(worker, deadline_ns, worker_loop);
	else if (worker->verify)
		worker_verify_run(worker, deadline_ns, worker_loop);
	else
		worker_loop(worker, deadline_ns, true);
	sync_at_end(worker);
	close_window(worker);
	worker_report_passed_over(worker);
	worker_verify_report(worker);
}
