/* SPDX-License-Identifier: MIT */
/*
 * The terminal as a whole, by ncurses: there is one in a process. While it is up, what is written
 * to standard error, and to standard output where that is a terminal, is held, and shown when it
 * is left. It goes down by itself where the terminal gets too small, or the program to the
 * background, and comes back. However the program ends, the terminal is as it was before.
 */
#ifndef TEXT_SCREEN_H
#define TEXT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "text/page.h"

enum { SCREEN_COLUMNS_LEAST = 80, SCREEN_ROWS_LEAST = 20 };

/* Rows at the bottom that are the screen's own: a message, the keys. */
enum { SCREEN_ROWS_OWN = 2 };

enum screen_event {
	SCREEN_NOTHING,
	SCREEN_CHANGED, /* it was resized, or is there again: draw it */
	SCREEN_LEFT,    /* `q`: it does not come back */
	SCREEN_SMALL,   /* it went down, for the first time, as the terminal is too small */
	SCREEN_UP_ROW,
	SCREEN_DOWN_ROW,
	SCREEN_UP_PAGE,
	SCREEN_DOWN_PAGE,
	SCREEN_FIRST,
};

/*
 * On the terminal of standard error. NULL, or why there is none: a static text or one that lasts
 * until the next call. Where the terminal is too small it is open and not up.
 */
const char *screen_open(void);

/* Leaves it for good and shows what was held. */
void screen_close(void);

/* Looks at keys and size: several times a second, until it tells SCREEN_NOTHING. */
enum screen_event screen_poll(void);

/* By an event of the last five: which of the rows that do not all fit is shown first. */
void screen_scroll(enum screen_event event, size_t *first, size_t shown_count);

bool screen_is_up(void);

/* Of the part that screen_show fills; its columns are those of screen_page_options. */
unsigned screen_rows(void);

/* For a page whose text is for screen_show. */
struct page_options screen_page_options(void);

/* Lines of a page with these options; `keys` stands below, after what q does. */
void screen_show(const char *text, const char *keys);

/* The terminal as it was, from a signal handler, before the program ends. */
void screen_abandon(void);

#endif
