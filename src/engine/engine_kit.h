/* SPDX-License-Identifier: MIT */
/* Parts that engines share: reports, options, slots that wait for reap, arrays of cache lines. */
#ifndef ENGINE_ENGINE_KIT_H
#define ENGINE_ENGINE_KIT_H

#include "engine/engine_list.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* All that is one call. */
#define ENGINE_PLAIN_OPS                                                                           \
	(IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM) | IO_BIT(IO_SYNC) |                  \
		IO_BIT(IO_DATASYNC))

/* An entry of an engine's option table; default_text as a user would write it. */
#define ENGINE_NAMED_OPTION(kind, structure, place, key, default_text, ...)                        \
	{                                                                                          \
		.name = key, OPTION_BIND_##kind(structure, place), .group = OPTION_GROUP_ENGINE,   \
		.value_default = default_text, __VA_ARGS__                                         \
	}
#define ENGINE_OPTION(kind, structure, member, ...)                                                \
	ENGINE_NAMED_OPTION(kind, structure, member, #member, __VA_ARGS__)

/* The same for a member of a part that several engines have. */
#define ENGINE_PART_OPTION(kind, structure, part, member, ...)                                     \
	ENGINE_NAMED_OPTION(kind, structure, part.member, #member, __VA_ARGS__)

/* Fills the struct that `table` binds to: what the job has set, or the defaults. */
void engine_take_options(
	const struct engine_setup *setup, const struct option_table *table, void *options);

/* Sets report->problem, and report->hint (may be NULL); returns `error`. */
int engine_refuse(struct engine_report *report, int error, const char *hint, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* A setting, or a combination of settings, that an engine refuses. */
struct engine_rule {
	bool is_broken;
	const char *problem;
	const char *hint;
};

/* 0, or -EINVAL with the problem and the hint of the first rule that is broken. */
int engine_check_rules(const struct engine_rule *rules, size_t count, struct engine_report *report);

/* Appends a setting; texts are copied. */
#define engine_report_effective(report, name, ...)                                                 \
	settings_printf(&(report)->effective, (report)->arena,                                     \
		arena_strdup((report)->arena, name), __VA_ARGS__)
#define engine_report_proof(report, name, ...)                                                     \
	settings_printf(&(report)->proof, (report)->arena, arena_strdup((report)->arena, name),    \
		__VA_ARGS__)
void engine_report_refused(struct engine_report *report, const char *name, const char *value,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

struct engine_count {
	const char *name;
	uint64_t count;
};

/* Proof: "pread 812, fsync 3": those that happened, in this order; "none" when none did. */
void engine_report_counts(struct engine_report *report, const char *name,
	const struct engine_count *counts, size_t count);

/* The call that trims these targets: "ioctl BLKDISCARD", "fallocate PUNCH_HOLE" or both. */
const char *engine_trim_call(const struct engine_setup *setup);

/* The reap of engines that do an I/O inside submit and leave it in engine->done. */
int engine_reap_done(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns);

/* The close of engines whose memory is all the arena's. */
void engine_close_nothing(struct engine *engine);

enum { CACHE_LINE_BYTES = 64 };

/* Zeroed, on a cache line's boundary: SQE templates, iocbs. */
void *engine_aligned_array(struct arena *arena, size_t count, size_t bytes);

/* Slots whose I/O ended inside submit (trims, what the kernel refused) and wait for reap. */
struct engine_finished {
	struct slot **ring; /* room for every slot */
	unsigned room;
	unsigned first;
	unsigned count;
};

static inline void engine_finished_init(
	struct engine_finished *finished, const struct engine_setup *setup)
{
	*finished = (struct engine_finished){.room = setup->slot_count};
	finished->ring =
		arena_alloc_array(setup->arena, setup->slot_count, sizeof(*finished->ring));
}

static inline void engine_finished_add(
	struct engine_finished *finished, struct slot *slot, int32_t result)
{
	unsigned at = finished->first + finished->count++;

	slot->result = result;
	finished->ring[at < finished->room ? at : at - finished->room] = slot;
}

/* Up to `max` of them, the first ones first. */
static inline unsigned engine_finished_take(
	struct engine_finished *finished, struct slot **done, unsigned max)
{
	unsigned count = finished->count < max ? finished->count : max;

	for (unsigned i = 0; i < count; i++) {
		done[i] = finished->ring[finished->first++];
		if (finished->first == finished->room)
			finished->first = 0;
	}
	finished->count -= count;
	return count;
}

#endif
