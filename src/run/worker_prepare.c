/* SPDX-License-Identifier: MIT */
/* What a worker does before the start and after the end: targets, buffers, generators, engine. */
#include "run/worker_pace.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "host/punt_counter.h"

enum {
	BUFFER_ALIGN = 4096,
	STAMP_EVERY_TURN = 0,
	STAMP_SAMPLE_MASK = 63, /* combined engines: one submission in 64 is sent by itself */
};

/* Purposes of random streams: jobs of one seed must not draw the same numbers twice. */
enum seed_stream { SEED_PATTERN, SEED_MIX, SEED_FILES, SEED_PAYLOAD, SEED_PACE };

void worker_fail(struct worker *worker, int error, const char *hint, const char *format, ...)
{
	va_list arguments;

	if (worker->error != 0)
		return;
	worker->error = error;
	worker->error_hint = hint;
	if (worker->guard.path) {
		worker->error_hint = worker->guard.hint;
		worker->error_message = arena_printf(&worker->arena, "may not write to %s: %s",
			worker->guard.path, worker->guard.reason);
		return;
	}
	va_start(arguments, format);
	worker->error_message = arena_vprintf(&worker->arena, format, arguments);
	va_end(arguments);
}

static uint64_t stream_seed(const struct job *job, enum seed_stream stream, unsigned index)
{
	return random_mix_seed(job->randseed, ((uint64_t)stream << 32) + index);
}

static int bind_to_cpus(struct worker *worker)
{
	const struct job_cpus *allowed = &worker->job->cpus_allowed;
	bool is_split = worker->job->cpus_allowed_policy == CPUS_SPLIT;
	cpu_set_t set;

	if (allowed->count == 0)
		return 0;
	CPU_ZERO(&set);
	for (size_t i = 0; i < allowed->count; i++) {
		if (!is_split || i == worker->job->clone % allowed->count)
			CPU_SET(allowed->cpus[i], &set);
	}
	if (sched_setaffinity(0, sizeof(set), &set) == 0)
		return 0;
	worker_fail(worker, errno, "see /sys/devices/system/cpu/online and the cgroup's cpuset",
		"cpus_allowed: the kernel does not let this process run there: %s",
		strerror(errno));
	return -worker->error;
}

static const char *open_hint(const struct worker *worker, int error)
{
	switch (error) {
	case -EINVAL:
		return worker->job->direct ? "its file system or driver may have no O_DIRECT: try "
					     "direct=0"
					   : NULL;
	case -EMFILE:
		return "raise the limit of open files (ulimit -n), or lower openfiles or numjobs";
	case -EROFS:
		return "its file system is mounted read-only: name another file, or read";
	case -EACCES:
	case -EPERM:
		return "run as root, or as a user who may open it so";
	default:
		return NULL;
	}
}

/*
 * openread, stat: the engine opens them by their paths. A pattern over the files' numbers says
 * which is next, in their order or, each once, at random.
 */
static void order_whole_files(struct worker *worker)
{
	const struct job *job = worker->job;
	const struct pattern_spec spec = {
		.is_random = job->file_service_type.kind == FILE_SERVICE_RANDOM,
		.each_block_once = true,
		.percentage_random = {100, 100, 100},
		.region_bytes = worker->target_count,
		.block_bytes = 1,
		.largest_io_bytes = 1,
		.seed = stream_seed(job, SEED_FILES, 0),
	};

	worker->whole_files = pattern_new(&worker->arena, &spec);
	for (unsigned i = 0; i < worker->target_count; i++) {
		struct target *target = &worker->targets[i];

		target->descriptor = -1;
		/* One that cannot be opened is the I/O's error, not this one's. */
		if (job->rw.mode != RW_OPENREAD || !job->invalidate ||
			target_open(target, TARGET_READS) != 0)
			continue;
		(void)target_invalidate(target);
		target_close(target);
	}
}

/* A copy's last block may begin before the end of its part and, as a block, reach beyond it. */
static struct pattern_spec region_in_blocks(const struct worker *worker, unsigned index)
{
	const struct block_size_spec *sizes = &worker->job->block_sizes.of[DIRECTION_WRITE];
	struct pattern_spec spec = worker->regions[index];

