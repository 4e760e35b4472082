/* SPDX-License-Identifier: MIT */
/*
 * An engine whose I/O is one system call that does next to nothing, and moves no data: what
 * entering the kernel and coming back costs on this machine. Each answer is checked, so that a call
 * that a filter answered, or that was not made, is an error and not a fast call.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/system_call.h"
#include "base/text.h"
#include "engine/engine_kit.h"

#define EMPTY_READ_PATH "/dev/zero"

enum {
	INVALID_NUMBER = -1, /* no kernel has a call of this number: ENOSYS before any work */
};

enum syscall_kind { SYSCALL_GETPPID, SYSCALL_INVALID, SYSCALL_PREAD0 };

struct syscall_options {
	int call; /* enum syscall_kind */
};

struct syscall_engine {
	struct engine engine;
	enum syscall_kind kind;
	int descriptor;                  /* of EMPTY_READ_PATH; -1: none */
	struct engine_finished finished; /* done, and not handed back */
	uint64_t count;
	uint64_t wrong_answers;
};

static const struct option_choice calls[] = {
	{"getppid", SYSCALL_GETPPID, "getppid(2), which reads one number"},
	{"invalid", SYSCALL_INVALID, "a number that no call has: the way in and out alone"},
	{"pread0", SYSCALL_PREAD0, "pread(2) of 0 bytes of " EMPTY_READ_PATH},
	{NULL, 0, NULL},
};

static const struct option syscall_options[] = {
	ENGINE_OPTION(CHOICE, struct syscall_options, call, "getppid", .choices = calls,
		.help = "the system call that an I/O is",
		.detail = "None moves data: an I/O is the call, whatever bs is."),
	{.name = NULL},
};

static const struct option_table syscall_table = {
	.options = syscall_options, .struct_bytes = sizeof(struct syscall_options)};

/* glibc's functions may add work of their own. */
static inline long make_call(enum syscall_kind kind, int descriptor, void *buffer)
{
	long result = 0;

	switch (kind) {
	case SYSCALL_GETPPID:
		result = system_call(SYS_getppid, 0, 0, 0, 0, 0, 0);
		break;
	case SYSCALL_INVALID:
		result = system_call(INVALID_NUMBER, 0, 0, 0, 0, 0, 0);
		break;
	case SYSCALL_PREAD0:
		result = system_call(SYS_pread64, descriptor, (long)buffer, 0, 0, 0, 0);
		break;
	}
	return result;
}

/* Whether this is what the kernel itself answers. The parent may change, its number is above 0. */
static inline bool is_right(enum syscall_kind kind, long answer)
{
	if (kind == SYSCALL_GETPPID)
		return answer >= 0; /* 0: the parent is in another namespace of processes */
	return answer == (kind == SYSCALL_INVALID ? -ENOSYS : 0);
}

/* A whole batch, so that ringside's own work between two calls is as little as it can be. */
static inline __attribute__((always_inline)) int submit_as(
	enum syscall_kind kind, struct engine *engine, struct slot **slots, unsigned count)
{
	struct syscall_engine *self = (struct syscall_engine *)engine;

	for (unsigned i = 0; i < count; i++) {
		long answer = make_call(kind, self->descriptor, slots[i]->buffer);
		int32_t result = (int32_t)slots[i]->length;

		if (__builtin_expect(!is_right(kind, answer), 0)) {
			self->wrong_answers++;
			result = -EPROTO;
		}
		engine_finished_add(&self->finished, slots[i], result);
	}
	engine->syscalls += count;
	self->count += count;
	return (int)count;
}

/* All that was sent is done: there is never anything to wait for. */
static int syscall_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct syscall_engine *self = (struct syscall_engine *)engine;

	(void)min;
	(void)timeout_ns;
	return (int)engine_finished_take(&self->finished, done, max);
}

static void syscall_prove(struct engine *engine, struct engine_report *report)
{
	struct syscall_engine *self = (struct syscall_engine *)engine;
	const struct engine_count counts[] = {{calls[self->kind].text, self->count}};

	engine_report_counts(report, "calls", counts, COUNT_OF(counts));
	engine_report_proof(
		report, "wrong_answers", "%llu", (unsigned long long)self->wrong_answers);
}

static void syscall_close(struct engine *engine)
{
	struct syscall_engine *self = (struct syscall_engine *)engine;

	if (self && self->descriptor >= 0)
		close(self->descriptor);
}

#define SYSCALL_CLASS(call_submit, call_open)                                                      \
	{                                                                                          \
		.name = "syscall", .summary = "a system call that moves no data: what one costs",  \
		.op_mask = IO_BIT(IO_READ),                                                        \
		.traits = ENGINE_WORKS_IN_SUBMIT | ENGINE_TAKES_NO_TARGET,                         \
		.options = &syscall_table, .open = call_open, .submit = call_submit,               \
		.reap = syscall_reap, .prove = syscall_prove, .close = syscall_close,              \
	}

#define SYSCALL_SUBMIT(name, kind)                                                                 \
	static int submit_##name(struct engine *engine, struct slot **slots, unsigned count)       \
	{                                                                                          \
		return submit_as(kind, engine, slots, count);                                      \
	}

SYSCALL_SUBMIT(getppid, SYSCALL_GETPPID)
SYSCALL_SUBMIT(invalid, SYSCALL_INVALID)
SYSCALL_SUBMIT(pread0, SYSCALL_PREAD0)

static const struct engine_class classes[] = {
	[SYSCALL_GETPPID] = SYSCALL_CLASS(submit_getppid, NULL),
	[SYSCALL_INVALID] = SYSCALL_CLASS(submit_invalid, NULL),
	[SYSCALL_PREAD0] = SYSCALL_CLASS(submit_pread0, NULL),
};

/* A filter of system calls that answers in the kernel's place would be measured, not the call. */
static int try_call(const struct syscall_engine *self, void *buffer, struct engine_report *report)
{
	long answer = make_call(self->kind, self->descriptor, buffer);

	if (is_right(self->kind, answer))
		return 0;
	return engine_refuse(report, -EOPNOTSUPP,
		"run without the filter of system calls (seccomp)",
		"call=%s: not what the kernel answers: %s", calls[self->kind].text,
		answer < 0 ? text_errno_name((int)answer) : "success");
}

static int syscall_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct syscall_engine *self = ARENA_NEW(setup->arena, struct syscall_engine);
	struct syscall_options options;
	int result;

	engine_take_options(setup, &syscall_table, &options);
	self->kind = options.call;
	self->engine.class = &classes[self->kind];
	engine_finished_init(&self->finished, setup);
	self->descriptor = -1;
	if (self->kind == SYSCALL_PREAD0) {
		self->descriptor = open(EMPTY_READ_PATH, O_RDONLY | O_CLOEXEC);
		if (self->descriptor < 0)
			return engine_refuse(report, -errno, "take another call",
				"call=pread0: cannot open " EMPTY_READ_PATH);
	}
	result = try_call(self, setup->slots[0].buffer, report);
	if (result < 0) {
		syscall_close(&self->engine);
		return result;
	}
	engine_report_effective(report, "call", "%s", calls[self->kind].text);
	engine_report_effective(report, "transfer", "none");
	*engine = &self->engine;
	return 0;
}

/* The class of the default call, and the one that knows how to open each. */
const struct engine_class engine_syscall = SYSCALL_CLASS(submit_getppid, syscall_open);
