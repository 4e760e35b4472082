/* SPDX-License-Identifier: MIT */
/* Writes that are stamped and logged, and read back to be judged. */
#include "run/worker_verify.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/units.h"
#include "engine/target_open.h"
#include "job/job_verify_rules.h"
#include "run/plan_verify.h"
#include "run/worker_fill.h"
#include "run/worker_goal.h"
#include "run/worker_priority.h"

enum {
	QUEUE_LIMIT = 1 << 20,
	QUEUE_LEAST = 1024,
};

static const struct job_verify *asked(const struct worker *worker)
{
	return &worker->task.job->rare->verify;
}

/* ---- sending ---- */

/* An I/O that worker_fill has drawn. */
static void note_drawn(struct worker *worker, struct slot *slot)
{
	struct worker_verify *verify = worker->verify;

	verify->reads[slot->index].run.length = 0;
	if (slot->op == IO_WRITE) {
		verify->sequence++;
		verify->backlog.drawn++;
		verify->trims.drawn++;
		if (verify->stamps)
			verify_block_fill(&verify->format, verify->sequence, slot->buffer,
				slot->length, slot->offset);
	} else if (slot->op == IO_READ && verify->judges_reads) {
		verify->reads[slot->index].run = (struct verify_run){.offset = slot->offset,
			.length = slot->length,
			.target = slot->target,
			.is_from_start = true};
		return;
	} else if (slot->op != IO_TRIM) {
		return;
	}
	if (verify->has_log)
		verify_log_begin(&verify->log, slot->index,
			&(struct state_flight){.offset = slot->offset,
				.length = slot->length,
				.target = slot->target,
				.number = verify->sequence,
				.is_trim = slot->op == IO_TRIM});
}

static struct slot *take_idle(struct worker *worker)
{
	return worker->loop.idle[--worker->loop.idle_count];
}

static bool has_room(const struct worker *worker)
{
	return worker->loop.batch_count < worker->loop.batch_submit && worker->loop.idle_count > 0;
}

static void send_run(struct worker *worker, const struct verify_run *run, enum io_op op)
{
	struct slot *slot = take_idle(worker);

	slot->op = (uint8_t)op;
	slot->start_ns = slot->due_ns = 0;
	slot->target = (uint16_t)run->target;
	slot->offset = run->offset;
	slot->length = run->length;
	if (file_service_counts(&worker->loop.files))
		file_service_hold(&worker->loop.files, slot->target);
	worker->loop.batch[worker->loop.batch_count++] = slot;
	if (op == IO_READ)
		worker->verify->reads[slot->index].run = *run;
	else
		note_drawn(worker, slot);
}

static bool pop(struct verify_queue *queue, struct verify_run *run)
{
	if (queue->count == 0)
		return false;
	*run = queue->runs[queue->first];
	queue->first = (queue->first + 1) % queue->capacity;
	queue->count--;
	return true;
}

/* False: it is full, and the run is left for the end of the pass. */
static bool push(struct verify_queue *queue, const struct verify_run *run)
{
	if (queue->count == queue->capacity)
		return false;
	queue->runs[(queue->first + queue->count++) % queue->capacity] = *run;
	return true;
}

/* What is due of a queue goes first. */
static void send_due(struct worker *worker, struct verify_queue *queue, enum io_op op)
{
	struct verify_run run;

	while (queue->due > 0 && has_room(worker) && !worker->loop.is_exhausted) {
		if (!pop(queue, &run)) {
			queue->due = 0;
			return;
		}
		queue->due--;
		/* Written anew since, it is another run's; of a file that openfiles has closed it
		 * is verified in the end. */
		if (verify_log_holds(&worker->verify->log, &run) &&
			worker->loop.files.files[run.target].is_open)
			send_run(worker, &run, op);
	}
}

/* How many more writes may be drawn until those before them are verified or trimmed. */
static uint64_t writes_left(const struct verify_queue *queue)
{
	if (queue->after == 0)
		return UINT64_MAX;
	if (queue->due > 0)
		return 0;
	return queue->after - queue->drawn;
}

/* Slots that others have judged meanwhile are idle again. With nothing else to wait for: waits for
 * one. */
