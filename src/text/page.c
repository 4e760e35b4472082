/* SPDX-License-Identifier: MIT */
/* Wrapping, and the way to the terminal. */
#include "text/page.h"

#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <wchar.h>

#include "base/arena.h"
#include "base/stream.h"
#include "base/text.h"

/* Lines of a page: two blanks, the label, the text; what wraps stands under the text. */
enum { PAGE_COLUMNS = 100, LABEL_COLUMNS = 9, TEXT_COLUMN = 2 + LABEL_COLUMNS + 1 };

static bool is_utf8_locale(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *locale = getenv(variables[i]);

		if (locale && locale[0])
			return strcasestr(locale, "UTF-8") || strcasestr(locale, "utf8");
	}
	return false;
}

struct page_options page_options_of(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR"); /* no-color.org: present and not empty */

	return (struct page_options){
		.is_utf8 = is_utf8_locale(),
		.is_coloured = isatty(fileno(stream)) && !(no_color && no_color[0]),
		.columns = PAGE_COLUMNS,
	};
}

static bool is_mark(char c)
{
	return c >= PAGE_BOLD[0] && c <= PAGE_PLAIN[0];
}

void page_open(struct page *page, const struct page_options *options, FILE *stream)
{
	*page = (struct page){
		.shown_on = stream,
		.options = options ? *options : page_options_of(stream),
	};
	page->columns = page->options.columns - 1; /* one is left for a separator */
	page->stream = open_memstream(&page->text, &page->bytes);
	if (!page->stream)
		arena_exhausted();
}

static locale_t utf8;

static void make_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* Of a terminal, that a character of UTF-8 takes: 2 of ideographs, 0 of what stands on others. */
static unsigned columns_of(const char *character, size_t bytes)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	locale_t before;
	mbstate_t state = {0};
	wchar_t wide;
	int columns = 1;

	if (bytes <= 1)
		return 1;
	(void)pthread_once(&once, make_locale); /* cannot fail */
	if (!utf8)
		return 1;
	before = uselocale(utf8);
	if (mbrtowc(&wide, character, bytes, &state) == bytes)
		columns = wcwidth(wide);
	(void)uselocale(before); /* it was the thread's */
	return columns < 0 ? 1 : (unsigned)columns;
}

static unsigned width_of(const char *text, size_t bytes)
{
	unsigned width = 0;

	for (size_t i = 0, part; i < bytes; i += part) {
		size_t own = text_utf8_length(text + i);

		part = own ? own : 1;
		width += is_mark(text[i]) ? 0 : columns_of(text + i, own);
	}
	return width;
}

unsigned page_width(const char *text)
{
	return width_of(text, strlen(text));
}

/* Bytes of the most characters of `text` that `columns` have room for, marks and all. */
static size_t prefix_bytes(const char *text, unsigned columns)
{
	const char *end = text;

	while (*end) {
		size_t bytes = text_utf8_length(end);
		unsigned own = is_mark(*end) ? 0 : columns_of(end, bytes);

		if (own > columns)
			break;
		columns -= own;
		end += bytes ? bytes : 1;
	}
	return (size_t)(end - text);
}

char *page_cut(char *cut, size_t bytes, const char *text, unsigned columns)
{
	if (page_width(text) <= columns)
		snprintf(cut, bytes, "%s", text);
	else
		snprintf(cut, bytes, "%.*s…", (int)prefix_bytes(text, columns - 1), text);
	return cut;
}

void page_line(struct page *page, const char *mark, const char *label)
{
	page->mark = mark;
	page->label = label;
	page->is_line_empty = true;
}

static void put_label(struct page *page)
{
	unsigned width = page_width(page->label);
	unsigned padding = width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 0;

	fprintf(page->stream, "  %s%s%s%*s ", page->mark, page->label, PAGE_PLAIN, (int)padding,
		"");
	page->column = 2 + width + padding + 1;
	page->label = NULL;
}

void page_line_end(struct page *page)
{
	if (!page->is_line_empty)
		fputc('\n', page->stream);
}

/* To `column`, in the next line. */
static void break_line(struct page *page, unsigned column)
{
	fprintf(page->stream, "\n%*s", (int)column, "");
	page->column = column;
	page->is_line_empty = true;
}

/* Where the next word begins that is `width` wide: after a blank, or in the next line. */
static void begin_word(struct page *page, unsigned margin, unsigned width)
{
	if (!page->is_line_empty && page->column + 1 + width > page->columns)
		break_line(page, margin);
	if (!page->is_line_empty) {
		fputc(' ', page->stream);
		page->column++;
	}
}

/* A word that is wider than the page is broken where it must be. */
static void put_word(struct page *page, const char *word)
{
	unsigned width = page_width(word);
	unsigned room = page->columns - TEXT_COLUMN;

	begin_word(page, TEXT_COLUMN, width);
	while (width > room) {
		size_t bytes = prefix_bytes(word, room);

		fwrite(word, 1, bytes, page->stream);
		break_line(page, TEXT_COLUMN);
		word += bytes;
		width = page_width(word);
	}
	fputs(word, page->stream);
	page->column += width;
	page->is_line_empty = false;
}

static void put_words(struct page *page, char *text)
{
	char *rest = NULL;

	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		put_word(page, word);
}

void page_phrase(struct page *page, const char *separator, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		arena_exhausted();
	va_end(arguments);
	if (page->label) {
		put_label(page);
	} else {
		fputs(separator, page->stream);
		page->column += page_width(separator);
	}
	if (page_width(text) <= page->columns - TEXT_COLUMN)
		put_word(page, text);
	else
		put_words(page, text);
	free(text);
}

