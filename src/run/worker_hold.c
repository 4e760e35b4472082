/* SPDX-License-Identifier: MIT */
/* Pauses, limits, flows and floors: when a job without due times may send its next I/O. */
#include "run/worker_hold.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>

#include "base/clock.h"
#include "base/units.h"

#define SETTLE_NS (2 * NS_PER_S) /* fio's, before a floor is judged */

static const struct job_pace *pace_of(const struct worker *worker)
{
	return &worker->task.job->rare->pace;
}

/* Without a TSC that counts time a cycle is taken for 1 ns. */
static double ns_per_cycle(void)
{
	return clock_scale.uses_tsc ? ldexp((double)clock_scale.multiplier, -32) : 1;
}

static bool has_floor(const struct job_floor *floor, int direction)
{
	return floor->bytes.value[direction] > 0 || floor->ios.value[direction] > 0;
}

bool worker_hold_prepare(struct worker *worker)
{
	const struct job *job = worker->task.job;
	const struct job_think *think = &job->rare->pace.think;
	struct worker_hold *hold = &worker->loop.hold;

	hold->is_limited = job_is_limited(job);
	hold->mix_limit = worker->loop.mix.read_limit;
	hold->pause_at = UINT64_MAX;
	if (think->time_ns != 0 && (think->iotime_ns == 0 || job_sets(job, "thinktime_blocks")))
		hold->pause_at = think->blocks;
	hold->cycle_ns = (double)think->cycles * ns_per_cycle();
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		hold->has_floor = hold->has_floor || has_floor(&job->rare->pace.floor, i);
	return job_is_held(job) || hold->has_floor;
}

static void fail_by_floor(
	struct worker *worker, enum io_direction direction, double got, uint64_t floor)
{
	const struct job_floor *asked = &pace_of(worker)->floor;
	char floor_text[UNITS_TEXT_BYTES], got_text[UNITS_TEXT_BYTES];

	if (asked->bytes.value[direction] > 0) {
		units_format_exact_size(floor_text, floor);
		units_format_bytes(got_text, got);
		worker_fail(worker, EIO, NULL, "%ss: rate_min=%s was not met: %s/s",
			io_direction_name(direction), floor_text, got_text);
	} else {
		units_format_count(got_text, got);
		worker_fail(worker, EIO, NULL,
			"%ss: rate_iops_min=%" PRIu64 " was not met: %s IOPS",
			io_direction_name(direction), floor, got_text);
	}
	worker->loop.is_exhausted = true;
}

/* As fio: from one sample to the next that is rate_cycle or more later. */
static void check_floor(struct worker *worker, enum io_direction direction)
{
	const struct job_floor *floor = &pace_of(worker)->floor;
	const struct worker_direction *done = &worker->loop.measurement->directions[direction];
	struct floor_sample *last = &worker->loop.hold.floor[direction];
	uint64_t now = worker->loop.schedule.now_ns;
	uint64_t spent_ns = now - last->taken_ns;
	bool is_of_bytes = floor->bytes.value[direction] > 0;
	uint64_t least = is_of_bytes ? floor->bytes.value[direction] : floor->ios.value[direction];
	double got;

	if (done->ios == 0)
		return;
	if (last->taken_ns != 0) {
		if (spent_ns < floor->cycle_ns || spent_ns == 0)
			return;
		got = (double)(is_of_bytes ? done->bytes - last->bytes : done->ios - last->ios) *
		      (double)NS_PER_S / (double)spent_ns;
		if (got < (double)least) {
			fail_by_floor(worker, direction, got, least);
			return;
		}
	}
	*last = (struct floor_sample){done->bytes, done->ios, now};
}

void worker_hold_look(struct worker *worker)
{
	const struct worker_measurement *measurement = worker->loop.measurement;

	if (!worker->loop.hold.has_floor || measurement != worker->outcome.measurement ||
		worker->loop.schedule.now_ns < measurement->started_ns + SETTLE_NS)
		return;
	for (int i = 0; i < DATA_DIRECTION_COUNT && !worker->loop.is_exhausted; i++) {
		if (has_floor(&pace_of(worker)->floor, i))
			check_floor(worker, (enum io_direction)i);
	}
}