static void take_judged(struct worker *worker)
{
	struct worker_loop *loop = &worker->loop;
	struct verify_pool *pool = worker->verify->pool;
	int slot;

	while (pool) {
		bool waits =
			loop->idle_count == 0 && loop->in_flight == 0 && loop->batch_count == 0;

		slot = verify_pool_take(pool, waits);
		if (slot < 0)
			break;
		loop->idle[loop->idle_count++] = &loop->slots[slot];
	}
	if (pool && asked(worker)->fatal && verify_pool_has_wrong(pool))
		loop->is_exhausted = true;
}

/* Until all is judged. */
static void settle(struct worker *worker)
{
	struct verify_pool *pool = worker->verify->pool;
	int slot;

	while (pool && (slot = verify_pool_take(pool, true)) >= 0)
		worker->loop.idle[worker->loop.idle_count++] = &worker->loop.slots[slot];
}

static void fill_writes(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;
	unsigned limit = worker->loop.batch_submit, first;
	uint64_t left;

	take_judged(worker);
	send_due(worker, &verify->trims, IO_TRIM);
	send_due(worker, &verify->backlog, IO_READ);
	left = writes_left(&verify->backlog);
	if (writes_left(&verify->trims) < left)
		left = writes_left(&verify->trims);
	first = worker->loop.batch_count;
	if (left < limit - (limit < first ? limit : first))
		worker->loop.batch_submit = first + (unsigned)left;
	worker_fill(worker);
	/* serialize_overlap: it waits for reads that are back, but not judged. */
	if (worker->loop.overlap.held && worker->loop.batch_count == 0 &&
		worker->loop.in_flight == 0) {
		settle(worker);
		worker_fill(worker);
	}
	worker->loop.batch_submit = limit;
	for (unsigned i = first; i < worker->loop.batch_count; i++)
		note_drawn(worker, worker->loop.batch[i]);
}

/* Whether the file is open; where openfiles limits them, those before it make room. */
static bool open_for(struct worker *worker, unsigned target)
{
	struct file_service *files = &worker->loop.files;

	if (!file_service_counts(files) || files->files[target].is_open)
		return true;
	for (unsigned i = 0; i < target; i++) {
		int error = files->files[i].is_done ? 0 : file_service_finish(files, i);

		if (error == 0)
			continue;
		worker_fail(
			worker, -error, NULL, "cannot open the next file: %s", strerror(-error));
		worker->loop.is_exhausted = true;
		return false;
	}
	return files->files[target].is_open;
}

/* The phase after a pass. */
static void fill_reads(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;
	struct verify_cursor before = verify->cursor;
	struct verify_run run;

	take_judged(worker);
	while (has_room(worker) && !worker->loop.is_exhausted) {
		before = verify->cursor;
		if (!verify_log_next(
			    &verify->log, &verify->cursor, worker->loop.buffer_bytes, &run)) {
			worker->loop.is_exhausted = true;
			return;
		}
		if (run.is_trimmed && !asked(worker)->trim.zero)
			continue;
		if (!open_for(worker, run.target)) {
			verify->cursor = before;
			return;
		}
		send_run(worker, &run, IO_READ);
	}
}

/* ---- coming back ---- */

static void count_written(struct verify_queue *queue)
{
	if (queue->after == 0)
		return;
	if (++queue->done < queue->after)
		return;
	queue->done = queue->drawn = 0;
	if (queue->due < queue->batch)
		queue->due = queue->batch;
}

static bool is_chosen_for_trim(struct worker_verify *verify, unsigned percentage)
{
	return verify->trims.after > 0 && random_below(&verify->trim_random, 100) < percentage;
}

/* No write is sent while trims are due: what is out by then finds room. */
static void push_trim(struct worker *worker, const struct verify_run *run)
{
	struct verify_queue *trims = &worker->verify->trims;

	(void)push(trims, run);
	if (trims->capacity - trims->count < worker->loop.slot_count)
		trims->due++;
}

static void note_written(struct worker *worker, const struct slot *slot)
{
	struct worker_verify *verify = worker->verify;
	struct verify_run run = {.offset = slot->offset,
		.length = slot->length,
		.target = slot->target,
		.is_from_start = true};

	run.kept = verify_log_kept(&verify->log, verify->log.flights[slot->index].number);
	verify_log_end(&verify->log, slot->index, (uint64_t)slot->result);
	if (verify->backlog.after > 0)
		(void)push(&verify->backlog, &run);
	if (is_chosen_for_trim(verify, asked(worker)->trim.percentage))
		push_trim(worker, &run);
	count_written(&verify->backlog);
	count_written(&verify->trims);
}

