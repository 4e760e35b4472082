/* SPDX-License-Identifier: MIT */
/*
 * What `ringside probe` found, plain data:
 *     probe_collect.c asks the host and the engines
 *     probe_hints.c   what is worth changing
 *     probe_text.c    for people
 *     probe_json.c    for programs
 *     probe_schema.c  what the JSON looks like
 */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

#include <stdbool.h>
#include <stdio.h>

#include "engine/engine_trial.h"
#include "engine/target_probe.h"
#include "engine/uring_probe.h"
#include "host/ability.h"
#include "host/block_device.h"
#include "host/block_queue.h"
#include "host/host_limits.h"

struct probe_hint {
	const char *effect;  /* "large", "medium", "small" */
	const char *text;    /* what it is about, a sentence */
	const char *command; /* what does it */
	struct probe_hint *next;
};

struct probe {
	struct arena arena;
	struct host_limits limits;
	struct ability_list machine; /* limits as answers */
	struct uring_abilities uring;

	bool has_target; /* else what is below of the target and the device is empty */
	struct target target;
	struct ability readable;       /* whether one block was read at all */
	struct ability writable;       /* whether a job could write it: the guard's answer */
	struct ability_list abilities; /* of the target */

	bool has_device; /* the target is, or stands on, a block device */
	struct block_device device;
	struct block_queue queue;

	struct engine_trial *engines;
	struct probe_hint *hints; /* the largest effect first */
};

/* `path` NULL: the machine only. 0, or -errno reported to diag; probe_free in either case. */
int probe_collect(struct probe *probe, const char *path, struct diag *diag);
void probe_free(struct probe *probe);

void probe_add_hints(struct probe *probe);

/* A queue setting: its name in sysfs, its value as text (NULL: not known) and what it means. */
struct probe_setting {
	const char *name;
	const char *value;
	const char *meaning;
};
enum { PROBE_SETTINGS_LIMIT = 20 };
size_t probe_queue_settings(struct probe *probe, struct probe_setting *settings);

/* 0 or -errno. */
int probe_write_text(struct probe *probe, FILE *stream);
int probe_write_json(struct probe *probe, FILE *stream);

/* The JSON Schema of what probe_write_json writes. */
const char *probe_schema(void);

#endif
