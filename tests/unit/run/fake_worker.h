/* SPDX-License-Identifier: MIT */
/* A worker with an engine and a clock of our own: every latency is an exact number. */
#ifndef TESTS_FAKE_WORKER_H
#define TESTS_FAKE_WORKER_H

#include "fake_clock.h"
#include "run/worker.h"
#include "test.h"

#include <errno.h>
#include <string.h>

enum { BLOCK = 4096, QUEUE_LIMIT = 64, LOOK_NS = 10 };

/* What the engine is to do, and what it saw. Times by the fake clock. */
static struct script {
	uint64_t submit_ns;  /* a submit call takes so long */
	uint64_t service_ns; /* an I/O is done so long after its submission */
	uint64_t serial_ns;  /* each takes so long after the one before it: latency grows with depth
			      */
	unsigned take_limit; /* slots taken by one submit */
	int error_at;        /* the n-th I/O (from 1) fails */
	int error;
	int short_at; /* the n-th I/O moves half */
	bool never_completes;
	uint64_t stall_at_ns; /* an I/O sent from then on, and before stall_end_ns, ends only there
			       */
	uint64_t stall_end_ns;
	uint64_t nudge_ns;             /* a wait without an end is broken off after so long */
	uint64_t look_ns;              /* a look that finds nothing takes so long */
	struct worker *stopped_worker; /* told to abandon once it waits */
	struct worker *nudged_worker;  /* a signal comes during the I/O that moves half */

	unsigned taken;
	unsigned submit_calls;
	unsigned most_in_flight;
	uint64_t offsets[256];
	uint32_t lengths[256];
	uint64_t sent_ns[256];
	uint8_t ops[256];
} script;

static struct job job;
static struct job_rare rare; /* its */

static struct fake_engine {
	struct engine base;
	struct slot *queue[QUEUE_LIMIT];
	uint64_t due_ns[QUEUE_LIMIT];
	unsigned count;
} fake;

static int fake_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	(void)report;
	memset(&fake, 0, sizeof(fake));
	assert_true(setup->slot_count <= QUEUE_LIMIT);
	fake.base.class = job.engine;
	*engine = &fake.base;
	return 0;
}

static void note(const struct slot *slot)
{
	if (script.taken < 256) {
		script.offsets[script.taken] = slot->offset;
		script.lengths[script.taken] = slot->length;
		script.ops[script.taken] = slot->op;
		script.sent_ns[script.taken] = clock_fake_ns;
	}
	script.taken++;
}

static int32_t outcome(const struct slot *slot)
{
	if (script.error_at != 0 && (int)script.taken == script.error_at)
		return -script.error;
	if (script.short_at != 0 && (int)script.taken == script.short_at) {
		if (script.nudged_worker)
			atomic_store(&script.nudged_worker->was_nudged, true);
		return (int32_t)slot->length / 2;
	}
	return (int32_t)slot->length;
}

static uint64_t end_of(uint64_t sent_ns)
{
	if (script.serial_ns != 0) {
		uint64_t free_ns = fake.count > 0 ? fake.due_ns[fake.count - 1] : sent_ns;

		return (free_ns > sent_ns ? free_ns : sent_ns) + script.serial_ns;
	}
	if (sent_ns >= script.stall_at_ns && sent_ns < script.stall_end_ns)
		return script.stall_end_ns;
	return sent_ns + script.service_ns;
}

static int fake_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	unsigned taken = count;

	engine->syscalls++;
	script.submit_calls++;
	if (script.take_limit != 0 && taken > script.take_limit)
		taken = script.take_limit;
	clock_fake_ns += script.submit_ns;
	for (unsigned i = 0; i < taken; i++) {
		note(slots[i]);
		slots[i]->result = outcome(slots[i]);
		fake.due_ns[fake.count] = end_of(clock_fake_ns);
		fake.queue[fake.count++] = slots[i];
	}
	if (fake.count > script.most_in_flight)
		script.most_in_flight = fake.count;
	return (int)taken;
}

static int fake_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	unsigned found = 0;

	engine->syscalls++;
	if (script.never_completes) {
		clock_fake_ns += 1000;
		if (script.stopped_worker)
			script.stopped_worker->must_abandon = true;
		return 0;
	}
	while (found < fake.count && found < max) {
		if (fake.due_ns[found] > clock_fake_ns) {
			if (found >= min)
				break;
			if (timeout_ns >= 0 &&
				fake.due_ns[found] > clock_fake_ns + (uint64_t)timeout_ns) {
				clock_fake_ns += (uint64_t)timeout_ns;
				break;
			}
			if (timeout_ns < 0 && script.nudge_ns != 0 &&
				fake.due_ns[found] > clock_fake_ns + script.nudge_ns) {
				clock_fake_ns += script.nudge_ns;
				break;
			}
			clock_fake_ns = fake.due_ns[found];
		}
		done[found] = fake.queue[found];
		found++;
	}
	/* Who asks again and again until the time comes must see it go by. */
	if (found == 0 && timeout_ns == 0)
		clock_fake_ns += script.look_ns;
	fake.count -= found;
	memmove(fake.queue, fake.queue + found, fake.count * sizeof(fake.queue[0]));
	memmove(fake.due_ns, fake.due_ns + found, fake.count * sizeof(fake.due_ns[0]));
	return (int)found;
}

static void fake_close(struct engine *engine)
{
	(void)engine;
}

static const struct engine_class fake_class = {
	.name = "fake",
	.op_mask = ~0u,
	.traits = ENGINE_TAKES_NO_TARGET,
	.open = fake_open,
	.submit = fake_submit,
	.reap = fake_reap,
	.close = fake_close,
};

static const struct engine_class fake_sync_class = {
	.name = "fake-sync",
	.op_mask = ~0u,
	.traits = ENGINE_TAKES_NO_TARGET | ENGINE_IS_SYNCHRONOUS,
	.open = fake_open,
	.submit = fake_submit,
	.reap = fake_reap,
	.close = fake_close,
};

static struct target target;
static struct pattern_spec region;
static struct worker worker;

static void set_up(const struct engine_class *class, uint64_t bytes)
{
	memset(&script, 0, sizeof(script));
	script.look_ns = LOOK_NS;
	memset(&worker, 0, sizeof(worker));
	clock_fake_ns = 1000000;
	rare = (struct job_rare){.zones.mode = ZONES_NONE};
	job = (struct job){
		.name = "test",
		.rare = &rare,
		.rw.mode = RW_READ,
		.engine = class,
		.ioengine = class->name,
		.iodepth = 1,
		.loops = 1,
		.rwmixread = 50,
	};
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		job.block_sizes.of[i].min_bytes = job.block_sizes.of[i].max_bytes = BLOCK;
	target = (struct target){.path = "none",
		.kind = TARGET_NONE,
		.descriptor = -1,
		.bytes = UINT64_MAX,
		.exists = true};
	region = (struct pattern_spec){
		.region_bytes = bytes, .block_bytes = BLOCK, .largest_io_bytes = BLOCK};
	worker.task.job = &job;
	worker.task.targets = &target;
	worker.task.regions = &region;
	worker.task.target_count = 1;
	worker.task.pass_bytes = bytes;
	worker.task.pass_count = 1;
}

static inline const struct worker_direction *run(enum io_direction direction)
{
	assert_int_equal(worker_prepare(&worker), 0);
	worker_run(&worker);
	return &worker.loop.measurement->directions[direction];
}

static void tear_down(void)
{
	worker_close(&worker);
	worker_close(&worker); /* twice must be safe */
	worker_free(&worker);
}

#endif
