/* SPDX-License-Identifier: MIT */
/*
 * What the engine tests share: an engine over one target, driven as the worker drives it, and a
 * target whose content is known: each 8-byte word holds its own position, mixed with a salt.
 */
#ifndef TESTS_ENGINE_RIG_H
#define TESTS_ENGINE_RIG_H

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/engine_kit.h"
#include "test.h"

enum { RIG_DEPTH_LIMIT = 64, RIG_BLOCK_BYTES = 4096 };

struct rig {
	struct arena arena;
	const struct engine_class *class;
	struct engine *engine;
	struct engine_report report;
	struct engine_setup setup;
	struct target target;
	struct target *targets; /* more than that one; NULL: that one */
	unsigned target_count;
	void *memory;
	unsigned batch;
	bool takes_what_there_is; /* after a while, rather than a whole batch */
	bool is_polled;           /* reap may end with nothing, when the CPU is wanted */
	/* Of rig_run. */
	struct slot *idle[RIG_DEPTH_LIMIT];
	unsigned idle_count;
	size_t io_of_slot[RIG_DEPTH_LIMIT];
};

struct rig_io {
	enum io_op op;
	uint64_t offset;
	uint32_t length;
	uint16_t target;
	int32_t result;      /* out */
	unsigned done_count; /* out: 1 when it came back, as it must, once */
};

static inline uint64_t rig_word(uint64_t position, uint64_t salt)
{
	return (position + 1) * 0x9e3779b97f4a7c15u ^ salt;
}

static inline void rig_fill(void *buffer, uint64_t offset, size_t bytes, uint64_t salt)
{
	uint64_t *words = buffer;

	for (size_t i = 0; i < bytes / 8; i++)
		words[i] = rig_word(offset + i * 8, salt);
}

static inline void rig_check(const void *buffer, uint64_t offset, size_t bytes, uint64_t salt)
{
	const uint64_t *words = buffer;

	for (size_t i = 0; i < bytes / 8; i++)
		assert_int_equal(words[i], rig_word(offset + i * 8, salt));
}

static inline void rig_check_zero(const void *buffer, size_t bytes)
{
	const unsigned char *content = buffer;

	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(content[i], 0);
}

/* A file without a name, on a file system that keeps data (not tmpfs where it can be helped). */
static inline int rig_temporary_file(char path[64])
{
	int descriptor;

	snprintf(path, 64, "/var/tmp/ringside-engine-XXXXXX");
	descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	return descriptor;
}

/* Binds a loop device to `file`; it goes away with its last descriptor. -errno where it cannot. */
static inline int rig_attach_loop(int file, char path[64])
{
	struct loop_config config = {.fd = (uint32_t)file};
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number, device = -ENODEV;

	if (control < 0)
		return -errno;
	config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
	for (int attempt = 0; attempt < 16 && device < 0; attempt++) {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		if (number < 0)
			break;
		snprintf(path, 64, "/dev/loop%d", number);
		device = open(path, O_RDWR | O_CLOEXEC);
		if (device >= 0 && ioctl(device, LOOP_CONFIGURE, &config) < 0) {
			close(device); /* Somebody else took it between the two calls. */
			device = -EBUSY;
		}
	}
	close(control);
	return device;
}

/* "fixedbufs=1 registerfiles=1", read by the engine's option table. */
static inline const void *rig_options(
	struct arena *arena, const struct engine_class *class, const char *settings)
{
	void *options;
	char **words;

	if (!class->options)
		return NULL;
	options = arena_alloc(arena, class->options->struct_bytes);
	option_set_defaults(class->options, options, arena);
	text_split(arena, settings, ' ', &words);
	for (; *words; words++) {
		char *equals = strchr(*words, '=');
		struct option_problem problem;
		const struct option *option;

		if (!equals)
			continue;
		*equals = '\0';
		option = option_find(class->options, *words);
		assert_non_null(option);
		assert_int_equal(option_read(option, equals + 1, options, arena, &problem), 0);
	}
	return options;
}

/* An engine over `rig->target`, which the caller has opened; slots and buffers are made here. */
static inline int rig_open(struct rig *rig, const char *engine, const char *settings,
	unsigned depth, unsigned batch, unsigned op_mask)
{
	size_t bytes = (size_t)depth * RIG_BLOCK_BYTES;
	int result;

	rig->class = engine_find(engine);
	assert_non_null(rig->class);
	assert_true(depth <= RIG_DEPTH_LIMIT);
	rig->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(rig->memory != MAP_FAILED);
	rig->batch = batch;
	rig->idle_count = 0;
	rig->setup = (struct engine_setup){
		.targets = rig->targets ? rig->targets : &rig->target,
		.target_count = rig->targets ? rig->target_count : 1,
		.slots = arena_alloc_array(&rig->arena, depth + 1, sizeof(struct slot)),
		.slot_count = depth,
		.buffer_bytes = RIG_BLOCK_BYTES,
		.batch_submit = batch,
		.batch_complete_max = batch,
		.op_mask = op_mask,
		.is_direct = rig->target.is_direct,
		.options = rig_options(&rig->arena, rig->class, settings),
		.arena = &rig->arena,
	};
	rig->setup.slots = (struct slot *)(((uintptr_t)rig->setup.slots + 63) & ~(uintptr_t)63);
	for (unsigned i = 0; i < depth; i++) {
		struct slot *slot = &rig->setup.slots[i];

		slot->buffer = (char *)rig->memory + (size_t)i * RIG_BLOCK_BYTES;
		slot->index = i;
		rig->idle[rig->idle_count++] = slot;
	}
	rig->report.arena = &rig->arena;
	result = rig->class->open(&rig->setup, &rig->engine, &rig->report);
	if (result == 0)
		rig->class = rig->engine->class;
	return result;
}

