/* SPDX-License-Identifier: MIT */
/* Trials of engines and their settings: open, one read, close. */
#include "probe/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "engine/engine_list.h"
#include "engine/target_open.h"
#include "host/host_limits.h"

enum {
	BUFFER_ALIGN = 4096,
	READ_BYTES = 4096,
	FILE_BYTES = 65536,
	CHOICES_LIMIT = 64,
};
#define TRIAL_LIMIT_NS ((int64_t)NS_PER_S)

/* An option that is tried with a value that no table has, or with another option it needs. */
struct trial_help {
	const char *option;
	const char *value;      /* NULL: as its type has it */
	const char *companion;  /* another option of the engine, or NULL */
	const char *with_value; /* of the companion */
	bool is_for_writes;     /* cannot be tried */
};

static const char some_cpu[] = "a CPU";

static const struct trial_help trial_helps[] = {
	{"sqthread_poll_cpu", some_cpu, "sqthread_poll", "1", false},
	{"sqthread_poll_idle", NULL, "sqthread_poll", "1", false},
	{"attach_wq", NULL, "sqthread_poll", "1", false},
	{"hybrid_iopoll", NULL, "hipri", "1", false},
	{"readiness_threads", NULL, "readiness_backend", "threads", false},
	{"dsync", NULL, NULL, NULL, true},
	{"atomic", NULL, NULL, NULL, true},
	{NULL, NULL, NULL, NULL, false},
};

/* One trial: a setting (option NULL: none) of an engine on a target. */
struct trial {
	const struct engine_class *class;
	const struct target *target;
	bool reads;
	bool is_direct;
	const struct option *option;
	const char *value;
	struct arena *arena; /* of this trial alone, freed after it */
	struct engine_report report;
	const char *problem; /* where the report does not tell, */
	const char *cure;    /* with what helps, or NULL */
};

static const struct trial_help *help_of(const char *option)
{
	const struct trial_help *help = trial_helps;

	while (help->option && strcmp(help->option, option) != 0)
		help++;
	return help;
}

static int set_option(
	struct trial *trial, void *options, const struct option *option, const char *value)
{
	struct option_problem problem = {0};
	int error = option_read(option, value, options, trial->arena, &problem);

	if (error < 0)
		trial->problem = problem.what;
	return error;
}

/* The engine's options: defaults, then the companion, then the setting itself. */
static int make_options(struct trial *trial, void **options)
{
	const struct option_table *table = trial->class->options;
	const struct option *companion = NULL;
	int error = 0;

	*options = NULL;
	if (!table)
		return 0;
	*options = arena_alloc(trial->arena, table->struct_bytes);
	option_set_defaults(table, *options, trial->arena);
	if (!trial->option)
		return 0;
	if (help_of(trial->option->name)->companion)
		companion = option_find(table, help_of(trial->option->name)->companion);
	if (companion)
		error = set_option(
			trial, *options, companion, help_of(trial->option->name)->with_value);
	return error ? error : set_option(trial, *options, trial->option, trial->value);
}

/* An ordinary read of /dev/ngXnY is EINVAL, lseek(2) ESPIPE. */
static void explain_read(struct trial *trial, int error)
{
	bool takes_commands = trial->class->traits & ENGINE_TAKES_NVME_COMMANDS;

	if (trial->target && trial->target->kind == TARGET_NVME_CHARACTER && !takes_commands) {
		trial->problem = "the node takes NVMe commands only (passthrough)";
		trial->cure = trial->target->claim_path
				      ? arena_printf(trial->arena, "its block device: %s",
						trial->target->claim_path)
				      : NULL;
		return;
	}
	trial->problem =
		arena_printf(trial->arena, "the trial read failed: %s", text_errno_name(error));
}

static int read_once(struct trial *trial, struct engine *engine, struct slot *slot)
{
	uint64_t end_ns = clock_now() + (uint64_t)TRIAL_LIMIT_NS;
	struct slot *done[1] = {slot};
	int taken = 0, reaped = 0;

	while (reaped == 0 && clock_now() < end_ns) {
		if (taken == 0)
			taken = engine->class->submit(engine, done, 1);
		if (taken < 0)
			return taken;
		reaped = engine->class->reap(engine, done, (unsigned)taken, 1, TRIAL_LIMIT_NS);
	}
	if (reaped < 0)
		return reaped;
	if (reaped == 0) {
		trial->problem = "a read of one block took longer than a second";
		return -ETIMEDOUT;
	}
	return slot->result;
}

