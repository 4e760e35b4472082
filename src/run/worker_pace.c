/* SPDX-License-Identifier: MIT */
#include "run/worker_pace.h"

#include <sys/prctl.h>

#include "base/clock.h"

#define CATCH_UP_LIMIT_NS (10 * NS_PER_S)

void worker_pace_prepare(struct worker *worker)
{
	const struct job *job = worker->job;

	worker->is_paced = job_is_paced(job);
	worker->is_timed = worker->is_paced || job->thinktime_ns != 0;
	worker->think.left = job->thinktime_ns != 0 ? job->thinktime_blocks : UINT64_MAX;
	if (!worker->is_timed)
		return;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		struct pacer_spec spec = job_pace_of(job, (enum io_direction)i);

		spec.seed = random_mix_seed(worker->schedule.seed, (uint64_t)i);
		pacer_init(&worker->schedule.pacers[i], &spec);
	}
	/* Timers that are up to 50 us late would be lag of our own. Cannot fail. */
	(void)prctl(PR_SET_TIMERSLACK, 1);
}

void worker_pace_open_ramp(struct worker *worker)
{
	worker->schedule.epoch_ns = worker->start_ns != 0 ? worker->start_ns : clock_now();
	worker->schedule.end_ns = worker->schedule.epoch_ns + worker->job->ramp_time_ns;
}

void worker_pace_open_window(struct worker *worker, uint64_t ramp_ended_ns, uint64_t deadline_ns)
{
	struct worker_schedule *schedule = &worker->schedule;

	if (worker->job->ramp_time_ns == 0)
		schedule->epoch_ns = worker->start_ns != 0 ? worker->start_ns : ramp_ended_ns;
	schedule->epoch_ns += clock_now() - ramp_ended_ns;
	schedule->end_ns = deadline_ns;
}

static uint64_t due_of(const struct worker *worker, enum io_direction direction)
{
	const struct worker_schedule *schedule = &worker->schedule;

	return schedule->epoch_ns + (uint64_t)schedule->pacers[direction].due_ns;
}

/*
 * The direction whose next I/O is the first to be due, and when. Where all have been sent that are
 * due before the schedule's end, that is at the end or later.
 */
static enum io_direction first_due(const struct worker *worker, uint64_t *due_ns)
{
	enum io_direction next = DIRECTION_READ;

	*due_ns = UINT64_MAX;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		enum io_direction direction = (enum io_direction)i;

		if (!job_does(worker->job, direction) || due_of(worker, direction) >= *due_ns)
			continue;
		*due_ns = due_of(worker, direction);
		next = direction;
	}
	return next;
}

/* When something is to be done next: an I/O, or the end. */
static uint64_t next_event(const struct worker *worker)
{
	uint64_t due_ns;

	(void)first_due(worker, &due_ns);
	return due_ns < worker->schedule.end_ns ? due_ns : worker->schedule.end_ns;
}

static void wait_until_due(struct worker *worker)
{
	struct worker_schedule *schedule = &worker->schedule;

	while (schedule->now_ns < next_event(worker) && !worker_must_stop(worker)) {
		worker->measurement->pacing_ns += clock_wait_until(next_event(worker));
		schedule->now_ns = clock_now();
	}
}

/* thinktime: one pause, or what comes of it before the end. */
static void think(struct worker *worker)
{
	uint64_t now = worker->schedule.now_ns;
	uint64_t end_ns;

	if (worker->think.until_ns == 0)
		worker->think.until_ns = now + worker->job->thinktime_ns;
	end_ns = worker->think.until_ns;
	if (end_ns > worker->schedule.end_ns)
		end_ns = worker->schedule.end_ns;
	while (now < end_ns && !worker_must_stop(worker)) {
		worker->measurement->pacing_ns += clock_wait_until(end_ns);
		now = clock_now();
	}
	if (now >= worker->think.until_ns && now < worker->schedule.end_ns) {
		worker->think.until_ns = 0;
		worker->think.left = worker->job->thinktime_blocks;
	}
}

void worker_pace_wait(struct worker *worker, bool is_stamped)
{
	struct worker_schedule *schedule = &worker->schedule;
	uint64_t start_ns = clock_now();

	schedule->now_ns = start_ns;
	/* A sync belongs to the writes before it. */
	if (worker->is_exhausted || worker->in_flight > 0 || worker->batch_count > 0 ||
		mix_sync_is_due(&worker->mix))
		return;
	if (worker->is_paced)
		wait_until_due(worker);
	else if (worker->think.left == 0)
		think(worker);
	if (is_stamped)
		worker->measurement->stamped_turn_ns += clock_now() - start_ns;
}

bool worker_pace_allows(struct worker *worker)
{
	const struct worker_schedule *schedule = &worker->schedule;
	enum io_direction direction;
	uint64_t due_ns;

	if (mix_sync_is_due(&worker->mix)) /* It belongs to the writes before it. */
		return true;
	if (!worker->is_paced)
		return worker->think.left > 0;
	direction = first_due(worker, &due_ns);
	if (due_ns > schedule->now_ns || due_ns >= schedule->end_ns)
		return false;
	mix_choose(&worker->mix, direction);
	return true;
}

