/* SPDX-License-Identifier: MIT */
/*
 * The live screen of a comparison (--live): who is measured now, and what is known of each
 * contender, by the blocks that are whole. It is for the eye: nothing is decided by it.
 */
#ifndef SESSION_CONTEST_SCREEN_H
#define SESSION_CONTEST_SCREEN_H

#include "base/diag.h"
#include "session/record.h"
#include "text/page.h"

struct contest_screen_row {
	const char *name;
	const char *problem; /* NULL: it runs */
	size_t trial_count;
	double level, spread;   /* of the primary metric; spread: half-width, as a share */
	const char *difference; /* to the reference, in words; "" */
	double p99_ns, cpu_ns;  /* of an I/O */
};

struct contest_screen {
	bool is_open;
	const char *command; /* "compare" */
	/* Lines in place of its own below the title, or NULL. */
	void (*put_rows)(void *context, struct page *page, size_t first, size_t room);
	size_t (*count_rows)(void *context);
	void *context;
	uint64_t polled_ns, drawn_ns;
	size_t first, shown_count; /* rows */
	bool is_cut;               /* there are more */
	struct arena arena;        /* of what follows */
	size_t row_count;
	struct contest_screen_row *rows;
};

/* What stands above and below the rows. */
struct contest_screen_state {
	const char *point;        /* "" or its name */
	const char *phase, *name; /* "block 3", "io_uring" */
	const char *precision;    /* "" or how wide the widest interval is */
	const char *left;         /* "" or "38 s" */
	size_t now;               /* the contender that is measured; SESSION_NONE: several */
	const struct record_point *record;
};

/* Where there is no terminal for it a note says why. Signals are caught before. */
void contest_screen_open(struct contest_screen *screen, const char *command, struct diag *diag);

/* Takes what is known from the record: after a block. */
void contest_screen_learn(struct contest_screen *screen, const struct record *record,
	const struct record_point *point);

/* Keys and size, at most 10 times a second; returns whether it is to be drawn now. */
bool contest_screen_poll(struct contest_screen *screen, struct diag *diag);

void contest_screen_draw(struct contest_screen *screen, const struct contest_screen_state *state);

/* As text, malloc'd, of at most `rows` lines. */
char *contest_screen_text(struct contest_screen *screen, const struct contest_screen_state *state,
	const struct page_options *options, unsigned rows);

void contest_screen_close(struct contest_screen *screen);

#endif
