/* SPDX-License-Identifier: MIT */
/* How commands write what they print: whole or not at all, with the path in what is reported. */
#ifndef COMMAND_WRITING_H
#define COMMAND_WRITING_H

#include <stdbool.h>
#include <stdio.h>

#include "command/command.h"
#include "job/job_set.h"

/* What is printed, and how: 0 or -errno. */
struct writing {
	int (*print)(const struct writing *writing, FILE *stream);
	const void *writer, *what;
};

/*
 * Whether the file that an option names can be written, before anything is run, and holds nothing
 * else: stdout, too, carries one document. 0 or -errno.
 */
int writing_check(struct arguments *arguments, const char *option);

/*
 * The same of a file that is replaced again and again, or else added to, while it grows: no stdout,
 * no pipe.
 */
int writing_check_growing(struct arguments *arguments, const char *option, bool is_replaced);

/*
 * Whether no option sends what is printed to `path`, which the command itself reads or writes as
 * `what`. 0 or -EINVAL, reported.
 */
int writing_spare(struct arguments *arguments, const char *path, const char *what);

/* The same of each operand; and of each target of jobs. */
int writing_spare_operands(struct arguments *arguments, const char *what);
int writing_spare_targets(struct arguments *arguments, const struct job_set *sets, size_t count);

/* To `path`; what cannot be written there is kept elsewhere, and where is said. 0 or -errno. */
int writing_save(struct arguments *arguments, const char *path, const struct writing *writing);
int writing_save_text(
	struct arguments *arguments, const char *path, const char *text, size_t bytes);

/* Keeps a text that could not be written to `path`: beside it, in $TMPDIR, or on stdout. */
void writing_keep(struct arguments *arguments, const char *path, const char *text, size_t bytes);

/*
 * The result itself, after what is written beside it: to the file of --output, or to stdout, or to
 * stderr where another option (--json=-) has stdout to itself. 0 or -errno.
 */
int writing_save_result(struct arguments *arguments, const struct writing *writing);

/*
 * The file that an option names, to be replaced again and again while trials run; NULL: none, or
 * one that each time would add to (stdout, a pipe).
 */
const char *writing_path_between(struct arguments *arguments, const char *option);

/* Into memory, malloc'd, the caller frees. 0 or -errno, not reported. */
int writing_print(const struct writing *writing, char **text, size_t *bytes);

/* Reports an error other than 0, and returns it. */
int writing_complain(struct arguments *arguments, const char *path, int error);

#endif
