/* SPDX-License-Identifier: MIT */
/* A result's life, and its warnings. */
#include "result/result.h"

#include <stdarg.h>
#include <string.h>

#include "base/version.h"

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

void result_warn(struct result *result, const char *job, const char *code, const char *format, ...)
{
	size_t count = result->warning_count;
	struct result_warning *warnings;
	va_list arguments;

	warnings = arena_alloc_array(&result->arena, count + 1, sizeof(*warnings));
	if (count > 0)
		memcpy(warnings, result->warnings, count * sizeof(*warnings));
	va_start(arguments, format);
	warnings[count] = (struct result_warning){
		.code = arena_strdup(&result->arena, code),
		.message = arena_vprintf(&result->arena, format, arguments),
		.job = arena_strdup(&result->arena, job),
	};
	va_end(arguments);
	result->warnings = warnings;
	result->warning_count = count + 1;
}
