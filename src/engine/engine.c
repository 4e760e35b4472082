/* SPDX-License-Identifier: MIT */
/* The table of engines, and what every engine uses to refuse settings and to report of them. */
#include "engine/engine.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "engine/engine_list.h"

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

int engine_check_rules(const struct engine_rule *rules, size_t count, struct engine_report *report)
{
	for (size_t i = 0; i < count; i++) {
		if (!rules[i].is_broken)
			continue;
		report->problem = rules[i].problem;
		report->hint = rules[i].hint;
		return -EINVAL;
	}
	return 0;
}

static void append(struct engine_setting **list, struct arena *arena, const char *name,
	const char *value, const char *reason)
{
	struct engine_setting *setting = ARENA_NEW(arena, struct engine_setting);

	setting->name = arena_strdup(arena, name);
	setting->value = value;
	setting->reason = reason;
	while (*list)
		list = &(*list)->next;
	*list = setting;
}

void engine_report_effective(struct engine_report *report, struct arena *arena, const char *name,
	const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	append(&report->effective, arena, name, arena_vprintf(arena, format, arguments), NULL);
	va_end(arguments);
}

void engine_report_refused(struct engine_report *report, struct arena *arena, const char *name,
	const char *value, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	append(&report->refused, arena, name, arena_strdup(arena, value),
		arena_vprintf(arena, format, arguments));
	va_end(arguments);
}

void engine_report_proof(struct engine_report *report, struct arena *arena, const char *name,
	const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	append(&report->proof, arena, name, arena_vprintf(arena, format, arguments), NULL);
	va_end(arguments);
}
