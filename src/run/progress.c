/* SPDX-License-Identifier: MIT */
/* The live line. */
#include "run/progress.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "text/screen.h"

enum { LINE_BYTES = 1024 };

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

/* A line that is longer than the terminal is wide would leave its first part behind. */
static void cut_to_terminal(char *line, FILE *stream)
{
	struct winsize size;
	size_t length = strlen(line);

	if (ioctl(fileno(stream), TIOCGWINSZ, &size) < 0 || size.ws_col == 0 ||
		length < size.ws_col)
		return;
	length = size.ws_col - 1;
	while (length > 0 && (line[length] & 0xc0) == 0x80) /* within a character of UTF-8 */
		length--;
	line[length] = '\0';
}

/* What has no rows of its own there. */
static void show_on_screen(const char *line)
{
	char text[LINE_BYTES + 2];

	snprintf(text, sizeof(text), "\n %s", line);
	screen_show(text, NULL);
}

__attribute__((format(printf, 2, 0))) static void draw(
	struct progress *progress, const char *format, va_list arguments)
{
	char line[LINE_BYTES];
	size_t prefix_bytes = strlen(progress->prefix);

	memcpy(line, progress->prefix, prefix_bytes);
	vsnprintf(line + prefix_bytes, sizeof(line) - prefix_bytes, format, arguments);
	if (screen_is_up()) {
		show_on_screen(line);
	} else if (progress->is_terminal) {
		cut_to_terminal(line, progress->stream);
		fprintf(progress->stream, "\r\033[K%s", line);
	} else {
		fprintf(progress->stream, "%s\n", line);
	}
	fflush(progress->stream);
	progress->is_drawn = progress->is_terminal && !screen_is_up();
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
	if (screen_is_up()) { /* it stays on the screen as a message */
		vfprintf(progress->stream, format, arguments);
		fputc('\n', progress->stream);
		va_end(arguments);
		return;
	}
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
