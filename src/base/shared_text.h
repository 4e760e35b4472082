/* SPDX-License-Identifier: MIT */
/*
 * Texts that all ranks of a run read alike, although only the first can see them: job files, what
 * they include, and variables of the environment. The first rank records what it looked for and
 * found, or how that failed; the others are given the record and look there. Without either
 * (SHARED_TEXT_OFF) nothing is kept, and every reader looks for itself.
 */
#ifndef BASE_SHARED_TEXT_H
#define BASE_SHARED_TEXT_H

#include <stddef.h>

enum shared_text_mode {
	SHARED_TEXT_OFF,
	SHARED_TEXT_RECORD,
	SHARED_TEXT_REPLAY,
};

enum shared_text_kind {
	SHARED_TEXT_FILE = 'f',
	SHARED_TEXT_VARIABLE = 'v',
};

/* Empties the record. */
void shared_text_set_mode(enum shared_text_mode mode);
enum shared_text_mode shared_text_mode(void);

/* Records what `name` is; `text` NULL: it could not be had, by `error`. Each name once. */
void shared_text_add(
	enum shared_text_kind kind, const char *name, const char *text, size_t length, int error);

/* What was recorded; NULL with *error: nothing, or that it could not be had. */
const char *shared_text_find(
	enum shared_text_kind kind, const char *name, size_t *length, int *error);

/* The record as bytes, malloc'd, and back: 0, or -EPROTO where they are none. */
char *shared_text_pack(size_t *bytes);
int shared_text_unpack(const char *bytes, size_t count);

#endif
