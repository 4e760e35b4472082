/* SPDX-License-Identifier: MIT */
/*
 * Whole documents: a kind has its "schema" and the table of the struct that it holds. What a file
 * is, whatever it was taken for, is told by its text.
 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include <stdio.h>

#include "document/field.h"

struct document_kind {
	const char *noun;   /* "comparison" */
	const char *schema; /* "ringside-comparison/1" */
	const struct field_table *table;
};

/* This ringside, as "tool" of what it writes. It is not read back. */
extern const struct field_table document_tool_table;

/* The document of `structure`. The caller deletes it. */
cJSON *document_make(const struct document_kind *kind, const void *structure);

/* As text; malloc'd, the caller frees. */
char *document_print(const struct document_kind *kind, const void *structure);

/* To `stream`: 0 or -errno. */
int document_write(const struct document_kind *kind, const void *structure, FILE *stream);

/* The same of a document that was made otherwise, which it deletes. */
int document_write_json(cJSON *document, FILE *stream);

/* The JSON Schema (draft 2020-12) of the kind's documents: 0 or -errno. */
int document_write_schema(const struct document_kind *kind, FILE *stream);

/*
 * Reads `text` into `structure`, which is zero before; texts go to `arena`: the structure's own
 * where that takes from it while it is read. 0, or -EINVAL and a report with `path`: no JSON, of
 * another kind or version, or not as its schema says. Unknown keys are skipped; no NUL is needed.
 */
int document_read(const struct document_kind *kind, const char *path, const char *text,
	size_t length, struct arena *arena, void *structure, struct diag *diag);

/* The same of a file; also -errno of reading it. */
int document_read_file(const struct document_kind *kind, const char *path, struct arena *arena,
	void *structure, struct diag *diag);

/* The whole file; malloc'd, caller frees. NULL: reported, errno says why. */
char *document_load(const char *path, size_t *length, struct diag *diag);

/* json_parse with a report of where it ceases to be JSON. The caller deletes it. */
cJSON *document_parse(const char *path, const char *text, size_t length, struct diag *diag);

/* Where the JSON begins: the first line that starts with '{'; `length` when there is none. fio
 * prints notes before it. */
size_t document_start(const char *text, size_t length);

enum document_type {
	DOCUMENT_UNKNOWN,
	DOCUMENT_RESULT,
	DOCUMENT_COMPARISON,
	DOCUMENT_CURVE,
	DOCUMENT_CLAIMS,
	DOCUMENT_CHECK,
	DOCUMENT_BASELINE,
	DOCUMENT_HISTORY,
	DOCUMENT_PROBE,
	DOCUMENT_PREPARATION,
	DOCUMENT_VERIFICATION,
	DOCUMENT_FIO,
	DOCUMENT_JOB_FILE,
};

/* By its schema, its "fio version", or its first section. Whether what begins with a schema of ours
 * is a whole document is left to its reader. */
enum document_type document_type_of(const char *text, size_t length);
enum document_type document_type_of_json(const cJSON *root);

/* Reports that it is not what is needed here ("a ringside result"), and what to do with it. */
void document_refuse(
	enum document_type type, const char *path, const char *needed, struct diag *diag);

/*
 * Formats. Each kind of document has a list of its writers (RESULT_WRITER_LIST), and a line there
 * is all that a format needs: --format=NAME, --NAME=FILE, help, the manual and the completion
 * follow.
 */

struct document_writer {
	const char *name;    /* --format=NAME */
	const char *as;      /* --NAME=FILE writes it as …; NULL: there is no such option */
	void (*write)(void); /* DOCUMENT_WRITE of a function */
};

/* A writer of this type of document; one of another type does not compile. */
#define DOCUMENT_WRITE(type, function)                                                             \
	((void (*)(void)) _Generic((function), int (*)(type *, FILE *) : (function)))

/* The function of a writer, of the type that it has: what `write` below calls. */
#define DOCUMENT_FUNCTION(type, writer) ((int (*)(type *, FILE *))(writer)->write)

/* The struct below for documents of a type, and its writers, each {name, as, DOCUMENT_WRITE}, */
#define DOCUMENT_FORMATS(formats, noun, type, ...)                                                 \
	static const struct document_writer formats##_writers[] = {__VA_ARGS__{NULL, NULL, NULL}}; \
	static int formats##_write(                                                                \
		const struct document_writer *writer, void *document, FILE *stream)                \
	{                                                                                          \
		return DOCUMENT_FUNCTION(type, writer)(document, stream);                          \
	}                                                                                          \
	const struct document_formats formats = {noun, formats##_writers, formats##_write}

struct document_formats {
	const char *name;                      /* of what: "a comparison" */
	const struct document_writer *writers; /* the default first; ends with name NULL */
	/* By one of `writers`. 0 or -errno of the stream. */
	int (*write)(const struct document_writer *writer, void *document, FILE *stream);
};

#endif