/* With everything at hand: opens the engine, reads where it can, closes it. 0 or -errno. */
static int open_and_read(struct trial *trial, struct target *target, void *buffer, size_t bytes)
{
	struct slot slot = {.buffer = buffer, .length = (uint32_t)bytes, .op = IO_READ};
	struct engine *engine = NULL;
	struct engine_setup setup = {
		.targets = target,
		.target_count = 1,
		.slots = &slot,
		.slot_count = 1,
		.buffer_bytes = bytes,
		.batch_submit = 1,
		.batch_complete_max = 1,
		.op_mask = IO_BIT(IO_READ),
		.is_direct = trial->is_direct,
		.arena = trial->arena,
	};
	void *options;
	int result = make_options(trial, &options);

	setup.options = options;
	if (result == 0)
		result = trial->class->open(&setup, &engine, &trial->report);
	if (result == 0 && trial->reads && trial->class->op_mask & IO_BIT(IO_READ)) {
		result = read_once(trial, engine, &slot);
		if (result < 0 && !trial->problem)
			explain_read(trial, result);
	}
	if (engine)
		engine->class->close(engine);
	return result < 0 ? result : 0;
}

/* The target of trials without one: a file in memory that vanishes with its descriptor. */
static int open_memory_file(struct target *target)
{
	int descriptor = memfd_create("ringside-trial", MFD_CLOEXEC);

	if (descriptor < 0)
		return -errno;
	*target = (struct target){
		.path = "a file in memory",
		.kind = TARGET_FILE,
		.exists = true,
		.bytes = FILE_BYTES,
		.file_system = "tmpfs",
		.descriptor = descriptor,
	};
	if (ftruncate(descriptor, FILE_BYTES) < 0) {
		target_close(target);
		return -errno;
	}
	return 0;
}

static int open_target(const struct trial *trial, struct target *target)
{
	unsigned flags = TARGET_READS | (trial->is_direct ? TARGET_DIRECT : 0);

	if (trial->class->traits & ENGINE_TAKES_NO_TARGET) {
		*target = (struct target){.kind = TARGET_NONE, .descriptor = -1};
		return 0;
	}
	if (!trial->target)
		return open_memory_file(target);
	*target = *trial->target;
	target->descriptor = -1;
	return target_open(target, flags);
}

static int run_trial(struct trial *trial)
{
	struct target target = {.descriptor = -1};
	size_t bytes = READ_BYTES;
	void *buffer = NULL;
	int error;

	if (trial->target && trial->target->offset_align > bytes)
		bytes = trial->target->offset_align;
	if (posix_memalign(&buffer, BUFFER_ALIGN, bytes) != 0)
		arena_exhausted();
	memset(buffer, 0, bytes);
	error = open_target(trial, &target);
	if (error < 0)
		trial->problem = arena_printf(
			trial->arena, "opening the target: %s", text_errno_name(error));
	else
		error = open_and_read(trial, &target, buffer, bytes);
	target_close(&target);
	free(buffer);
	return error;
}

/* Texts live as long as `arena`, the trial's own arena does not. */
static void take_answer(
	const struct trial *trial, int error, struct ability *ability, struct arena *arena)
{
	const struct setting *refused =
		trial->option ? settings_find(&trial->report.refused, trial->option->name) : NULL;
	const char *reason = trial->report.problem;
	const char *cure = trial->report.hint;

	ability->answer = error < 0 || refused ? ABILITY_NO : ABILITY_YES;
	ability->value = arena_strdup(arena, trial->value);
	if (ability->answer == ABILITY_YES)
		return;
	if (trial->problem) { /* It was opened, or never asked to. */
		reason = trial->problem;
		cure = trial->cure;
	} else if (!reason && refused) {
		reason = refused->reason;
	}
	ability->reason = arena_strdup(arena, reason ? reason : text_errno_name(error));
	ability->cure = arena_strdup(arena, cure);
}

/* Runs one trial in an arena of its own. */
static void try_setting(const struct trial *pattern, const struct option *option, const char *value,
	struct ability *ability, struct arena *arena)
{
	struct arena own = {0};
	struct trial trial = *pattern;

	trial.option = option;
	trial.value = value;
	trial.arena = trial.report.arena = &own;
	take_answer(&trial, run_trial(&trial), ability, arena);
	arena_free(&own);
}

