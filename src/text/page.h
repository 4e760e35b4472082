/* SPDX-License-Identifier: MIT */
/*
 * A page of text for people: written in UTF-8 with marks for what stands out, then shown as the
 * reader's terminal can: colours or none, ASCII where it is not UTF-8, and never a control
 * character that a path or a message brought along.
 */
#ifndef TEXT_PAGE_H
#define TEXT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Marks, to be used inside any text of the page. Texts from outside have none, by those who read
 * them: job/job_entries.c refuses control characters, base/json.c replaces them.
 */
#define PAGE_BOLD   "\x01"
#define PAGE_DIM    "\x02"
#define PAGE_YELLOW "\x03"
#define PAGE_RED    "\x04"
#define PAGE_GREEN  "\x05"
#define PAGE_PLAIN  "\x06"

/* How a page looks. Colour is never the only carrier of anything. */
struct page_options {
	bool is_utf8; /* else "us", "-" for "µs", "–" */
	bool is_coloured;
	bool keeps_marks; /* for who shows them: screen.h */
	unsigned columns; /* no line is longer; at least 60 */
};

/*
 * For writers that are given a stream alone: UTF-8 by the environment's locale (LC_ALL, LC_CTYPE,
 * LANG), colour on a terminal unless NO_COLOR is set, 100 columns.
 */
struct page_options page_options_of(FILE *stream);

struct page {
	FILE *stream; /* to write to, between page_open and page_close */
	FILE *shown_on;
	struct page_options options;
	char *text;
	size_t bytes;
	unsigned columns;
	unsigned column;          /* of the line that is being wrapped */
	const char *mark, *label; /* label NULL: it stands there */
	bool is_line_empty;       /* nothing after its label yet */
};

/* A page for `stream`, NULL: for page_close_text; `options` NULL: those of the stream. */
void page_open(struct page *page, const struct page_options *options, FILE *stream);

/* Shows what was written and frees the page. 0 or -errno. */
int page_close(struct page *page);

/* The same of a page that was opened with options and without a stream: as text, malloc'd. */
char *page_close_text(struct page *page);

/*
 * A line that wraps: page_line begins it with a label (marked) of the left column, page_phrase adds
 * a part of it after `separator` (such as ","; not before the first part), page_line_end ends it.
 * Without a part no line is shown.
 */
void page_line(struct page *page, const char *mark, const char *label);
void page_phrase(struct page *page, const char *separator, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void page_line_end(struct page *page);

/* A line of this text alone. */
void page_note(struct page *page, const char *mark, const char *label, const char *text);

/* Words from column `at` on, wrapped and under each other; the line is at column `from` already. */
void page_words(struct page *page, unsigned from, unsigned at, const char *text);

/* Columns that `text` takes on the screen: marks none, a character none, one or two. */
unsigned page_width(const char *text);

/* `text` cut to `columns`, with "…" at its end where it was cut; into `bytes` of `cut`. */
char *page_cut(char *cut, size_t bytes, const char *text, unsigned columns);

/*
 * `text` for Markdown: without marks, on one line, its signs (| * _ ` < [ and such) escaped, and
 * what stands before and after it as it is.
 */
void page_markdown(FILE *stream, const char *before, const char *text, const char *after);
void page_markdown_code(FILE *stream, const char *text); /* the same as a span of code */

#endif