/* A job that reads, with a state: each block by what the state has of it. */
static void judge_by_state(struct worker *worker, const struct verify_read *read)
{
	struct worker_verify *verify = worker->verify;
	const struct verify_log_target *region = &verify->log.targets[read->run.target];
	uint64_t end = read->run.offset + read->run.length;
	struct verify_cursor cursor = {.target = read->run.target,
		.unit = (read->run.offset - region->offset) / verify->log.unit_bytes};
	struct verify_read part = *read;

	while (verify_log_next(&verify->log, &cursor, end - read->run.offset, &part.run) &&
		part.run.target == read->run.target && part.run.offset < end) {
		uint64_t skipped = part.run.offset - read->run.offset;

		if (part.run.offset + part.run.length > end)
			part.run.length = (uint32_t)(end - part.run.offset);
		if (part.run.is_trimmed && !asked(worker)->trim.zero)
			continue;
		part.buffer = (char *)read->buffer + skipped;
		part.done_bytes =
			read->done_bytes > skipped ? read->done_bytes - (uint32_t)skipped : 0;
		if (part.done_bytes > part.run.length)
			part.done_bytes = part.run.length;
		verify_judge_expect(&verify->judge, &part);
		(void)verify_judge_read(&verify->judge, &part);
	}
}

static void note_read(struct worker *worker, const struct slot *slot)
{
	struct worker_verify *verify = worker->verify;
	struct verify_read *read = &verify->reads[slot->index];

	if (read->run.length == 0)
		return;
	read->buffer = slot->buffer;
	read->done_bytes = (uint32_t)slot->result;
	if (verify->judges_reads && verify->has_log) {
		if (verify->judges)
			judge_by_state(worker, read);
		if (asked(worker)->fatal && verify->judge.counts.wrong > 0)
			worker->loop.is_exhausted = true;
		return;
	}
	if (verify->has_log && !verify_log_holds(&verify->log, &read->run)) {
		verify->judge.counts.superseded += read->run.length / verify->format.interval_bytes;
		return;
	}
	if (verify->has_log)
		verify_log_note_checked(&verify->log, &read->run);
	if (!verify->judges)
		return;
	verify_judge_expect(&verify->judge, read);
	if (verify->pool) {
		worker->loop.idle_count--; /* It is the last that came there. */
		verify_pool_give(verify->pool, slot->index);
	} else if (!verify_judge_read(&verify->judge, read) && asked(worker)->fatal) {
		worker->loop.is_exhausted = true;
	}
}

static void note(struct worker *worker, const struct slot *slot, uint64_t now)
{
	if (worker->verify->goal)
		worker->verify->goal(worker, slot, now);
	if (slot->op == IO_READ)
		note_read(worker, slot);
	else if (slot->op == IO_WRITE && worker->verify->has_log)
		note_written(worker, slot);
	else if (slot->op == IO_TRIM && worker->verify->has_log)
		verify_log_end(&worker->verify->log, slot->index, slot->length);
}

void worker_verify_unsent(struct worker *worker, const struct slot *slot)
{
	struct worker_verify *verify = worker->verify;

	if (!verify)
		return;
	if (verify->has_log && slot->op != IO_READ)
		verify_log_undo(&verify->log, slot->index);
}

void worker_verify_failed(struct worker *worker, const struct slot *slot)
{
	struct worker_verify *verify = worker->verify;
	struct verify_read *read;

	if (!verify)
		return;
	read = &verify->reads[slot->index];
	if (slot->op == IO_READ && read->run.length > 0) {
		verify->judge.counts.unread += read->run.length / verify->format.interval_bytes;
		if (!verify->judges_reads && verify_log_holds(&verify->log, &read->run))
			verify_log_note_checked(&verify->log, &read->run);
	} else if (slot->op != IO_READ && verify->has_log) {
		verify_log_end(&verify->log, slot->index, 0);
		if (slot->op == IO_WRITE) {
			count_written(&verify->backlog);
			count_written(&verify->trims);
		}
	}
}

/* ---- passes ---- */

static bool has_wrong(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;

	return verify->judge.counts.wrong > 0 ||
	       (verify->pool && verify_pool_has_wrong(verify->pool));
}