	if (worker->pair_count > 0)
		spec.region_bytes += sizes->max_bytes - 1;
	return spec;
}

static int open_targets(struct worker *worker)
{
	struct file_service *files = &worker->files;
	const struct job *job = worker->job;
	unsigned failed = 0;
	int error;

	worker->guard.arena = &worker->arena;
	for (unsigned i = 0; i < worker->target_count; i++)
		worker->targets[i].guard = &worker->guard;
	if (job_is_of_whole_files(job)) {
		order_whole_files(worker);
		return 0;
	}
	files->count = worker->pair_count > 0 ? worker->pair_count : worker->target_count;
	files->files = arena_alloc_array(&worker->arena, files->count, sizeof(*files->files));
	files->open_limit = job->openfiles;
	files->open_flags = worker->open_flags;
	files->syncs_on_close = job->fsync_on_close && job_writes(job);
	files->drops_caches = job->invalidate;
	files->type = job->file_service_type;
	for (unsigned i = 0; i < worker->target_count; i++)
		worker->targets[i].descriptor = -1;
	for (unsigned i = 0; i < files->count; i++) {
		struct pattern_spec spec;

		files->files[i].target = &worker->targets[i];
		if (worker->pair_count > 0)
			files->files[i].destination = &worker->targets[i + worker->pair_count];
		worker->regions[i].seed = stream_seed(job, SEED_PATTERN, i);
		spec = region_in_blocks(worker, i);
		files->files[i].pattern = pattern_new(&worker->arena, &spec);
	}
	worker->has_one_target = files->count == 1;
	if (worker->class->traits & ENGINE_TAKES_NO_TARGET)
		files->open_flags = 0;
	error = file_service_open(files, &worker->arena, stream_seed(job, SEED_FILES, 0), &failed);
	if (error == 0 || (error == -EINTR && worker_must_stop(worker)))
		return error;
	/* Of a pair, the first being open, it is the other one. */
	if (worker->targets[failed].descriptor >= 0)
		failed += worker->pair_count;
	worker_fail(worker, -error, open_hint(worker, error), "cannot open %s: %s",
		worker->targets[failed].path, strerror(-error));
	return error;
}

static size_t largest_block(const struct worker *worker)
{
	const struct job *job = worker->job;
	size_t largest = 1;

	if (job_is_of_whole_files(job)) {
		/* What stat fills in is smaller than a page. */
		for (unsigned i = 0; job->rw.mode == RW_OPENREAD && i < worker->target_count; i++) {
			if (worker->regions[i].region_bytes > largest)
				largest = worker->regions[i].region_bytes;
		}
		return largest;
	}
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct block_size_spec *spec = &job->block_sizes.of[i];

		if (job_does(job, (enum io_direction)i) && spec->max_bytes > largest)
			largest = spec->max_bytes;
	}
	return largest;
}