void page_note(struct page *page, const char *mark, const char *label, const char *text)
{
	page_line(page, mark, label);
	page_phrase(page, "", "%s", text);
	page_line_end(page);
}

/* Unlike put_word, it leaves words that are too wide as they are: commands are copied from here. */
void page_words(struct page *page, unsigned from, unsigned at, const char *text)
{
	fprintf(page->stream, "%*s", (int)(at - from), "");
	page->column = at;
	page->is_line_empty = true;
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t bytes = strcspn(text, " ");
		unsigned width = width_of(text, bytes);

		begin_word(page, at, width);
		fwrite(text, 1, bytes, page->stream);
		page->column += width;
		page->is_line_empty = false;
		text += bytes;
	}
}

/* Select graphic rendition, ECMA-48 8.3.117. */
static const char *mark_sequence(char mark)
{
	static const char *const sequences[] = {
		"\033[1m", "\033[2m", "\033[33m", "\033[31m", "\033[32m", "\033[0m"};

	return sequences[mark - PAGE_BOLD[0]];
}

static const char *in_ascii(const char *character, size_t bytes)
{
	static const struct {
		const char *character;
		const char *ascii;
	} pairs[] = {{"µ", "u"}, {"–", "-"}, {"…", "~"}, {"×", "x"}, {"▲", "+"}, {"▼", "-"},
		{"≈", "="}, {"±", "+-"}, {"—", "-"}, {"·", "."}, {"│", "|"}, {"┤", "+"}, {"└", "+"},
		{"─", "-"}, {"┄", "-"}, {"●", "o"}, {"▁", "."}, {"▂", ":"}, {"▃", "-"}, {"▄", "="},
		{"▅", "+"}, {"▆", "*"}, {"▇", "%"}, {"█", "#"}, {"░", "."}, {"▒", "-"}, {"▓", "+"}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (strlen(pairs[i].character) == bytes &&
			memcmp(character, pairs[i].character, bytes) == 0)
			return pairs[i].ascii;
	}
	return "?";
}

/* C0 but for the end of a line, DEL, and C1 (U+0080 to U+009F). */
static bool is_control(const char *character, size_t bytes)
{
	unsigned char first = (unsigned char)character[0];

	if (bytes == 1)
		return (first < ' ' && first != '\n') || first == 0x7f;
	return bytes == 2 && first == 0xc2 && (unsigned char)character[1] < 0xa0;
}

/* After `blanks`, of which what is wider in ASCII takes one where two keep it apart: columns stay.
 */
static void show_character(const char *character, size_t bytes, int blanks,
	const struct page_options *options, FILE *stream)
{
	const char *ascii = bytes > 1 && !options->is_utf8 ? in_ascii(character, bytes) : NULL;

	if (ascii && ascii[1] && blanks > 1)
		blanks--;
	fprintf(stream, "%*s", blanks, "");
	if (bytes == 0 || is_control(character, bytes))
		fputc('?', stream);
	else if (ascii && *ascii == '?')
		fprintf(stream, "%.*s", (int)columns_of(character, bytes), "??");
	else if (ascii)
		fputs(ascii, stream);
	else
		fwrite(character, 1, bytes, stream);
}

/* Blanks at the end of a line are not shown. */
static void show(const char *text, const struct page_options *options, FILE *stream)
{
	int blanks = 0;

	while (*text) {
		size_t bytes = text_utf8_length(text);

		if (is_mark(*text)) {
			if (options->keeps_marks)
				fputc(*text, stream);
			else if (options->is_coloured)
				fputs(mark_sequence(*text), stream);
		} else if (*text == ' ') {
			blanks++;
		} else {
			show_character(text, bytes, *text == '\n' ? 0 : blanks, options, stream);
			blanks = 0;
		}
		text += bytes ? bytes : 1;
	}
}

int page_close(struct page *page)
{
	int error;

	if (ferror(page->stream) | fclose(page->stream))
		arena_exhausted();
	errno = 0;
	show(page->text, &page->options, page->shown_on);
	error = stream_finish(page->shown_on);
	free(page->text);
	*page = (struct page){0};
	return error;
}

char *page_close_text(struct page *page)
{
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	if (!stream)
		arena_exhausted();
	page->shown_on = stream;
	(void)page_close(page); /* memory, which is there */
	if (fclose(stream) != 0)
		arena_exhausted();
	return text;
}

void page_markdown(FILE *stream, const char *before, const char *text, const char *after)
{
	fputs(before, stream);
	for (; *text; text++) {
		if (is_mark(*text))
			continue;
		if (strchr("\\`*_[]<>|~#", *text))
			fputc('\\', stream);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
	}
	fputs(after, stream);
}

/* A span ends at as many backticks as it begins with: one more than any of its own. */
void page_markdown_code(FILE *stream, const char *text)
{
	size_t longest = 0;

	for (const char *at = strchr(text, '`'); at; at = strchr(at, '`')) {
		size_t length = strspn(at, "`");

		longest = length > longest ? length : longest;
		at += length;
	}
	for (size_t i = 0; i <= longest; i++)
		fputc('`', stream);
	if (longest > 0)
		fputc(' ', stream);
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' ? '?' : *text, stream);
	if (longest > 0)
		fputc(' ', stream);
	for (size_t i = 0; i <= longest; i++)
		fputc('`', stream);
}