static bool is_over(struct worker *worker, uint64_t deadline_ns)
{
	return worker->outcome.error != 0 || worker_must_stop(worker) ||
	       worker_must_abandon(worker) || clock_now() >= deadline_ns ||
	       (asked(worker)->fatal && has_wrong(worker));
}

static void run_loop(struct worker *worker, uint64_t deadline_ns)
{
	worker->verify->loop(worker, deadline_ns, true);
	settle(worker);
}

/* The trims that are left when a pass is over. */
static void fill_trims(struct worker *worker)
{
	struct verify_queue *queue = &worker->verify->trims;

	queue->due = queue->count;
	send_due(worker, queue, IO_TRIM);
	if (queue->count == 0)
		worker->loop.is_exhausted = true;
}

/* Runs the loop with other I/Os than those of the job's pattern, which have no times. */
static void loop_with(
	struct worker *worker, void (*fill)(struct worker *worker), uint64_t deadline_ns)
{
	struct worker_loop *loop = &worker->loop;
	bool is_paced = loop->is_paced, is_timed = loop->is_timed;
	uint64_t early = loop->measurement->early_reaped;

	loop->is_paced = loop->is_timed = false;
	worker_priority_fill_by(worker, fill);
	loop->is_exhausted = worker->outcome.error != 0;
	run_loop(worker, deadline_ns);
	worker_priority_fill_by(worker, fill_writes);
	loop->is_paced = is_paced;
	loop->is_timed = is_timed;
	loop->measurement->early_reaped = early;
}

/* So that what is read comes from the device. */
static void drop_caches(struct worker *worker)
{
	for (unsigned i = 0; i < worker->task.target_count; i++) {
		const struct target *target = &worker->task.targets[i];

		if (target->descriptor < 0)
			continue;
		/* What the device has not got shows in what is read. */
		(void)fsync(target->descriptor);
		(void)target_invalidate(target);
	}
}

static void restart_files(struct worker *worker)
{
	int error = file_service_counts(&worker->loop.files)
			    ? file_service_restart(&worker->loop.files)
			    : 0;

	if (error != 0)
		worker_fail(worker, -error, NULL, "cannot open a file again: %s", strerror(-error));
}

static void read_back(struct worker *worker, uint64_t deadline_ns)
{
	uint64_t started_ns = clock_now(), taken_ns;

	worker_set_phase(worker, WORKER_VERIFYING);
	drop_caches(worker);
	restart_files(worker);
	worker->verify->cursor = (struct verify_cursor){0};
	loop_with(worker, fill_reads, deadline_ns);
	taken_ns = clock_now() - started_ns;
	worker->loop.schedule.epoch_ns += taken_ns;
	worker->loop.measurement->verify_ns += taken_ns;
}

/* ios: of a pass. */
static bool begin_pass(struct worker *worker, uint64_t ios)
{
	int error = worker_restart_files(worker);

	worker_set_phase(worker, WORKER_MEASURING);
	worker->loop.is_exhausted = error != 0;
	worker->loop.bytes_left = worker->task.pass_bytes;
	worker->loop.passes_left = 1;
	worker->loop.ios_left = ios;
	if (error != 0)
		worker_fail(worker, -error, NULL, "cannot open a file again: %s", strerror(-error));
	return error == 0;
}

/* verify_only: what would be written is taken for written. */
static void fill_imagined(struct worker *worker)
{
	struct worker_loop *loop = &worker->loop;

	while (loop->batch_count == 0 && !loop->is_exhausted && !worker_must_stop(worker)) {
		worker_fill(worker);
		for (unsigned i = 0; i < loop->batch_count; i++) {
			struct slot *slot = loop->batch[i];

			note_drawn(worker, slot);
			verify_log_end(&worker->verify->log, slot->index, slot->length);
			if (file_service_counts(&loop->files))
				(void)file_service_release(&loop->files, slot->target);
			loop->idle[loop->idle_count++] = slot;
		}
		loop->batch_count = 0;
	}
}

static void send_pass(struct worker *worker, uint64_t deadline_ns)
{
	if (asked(worker)->only && worker->task.verify.loaded)
		return; /* What was written is known. */
	if (asked(worker)->only) {
		loop_with(worker, fill_imagined, deadline_ns);
		return;
	}
	run_loop(worker, deadline_ns);
	if (worker->verify->trims.count > 0 && !is_over(worker, deadline_ns))
		loop_with(worker, fill_trims, deadline_ns);
}

