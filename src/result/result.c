/* SPDX-License-Identifier: MIT */
/* A result's life, and its warnings. */
#include "result/result.h"

#include <stdarg.h>
#include <string.h>

#include "base/version.h"

enum { FIRST_WARNINGS = 8 };

void result_init(struct result *result)
{
	*result = (struct result){
		.version = version_number,
		.git = version_git,
		.compiler = version_compiler,
	};
}

void result_free(struct result *result)
{
	arena_free(&result->arena);
	*result = (struct result){0};
}

/* Twice as many: of thousands of jobs each has a warning or two. */
static void make_room(struct result *result)
{
	size_t count = result->warning_count;
	size_t room = count > 0 ? 2 * count : FIRST_WARNINGS;
	struct result_warning *warnings =
		arena_alloc_array(&result->arena, room, sizeof(*warnings));

	if (count > 0)
		memcpy(warnings, result->warnings, count * sizeof(*warnings));
	result->warnings = warnings;
	result->warning_room = room;
}

void result_warn(struct result *result, const char *job, const char *code, const char *format, ...)
{
	va_list arguments;

	if (result->warning_count >= result->warning_room)
		make_room(result);
	va_start(arguments, format);
	result->warnings[result->warning_count++] = (struct result_warning){
		.code = arena_strdup(&result->arena, code),
		.message = arena_vprintf(&result->arena, format, arguments),
		.job = arena_strdup(&result->arena, job),
	};
	va_end(arguments);
}