void worker_pace_stamp(struct worker *worker, struct slot *slot)
{
	enum io_direction direction = io_op_direction((enum io_op)slot->op);

	slot->due_ns = 0;
	if (direction >= DATA_DIRECTION_COUNT)
		return;
	worker->think.left--;
	if (!worker->is_paced)
		return;
	slot->due_ns = due_of(worker, direction);
	pacer_advance(&worker->schedule.pacers[direction], slot->length);
}

void worker_pace_record(struct worker *worker, const struct slot *slot, uint64_t now)
{
	struct worker_direction *direction =
		&worker->measurement->directions[io_op_direction(slot->op)];
	uint64_t due_ns = slot->due_ns ? slot->due_ns : slot->start_ns;

	histogram_record(&direction->lat, now - due_ns, 1);
	if (slot->due_ns != 0) {
		histogram_record(&direction->lag, slot->start_ns - due_ns, 1);
		histogram_record(&direction->service, now - slot->start_ns, 1);
	}
	if (slot->submitted_ns == 0)
		return;
	histogram_record(&direction->slat, slot->submitted_ns - slot->start_ns, 1);
	histogram_record(&direction->clat, now - slot->submitted_ns, 1);
}

bool worker_pace_is_ahead(const struct worker *worker)
{
	uint64_t due_ns;

	if (worker->think.left == 0)
		return true;
	if (!worker->is_paced || worker->is_exhausted)
		return false;
	(void)first_due(worker, &due_ns);
	return due_ns > worker->schedule.now_ns || due_ns >= worker->schedule.end_ns;
}

bool worker_pace_is_behind(const struct worker *worker, uint64_t now)
{
	uint64_t runtime_ns = worker->job->runtime_ns;
	uint64_t patience_ns = runtime_ns < CATCH_UP_LIMIT_NS ? runtime_ns : CATCH_UP_LIMIT_NS;
	uint64_t due_ns;

	if (!worker->is_paced)
		return false;
	(void)first_due(worker, &due_ns);
	return due_ns < worker->schedule.end_ns && now < worker->schedule.end_ns + patience_ns;
}

/* Lowers *min where nothing may be waited for. Returns the timeout, in ns, or -1. */
static int64_t choose_timeout(struct worker *worker, bool has_sent, unsigned *min)
{
	uint64_t event_ns = next_event(worker);
	uint64_t now;

	worker->schedule.is_looking = false;
	/* What is due has no slot, or no open file: it waits for completions. */
	if (worker->is_exhausted || (event_ns <= worker->schedule.now_ns && !has_sent))
		return -1;
	now = clock_now();
	if (event_ns > now + CLOCK_SPIN_NS)
		return (int64_t)(event_ns - now - CLOCK_SPIN_NS);
	*min = 0;
	worker->schedule.is_looking = !has_sent;
	return 0;
}

/* What a turn took that was only looking, until the time had come, is the rate's doing. */
static void note_look(struct worker *worker)
{
	uint64_t event_ns = next_event(worker);
	uint64_t now = clock_now();

	worker->measurement->pacing_ns +=
		(now < event_ns ? now : event_ns) - worker->schedule.now_ns;
}

int worker_pace_reap(struct worker *worker, bool has_sent, unsigned min)
{
	int64_t timeout_ns = choose_timeout(worker, has_sent, &min);
	int reaped = worker->class->reap(
		worker->engine, worker->done, min, worker->complete_max, timeout_ns);

	if (reaped == 0 && worker->schedule.is_looking)
		note_look(worker);
	return reaped;
}

static void count_unsent(struct worker *worker, enum io_direction direction, uint64_t until_ns)
{
	struct worker_direction *measured = &worker->measurement->directions[direction];
	const struct block_size_spec *sizes = &worker->job->block_sizes.of[direction];
	double mean_bytes = (double)sizes->min_bytes;

	if (measured->ios > 0)
		mean_bytes = (double)measured->bytes / (double)measured->ios;
	measured->unsent += pacer_count_until(&worker->schedule.pacers[direction],
		(double)(until_ns - worker->schedule.epoch_ns), mean_bytes);
}

void worker_pace_give_up(struct worker *worker)
{
	uint64_t until_ns = clock_now();

	if (until_ns > worker->schedule.end_ns)
		until_ns = worker->schedule.end_ns;
	for (unsigned i = 0; i < worker->batch_count; i++) {
		enum io_direction direction = io_op_direction((enum io_op)worker->batch[i]->op);

		worker->measurement->directions[direction].unsent++;
	}
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (job_does(worker->job, (enum io_direction)i))
			count_unsent(worker, (enum io_direction)i, until_ns);
	}
}