void worker_verify_run(struct worker *worker, uint64_t deadline_ns, worker_loop_call *loop)
{
	const struct job *job = worker->task.job;
	uint64_t passes = worker->loop.passes_left;
	uint64_t ios = UINT64_MAX;

	worker->verify->loop = loop;
	if (worker->verify->judges_reads || !asked(worker)->phase) {
		run_loop(worker, deadline_ns);
		return;
	}
	if (job->number_ios != 0)
		ios = job->number_ios * (job_trims_and_writes(job) ? 2 : 1);
	worker->loop.ios_left = ios;
	worker->loop.passes_left = 1;
	for (;;) {
		send_pass(worker, deadline_ns);
		if (is_over(worker, deadline_ns))
			return;
		read_back(worker, deadline_ns);
		if (is_over(worker, deadline_ns) || --passes == 0 || !begin_pass(worker, ios))
			return;
	}
}

/* ---- before and after ---- */

static void make_queue(struct worker *worker, struct verify_queue *queue, uint64_t after,
	uint64_t batch, uint64_t capacity)
{
	if (after == 0)
		return;
	if (capacity > QUEUE_LIMIT)
		capacity = QUEUE_LIMIT;
	*queue = (struct verify_queue){
		.runs = arena_alloc_array(&worker->outcome.arena, capacity, sizeof(*queue->runs)),
		.capacity = (unsigned)capacity,
		.after = after,
		.batch = batch != 0 ? batch : after,
	};
}

static void make_queues(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;
	const struct job_verify *from = asked(worker);
	uint64_t depth = worker->loop.slot_count;

	make_queue(worker, &verify->backlog, from->backlog, from->backlog_batch,
		2 * from->backlog + depth + QUEUE_LEAST);
	if (job_verify_rules_trims(worker->task.job))
		make_queue(worker, &verify->trims, from->trim.backlog, from->trim.batch,
			2 * from->trim.backlog + depth + QUEUE_LEAST);
	random_init(&verify->trim_random, random_mix_seed(worker->task.job->randseed, 0x7213));
}

static int make_log(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;
	struct verify_log_region *regions = arena_alloc_array(
		&worker->outcome.arena, worker->task.target_count, sizeof(*regions));
	struct verify_log_spec spec = {
		.regions = regions,
		.target_count = worker->task.target_count,
		.unit_bytes = worker->task.verify.unit_bytes,
		.block_bytes = verify->format.interval_bytes,
		.largest_io_bytes = job_block_range(worker->task.job).max,
		.slot_count = worker->loop.slot_count,
		.is_narrow = worker->task.verify.is_narrow,
		.needs_start = verify_block_needs_start(&verify->format),
		.section = worker->task.verify.section,
	};

	for (unsigned i = 0; i < spec.target_count; i++)
		regions[i] = (struct verify_log_region){worker->task.regions[i].region_offset,
			zone_stride_bytes(&worker->task.regions[i])};
	if (verify_log_open(&verify->log, &worker->outcome.arena, &spec) == 0) {
		if (worker->task.verify.loaded)
			verify_log_load(&verify->log, worker->task.verify.loaded);
		verify->sequence = verify->log.live->newest;
		return 0;
	}
	worker_fail(worker, ENOMEM, "lower size, or raise verify_interval",
		"no memory for the log of what is written");
	return -ENOMEM;
}

/* verify_write_sequence=0 alone lets older writes pass, their seeds too. */
static bool checks_numbers(const struct job *job, bool has_loaded)
{
	if (job->rare->verify.only && !has_loaded)
		return false;
	return job->rare->verify.write_sequence ||
	       (job->rare->verify.header_seed && job_sets(job, "verify_header_seed"));
}

static void make_judge(struct worker *worker, struct verify_judge *judge)
{
	struct worker_verify *verify = worker->verify;
	struct arena *arena = &worker->outcome.arena;

	*judge = (struct verify_judge){
		.format = &verify->format,
		.log = verify->has_log ? &verify->log : NULL,
		.targets = worker->task.targets,
		.checks_number =
			checks_numbers(worker->task.job, worker->task.verify.loaded != NULL),
		.looks_up = true,
		.dumps = asked(worker)->dump,
		.scratch = arena_alloc(arena, verify->format.interval_bytes),
		.findings = arena_alloc_array(
			arena, VERIFY_FINDING_LIMIT + 1, sizeof(struct verify_finding)),
	};
}

