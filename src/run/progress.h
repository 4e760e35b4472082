/* SPDX-License-Identifier: MIT */
/*
 * One live line on stderr while work is done: what, how far, how fast, how long yet. Redrawn in
 * place on a terminal; elsewhere a line every 10 s at most, so that CI logs stay readable.
 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PROGRESS_PREFIX_BYTES = 160 };

struct progress {
	FILE *stream;
	char prefix[PROGRESS_PREFIX_BYTES]; /* of each line, for who knows of more; at first "" */
	bool is_quiet;
	bool is_terminal;
	bool is_drawn;     /* a line stands on the terminal and must be wiped */
	uint64_t drawn_ns; /* when last */
	uint64_t started_ns;
	uint64_t last_ios;
	uint64_t last_bytes;
	uint64_t last_ns;
};

void progress_init(struct progress *progress, FILE *stream, bool is_quiet);

/* Shows the text now, if it is time to; returns whether it did. */
bool progress_show(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* As progress_show, though it is not time to: something to know at once, said once. */
void progress_announce(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether a line is due, so that its text is made only then. */
bool progress_is_due(const struct progress *progress);

/* Wipes the line; before anything else is printed. */
void progress_clear(struct progress *progress);

#endif
