/* SPDX-License-Identifier: MIT */
/*
 * What is said to the user on stderr: errors, warnings, notes and hints, with the place in the
 * file or on the command line where there is one:
 *
 *     jobs/nightly.job:7:1: error: unknown option 'iodpth'
 *         7 | iodpth = 32
 *           | ^~~~~~
 *     hint: did you mean 'iodepth'?
 *
 * Every problem of a file is reported, not the first only; the caller looks at error_count.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stdio.h>

/* Exit codes are API, the same for every command. On a signal: 128 + its number. */
enum exit_code {
	EXIT_DONE = 0,        /* done; pass; improved */
	EXIT_REGRESSION = 1,  /* regression confirmed */
	EXIT_BAD_REQUEST = 2, /* usage, job file, result file */
	EXIT_INCONCLUSIVE = 3,
	EXIT_INCOMPARABLE = 4, /* incomparable, or this machine cannot */
	EXIT_RUN_FAILED = 5, /* I/O error, verify failure, an engine that was not what it claimed */
};

/* Where a text stands. `text` is its whole line (no newline) or NULL; line 0 is "no line". */
struct place {
	const char *file; /* a path as the user wrote it, or "command line" */
	int line;         /* from 1 */
	int column;       /* from 1; 0 is "the line as a whole" */
	int length;       /* of the part to mark, in bytes; 0 or 1 is one caret */
	const char *text;
};

enum diag_kind {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTE,
	DIAG_HINT,
	DIAG_WARNING_OF_FIO, /* that fio does otherwise; printed and counted as any warning */
	DIAG_NOTE_OF_FIO,
};

struct diag {
	FILE *stream;
	unsigned error_count;
	unsigned warning_count;
	/* Gets each message besides; the place may be NULL, both last for the call. NULL: nobody.
	 */
	void (*hear)(
		void *context, enum diag_kind kind, const struct place *place, const char *text);
	void *context;
	bool drops_notes;     /* notes are not told, nor the hints that belong to them */
	bool has_dropped_one; /* the message before was one */
};

/* Messages go to `stream` (stderr; a test's memstream); NULL: they are only counted. */
void diag_init(struct diag *diag, FILE *stream);

/* One message; `place` may be NULL. No newline at the end of the format. */
void diag_error(struct diag *diag, const struct place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_warning(struct diag *diag, const struct place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_note(struct diag *diag, const struct place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Of what fio does otherwise, for who hears: those that say "as in fio" are none of these. */
void diag_warning_of_fio(struct diag *diag, const struct place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_note_of_fio(struct diag *diag, const struct place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What to try; belongs to the message before it. */
void diag_hint(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
