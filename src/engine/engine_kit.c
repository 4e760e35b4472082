/* SPDX-License-Identifier: MIT */
/* The table of engines, and what they have in common. */
#include "engine/engine_kit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/hot.h"

#define NOTHING   "none"
#define SEPARATOR ", "

struct engine_alias {
	const char *alias;
	const char *name;
};

/* fio's own second names, and the one everybody says. */
static const struct engine_alias aliases[] = {
	{"linuxaio", "libaio"},
	{"aio", "libaio"},
	{"posix", "posixaio"},
	{"uring", "io_uring"},
	{NULL, NULL},
};

#define ENGINE_ADDRESS(name) &engine_##name,

const struct engine_class *const engines[] = {
	ENGINE_LIST(ENGINE_ADDRESS) NULL,
};

static const char *resolve_alias(const char *name)
{
	for (const struct engine_alias *alias = aliases; alias->alias; alias++) {
		if (strcmp(alias->alias, name) == 0)
			return alias->name;
	}
	return name;
}

const struct engine_class *engine_find(const char *name)
{
	const char *resolved = resolve_alias(name);

	for (const struct engine_class *const *class = engines; *class; class ++) {
		if (strcmp((*class)->name, resolved) == 0)
			return *class;
	}
	return NULL;
}

const char *engine_access_name(const struct engine_class *class, bool is_direct)
{
	if (class && class->traits & ENGINE_TAKES_NVME_COMMANDS)
		return "passthrough";
	return is_direct ? "direct" : "buffered";
}

void engine_take_options(
	const struct engine_setup *setup, const struct option_table *table, void *options)
{
	if (setup->options)
		memcpy(options, setup->options, table->struct_bytes);
	else
		option_set_defaults(table, options, setup->arena);
}

int engine_refuse(
	struct engine_report *report, int error, const char *hint, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report->problem = arena_vprintf(report->arena, format, arguments);
	va_end(arguments);
	report->hint = hint;
	return error;
}

int engine_check_rules(const struct engine_rule *rules, size_t count, struct engine_report *report)
{
	for (size_t i = 0; i < count; i++) {
		if (rules[i].is_broken)
			return engine_refuse(
				report, -EINVAL, rules[i].hint, "%s", rules[i].problem);
	}
	return 0;
}

void engine_report_refused(
	struct engine_report *report, const char *name, const char *value, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	settings_add(&report->refused, report->arena, arena_strdup(report->arena, name),
		arena_strdup(report->arena, value))
		->reason = arena_vprintf(report->arena, format, arguments);
	va_end(arguments);
}

/* A name with the blank behind it, or none, and a number: "fdatasync 3", "7". */
struct item {
	const char *text;
	size_t name_length;
	uint64_t count;
};

static const char *append_item(struct arena *arena, const char *list, const struct item *item)
{
	return arena_printf(arena, "%s%s%.*s%llu", list, *list ? SEPARATOR : "",
		(int)item->name_length, item->text, (unsigned long long)item->count);
}

void engine_report_counts(struct engine_report *report, const char *name,
	const struct engine_count *counts, size_t count)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++) {
		if (counts[i].count > 0)
			list = arena_printf(report->arena, "%s%s%s %llu", list,
				*list ? SEPARATOR : "", counts[i].name,
				(unsigned long long)counts[i].count);
	}
	engine_report_proof(report, name, "%s", *list ? list : NOTHING);
}

/* The item at *list, which is moved on to the next. False where it is no count. */
static bool take_item(const char **list, struct item *item)
{
	const char *end = strstr(*list, SEPARATOR);
	size_t length = end ? (size_t)(end - *list) : strlen(*list);
	size_t digits = 0;

	while (digits < length && (*list)[length - digits - 1] >= '0' &&
		(*list)[length - digits - 1] <= '9')
		digits++;
	*item = (struct item){.text = *list, .name_length = length - digits};
	if (digits == 0 || (digits < length && item->text[item->name_length - 1] != ' '))
		return false;
	item->count = strtoull(&item->text[item->name_length], NULL, 10);
	*list += end ? length + strlen(SEPARATOR) : length;
	return true;
}

static bool are_counts(const char *list)
{
	struct item item;

	do {
		if (!take_item(&list, &item))
			return false;
	} while (*list);
	return true;
}

/* `list`, which consists of counts, with `added` in it: with its like, or at the end. */
static const char *add_item(struct arena *arena, const char *list, const struct item *added)
{
	const char *sum = "";
	bool is_in = false;
	struct item item;

	while (*list && take_item(&list, &item)) {
		if (item.name_length == added->name_length &&
			memcmp(item.text, added->text, item.name_length) == 0) {
			item.count += added->count;
			is_in = true;
		}
		sum = append_item(arena, sum, &item);
	}
	return is_in ? sum : append_item(arena, sum, added);
}

const char *engine_proof_add(
	struct arena *arena, const char *name, const char *value, const char *other)
{
	/* These are numbers of something, or one for all workers. */
	static const char *const no_counts[] = {
		"sqthread_tid", "sqthread_cpu", "device_interrupts"};
	struct item item;

	for (size_t i = 0; i < COUNT_OF(no_counts); i++) {
		if (strcmp(name, no_counts[i]) == 0)
			return NULL;
	}
	if (strcmp(value, NOTHING) == 0 && are_counts(other))
		return other;
	if (!are_counts(value))
		return NULL;
	if (strcmp(other, NOTHING) == 0)
		return value;
	if (!are_counts(other))
		return NULL;
	while (*other && take_item(&other, &item))
		value = add_item(arena, value, &item);
	return value;
}

const char *engine_trim_call(const struct engine_setup *setup)
{
	unsigned count = target_count(setup->targets, setup->target_count, TARGET_BLOCK);

	if (count == 0)
		return "fallocate PUNCH_HOLE";
	return count == setup->target_count ? "ioctl BLKDISCARD" : "ioctl BLKDISCARD or fallocate";
}

HOT int engine_reap_done(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	(void)min; /* Each I/O is done when submit returns: there is never anything to wait for. */
	(void)timeout_ns;
	if (!engine->done || max == 0)
		return 0;
	done[0] = engine->done;
	engine->done = NULL;
	return 1;
}

void engine_close_nothing(struct engine *engine)
{
	(void)engine;
}

void *engine_aligned_array(struct arena *arena, size_t count, size_t bytes)
{
	size_t room = count * bytes + CACHE_LINE_BYTES;
	uintptr_t memory = (uintptr_t)arena_alloc(arena, room);

	return (void *)((memory + CACHE_LINE_BYTES - 1) & ~(uintptr_t)(CACHE_LINE_BYTES - 1));
}