static int map_buffers(struct worker *worker)
{
	size_t bytes = largest_block(worker);

	worker->buffer_bytes = (bytes + BUFFER_ALIGN - 1) & ~(size_t)(BUFFER_ALIGN - 1);
	worker->buffers_bytes = worker->buffer_bytes * worker->depth;
	worker->buffers = mmap(NULL, worker->buffers_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (worker->buffers != MAP_FAILED)
		return 0;
	worker->buffers = NULL;
	worker_fail(worker, ENOMEM, "lower iodepth or bs", "no memory for %u buffers of %zu bytes",
		worker->depth, worker->buffer_bytes);
	return -ENOMEM;
}

static void make_slots(struct worker *worker)
{
	struct arena *arena = &worker->arena;
	char *raw = arena_alloc(arena, (worker->depth + 1) * sizeof(struct slot));

	/* The arena aligns for any type, not for a cache line. */
	raw += -(uintptr_t)raw & (sizeof(struct slot) - 1);
	worker->slots = (struct slot *)raw;
	worker->idle = arena_alloc_array(arena, worker->depth, sizeof(struct slot *));
	worker->batch = arena_alloc_array(arena, worker->depth, sizeof(struct slot *));
	worker->done = arena_alloc_array(arena, worker->depth, sizeof(struct slot *));
	for (unsigned i = 0; i < worker->depth; i++) {
		struct slot *slot = &worker->slots[i];

		slot->buffer = (char *)worker->buffers + i * worker->buffer_bytes;
		slot->index = i;
		worker->idle[worker->depth - 1 - i] = slot;
		/* First touch, on this thread: page faults and the node are settled now. */
		payload_fill(&worker->payload, slot->buffer, worker->buffer_bytes);
	}
	worker->idle_count = worker->depth;
}

static void make_generators(struct worker *worker)
{
	const struct job *job = worker->job;

	worker->mix_spec = (struct mix_spec){
		.does = {job_does(job, DIRECTION_READ), job_does(job, DIRECTION_WRITE),
			job_does(job, DIRECTION_TRIM)},
		.is_trimwrite = job_trims_and_writes(job),
		.is_composite = job_composite_op(job) != IO_OP_COUNT,
		.composite_op = job_composite_op(job),
		.read_percent = job->rwmixread,
		.block_sizes = job->block_sizes.of,
		.range_step_bytes = job->bs_unaligned ? 1 : 0,
		.fsync_interval = job->fsync,
		.fdatasync_interval = job->fdatasync,
		.seed = stream_seed(job, SEED_MIX, 0),
	};
	mix_init(&worker->mix, &worker->mix_spec);
	worker->payload_spec = (struct payload_spec){
		.refills = job->refill_buffers,
		.is_zero = job->zero_buffers,
		.scrambles = job->scramble_buffers,
		.reads_too = job_reads(job),
		.compress_percent = job->buffer_compress_percentage,
		.dedupe_percent = job->dedupe_percentage,
		.pattern = &job->buffer_pattern,
		.seed = stream_seed(job, SEED_PAYLOAD, 0),
	};
	payload_init(&worker->payload, &worker->payload_spec);
	worker->schedule.seed = stream_seed(job, SEED_PACE, 0);
	worker_pace_prepare(worker);
	worker->keeps_payload =
		!worker->payload.changes_each_write || !worker->mix_spec.does[DIRECTION_WRITE];
}

static unsigned clamp_batch(unsigned asked, unsigned fallback, unsigned limit)
{
	unsigned batch = asked == 0 ? fallback : asked;

	return batch > limit ? limit : batch;
}

static void set_depths(struct worker *worker)
{
	const struct job *job = worker->job;
	const struct engine_class *class = worker->class;
	unsigned depth = job->iodepth;

	if (class->traits & ENGINE_IS_SYNCHRONOUS)
		depth = 1;
	if (class->depth_limit != 0 && depth > class->depth_limit)
		depth = class->depth_limit;
	worker->depth = depth;
	worker->batch_submit = clamp_batch(job->iodepth_batch_submit, 1, depth);
	worker->complete_min = clamp_batch(job->iodepth_batch_complete_min, 1, depth);
	worker->complete_max = clamp_batch(job->iodepth_batch_complete_max, depth, depth);
	if (worker->complete_max < worker->complete_min)
		worker->complete_max = worker->complete_min;
	worker->depth_low = clamp_batch(job->iodepth_low, depth, depth);

	/* A submission that is the I/O itself has no time of its own. */
	worker->stamp_mask = STAMP_EVERY_TURN;
	if (class->traits & ENGINE_IS_SYNCHRONOUS || job->gtod_reduce)
		worker->stamp_mask = WORKER_STAMP_NEVER;
	else if (class->traits & ENGINE_COMBINES_CALLS && !job->slat_percentiles)
		worker->stamp_mask = STAMP_SAMPLE_MASK;
}

static unsigned op_mask(const struct worker *worker)
{
	unsigned mask = 0;

	if (worker->mix_spec.is_composite)
		mask |= IO_BIT(worker->mix_spec.composite_op);
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (worker->mix_spec.does[i] && !worker->mix_spec.is_composite)
			mask |= IO_BIT(i);
	}
	if (worker->mix_spec.fsync_interval != 0)
		mask |= IO_BIT(IO_SYNC);
	if (worker->mix_spec.fdatasync_interval != 0)
		mask |= IO_BIT(IO_DATASYNC);
	return mask;
}

