/* SPDX-License-Identifier: MIT */
/* From completions to the records of fio's logs. */
#include "run/worker_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "result/fio.h"
#include "run/worker_priority.h"

struct mean {
	uint64_t count;
	uint64_t sum_ns;
	uint64_t max_ns;
};

struct figures {
	uint64_t ios;
	uint64_t bytes;
	struct mean lat, clat, slat;
};

struct window {
	uint64_t began_ns;
	size_t first_byte; /* of its records */
	struct figures directions[DATA_DIRECTION_COUNT];
};

struct worker_log_state {
	uint64_t origin_ns;
	uint64_t ends_ns; /* the current window; UINT64_MAX: there are no windows */
	uint64_t histogram_ends_ns;
	struct window window;
	struct window before; /* the last that is recorded */
	uint64_t counts[DATA_DIRECTION_COUNT][FIO_BINS];
};

/* Half as much as long as the kernel refuses: memory may not be promised beyond what there is. */
static int map_records(struct worker_log_records *records, size_t record_bytes, uint64_t bytes)
{
	int protection = PROT_READ | PROT_WRITE;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

	for (; bytes >= record_bytes; bytes /= 2) {
		char *memory = mmap(NULL, bytes, protection, flags, -1, 0);

		if (memory == MAP_FAILED)
			continue;
		*records = (struct worker_log_records){
			.memory = memory, .record_bytes = record_bytes, .limit = bytes};
		return 0;
	}
	return -ENOMEM;
}

static void unmap_records(struct worker_log_records *records)
{
	if (records->memory)
		munmap(records->memory, records->limit);
	*records = (struct worker_log_records){0};
}

/* NULL: the log ends here. */
static void *take_record(struct worker_log_records *records)
{
	void *record = records->memory + records->used;

	if (records->is_full || records->limit - records->used < records->record_bytes) {
		records->is_full = true;
		return NULL;
	}
	records->used += records->record_bytes;
	return record;
}

static bool has_lines(const struct job_logs *logs)
{
	return logs->bw || logs->iops || logs->lat;
}

/* A third of the share for each kind: what is not used is not taken from anybody. */
int worker_log_prepare(struct worker *worker, uint64_t share_bytes)
{
	const struct job_logs *logs = &worker->task.job->rare->logs;
	struct worker_log *log = &worker->log;
	uint64_t bytes = share_bytes / 3;
	int error = 0;

	if (share_bytes == 0 || !(has_lines(logs) || logs->hist))
		return 0;
	log->bins = FIO_BINS >> logs->hist_coarseness;
	log->state = calloc(1, sizeof(*log->state));
	if (!log->state)
		return -ENOMEM;
	if (has_lines(logs))
		error = logs->avg_ns > 0
				? map_records(
					  &log->windows, sizeof(struct worker_log_window), bytes)
				: map_records(&log->ios, sizeof(struct worker_log_io), bytes);
	if (error == 0 && logs->hist)
		error = map_records(&log->histograms,
			sizeof(struct worker_log_histogram) + log->bins * sizeof(uint64_t), bytes);
	return error;
}

void worker_log_free(struct worker_log *log)
{
	unmap_records(&log->ios);
	unmap_records(&log->windows);
	unmap_records(&log->histograms);
	free(log->state);
	log->state = NULL;
}

void worker_log_open(struct worker *worker)
{
	const struct job_logs *logs = &worker->task.job->rare->logs;
	struct worker_log_state *state = worker->log.state;

	if (!state)
		return;
	state->origin_ns = state->window.began_ns = worker->outcome.measurement->started_ns;
	state->ends_ns = worker->log.windows.memory ? state->origin_ns + logs->avg_ns : UINT64_MAX;
	state->histogram_ends_ns = worker->log.histograms.memory && logs->hist_ns > 0
					   ? state->origin_ns + logs->hist_ns
					   : UINT64_MAX;
	worker->loop.log = &worker->log;
}

