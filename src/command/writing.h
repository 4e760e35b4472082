/* SPDX-License-Identifier: MIT */
/* How commands write what they print: whole or not at all, with the path in what is reported. */
#ifndef COMMAND_WRITING_H
#define COMMAND_WRITING_H

#include <stdio.h>

#include "command/command.h"

/* What is printed, and how: 0 or -errno. */
struct writing {
	int (*print)(const struct writing *writing, FILE *stream);
	const void *writer, *what;
};

/* Whether the file that an option names can be written, before anything is run. 0 or -errno. */
int writing_check(struct arguments *arguments, const char *option);

/*
 * Whether no option sends what is printed to `path`, which the command itself reads or writes as
 * `what`. 0 or -EINVAL, reported.
 */
int writing_spare(struct arguments *arguments, const char *path, const char *what);

/* To `path`, or stdout where that is NULL. 0 or -errno. */
int writing_save(struct arguments *arguments, const char *path, const struct writing *writing);

/* Into memory, malloc'd, the caller frees. 0 or -errno, not reported. */
int writing_print(const struct writing *writing, char **text, size_t *bytes);

/* Reports an error other than 0, and returns it. */
int writing_complain(struct arguments *arguments, const char *path, int error);

#endif
