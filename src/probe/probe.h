/* SPDX-License-Identifier: MIT */
/*
 * The findings of `ringside probe`, plain data:
 *     probe_collect.c asks the host and the engines
 *     probe_engines.c tries each engine and each of its settings
 *     probe_target.c  tries what a target allows
 *     probe_hints.c   what is worth changing
 *     probe_text.c    for people
 *     probe_fields.c  for programs
 */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

#include <stdbool.h>
#include <stdio.h>

#include "document/document.h"
#include "engine/engine.h"
#include "engine/uring_probe.h"
#include "host/ability.h"
#include "host/block_device.h"
#include "host/host_limits.h"
#include "host/perf_counter.h"

/* An engine, opened and asked for one block with each of its settings. */
struct probe_engine {
	const struct engine_class *class;
	struct ability engine; /* whether it works with its defaults */
	bool is_direct;        /* its settings were tried with O_DIRECT */
	/* One for each value tried, in the order of the option table; "direct" first, if tried. */
	struct ability_list settings;
	struct probe_engine *next;
};

struct probe_hint {
	const char *effect;  /* "large", "medium", "small" */
	const char *text;    /* a sentence */
	const char *command; /* that changes it */
	struct probe_hint *next;
};

struct probe {
	struct arena arena;
	struct host_limits limits;
	int counter_errors[PERF_SCOPE_COUNT]; /* of the CPU's counters: 0 or -errno */
	struct ability_list machine;          /* limits as answers */
	struct uring_abilities uring;

	bool has_target; /* else what is below of the target and the device is empty */
	struct target target;
	struct ability readable;       /* whether one block was read at all */
	struct ability writable;       /* whether a job could write it: the guard's answer */
	struct ability_list abilities; /* of the target */

	bool has_device; /* the target is, or stands on, a block device */
	struct block_device device;
	struct block_queue queue;

	struct probe_engine *engines;
	struct probe_hint *hints; /* the largest effect first */
};

/* `path` NULL: the machine only. 0, or -errno reported to diag; probe_free in either case. */
int probe_collect(struct probe *probe, const char *path, struct diag *diag);
void probe_free(struct probe *probe);

/* The part of it that adds `machine`, from `limits`, `counter_errors` and `uring`. */
void probe_answer_limits(struct probe *probe);

/*
 * Which engines, and which of their settings, work for this user on this target. Driven by
 * engines[] and their option tables. Nothing is ever written, and nothing opened for writing.
 * `target` as inspected, readable and safe to read; NULL: engines are only opened, on an empty
 * file in memory, and nothing is read. Not longer than a second for each setting, as far as the
 * engine keeps to the time it is given.
 */
struct probe_engine *probe_engines(const struct target *target, struct arena *arena);

/* One engine. */
void probe_engine_try(struct probe_engine *engine, const struct engine_class *class,
	const struct target *target, struct arena *arena);

/*
 * 0 where one block of the target can be read without consequences: it is readable for this user,
 * and no pipe, no terminal, no device that does something when it is opened. Else -errno with
 * *reason and *cure (which may be NULL) in words.
 */
int probe_target_readable(
	const struct target *target, const char **reason, const char **cure, struct arena *arena);

/*
 * What a target allows that no flag of the kernel shows: one read each, of its first block. Names:
 * "O_DIRECT", "polled I/O", "RWF_NOWAIT", "RWF_NOWAIT, direct", "RWF_DONTCACHE", "RWF_ATOMIC".
 * `queue` of the disk it stands on, NULL: none. Only what is asked without a read where `may_read`
 * is false.
 */
void probe_target_read(const struct target *target, const struct block_queue *queue, bool may_read,
	struct ability_list *abilities, struct arena *arena);

void probe_add_hints(struct probe *probe);

/* A queue setting: its name in sysfs, its value as text (NULL: not known) and what it means. */
struct probe_setting {
	const char *name;
	const char *value;
	const char *meaning;
};
enum { PROBE_SETTINGS_LIMIT = 20 };
size_t probe_queue_settings(
	const struct block_queue *queue, struct probe_setting *settings, struct arena *arena);

extern const struct document_formats probe_formats;
int probe_write_json(struct probe *probe, FILE *stream); /* 0 or -errno */

/* The kind of probe_write_json's documents, for its JSON Schema. */
extern const struct document_kind probe_document;

#endif