static uint64_t mean_of(const struct mean *mean, bool is_max)
{
	if (mean->count == 0)
		return WORKER_LOG_NONE;
	return is_max ? mean->max_ns : (mean->sum_ns + mean->count / 2) / mean->count;
}

static void end_window(struct worker *worker, uint64_t ended_ns)
{
	const struct job *job = worker->task.job;
	struct worker_log_state *state = worker->log.state;

	for (unsigned d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const struct figures *figures = &state->window.directions[d];
		struct worker_log_window *record;

		if (!job_does(job, (enum io_direction)d))
			continue;
		record = take_record(&worker->log.windows);
		if (!record)
			break;
		*record = (struct worker_log_window){
			.at_ns = ended_ns - state->origin_ns,
			.duration_ns = ended_ns - state->window.began_ns,
			.ios = figures->ios,
			.bytes = figures->bytes,
			.lat_ns = mean_of(&figures->lat, job->rare->logs.max_value),
			.clat_ns = mean_of(&figures->clat, job->rare->logs.max_value),
			.slat_ns = mean_of(&figures->slat, job->rare->logs.max_value),
			.direction = d,
		};
	}
	state->before = state->window;
	state->window =
		(struct window){.began_ns = ended_ns, .first_byte = worker->log.windows.used};
}

static void add_mean(struct mean *into, const struct mean *from)
{
	into->count += from->count;
	into->sum_ns += from->sum_ns;
	into->max_ns = from->max_ns > into->max_ns ? from->max_ns : into->max_ns;
}

/* Takes the window before back: the current one goes on from its beginning. */
static void join_before(struct worker_log *log)
{
	struct window *window = &log->state->window;
	const struct window *before = &log->state->before;

	for (unsigned d = 0; d < DATA_DIRECTION_COUNT; d++) {
		struct figures *into = &window->directions[d];
		const struct figures *from = &before->directions[d];

		into->ios += from->ios;
		into->bytes += from->bytes;
		add_mean(&into->lat, &from->lat);
		add_mean(&into->clat, &from->clat);
		add_mean(&into->slat, &from->slat);
	}
	window->began_ns = before->began_ns;
	log->windows.used = before->first_byte;
}

/*
 * Less than half a window belongs to the one before, as in the series: a job ends some µs past its
 * runtime, and the rate of those would be chance.
 */
static void end_last_window(struct worker *worker, uint64_t ended_ns)
{
	struct worker_log_state *state = worker->log.state;
	uint64_t rest_ns = ended_ns - state->window.began_ns;

	if (rest_ns == 0)
		return;
	if (rest_ns < worker->task.job->rare->logs.avg_ns / 2 &&
		state->window.began_ns > state->origin_ns && !worker->log.windows.is_full)
		join_before(&worker->log);
	end_window(worker, ended_ns);
}

static bool is_empty(const uint64_t *counts)
{
	return counts[0] == 0 && memcmp(counts, counts + 1, (FIO_BINS - 1) * sizeof(*counts)) == 0;
}

static void end_histogram(struct worker *worker, uint64_t ended_ns)
{
	struct worker_log_state *state = worker->log.state;
	unsigned coarseness = worker->task.job->rare->logs.hist_coarseness;

	for (unsigned d = 0; d < DATA_DIRECTION_COUNT; d++) {
		struct worker_log_histogram *record;

		if (is_empty(state->counts[d]))
			continue;
		record = take_record(&worker->log.histograms);
		if (!record)
			break;
		record->at_ns = ended_ns - state->origin_ns;
		record->direction = d;
		for (unsigned i = 0; i < FIO_BINS; i++)
			record->counts[i >> coarseness] += state->counts[d][i];
		memset(state->counts[d], 0, sizeof(state->counts[d]));
	}
}

