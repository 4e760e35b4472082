/* SPDX-License-Identifier: MIT */
/* The shape of messages: place, kind, message; then the line it is about, marked. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

void diag_init(struct diag *diag, FILE *stream)
{
	*diag = (struct diag){.stream = stream};
}

/* The second and later bytes of a UTF-8 character take no column of their own. */
static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void put_column(FILE *stream, int line)
{
	if (line > 0)
		fprintf(stream, "%5d | ", line);
	else
		fputs("      | ", stream);
}

/* Control characters of a broken file must not reach the terminal. */
static void put_line(FILE *stream, const char *text)
{
	for (; *text; text++) {
		bool is_control = ((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f;

		fputc(is_control ? '?' : *text, stream);
	}
	fputc('\n', stream);
}

static void put_marks(FILE *stream, const struct place *place)
{
	int text_length = (int)strlen(place->text);
	int start = place->column - 1;
	int end = start + (place->length > 1 ? place->length : 1);

	if (end > text_length && start < text_length)
		end = text_length;
	for (int i = 0; i < start; i++) {
		char c = i < text_length ? place->text[i] : ' ';

		if (!is_continuation(c))
			fputc(c == '\t' ? '\t' : ' ', stream);
	}
	for (int i = start; i < end; i++) {
		if (i == start)
			fputc('^', stream);
		else if (!is_continuation(place->text[i]))
			fputc('~', stream);
	}
	fputc('\n', stream);
}

static void put_source(FILE *stream, const struct place *place)
{
	put_column(stream, place->line);
	put_line(stream, place->text);
	if (place->column > 0) {
		put_column(stream, 0);
		put_marks(stream, place);
	}
}

static void report(FILE *stream, const struct place *place, const char *kind, const char *format,
	va_list arguments)
{
	fputs(place && place->file ? place->file : "ringside", stream);
	if (place && place->line > 0) {
		fprintf(stream, ":%d", place->line);
		if (place->column > 0)
			fprintf(stream, ":%d", place->column);
	}
	fprintf(stream, ": %s: ", kind);
	vfprintf(stream, format, arguments);
	fputc('\n', stream);
	if (place && place->text)
		put_source(stream, place);
}

void diag_error(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	diag->error_count++;
	va_start(arguments, format);
	report(diag->stream, place, "error", format, arguments);
	va_end(arguments);
}

void diag_warning(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	diag->warning_count++;
	va_start(arguments, format);
	report(diag->stream, place, "warning", format, arguments);
	va_end(arguments);
}

void diag_note(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(diag->stream, place, "note", format, arguments);
	va_end(arguments);
}

void diag_hint(struct diag *diag, const char *format, ...)
{
	va_list arguments;

	fputs("hint: ", diag->stream);
	va_start(arguments, format);
	vfprintf(diag->stream, format, arguments);
	va_end(arguments);
	fputc('\n', diag->stream);
}
