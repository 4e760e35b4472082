/* SPDX-License-Identifier: MIT */
/* The live line. */
#include "run/progress.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/clock.h"

#define TERMINAL_INTERVAL_NS (250 * NS_PER_MS)
#define LOG_INTERVAL_NS      (10 * NS_PER_S)

void progress_init(struct progress *progress, FILE *stream, bool is_quiet)
{
	*progress = (struct progress){
		.stream = stream,
		.is_quiet = is_quiet,
		.is_terminal = isatty(fileno(stream)) == 1,
		.started_ns = clock_now(),
	};
	progress->last_ns = progress->drawn_ns = progress->started_ns;
}

bool progress_is_due(const struct progress *progress)
{
	uint64_t interval = progress->is_terminal ? TERMINAL_INTERVAL_NS : LOG_INTERVAL_NS;

	return !progress->is_quiet && clock_now() - progress->drawn_ns >= interval;
}

__attribute__((format(printf, 2, 0))) static void draw(
	struct progress *progress, const char *format, va_list arguments)
{
	if (progress->is_terminal)
		fputs("\r\033[K", progress->stream);
	vfprintf(progress->stream, format, arguments);
	if (!progress->is_terminal)
		fputc('\n', progress->stream);
	fflush(progress->stream);
	progress->is_drawn = progress->is_terminal;
	progress->drawn_ns = clock_now();
}

bool progress_show(struct progress *progress, const char *format, ...)
{
	va_list arguments;

	if (!progress_is_due(progress))
		return false;
	va_start(arguments, format);
	draw(progress, format, arguments);
	va_end(arguments);
	return true;
}

void progress_announce(struct progress *progress, const char *format, ...)
{
	va_list arguments;

	if (progress->is_quiet)
		return;
	va_start(arguments, format);
	draw(progress, format, arguments);
	va_end(arguments);
}

void progress_clear(struct progress *progress)
{
	if (!progress->is_drawn)
		return;
	fputs("\r\033[K", progress->stream);
	fflush(progress->stream);
	progress->is_drawn = false;
}