/* Windows without an I/O have records, too; histograms have none. */
static void pass_ends(struct worker *worker, uint64_t now_ns)
{
	struct worker_log_state *state = worker->log.state;
	const struct job_logs *logs = &worker->task.job->rare->logs;

	while (now_ns >= state->ends_ns && !worker->log.windows.is_full) {
		end_window(worker, state->ends_ns);
		state->ends_ns += logs->avg_ns;
	}
	if (now_ns >= state->histogram_ends_ns) {
		end_histogram(worker, state->histogram_ends_ns);
		state->histogram_ends_ns +=
			((now_ns - state->histogram_ends_ns) / logs->hist_ns + 1) * logs->hist_ns;
	}
}

static void add(struct mean *mean, uint64_t value_ns)
{
	if (value_ns == WORKER_LOG_NONE)
		return;
	mean->count++;
	mean->sum_ns += value_ns;
	mean->max_ns = value_ns > mean->max_ns ? value_ns : mean->max_ns;
}

static void add_to_figures(struct figures *figures, const struct worker_log_io *io)
{
	figures->ios++;
	figures->bytes += io->bytes;
	add(&figures->lat, io->lat_ns);
	add(&figures->clat, io->clat_ns);
	add(&figures->slat, io->slat_ns);
}

/* Others have no part of theirs to be short of. */
static bool moves_data(const struct slot *slot)
{
	return slot->op < IO_TRIM || slot->op > IO_DATASYNC;
}

/* Without a stamp after the submission clat is of the whole call, as in fio. */
static struct worker_log_io describe(
	const struct worker *worker, const struct slot *slot, uint64_t now_ns)
{
	bool is_stamped = slot->submitted_ns != 0;

	return (struct worker_log_io){
		.at_ns = now_ns - worker->log.state->origin_ns,
		.lat_ns = now_ns - (slot->due_ns != 0 ? slot->due_ns : slot->start_ns),
		.clat_ns = now_ns - (is_stamped ? slot->submitted_ns : slot->start_ns),
		.slat_ns = is_stamped ? slot->submitted_ns - slot->start_ns : WORKER_LOG_NONE,
		.offset = slot->offset,
		.bytes = moves_data(slot) ? (uint32_t)slot->result : slot->length,
		.direction = (uint16_t)io_op_direction(slot->op),
		.priority = worker->loop.priorities ? worker->loop.priorities->of_slots[slot->index]
						    : worker->task.job->rare->host.io_priority,
	};
}

static void record_io(struct worker *worker, const struct worker_log_io *io)
{
	struct worker_log *log = &worker->log;

	if (log->ios.memory) {
		struct worker_log_io *record = take_record(&log->ios);

		if (record)
			*record = *io;
	}
	if (log->windows.memory)
		add_to_figures(&log->state->window.directions[io->direction], io);
	if (log->histograms.memory)
		log->state->counts[io->direction][fio_latency_bin(io->clat_ns)]++;
}

/* As the worker counts them: what failed, or was broken off by the end, is no I/O. */
static bool is_counted(const struct worker *worker, const struct slot *slot)
{
	if (slot->result < 0 || io_op_direction(slot->op) == DIRECTION_SYNC)
		return false;
	if (!moves_data(slot) || slot->result == (int32_t)slot->length)
		return true;
	return !(slot->result == 0 && worker->task.targets[slot->target].kind == TARGET_BLOCK) &&
	       !atomic_load_explicit(&worker->was_nudged, memory_order_relaxed);
}

void worker_log_turn(struct worker *worker, unsigned count, uint64_t now_ns)
{
	pass_ends(worker, now_ns);
	for (unsigned i = 0; i < count; i++) {
		const struct slot *slot = worker->loop.done[i];

		if (is_counted(worker, slot)) {
			struct worker_log_io io = describe(worker, slot, now_ns);

			record_io(worker, &io);
		}
	}
}

void worker_log_close(struct worker *worker)
{
	uint64_t ended_ns = worker->outcome.measurement->ended_ns;
	struct worker_log *log = worker->loop.log;

	worker->loop.log = NULL;
	if (!log)
		return;
	pass_ends(worker, ended_ns);
	if (log->windows.memory)
		end_last_window(worker, ended_ns);
	if (log->histograms.memory)
		end_histogram(worker, ended_ns);
}
