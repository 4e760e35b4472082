/* SPDX-License-Identifier: MIT */
/* Messages about an option of a job, each once. */
#include "job/job_say.h"

#include <stdarg.h>

bool job_say_is_news(const struct job *job, const char *option, enum rule rule)
{
	struct job_entry *entry = job_entry_of(job, option);
	bool was_said = entry && (entry->said & (1u << rule));

	if (entry)
		entry->said |= 1u << rule;
	return !was_said;
}

bool job_say(job_report *how, const struct job *job, struct diag *diag, const char *option,
	enum rule rule, const char *format, ...)
{
	AUTO_ARENA struct arena arena = {0};
	va_list arguments;

	if (!job_say_is_news(job, option, rule))
		return false;
	va_start(arguments, format);
	how(diag, job_place(job, option), "%s", arena_vprintf(&arena, format, arguments));
	va_end(arguments);
	return true;
}
