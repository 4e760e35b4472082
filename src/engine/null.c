/* SPDX-License-Identifier: MIT */
/*
 * An engine that moves nothing: what a run costs with it is ringside's own cost per I/O. Slots come
 * back in the order they were sent, each with its whole length done.
 */
#include "base/hot.h"
#include "engine/engine_kit.h"

struct null_engine {
	struct engine engine;
	struct slot **queue; /* a ring: what was sent and not yet reaped */
	unsigned mask;
	unsigned head;
	unsigned tail;
	uint64_t ios;
	struct engine_class one_slot_class;
};

static unsigned power_of_two_above(unsigned count)
{
	unsigned power = 1;

	while (power < count)
		power <<= 1;
	return power;
}

static HOT int submit_one(struct engine *engine, struct slot **slots, unsigned count)
{
	struct null_engine *null = (struct null_engine *)engine;

	if (engine->done || count == 0)
		return 0;
	slots[0]->result = (int32_t)(slots[0]->length & INT32_MAX);
	engine->done = slots[0];
	null->ios++;
	return 1;
}

/* One slot needs no queue. */
static const struct engine_class *use_one_slot(struct null_engine *null)
{
	null->one_slot_class = engine_null;
	null->one_slot_class.submit = submit_one;
	null->one_slot_class.reap = engine_reap_done;
	return &null->one_slot_class;
}

static int null_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct null_engine *null = ARENA_NEW(setup->arena, struct null_engine);
	unsigned entries = power_of_two_above(setup->slot_count);

	null->engine.class = setup->slot_count == 1 ? use_one_slot(null) : &engine_null;
	null->queue = arena_alloc_array(setup->arena, entries, sizeof(struct slot *));
	null->mask = entries - 1;
	*engine = &null->engine;
	engine_report_effective(report, "transfer", "none");
	return 0;
}

static HOT int null_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct null_engine *null = (struct null_engine *)engine;
	unsigned tail = null->tail;

	for (unsigned i = 0; i < count; i++) {
		slots[i]->result = (int32_t)(slots[i]->length & INT32_MAX); /* trims: 4 GiB */
		null->queue[tail++ & null->mask] = slots[i];
	}
	null->tail = tail;
	null->ios += count;
	return (int)count;
}

static HOT int null_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct null_engine *null = (struct null_engine *)engine;
	unsigned head = null->head;
	unsigned ready = null->tail - head;
	unsigned count = ready < max ? ready : max;

	(void)min; /* All that was sent is done: there is never anything to wait for. */
	(void)timeout_ns;
	for (unsigned i = 0; i < count; i++)
		done[i] = null->queue[head++ & null->mask];
	null->head = head;
	return (int)count;
}

static void null_prove(struct engine *engine, struct engine_report *report)
{
	struct null_engine *null = (struct null_engine *)engine;

	engine_report_proof(report, "calls", "none");
	engine_report_proof(report, "ios", "%llu", (unsigned long long)null->ios);
}

const struct engine_class engine_null = {
	.name = "null",
	.summary = "moves nothing: measures ringside's own cost per I/O",
	.op_mask = ENGINE_PLAIN_OPS | IO_COMPOSITE_BITS,
	.traits = ENGINE_TAKES_NO_TARGET,
	.open = null_open,
	.submit = null_submit,
	.reap = null_reap,
	.prove = null_prove,
	.close = engine_close_nothing,
};