static inline void rig_close(struct rig *rig)
{
	rig->class->close(rig->engine);
	munmap(rig->memory, (size_t)rig->setup.slot_count * RIG_BLOCK_BYTES);
	arena_free(&rig->arena);
	rig->engine = NULL;
}

/* Called with each I/O before it is sent, and after it came back. */
typedef void rig_hook(struct slot *slot, const struct rig_io *io, uint64_t salt);

static inline void rig_hook_none(struct slot *slot, const struct rig_io *io, uint64_t salt)
{
	(void)slot;
	(void)io;
	(void)salt;
}

static inline void rig_hook_fill(struct slot *slot, const struct rig_io *io, uint64_t salt)
{
	rig_fill(slot->buffer, io->offset, io->length, salt);
}

static inline void rig_hook_check(struct slot *slot, const struct rig_io *io, uint64_t salt)
{
	assert_int_equal(io->result, io->length);
	rig_check(slot->buffer, io->offset, io->length, salt);
}

static inline unsigned rig_submit(struct rig *rig, struct rig_io *ios, size_t *next, size_t count,
	rig_hook *before, uint64_t salt)
{
	struct slot *batch[RIG_DEPTH_LIMIT];
	unsigned wanted = 0;
	int taken;

	while (wanted < rig->batch && wanted < rig->idle_count && *next + wanted < count) {
		struct slot *slot = rig->idle[rig->idle_count - 1 - wanted];
		const struct rig_io *io = &ios[*next + wanted];

		slot->op = (uint8_t)io->op;
		slot->offset = io->offset;
		slot->length = io->length;
		slot->target = io->target;
		slot->result = INT32_MIN;
		before(slot, io, salt);
		batch[wanted++] = slot;
	}
	if (wanted == 0)
		return 0;
	taken = rig->class->submit(rig->engine, batch, wanted);
	assert_in_range(taken, 0, wanted);
	for (int i = 0; i < taken; i++)
		rig->io_of_slot[batch[i]->index] = (*next)++;
	/* What was not taken stays on top of the idle ones, as the worker's does. */
	rig->idle_count -= wanted;
	for (unsigned i = wanted; i > (unsigned)taken; i--)
		rig->idle[rig->idle_count++] = batch[i - 1];
	return (unsigned)taken;
}

/* Sends `ios`, at the engine's depth and batch, and checks that each comes back exactly once. */
static inline void rig_run(struct rig *rig, struct rig_io *ios, size_t count, rig_hook *before,
	rig_hook *after, uint64_t salt)
{
	struct slot *done[RIG_DEPTH_LIMIT];
	size_t next = 0, done_count = 0, in_flight = 0;

	while (done_count < count) {
		unsigned min;
		int reaped;

		in_flight += rig_submit(rig, ios, &next, count, before, salt);
		min = rig->batch < in_flight ? rig->batch : (unsigned)in_flight;
		reaped = rig->class->reap(rig->engine, done, min, rig->batch, -1);
		if (rig->is_polled)
			min = 0;
		else if (rig->takes_what_there_is)
			min = 1;
		assert_in_range(reaped, min, rig->batch);
		for (int i = 0; i < reaped; i++) {
			struct rig_io *io = &ios[rig->io_of_slot[done[i]->index]];

			io->result = done[i]->result;
			io->done_count++;
			assert_int_equal(io->done_count, 1);
			after(done[i], io, salt);
			rig->idle[rig->idle_count++] = done[i];
		}
		in_flight -= (size_t)reaped;
		done_count += (size_t)reaped;
	}
	assert_int_equal(in_flight, 0);
	assert_int_equal(rig->class->reap(rig->engine, done, 0, rig->batch, 0), 0);
}

/* One I/O, by itself. Returns its result. */
static inline int32_t rig_run_one(struct rig *rig, enum io_op op, uint64_t offset, uint32_t length)
{
	struct rig_io io = {.op = op, .offset = offset, .length = length};

	rig_run(rig, &io, 1, rig_hook_none, rig_hook_none, 0);
	return io.result;
}

/* Sends one I/O with whatever slot is idle and does not wait for it. */
static inline struct slot *rig_start_one(
	struct rig *rig, enum io_op op, uint64_t offset, uint32_t length)
{
	struct slot *slot = rig->idle[--rig->idle_count];

	slot->op = (uint8_t)op;
	slot->offset = offset;
	slot->length = length;
	slot->result = INT32_MIN;
	assert_int_equal(rig->class->submit(rig->engine, &slot, 1), 1);
	return slot;
}

/* The value reported under `name`, or NULL. */
static inline const char *rig_setting(struct settings list, const char *name)
{
	return settings_value(&list, name);
}

#endif
