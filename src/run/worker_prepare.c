/* SPDX-License-Identifier: MIT */
/* A worker before the start and after the end: targets, buffers, generators, engine. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/echo.h"
#include "engine/target_open.h"
#include "host/kernel_counter.h"
#include "job/job_use.h"
#include "job/job_verify_rules.h"
#include "run/plan.h"
#include "run/worker.h"
#include "run/worker_fill.h"
#include "run/worker_goal.h"
#include "run/worker_host.h"
#include "run/worker_interval.h"
#include "run/worker_log.h"
#include "run/worker_plain.h"
#include "run/worker_priority.h"
#include "run/worker_record.h"
#include "run/worker_replay.h"
#include "run/worker_verify.h"
#include "run/worker_zone.h"

enum {
	STAMP_EVERY_TURN = 0,
	/* A recording becomes a text of about 5 times its size. */
	RECORDING_SHARE = 8,
	PRE_READ_BYTES = 1 << 20,
	CLOSE_STRIDE = 512, /* of buffers: a page apart, small ones are one set of the cache */
};

/* Purposes of random streams: jobs of one seed must not draw the same numbers twice. */
enum seed_stream { SEED_PATTERN, SEED_MIX, SEED_FILES, SEED_PAYLOAD, SEED_PACE, SEED_PRIORITY };

static uint64_t stream_seed(const struct job *job, enum seed_stream stream, unsigned index)
{
	return random_mix_seed(job->randseed, ((uint64_t)stream << 32) + index);
}

