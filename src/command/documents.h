/* SPDX-License-Identifier: MIT */
/*
 * Where documents go: stdout in one format, and files in others, each written whole or not at all.
 * A document is printed into memory first; the path stands in whatever is reported.
 */
#ifndef COMMAND_DOCUMENTS_H
#define COMMAND_DOCUMENTS_H

#include "command/command.h"
#include "job/job_set.h"

enum { DOCUMENTS_FILES_LIMIT = 16 };

/* A part of a request, one at most: --format, --output, and --NAME=FILE for each writer of its
 * kinds. */
struct documents {
	const char *format; /* NULL: the kind's first */
	const char *output; /* NULL: stdout */
	const char *files[DOCUMENTS_FILES_LIMIT];
};

/* The options of such a part, made of the tables of writers of its kinds. */
const struct option *documents_options(const struct command_part *part, struct arena *arena);

#define DOCUMENTS_PART(request, member, list)                                                      \
	{                                                                                          \
		.make = documents_options, .kinds = list,                                          \
		.offset = offsetof(request, member) +                                              \
			  0 * _Generic(((request *)0)->member, struct documents : 1)               \
	}

/*
 * Whether a document of this kind can be written as it is asked for, before anything is run. 0 or
 * -EINVAL, reported.
 */
int documents_check(struct arguments *arguments, const struct document_formats *kind);

/*
 * Writes all that was asked for: files first, then the result itself, to the file of --output, or
 * to stdout, or to stderr where another option (--json=-) has stdout to itself. 0 or -errno,
 * reported.
 */
int documents_write(
	struct arguments *arguments, const struct document_formats *kind, void *document);

/* The first part of that alone: what goes to the files of --NAME. */
int documents_write_files(
	struct arguments *arguments, const struct document_formats *kind, void *document);

/* Another format where text is what would be written; after the check. */
void documents_prefer(struct arguments *arguments, const char *format);

/* The file of --NAME; NULL: not given. */
const char *documents_file(const struct arguments *arguments, const char *name);

/* In this format into memory, malloc'd, the caller frees. 0 or -errno, not reported. */
int documents_print(const struct document_formats *kind, const char *format, void *document,
	char **text, size_t *bytes);

/* Whether this build can write the format, before anything is run: 0 or -EINVAL, reported. */
int documents_check_build(struct arguments *arguments, const char *format);

/*
 * Whether the file that an option names (or NULL) can be written, before anything is run, and holds
 * nothing else: stdout, too, carries one document. 0 or -errno, reported.
 */
int documents_check_file(struct arguments *arguments, const char *option, const char *path);

/*
 * The same of a file that is replaced again and again, or else added to, while it grows: no stdout,
 * no pipe.
 */
int documents_check_growing(
	struct arguments *arguments, const char *option, const char *path, bool is_replaced);

/*
 * The file, if it can be replaced again and again while trials run; NULL: none, or one that each
 * time would add to (stdout, a pipe).
 */
const char *documents_between(const char *path);

/*
 * Whether no option sends what is printed to `path`, which the command itself reads or writes as
 * `what`. 0 or -EINVAL, reported. The same of each operand; and of each target of jobs.
 */
int documents_spare(struct arguments *arguments, const char *path, const char *what);
int documents_spare_operands(struct arguments *arguments, const char *what);
int documents_spare_targets(struct arguments *arguments, const struct job_set *sets, size_t count);

/* To `path`; a text that cannot be written there is kept elsewhere, reported. 0 or -errno. */
int documents_save(struct arguments *arguments, const char *path, const char *text, size_t bytes);

/* Keeps a text that could not be written to `path`: beside it, in $TMPDIR, or on stdout. */
void documents_keep(struct arguments *arguments, const char *path, const char *text, size_t bytes);

/* Reports an error other than 0, and returns it. */
int documents_complain(struct arguments *arguments, const char *path, int error);

#endif