static int make_pool(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;
	const struct verify_pool_spec spec = {
		.thread_count = asked(worker)->async,
		.cpus = &asked(worker)->async_cpus,
		.slot_count = worker->loop.slot_count,
		.reads = verify->reads,
		.model = &verify->judge,
	};
	int error = verify_pool_open(&verify->pool, &worker->outcome.arena, &spec);

	if (error == -EINVAL)
		worker_fail(worker, EINVAL,
			"see /sys/devices/system/cpu/online and the cgroup's cpuset",
			"verify_async_cpus: the kernel does not let this process run there");
	else if (error != 0)
		worker_fail(worker, -error, "lower verify_async or numjobs",
			"cannot make the threads of verify_async: %s", strerror(-error));
	return error;
}

int worker_verify_prepare(struct worker *worker)
{
	const struct job *job = worker->task.job;
	bool has_no_data = worker->loop.class->traits & ENGINE_TAKES_NO_TARGET;
	struct worker_verify *verify;

	if (job->rare->verify.kind == CHECKSUM_NONE || job_composite_op(job) != IO_OP_COUNT)
		return 0;
	worker->verify = verify = ARENA_NEW(&worker->outcome.arena, struct worker_verify);
	plan_verify_format(job, &worker->task.verify, &verify->format);
	verify->has_log = plan_verify_has_log(job) || worker->task.verify.loaded;
	verify->judges_reads = !job_does(job, DIRECTION_WRITE);
	verify->stamps = !verify->judges_reads && job->rare->verify.kind != CHECKSUM_NULL;
	verify->judges = job->rare->verify.kind != CHECKSUM_NULL && !has_no_data;
	verify->reads = arena_alloc_array(
		&worker->outcome.arena, worker->loop.slot_count, sizeof(*verify->reads));
	verify->goal = worker->loop.note;
	worker->loop.note = note;
	worker->loop.records_each = true;
	worker->loop.fill = fill_writes;
	if (verify->stamps)
		worker->loop.keeps_payload = true;
	make_queues(worker);
	if (verify->has_log && make_log(worker) != 0)
		return -ENOMEM;
	make_judge(worker, &verify->judge);
	return verify->judges && job->rare->verify.async > 0 ? make_pool(worker) : 0;
}

/* The CPU time of its threads is a helper's. */
static void close_pool(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;
	uint64_t cpu_ns;

	if (!verify->pool)
		return;
	cpu_ns = verify_pool_close(verify->pool, &verify->judge);
	verify->pool = NULL;
	if (!(worker->loop.class->traits & ENGINE_HAS_PASSING_THREADS))
		worker->outcome.measurement->cpu.helper_ns += cpu_ns;
}

/* ignore_error=,,EILSEQ: fio's error of a wrong block. */
static bool ignores_wrong(const struct job *job)
{
	const struct job_errors *errors = &job->rare->ignore_error.verify;

	for (size_t i = 0; i < errors->count; i++) {
		if (errors->errors[i] == EILSEQ)
			return true;
	}
	return false;
}

void worker_verify_report(struct worker *worker)
{
	struct worker_verify *verify = worker->verify;
	const struct verify_finding *first;

	if (!verify)
		return;
	close_pool(worker);
	if (verify->has_log)
		verify->census = verify_log_count(&verify->log);
	if (verify->judge.counts.wrong == 0 || ignores_wrong(worker->task.job))
		return;
	first = &verify->judge.findings[0];
	worker_fail(worker, EILSEQ, NULL,
		"%llu of %llu verified blocks are wrong, the first at offset %llu of %s: %s",
		(unsigned long long)verify->judge.counts.wrong,
		(unsigned long long)verify->judge.counts.blocks,
		(unsigned long long)first->diagnosis.offset,
		worker->task.targets[first->target].path,
		verify_judge_text(first, &worker->outcome.arena));
}

void worker_verify_free(struct worker *worker)
{
	if (worker->verify && worker->verify->pool)
		(void)verify_pool_close(worker->verify->pool, &worker->verify->judge);
	if (worker->verify)
		verify_log_close(&worker->verify->log);
	worker->verify = NULL;
}
