/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads, each doing blocking I/O (pread, pwrite, fsync, …): what a program does that
 * wants several I/Os under way and has no asynchronous ones.
 */
#include <errno.h>

#include "base/clock.h"
#include "engine/engine_list.h"
#include "engine/thread_pool.h"

struct threads_options {
	uint32_t pool_threads; /* 0: one for each slot */
};

struct threads_engine {
	struct engine engine;
	struct thread_pool *pool;
	unsigned in_flight;
};

static int threads_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	const struct threads_options *options = setup->options;
	struct threads_engine *threads = ARENA_NEW(setup->arena, struct threads_engine);
	unsigned count = options ? options->pool_threads : 0;
	int result;

	if (count == 0)
		count = setup->slot_count < THREAD_POOL_LIMIT ? setup->slot_count
							      : THREAD_POOL_LIMIT;
	threads->engine.class = &engine_threads;
	result = thread_pool_start(&threads->pool, setup, count, -1, report);
	if (result < 0)
		return result;
	engine_report_effective(report, setup->arena, "pool_threads", "%u", count);
	*engine = &threads->engine;
	return 0;
}

static int threads_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct threads_engine *threads = (struct threads_engine *)engine;
	unsigned taken = thread_pool_submit(threads->pool, slots, count);

	threads->in_flight += taken;
	return (int)taken;
}

static int threads_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct threads_engine *threads = (struct threads_engine *)engine;
	unsigned count = thread_pool_collect(threads->pool, done, max);

	threads->in_flight -= count;
	if (min > count + threads->in_flight)
		min = count + threads->in_flight;
	if (count < min) {
		unsigned more;

		/* What came before a signal or the end of the time is handed out all the same. */
		(void)thread_pool_wait(threads->pool, min - count, timeout_ns);
		more = thread_pool_collect(threads->pool, &done[count], max - count);
		threads->in_flight -= more;
		count += more;
	}
	engine->syscalls = thread_pool_syscalls(threads->pool);
	return (int)count;
}

static void threads_prove(struct engine *engine, struct engine_report *report, struct arena *arena)
{
	thread_pool_prove(((struct threads_engine *)engine)->pool, report, arena);
}

static void threads_close(struct engine *engine)
{
	if (engine)
		thread_pool_stop(((struct threads_engine *)engine)->pool);
}

static const struct option options_of_threads[] = {
	{
		.name = "pool_threads",
		OPTION_BIND_COUNT(struct threads_options, pool_threads),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.max = THREAD_POOL_LIMIT,
		.help = "threads that do this job's I/O; 0: as many as iodepth",
	},
	{.name = NULL},
};

static const struct option_table option_table = {
	.options = options_of_threads,
	.struct_bytes = sizeof(struct threads_options),
};

const struct engine_class engine_threads = {
	.name = "threads",
	.summary = "a pool of threads that do blocking I/O (pread(2), pwrite(2))",
	.op_mask = IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM) | IO_BIT(IO_SYNC) |
		   IO_BIT(IO_DATASYNC) | IO_COMPOSITE_BITS,
	.options = &option_table,
	.open = threads_open,
	.submit = threads_submit,
	.reap = threads_reap,
	.prove = threads_prove,
	.close = threads_close,
};
