/* SPDX-License-Identifier: MIT */
/* The shape of messages: place, kind, message; then the line it is about, marked. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#define CUT       "…"
#define CUT_BLANK " "

enum { LINE_LIMIT = 400, LINE_BEFORE = 100, MESSAGE_LIMIT = 4096 };

/* What is shown of a line. */
struct extract {
	const char *text;
	int start;  /* in the line */
	int length; /* in bytes */
	bool is_cut_before, is_cut_behind;
};

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

/* Control characters of a broken file, or of its name, must not reach the terminal. */
static bool is_hidden(char c, const char *allowed)
{
	bool is_control = (unsigned char)c < ' ' || c == 0x7f;

	return is_control && (c == '\0' || !strchr(allowed, c));
}

/* In few writes: stderr has no buffer. */
static void put_text(FILE *stream, const char *text, const char *allowed)
{
	while (*text) {
		size_t shown = 0;

		while (text[shown] && !is_hidden(text[shown], allowed))
			shown++;
		fwrite(text, 1, shown, stream);
		text += shown;
		if (*text) {
			fputc('?', stream);
			text++;
		}
	}
}

static void put_line(FILE *stream, const struct extract *extract)
{
	if (extract->is_cut_before)
		fputs(CUT, stream);
	for (int i = 0; i < extract->length; i++)
		fputc(is_hidden(extract->text[i], "\t") ? '?' : extract->text[i], stream);
	fputs(extract->is_cut_behind ? CUT "\n" : "\n", stream);
}

static void put_marks(FILE *stream, const struct extract *extract, const struct place *place)
{
	int start = place->column - 1 - extract->start;
	int end = start + (place->length > 1 ? place->length : 1);

	/* What lies behind the line's end has one mark. */
	if (end > extract->length)
		end = start < extract->length ? extract->length : start + 1;
	if (extract->is_cut_before)
		fputs(CUT_BLANK, stream);
	for (int i = 0; i < start; i++) {
		char c = i < extract->length ? extract->text[i] : ' ';

		if (!is_continuation(c))
			fputc(c == '\t' ? '\t' : ' ', stream);
	}
	for (int i = start; i < end; i++) {
		if (i == start)
			fputc('^', stream);
		else if (!is_continuation(extract->text[i]))
			fputc('~', stream);
	}
	fputc('\n', stream);
}

/* Of a line that no terminal shows in a piece, what is around the place. */
static struct extract extract_of(const struct place *place)
{
	size_t column = place->column > 0 ? (size_t)place->column - 1 : 0;
	size_t start = 0, length = strlen(place->text);
	struct extract extract;

	if (column > length)
		column = length;
	if (length > LINE_LIMIT && column > LINE_BEFORE)
		start = column - LINE_BEFORE;
	while (start > 0 && is_continuation(place->text[start]))
		start--;
	extract = (struct extract){.text = place->text + start, .start = (int)start};
	extract.is_cut_before = start > 0;
	length -= start;
	if (length > LINE_LIMIT) {
		length = LINE_LIMIT;
		while (is_continuation(extract.text[length]))
			length--;
		extract.is_cut_behind = true;
	}
	extract.length = (int)length;
	return extract;
}

static void put_source(FILE *stream, const struct place *place)
{
	const struct extract extract = extract_of(place);

	put_column(stream, place->line);
	put_line(stream, &extract);
	if (place->column > 0) {
		put_column(stream, 0);
		put_marks(stream, &extract, place);
	}
}

static void put_head(FILE *stream, const struct place *place, const char *kind)
{
	put_text(stream, place && place->file ? place->file : "ringside", "");
	if (place && place->line > 0) {
		fprintf(stream, ":%d", place->line);
		if (place->column > 0)
			fprintf(stream, ":%d", place->column);
	}
	fprintf(stream, ": %s: ", kind);
}

/* A message that repeats a value of a megabyte is cut as its line is. */
static void report(const struct diag *diag, enum diag_kind kind, const struct place *place,
	const char *format, va_list arguments)
{
	static const char *const names[] = {"error", "warning", "note", "hint", "warning", "note"};
	char text[MESSAGE_LIMIT + sizeof(CUT)];
	int length;

	if (!diag->stream && !diag->hear)
		return;
	length = vsnprintf(text, MESSAGE_LIMIT, format, arguments);
	if (length >= MESSAGE_LIMIT)
		memcpy(text + MESSAGE_LIMIT - 1, CUT, sizeof(CUT));
	if (diag->hear)
		diag->hear(diag->context, kind, place, length < 0 ? format : text);
	if (!diag->stream)
		return;
	if (kind == DIAG_HINT)
		fprintf(diag->stream, "%s: ", names[kind]);
	else
		put_head(diag->stream, place, names[kind]);
	for (char *c = text; length >= 0 && *c; c++)
		*c = is_hidden(*c, "\n\t") ? '?' : *c;
	fprintf(diag->stream, "%s\n", length < 0 ? format : text);
	if (place && place->text)
		put_source(diag->stream, place);
}

void diag_error(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	diag->error_count++;
	diag->has_dropped_one = false;
	va_start(arguments, format);
	report(diag, DIAG_ERROR, place, format, arguments);
	va_end(arguments);
}

static void warn(struct diag *diag, enum diag_kind kind, const struct place *place,
	const char *format, va_list arguments)
{
	diag->warning_count++;
	diag->has_dropped_one = false;
	report(diag, kind, place, format, arguments);
}

void diag_warning(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	warn(diag, DIAG_WARNING, place, format, arguments);
	va_end(arguments);
}

void diag_warning_of_fio(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	warn(diag, DIAG_WARNING_OF_FIO, place, format, arguments);
	va_end(arguments);
}

static void note(struct diag *diag, enum diag_kind kind, const struct place *place,
	const char *format, va_list arguments)
{
	diag->has_dropped_one = diag->drops_notes;
	if (!diag->drops_notes)
		report(diag, kind, place, format, arguments);
}

void diag_note(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	note(diag, DIAG_NOTE, place, format, arguments);
	va_end(arguments);
}

void diag_note_of_fio(struct diag *diag, const struct place *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	note(diag, DIAG_NOTE_OF_FIO, place, format, arguments);
	va_end(arguments);
}

void diag_hint(struct diag *diag, const char *format, ...)
{
	va_list arguments;

	if (diag->has_dropped_one)
		return;
	va_start(arguments, format);
	report(diag, DIAG_HINT, NULL, format, arguments);
	va_end(arguments);
}