static const char *open_hint(struct worker *worker, int error)
{
	struct rlimit files = {0};

	switch (error) {
	case -EINVAL:
		return worker->task.job->direct
			       ? "its file system or driver may have no O_DIRECT: try "
				 "direct=0"
			       : NULL;
	case -EMFILE:
		(void)getrlimit(RLIMIT_NOFILE, &files); /* It cannot fail. */
		return arena_printf(&worker->outcome.arena,
			"raise the limit of open files (ulimit -n, %llu here), or lower openfiles "
			"or numjobs",
			(unsigned long long)files.rlim_cur);
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
	const struct job *job = worker->task.job;
	const struct pattern_spec spec = {
		.is_random = job->file_service_type.kind == FILE_SERVICE_RANDOM,
		.each_block_once = true,
		.percentage_random = {100, 100, 100},
		.region_bytes = worker->task.target_count,
		.block_bytes = 1,
		.largest_io_bytes = 1,
		.seed = stream_seed(job, SEED_FILES, 0),
	};

	worker->loop.whole_files = pattern_new(&worker->outcome.arena, &spec);
	for (unsigned i = 0; i < worker->task.target_count; i++) {
		struct target *target = &worker->task.targets[i];

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
	const struct block_size_spec *sizes = &worker->task.job->block_sizes.of[DIRECTION_WRITE];
	struct pattern_spec spec = worker->task.regions[index];

	if (worker->task.pair_count > 0)
		spec.region_bytes += sizes->max_bytes - 1;
	return spec;
}

static struct pattern *new_pattern(
	struct worker *worker, const struct pattern_spec *spec, unsigned index)
{
	if (worker->task.zones)
		return worker_zone_pattern(worker, spec, index);
	if (!worker->task.strides)
		return pattern_new(&worker->outcome.arena, spec);
	return zone_stride_new(&worker->outcome.arena, spec, &worker->task.strides[index]);
}

/* To where another job has filled its file. */
static void cut_region(struct worker *worker, unsigned index)
{
	struct pattern_spec *region = &worker->task.regions[index];
	struct stat status;

	if (!worker->task.takes_what_is_there ||
		stat(worker->task.targets[index].path, &status) < 0)
		return;
	region->file_bytes = (uint64_t)status.st_size;
	if (region->region_offset + region->region_bytes <= region->file_bytes)
		return;
	region->region_bytes = region->file_bytes < region->region_offset
				       ? 0
				       : region->file_bytes - region->region_offset;
}

static int open_targets(struct worker *worker)
{
	struct file_service *files = &worker->loop.files;
	const struct job *job = worker->task.job;
	unsigned failed = 0;
	int error;

	worker->task.guard.arena = &worker->outcome.arena;
	for (unsigned i = 0; i < worker->task.target_count; i++)
		worker->task.targets[i].guard = &worker->task.guard;
	if (job_is_of_whole_files(job)) {
		order_whole_files(worker);
		return 0;
	}
	files->count =
		worker->task.pair_count > 0 ? worker->task.pair_count : worker->task.target_count;
	files->files =
		arena_alloc_array(&worker->outcome.arena, files->count, sizeof(*files->files));
	files->open_limit = job->openfiles;
	files->open_flags = worker->task.open_flags;
	files->syncs_on_close = job->fsync_on_close && job_writes(job);
	files->drops_caches = job->invalidate;
	files->advice = job_use_advice(job);
	files->type = job->file_service_type;
	for (unsigned i = 0; i < worker->task.target_count; i++)
		worker->task.targets[i].descriptor = -1;
	for (unsigned i = 0; i < files->count; i++) {
		struct pattern_spec spec;

		files->files[i].target = &worker->task.targets[i];
		if (job->rare->replay.log)
			continue;
		if (worker->task.pair_count > 0)
			files->files[i].destination =
				&worker->task.targets[i + worker->task.pair_count];
		cut_region(worker, i);
		worker->task.regions[i].seed = stream_seed(job, SEED_PATTERN, i);
		spec = region_in_blocks(worker, i);
		files->files[i].pattern = new_pattern(worker, &spec, i);
	}
	worker->loop.has_one_target = files->count == 1;
	if (worker->loop.class->traits & ENGINE_TAKES_NO_TARGET)
		files->open_flags = 0;
	error = job->rare->replay.log ? worker_replay_open(worker, &failed)
				      : file_service_open(files, &worker->outcome.arena,
						stream_seed(job, SEED_FILES, 0), &failed);
	worker->loop.holds = worker->loop.zones || file_service_counts(files);
	if (error == 0)
		return worker_zone_open(worker);
	if (error == -EINTR && worker_must_stop(worker))
		return error;
	/* If the first of a pair is open, it is the other one. */
	if (worker->task.targets[failed].descriptor >= 0)
		failed += worker->task.pair_count;
	worker_fail(worker, -error, open_hint(worker, error), "cannot open %s: %s",
		worker->task.targets[failed].path, strerror(-error));
	return error;
}

/* One file, as it will be read: with O_DIRECT the page cache has no part in it, as in fio. */
static int pre_read_target(struct worker *worker, unsigned index, char *buffer, size_t bytes)
{
	const struct pattern_spec *region = &worker->task.regions[index];
	struct target copy = worker->task.targets[index];
	uint64_t done = 0;
	int error = target_open(&copy, TARGET_READS | (worker->task.open_flags & TARGET_DIRECT));

	while (error == 0 && done < region->region_bytes && !worker_must_stop(worker)) {
		uint64_t left = region->region_bytes - done;
		ssize_t got = pread(copy.descriptor, buffer, left < bytes ? left : bytes,
			(off_t)(region->region_offset + done));

		if (got < 0 && errno != EINTR)
			error = -errno;
		else if (got == 0)
			error = -EIO;
		else if (got > 0)
			done += (uint64_t)got;
	}
	target_close(&copy);
	if (error != 0)
		worker_fail(
			worker, -error, NULL, "pre_read of %s: %s", copy.path, strerror(-error));
	return error;
}

static int pre_read(struct worker *worker)
{
	AUTO_FREE char *buffer = NULL;
	int error = 0;

	if (!worker->task.job->rare->access.pre_read)
		return 0;
	buffer = aligned_alloc(PLAN_BUFFER_ALIGN, PRE_READ_BYTES);
	if (!buffer)
		arena_exhausted();
	for (unsigned i = 0; i < worker->task.target_count && error == 0; i++) {
		enum target_kind kind = worker->task.targets[i].kind;

		if (kind == TARGET_FILE || kind == TARGET_BLOCK)
			error = pre_read_target(worker, i, buffer, PRE_READ_BYTES);
	}
	return error;
}

static size_t largest_block(const struct worker *worker)
{
	const struct job *job = worker->task.job;
	size_t largest = 1;

	if (job_is_of_whole_files(job)) {
		/* The buffer that stat fills is smaller than a page. */
		for (unsigned i = 0; job->rw.mode == RW_OPENREAD && i < worker->task.target_count;
			i++) {
			if (worker->task.regions[i].region_bytes > largest)
				largest = worker->task.regions[i].region_bytes;
		}
		return largest;
	}
	return job->rare->replay.log ? job->rare->replay.buffer_bytes : job_use_buffer_bytes(job);
}

static int map_buffers(struct worker *worker)
{
	const struct job *job = worker->task.job;
	/* O_DIRECT may ask for more than a sector's alignment, and reads a file's last block whole;
	 * iomem_align is of all. */
	bool is_close = !job->direct && job->rare->host.iomem_align == 0;
	size_t bytes = largest_block(worker), stride = is_close ? CLOSE_STRIDE : PLAN_BUFFER_ALIGN;

	worker->loop.buffer_bytes = (bytes + stride - 1) / stride * stride;
	return worker_host_map_buffers(worker);
}

static void make_slots(struct worker *worker)
{
	struct arena *arena = &worker->outcome.arena;
	char *raw = arena_alloc(arena, (worker->loop.depth + 1) * sizeof(struct slot));

	/* The arena aligns for any type, not for a cache line. */
	raw += -(uintptr_t)raw & (sizeof(struct slot) - 1);
	worker->loop.slots = (struct slot *)raw;
	worker->loop.idle = arena_alloc_array(arena, worker->loop.depth, sizeof(struct slot *));
	worker->loop.batch = arena_alloc_array(arena, worker->loop.depth, sizeof(struct slot *));
	worker->loop.done = arena_alloc_array(arena, worker->loop.depth, sizeof(struct slot *));
	for (unsigned i = 0; i < worker->loop.depth; i++) {
		struct slot *slot = &worker->loop.slots[i];

		slot->buffer = (char *)worker->loop.buffers.start + i * worker->loop.buffer_bytes;
		slot->index = i;
		worker->loop.idle[worker->loop.depth - 1 - i] = slot;
		/* First touch, on this thread: page faults and the node are settled now. */
		payload_fill(&worker->loop.payload, slot->buffer, worker->loop.buffer_bytes);
	}
	worker->loop.idle_count = worker->loop.depth;
	if (worker->task.job->rare->access.serialize_overlap && worker->loop.depth > 1)
		worker->loop.overlap.marks = arena_alloc_array(
			arena, worker->loop.depth, sizeof(*worker->loop.overlap.marks));
}

static struct payload_spec payload_of(const struct job *job)
{
	const struct job_content *content = &job->content;
	uint64_t unit = job->block_sizes.of[DIRECTION_WRITE].min_bytes,
		 chunk = content->compress_chunk;
	bool has_set = job->dedupe_percentage > 0 && content->dedupe_mode == DEDUPE_WORKING_SET;
	uint64_t set_bytes =
		(uint64_t)((double)job->size.bytes * content->dedupe_working_set_percentage / 100);

	return (struct payload_spec){
		.refills = job->refill_buffers,
		.is_zero = job->zero_buffers,
		.scrambles = job->scramble_buffers,
		.reads_too = job_reads(job),
		.compress_percent = job->buffer_compress_percentage,
		.compress_chunk = chunk > 0 && chunk < unit ? chunk : unit,
		.dedupe_percent = job->dedupe_percentage,
		.set_count = has_set ? (set_bytes >= unit ? set_bytes / unit : 1) : 0,
		.is_shared = has_set && content->dedupe_global,
		.shared_seed = content->seed,
		.sharer = content->dedupe_global ? content->place : 0,
		.sharer_count = content->job_count,
		.pattern = job->buffer_pattern,
		/* Other data than those of the run that this one continues. */
		.seed = stream_seed(job, SEED_PAYLOAD, job->visited_blocks),
	};
}

static void make_generators(struct worker *worker)
{
	const struct job *job = worker->task.job;

	worker->loop.mix_spec = (struct mix_spec){
		.does = {job_does(job, DIRECTION_READ), job_does(job, DIRECTION_WRITE),
			job_does(job, DIRECTION_TRIM)},
		.is_trimwrite = job_trims_and_writes(job),
		.writes_apart = job_use_writes_apart(job),
		.is_composite = job_composite_op(job) != IO_OP_COUNT,
		.composite_op = job_composite_op(job),
		.read_percent = job->rwmixread,
		.block_sizes = job->block_sizes.of,
		.range_step_bytes = job->bs_unaligned ? 1 : 0,
		.fsync_interval = job->fsync,
		.fdatasync_interval = job->fdatasync,
		.seed = stream_seed(job, SEED_MIX, 0),
	};
	mix_init(&worker->loop.mix, &worker->loop.mix_spec);
	worker->loop.payload_spec = payload_of(job);
	payload_init(&worker->loop.payload, &worker->loop.payload_spec);
	worker->loop.schedule.seed = stream_seed(job, SEED_PACE, 0);
	worker_pace_prepare(worker);
	worker->loop.keeps_payload = !worker->loop.payload.changes_each_write ||
				     !worker->loop.mix_spec.does[DIRECTION_WRITE];
}

static unsigned clamp_batch(unsigned asked, unsigned fallback, unsigned limit)
{
	unsigned batch = asked == 0 ? fallback : asked;

	return batch > limit ? limit : batch;
}

static void set_depths(struct worker *worker)
{
	const struct job *job = worker->task.job;
	const struct engine_class *class = worker->loop.class;
	unsigned depth = plan_depth(job);

	worker->loop.depth = worker->loop.slot_count = depth;
	worker->loop.batch_submit = clamp_batch(job->iodepth_batch_submit, 1, depth);
	worker->loop.complete_min = clamp_batch(job->iodepth_batch_complete_min, 1, depth);
	worker->loop.complete_max = clamp_batch(job->iodepth_batch_complete_max, depth, depth);
	if (worker->loop.complete_max < worker->loop.complete_min)
		worker->loop.complete_max = worker->loop.complete_min;
	worker->loop.depth_low = clamp_batch(job->iodepth_low, depth, depth);

	/* A submission that is the I/O itself has no time of its own. */
	worker->loop.stamp_mask = STAMP_EVERY_TURN;
	if (class->traits & (ENGINE_IS_SYNCHRONOUS | ENGINE_WORKS_IN_SUBMIT) || job->gtod_reduce)
		worker->loop.stamp_mask = WORKER_STAMP_NEVER;
	else if (class->traits & ENGINE_COMBINES_CALLS && !job->slat_percentiles)
		worker->loop.stamp_mask = WORKER_STAMP_SAMPLE;
}

static unsigned op_mask(const struct worker *worker)
{
	unsigned mask = worker->task.job->rare->replay.ops;

	if (worker->loop.mix_spec.is_composite)
		mask |= IO_BIT(worker->loop.mix_spec.composite_op);
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (worker->loop.mix_spec.does[i] && !worker->loop.mix_spec.is_composite)
			mask |= IO_BIT(i);
	}
	if (worker->loop.mix_spec.fsync_interval != 0)
		mask |= IO_BIT(IO_SYNC);
	if (worker->loop.mix_spec.fdatasync_interval != 0)
		mask |= IO_BIT(IO_DATASYNC);
	if (worker->task.job->rare->verify.only && !job_writes(worker->task.job))
		mask = 0; /* What it draws is imagined. */
	if (job_verify_rules_reads_back(worker->task.job))
		mask |= IO_BIT(IO_READ);
	if (job_verify_rules_trims(worker->task.job))
		mask |= IO_BIT(IO_TRIM);
	return mask;
}

static struct engine_echo_setup echo_setup(const struct job *job)
{
	struct engine_echo_setup echo = {
		.has_client_cpus = job->cpus_allowed.count > 0,
		.exchange_bytes = job->block_sizes.of[DIRECTION_READ].max_bytes,
		.timeout_ns = job->rare->echo.timeout_ns,
		.check = job->rare->echo.check,
	};

	CPU_ZERO(&echo.server_cpus);
	for (size_t i = 0; i < job->rare->echo.server_cpus.count; i++)
		CPU_SET(job->rare->echo.server_cpus.cpus[i], &echo.server_cpus);
	return echo;
}

static int open_engine(struct worker *worker)
{
	const struct job *job = worker->task.job;
	const struct engine_echo_setup echo = echo_setup(job);
	const struct engine_setup setup = {
		.targets = worker->task.targets,
		.target_count = worker->task.target_count,
		.slots = worker->loop.slots,
		.slot_count = worker->loop.depth,
		.buffer_bytes = worker->loop.buffer_bytes,
		.batch_submit = worker->loop.batch_submit,
		.batch_complete_min = worker->loop.complete_min,
		.batch_complete_max = worker->loop.complete_max,
		.op_mask = op_mask(worker),
		.is_direct = job->direct,
		.targets_change = file_service_counts(&worker->loop.files) ||
				  job->rare->access.unlink_each_loop,
		.priorities = worker->loop.priorities ? worker->loop.priorities->of_slots : NULL,
		.echo = job->rw.mode == RW_ECHO ? &echo : NULL,
		.options = job->engine_options,
		.arena = &worker->outcome.arena,
	};
	int error;

	error = worker->loop.class->open(&setup, &worker->loop.engine, &worker->outcome.report);
	if (error == 0) {
		worker->loop.class = worker->loop.engine->class;
		return 0;
	}
	worker_fail(worker, -error, worker->outcome.report.hint, "engine %s: %s",
		worker->loop.class->name,
		worker->outcome.report.problem ? worker->outcome.report.problem : strerror(-error));
	return error;
}

/*
 * The pages of histograms are not touched: a job has twenty, and uses a few pages of two or three.
 * A page that is needed costs a fault in the window, after the I/O that is recorded there.
 */
static struct worker_measurement *new_measurement(unsigned depth)
{
	unsigned numbers = depth + 2; /* 0, and a sync of the end beside a full queue */
	struct worker_measurement *measurement = calloc(1, worker_measurement_bytes(numbers));

	if (!measurement)
		return NULL;
	measurement->tally_limit = numbers;
	worker_measurement_bind(measurement);
	explicit_bzero(measurement->tallies, worker_tally_bytes(numbers));
	return measurement;
}

/* The events of this machine's counters. */
static struct perf_source sources[PERF_SOURCE_LIMIT];
static size_t source_count;
static pthread_once_t sources_are_found = PTHREAD_ONCE_INIT;

static void find_sources(void)
{
	source_count = perf_source_list(sources);
}

void worker_init(struct worker *worker)
{
	worker->loop.punt_counter = -1;
	worker->recording.log.spill = -1;
}

int worker_prepare(struct worker *worker)
{
	int error;

	worker_init(worker);
	worker->loop.class = worker->task.job->engine;
	worker->loop.fill = worker->task.job->rare->replay.log ? worker_replay_fill : worker_fill;
	worker->loop.wraps = worker->task.wraps;
	worker->loop.clock = clock_scale;
	atomic_store_explicit(&worker->progress.thread, gettid(), memory_order_relaxed);
	worker->loop.cpu_account = cpu_account_open();
	set_depths(worker);
	worker->outcome.measurement = new_measurement(worker->loop.depth);
	worker->loop.ramp_measurement = worker->outcome.measurement;
	if (worker->task.job->ramp_time_ns != 0 || worker->task.takes_turns ||
		worker_goal_searches(worker))
		worker->loop.ramp_measurement = new_measurement(worker->loop.depth);
	if (!worker->loop.cpu_account || !worker->loop.ramp_measurement ||
		!worker->outcome.measurement || worker_interval_prepare(worker) != 0 ||
		worker_log_prepare(worker, worker->task.log_bytes) != 0 ||
		worker_record_prepare(worker, worker->task.log_bytes / RECORDING_SHARE) != 0) {
		worker_fail(worker, ENOMEM, NULL, "no memory for the measurements");
		return -ENOMEM;
	}
	if (worker->loop.class->traits & ENGINE_HAS_PASSING_THREADS)
		cpu_account_expect_passing_helpers(worker->loop.cpu_account);
	pthread_once(&sources_are_found, find_sources);
	/* What is forked would be counted too. */
	if (!worker->loop.class->account)
		cpu_account_count(worker->loop.cpu_account, sources, source_count);
	worker_measure_into(&worker->loop, worker->loop.ramp_measurement);
	/* Before the ring is made, so that its kernel threads are counted too. */
	if (worker->loop.class->traits & ENGINE_COMBINES_CALLS)
		worker->loop.punt_counter = kernel_counter_open_punts();
	make_generators(worker);
	worker->outcome.report.arena = &worker->outcome.arena;
	error = worker_host_apply(worker);
	if (error == 0)
		error = open_targets(worker);
	if (error == 0)
		error = pre_read(worker);
	if (error == 0)
		error = map_buffers(worker);
	if (error != 0)
		return error;
	make_slots(worker);
	worker_host_report(worker);
	error = worker_priority_prepare(worker, stream_seed(worker->task.job, SEED_PRIORITY, 0));
	if (error == 0)
		error = open_engine(worker);
	if (error != 0)
		return error;
	if (worker->loop.class->account)
		cpu_account_count(worker->loop.cpu_account, sources, source_count);
	worker_goal_prepare(worker);
	error = worker_verify_prepare(worker);
	worker_priority_hook(worker);
	worker_plain_choose(worker);
	return error;
}

void worker_close(struct worker *worker)
{
	if (worker->loop.engine) {
		worker->loop.class->close(worker->loop.engine);
		worker->loop.engine = NULL;
	}
	worker_zone_close(worker);
	if (worker->loop.files.files)
		file_service_close(&worker->loop.files);
	if (worker->loop.punt_counter >= 0)
		close(worker->loop.punt_counter);
	worker->loop.punt_counter = -1;
	worker_host_release(worker);
}

void worker_forget(struct worker *worker)
{
	if (worker->loop.ramp_measurement != worker->outcome.measurement)
		free(worker->loop.ramp_measurement);
	free(worker->outcome.measurement);
	worker_interval_free(worker);
	worker->loop.measurement = worker->loop.ramp_measurement = worker->outcome.measurement =
		NULL;
}

void worker_free(struct worker *worker)
{
	worker_verify_free(worker);
	worker_forget(worker);
	worker_log_free(&worker->log);
	io_log_close(&worker->recording.log);
	if (worker->loop.cpu_account)
		cpu_account_close(worker->loop.cpu_account);
	worker->loop.cpu_account = NULL;
	arena_free(&worker->outcome.arena);
}