/* A value of its type that is not its default, NULL where its type has none by itself. */
static const char *value_to_try(const struct option *option, struct arena *arena)
{
	const char *value = help_of(option->name)->value;
	struct host_limits limits;

	if (value == some_cpu) {
		host_limits_read(&limits, arena);
		return arena_printf(arena, "%u", limits.last_cpu);
	}
	if (value)
		return value;
	switch (option->type) {
	case OPTION_FLAG:
	case OPTION_BOOL:
		return option->value_default && strcmp(option->value_default, "1") == 0 ? "0" : "1";
	case OPTION_COUNT:
		return arena_printf(
			arena, "%llu", (unsigned long long)(option->min > 0 ? option->min : 1));
	case OPTION_TIME:
		return "1ms";
	default:
		return NULL;
	}
}

static void try_option(struct probe_engine *result, const struct trial *pattern,
	const struct option *option, struct arena *arena)
{
	const char *value = value_to_try(option, arena);

	if (help_of(option->name)->is_for_writes) {
		ability_add(&result->settings, arena, option->name, ABILITY_UNKNOWN)->reason =
			"not tried: it is for writes, and nothing is written";
		return;
	}
	if (option->type == OPTION_CHOICE) {
		for (const struct option_choice *c = option->choices; c->text; c++) {
			if (option->value_default && strcmp(c->text, option->value_default) == 0)
				continue;
			try_setting(pattern, option, c->text,
				ability_add(&result->settings, arena, option->name, ABILITY_NO),
				arena);
		}
	} else if (value) {
		try_setting(pattern, option, value,
			ability_add(&result->settings, arena, option->name, ABILITY_NO), arena);
	} else {
		ability_add(&result->settings, arena, option->name, ABILITY_UNKNOWN)->reason =
			arena_printf(arena, "not tried: see ringside help %s", option->name);
	}
}

/*
 * Buffered and direct, each on a target that has both; the settings are then tried with O_DIRECT
 * where that works, since most of io_uring's are made for it.
 */
static void try_modes(struct probe_engine *result, struct trial *pattern, struct arena *arena)
{
	struct ability *buffered, *direct;

	if (!pattern->target || pattern->target->kind == TARGET_CHARACTER ||
		pattern->target->kind == TARGET_NVME_CHARACTER ||
		(pattern->class->traits & ENGINE_TAKES_NO_TARGET)) {
		try_setting(pattern, NULL, NULL, &result->engine, arena);
		return;
	}
	buffered = ability_add(&result->settings, arena, "direct", ABILITY_NO);
	try_setting(pattern, NULL, NULL, buffered, arena);
	buffered->value = "0";
	pattern->is_direct = true;
	direct = ability_add(&result->settings, arena, "direct", ABILITY_NO);
	try_setting(pattern, NULL, NULL, direct, arena);
	direct->value = "1";
	result->is_direct = pattern->is_direct = direct->answer == ABILITY_YES;
	result->engine = direct->answer == ABILITY_YES ? *direct : *buffered;
}

static void probe_engine(struct probe_engine *result, struct arena *arena)
{
	struct engine_setup setup = {.arena = arena};
	struct engine_report report = {.arena = arena};
	int error = result->class->probe ? result->class->probe(&setup, &report) : 0;

	result->engine.answer = error < 0 ? ABILITY_NO : ABILITY_YES;
	if (error == 0)
		return;
	result->engine.reason =
		report.problem ? report.problem : arena_strdup(arena, text_errno_name(error));
	result->engine.cure = report.hint;
}

void probe_engine_try(struct probe_engine *trial, const struct engine_class *class,
	const struct target *target, struct arena *arena)
{
	struct trial pattern = {.class = class, .target = target, .reads = target != NULL};
	/* Without a namespace at hand there is nothing to try passthrough on. */
	bool is_tried = target || !(class->traits & ENGINE_TAKES_NVME_COMMANDS);

	*trial = (struct probe_engine){.class = class};
	probe_engine(trial, arena);
	if (trial->engine.answer == ABILITY_YES && is_tried)
		try_modes(trial, &pattern, arena);
	trial->engine.name = class->name;
	trial->engine.value = NULL;
	trial->engine.next = NULL;
	if (trial->engine.answer != ABILITY_YES || !is_tried || !class->options)
		return;
	for (const struct option *o = class->options->options; o->name; o++)
		try_option(trial, &pattern, o, arena);
}

struct probe_engine *probe_engines(const struct target *target, struct arena *arena)
{
	struct probe_engine *first = NULL, **end = &first;

	for (const struct engine_class *const *class = engines; *class; class ++) {
		*end = ARENA_NEW(arena, struct probe_engine);
		probe_engine_try(*end, *class, target, arena);
		end = &(*end)->next;
	}
	return first;
}
