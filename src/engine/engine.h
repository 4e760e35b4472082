/* SPDX-License-Identifier: MIT */
/*
 * The engine interface: how bytes are moved, and nothing else. Engines choose no offsets, read no
 * clocks, keep no statistics; between open and close they never allocate, print or lock.
 *     probe (any thread, before anything starts)
 *     open -> { submit -> reap }* -> close      (all on the worker's own thread)
 * An I/O that failed is data (slot->result). When submit or reap fails, the worker ends.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/arena.h"
#include "base/io_op.h"
#include "base/settings.h"
#include "engine/target.h"
#include "option/option.h"

/* One I/O in flight; one cache line. Made once; the buffer stays with its slot. */
struct slot {
	void *buffer;
	uint64_t offset;
	uint64_t start_ns;     /* the worker's: stamp before the submission */
	uint64_t due_ns;       /* the worker's: by the schedule, where a rate is set */
	uint64_t submitted_ns; /* the worker's: stamp after the submission, 0: not taken */
	uint32_t length;
	int32_t result;  /* the engine's: bytes done, or -errno; of a trim what is not negative */
	uint32_t index;  /* 0..slot_count-1: registered buffer, SQE template, user_data */
	uint16_t target; /* index into engine_setup.targets */
	uint8_t op;      /* enum io_op */
	uint8_t parts;   /* the engine's: what was done of a composite op (engine/blocking.h) */
	uint64_t engine_word; /* the engine's own */
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct slot) == 64, "a slot is one cache line");

enum engine_trait {
	ENGINE_IS_SYNCHRONOUS = 1 << 0,  /* I/O is done inside submit; depth is 1 */
	ENGINE_TAKES_NO_TARGET = 1 << 1, /* null: nothing is opened */
	ENGINE_COMBINES_CALLS = 1 << 2,  /* submit may leave the batch unsent until reap */
	ENGINE_NEEDS_DIRECT = 1 << 3,
	ENGINE_TAKES_NVME_COMMANDS = 1 << 4, /* passthrough: on /dev/ngXnY only */
	ENGINE_HAS_PASSING_THREADS = 1 << 5, /* threads come and go too fast to be seen */
	ENGINE_MAPS_TARGETS = 1 << 6,        /* what is written must be open for reading too */
	ENGINE_WORKS_IN_SUBMIT = 1 << 7,     /* I/O is done inside submit, several at a time */
	ENGINE_HAS_PRIORITIES = 1 << 8,      /* it looks at engine_setup.priorities */
};

struct engine_setup {
	struct target *targets; /* opened; descriptors may change between turns (openfiles) */
	unsigned target_count;  /* IO_COPY: sources, then as many destinations, in their order */
	struct slot *slots;     /* slot_count = iodepth; buffers are mapped */
	unsigned slot_count;
	size_t buffer_bytes;   /* of each slot */
	unsigned batch_submit; /* most slots in one submit */
	unsigned batch_complete_min, batch_complete_max;
	unsigned op_mask;               /* IO_BIT of every op the job will send */
	bool is_direct, targets_change; /* descriptors change: they cannot be registered */
	const uint16_t *priorities; /* of I/Os (ioprio_set(2)), by slot index; NULL: the thread's */
	const struct engine_echo_setup *echo; /* rw=echo: engine/echo.h; else NULL */
	const void *options; /* the engine's own struct, bound by its option table */
	struct arena *arena; /* for open only; lives until close */
};

/* The findings of probe, open and prove. */
struct engine_report {
	struct arena *arena;        /* of its texts and lists; set by the caller */
	struct settings effective;  /* settings that took effect */
	struct settings refused;    /* asked for, not given by the kernel, and why */
	struct settings proof;      /* counters and facts that show what really ran */
	const char *problem, *hint; /* why open or probe failed (NULL: strerror); what to try */
};

struct engine;
struct engine_account; /* engine/echo.h */
struct engine_server;  /* the same */
struct engine_class {
	const char *name;                   /* fio's ioengine name */
	const char *summary;                /* one line for help */
	unsigned op_mask;                   /* what it can do */
	unsigned traits;                    /* enum engine_trait */
	unsigned depth_limit;               /* 0: none of its own */
	const struct option_table *options; /* NULL: none */
	/* Whether this kernel and user have it, without touching a target. NULL: always there. 0
	 * or -errno with report->problem and hint. */
	int (*probe)(const struct engine_setup *setup, struct engine_report *report);

	/* Makes an engine ready to submit. 0 or -errno, with report->problem and hint. It may set
	 * (*engine)->class to one of its name whose functions fit this setup better. */
	int (*open)(const struct engine_setup *setup, struct engine **engine,
		struct engine_report *report);

	/* Takes a batch; returns how many (0: none now, reap first) or -errno. COMBINES_CALLS: it
	 * may stay unsent until the reap that always follows, unless engine->sends_now is set. */
	int (*submit)(struct engine *engine, struct slot **slots, unsigned count);
	/* Sends what is unsent, waits until at least `min` are done, returns up to `max` in done[],
	 * their result set; 0 <= min <= max. Fewer, even 0, when a signal came, a ring that polls
	 * its device was to let a thread run, or `timeout_ns` (-1: none) ran out. Or -errno. */
	int (*reap)(struct engine *engine, struct slot **done, unsigned min, unsigned max,
		int64_t timeout_ns);
	/* Nothing in flight: waits until no thread of its own uses a CPU. NULL: it has none. */
	void (*rest)(struct engine *engine);
	/* The process that does the work; may be NULL: none does, and then account is, too. */
	const struct engine_server *(*server)(struct engine *engine);
	/* Begins a window of it (NULL) or ends it. */
	void (*account)(struct engine *engine, struct engine_account *account);
	/* Adds to report->proof what really ran. After the last reap, before close; may be NULL. */
	void (*prove)(struct engine *engine, struct engine_report *report);
	/* Frees it; safe on NULL and after a failed open; I/O in flight is ended or awaited. */
	void (*close)(struct engine *engine);
};

/* The head of every engine's own struct. */
struct engine {
	const struct engine_class *class;
	struct slot *done; /* of synchronous engines: submit has done it, reap not handed it back */
	uint64_t syscalls; /* system calls made by submit and reap */
	bool sends_now;    /* the worker's wish: submit sends, so that its time can be measured */
	const void *ahead[4]; /* the worker's: look_ahead.h */
};

#endif