/* Whether the mix has I/Os of this direction. */
static bool has_share(const struct worker *worker, enum io_direction direction)
{
	const struct job *job = worker->task.job;

	if (!job_does(job, direction))
		return false;
	if (!worker->loop.mix.reads_and_writes)
		return true;
	return direction == DIRECTION_READ ? job->rwmixread > 0 : job->rwmixread < 100;
}

static bool is_due(const struct worker *worker, enum io_direction direction)
{
	return schedule_due(&worker->loop.schedule, direction) <= worker->loop.schedule.now_ns;
}

/* fio's rate_ddir: the direction that the mix wants, or, where that is ahead of its limit and the
 * other is not, the other. */
static bool choose_within_limits(struct worker *worker)
{
	struct mix *mix = &worker->loop.mix;
	enum io_direction other, wanted;

	if (!mix->reads_and_writes)
		return is_due(worker,
			mix->is_trimwrite ? DIRECTION_WRITE : io_op_direction(mix->only_op));
	mix->read_limit = worker->loop.hold.mix_limit;
	wanted = io_op_direction(mix_read_or_write(mix));
	if (!is_due(worker, wanted)) {
		other = wanted == DIRECTION_READ ? DIRECTION_WRITE : DIRECTION_READ;
		if (!has_share(worker, other) || !is_due(worker, other))
			return false;
		wanted = other;
	}
	mix_choose(mix, wanted);
	return true;
}

static uint64_t less_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* thinktime: fio looks whenever an I/O has been sent, and counts those that are back, or all. */
static bool pauses(struct worker *worker)
{
	const struct job_think *think = &pace_of(worker)->think;
	struct worker_hold *hold = &worker->loop.hold;
	uint64_t now = worker->loop.schedule.now_ns;
	uint64_t counted = hold->sent;
	uint64_t since_ns =
		hold->io_since_ns != 0 ? hold->io_since_ns : worker->loop.schedule.epoch_ns;

	if (hold->is_pause_due)
		return true;
	if (think->time_ns == 0 || hold->sent == hold->sent_at_pause)
		return false;
	if (think->blocks_type == THINK_COMPLETE) /* Syncs are in flight too. */
		counted -= less_of(worker->loop.in_flight + worker->loop.batch_count, counted);
	if (counted < hold->pause_at &&
		(think->iotime_ns == 0 || now < since_ns + think->iotime_ns + think->time_ns))
		return false;
	if (hold->pause_at != UINT64_MAX)
		hold->pause_at = counted + think->blocks;
	hold->io_since_ns = now;
	hold->sent_at_pause = hold->sent;
	hold->is_pause_due = true;
	return true;
}

bool worker_hold_allows(struct worker *worker)
{
	struct worker_hold *hold = &worker->loop.hold;

	hold->is_held = pauses(worker) || (hold->is_limited && !choose_within_limits(worker)) ||
			(hold->flow.flow && flow_is_ahead(&hold->flow));
	return !hold->is_held;
}

static void spend_awake(struct worker *worker, uint64_t until_ns)
{
	uint64_t began_ns = clock_now(), now = began_ns;

	while (now < until_ns && !worker_must_stop(worker))
		now = clock_now();
	worker->loop.measurement->pacing_ns += now - began_ns;
}

void worker_hold_sent(struct worker *worker, const struct slot *slot)
{
	struct worker_hold *hold = &worker->loop.hold;
	enum io_direction direction = io_op_direction((enum io_op)slot->op);

	hold->sent++;
	hold->last = direction;
	if (hold->is_limited)
		pacer_advance(&worker->loop.schedule.pacers[direction], slot->length);
	if (hold->flow.flow)
		flow_count(&hold->flow);
	if (hold->cycle_ns > 0)
		spend_awake(worker, clock_now() + (uint64_t)hold->cycle_ns);
}

/* rate_ignore_thinktime, as fio: what the rate would have made in the pause is taken for done, but
 * for one block, which is sent at once. */