static int open_engine(struct worker *worker)
{
	const struct job *job = worker->job;
	const struct engine_setup setup = {
		.targets = worker->targets,
		.target_count = worker->target_count,
		.slots = worker->slots,
		.slot_count = worker->depth,
		.buffer_bytes = worker->buffer_bytes,
		.batch_submit = worker->batch_submit,
		.batch_complete_min = worker->complete_min,
		.batch_complete_max = worker->complete_max,
		.op_mask = op_mask(worker),
		.is_direct = job->direct,
		.targets_change = file_service_counts(&worker->files),
		.options = job->engine_options,
		.arena = &worker->arena,
	};
	int error = worker->class->open(&setup, &worker->engine, &worker->report);

	if (error == 0) {
		worker->class = worker->engine->class;
		return 0;
	}
	worker_fail(worker, -error, worker->report.hint, "engine %s: %s", worker->class->name,
		worker->report.problem ? worker->report.problem : strerror(-error));
	return error;
}

/*
 * What the job will use is touched now, so that no page fault falls into the window; the rest of
 * the zeroed memory costs nothing.
 */
static struct worker_measurement *new_measurement(const struct job *job, unsigned depth)
{
	unsigned numbers = depth + 2; /* 0, and a sync of the end beside a full queue */
	struct worker_measurement *measurement = calloc(1, worker_measurement_bytes(numbers));

	if (measurement) {
		measurement->tally_limit = numbers;
		worker_measurement_bind(measurement);
		explicit_bzero(measurement->tallies,
			worker_measurement_bytes(numbers) - sizeof(*measurement));
	}
	for (int i = 0; measurement && i < DATA_DIRECTION_COUNT; i++) {
		struct worker_direction *direction = &measurement->directions[i];

		if (job_does(job, (enum io_direction)i))
			explicit_bzero(direction,
				job_is_paced(job) ? sizeof(*direction)
						  : offsetof(struct worker_direction, unsent));
	}
	return measurement;
}

int worker_prepare(struct worker *worker)
{
	int error;

	worker->class = worker->job->engine;
	worker->punt_counter = -1;
	worker->cpu_account = cpu_account_open();
	set_depths(worker);
	worker->window_measurement = new_measurement(worker->job, worker->depth);
	worker->ramp_measurement = worker->window_measurement;
	if (worker->job->ramp_time_ns != 0)
		worker->ramp_measurement = new_measurement(worker->job, worker->depth);
	if (!worker->cpu_account || !worker->ramp_measurement || !worker->window_measurement) {
		worker_fail(worker, ENOMEM, NULL, "no memory for the measurements");
		return -ENOMEM;
	}
	if (worker->class->traits & ENGINE_HAS_PASSING_THREADS)
		cpu_account_expect_passing_helpers(worker->cpu_account);
	worker->measurement = worker->ramp_measurement;
	/* Before the ring is made, so that its kernel threads are counted too. */
	if (worker->class->traits & ENGINE_COMBINES_CALLS)
		worker->punt_counter = punt_counter_open();
	make_generators(worker);
	error = bind_to_cpus(worker);
	if (error == 0)
		error = open_targets(worker);
	if (error == 0)
		error = map_buffers(worker);
	if (error != 0)
		return error;
	make_slots(worker);
	return open_engine(worker);
}

void worker_close(struct worker *worker)
{
	if (worker->engine) {
		worker->class->close(worker->engine);
		worker->engine = NULL;
	}
	if (worker->files.files)
		file_service_close(&worker->files);
	if (worker->punt_counter >= 0)
		close(worker->punt_counter);
	worker->punt_counter = -1;
	if (worker->buffers) {
		munmap(worker->buffers, worker->buffers_bytes);
		worker->buffers = NULL;
	}
}

void worker_free(struct worker *worker)
{
	if (worker->ramp_measurement != worker->window_measurement)
		free(worker->ramp_measurement);
	free(worker->window_measurement);
	worker->measurement = worker->ramp_measurement = worker->window_measurement = NULL;
	if (worker->cpu_account)
		cpu_account_close(worker->cpu_account);
	worker->cpu_account = NULL;
	arena_free(&worker->arena);
}