static void forget_pause(struct worker *worker, uint64_t slept_ns)
{
	const struct job *job = worker->task.job;
	struct pacer *pacer = &worker->loop.schedule.pacers[worker->loop.hold.last];
	double block = (double)job->block_sizes.of[worker->loop.hold.last].min_bytes;
	double gap_ns = pacer->ns_per_io + pacer->ns_per_byte * block;

	if (!pace_of(worker)->think.rate_ignores || gap_ns <= 0)
		return;
	pacer->due_ns += (double)slept_ns - (gap_ns <= (double)slept_ns ? gap_ns : 0);
}

/* One pause, or what comes of it before the end. */
static void pause_now(struct worker *worker)
{
	const struct job_think *think = &pace_of(worker)->think;
	struct worker_hold *hold = &worker->loop.hold;
	uint64_t now = worker->loop.schedule.now_ns;
	uint64_t end_ns, awake_until_ns;

	if (hold->paused_until_ns == 0) {
		hold->paused_since_ns = now;
		hold->paused_until_ns = now + think->time_ns;
	}
	end_ns = hold->paused_until_ns;
	if (end_ns > worker->loop.schedule.end_ns)
		end_ns = worker->loop.schedule.end_ns;
	awake_until_ns = hold->paused_since_ns + think->spin_ns;
	if (think->spin_ns > 0 && now < awake_until_ns) {
		spend_awake(worker, awake_until_ns < end_ns ? awake_until_ns : end_ns);
		now = clock_now();
	}
	while (now < end_ns && !worker_must_stop(worker)) {
		worker->loop.measurement->pacing_ns += clock_wait_until(end_ns);
		now = clock_now();
	}
	worker->loop.schedule.now_ns = now;
	if (now < hold->paused_until_ns || now >= worker->loop.schedule.end_ns)
		return;
	forget_pause(worker, now - hold->paused_since_ns);
	hold->paused_until_ns = 0;
	hold->is_pause_due = false;
}

/* When the first of its limits lets something through. */
static uint64_t next_due(const struct worker *worker)
{
	const struct worker_schedule *schedule = &worker->loop.schedule;
	uint64_t next_ns = schedule->end_ns;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		enum io_direction direction = (enum io_direction)i;
		bool counts = worker->loop.mix.is_trimwrite ? direction == DIRECTION_WRITE
							    : has_share(worker, direction);

		if (counts && schedule_due(schedule, direction) < next_ns)
			next_ns = schedule_due(schedule, direction);
	}
	return next_ns;
}

static void wait_for_limit(struct worker *worker)
{
	struct worker_schedule *schedule = &worker->loop.schedule;
	uint64_t next_ns = next_due(worker);

	while (schedule->now_ns < next_ns && !worker_must_stop(worker)) {
		worker->loop.measurement->pacing_ns += clock_wait_until(next_ns);
		schedule->now_ns = clock_now();
	}
}

/* The others' I/Os let it go on: nobody wakes it up. */
static void wait_for_others(struct worker *worker)
{
	struct worker_schedule *schedule = &worker->loop.schedule;
	uint64_t sleep_ns = pace_of(worker)->flow.sleep_ns;
	uint64_t began_ns = schedule->now_ns;
	uint64_t until_ns = began_ns + sleep_ns;

	if (sleep_ns == 0) {
		(void)sched_yield(); /* It cannot fail. */
		schedule->now_ns = clock_now();
		worker->loop.measurement->pacing_ns += schedule->now_ns - began_ns;
		return;
	}
	if (until_ns > schedule->end_ns)
		until_ns = schedule->end_ns;
	worker->loop.measurement->pacing_ns += clock_wait_until(until_ns);
	schedule->now_ns = clock_now();
}

void worker_hold_wait(struct worker *worker)
{
	struct worker_hold *hold = &worker->loop.hold;

	if (pauses(worker))
		pause_now(worker);
	if (!hold->is_pause_due && hold->is_limited)
		wait_for_limit(worker);
	if (hold->is_held && !hold->is_pause_due && hold->flow.flow && flow_is_ahead(&hold->flow))
		wait_for_others(worker);
}
