/* SPDX-License-Identifier: MIT */
/*
 * Commands: one table entry and one file each. A command gets the arguments after its name and
 * returns an exit code. stdout carries its result and nothing else, stderr everything else.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"

/* A command's own option; those of jobs are not listed here. */
struct command_option {
	const char *name;  /* without dashes */
	const char *value; /* what it takes, for help: "FILE"; NULL: nothing */
	const char *help;
};

struct command {
	const char *name;
	const char *usage;                    /* after "ringside NAME " */
	const char *summary;                  /* one line */
	const char *detail;                   /* for `help NAME` */
	const struct command_option *options; /* ends with name NULL; may be NULL */
	bool takes_job_options;               /* other --key=value are options of jobs */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command *const commands[]; /* NULL-terminated */

const struct command *command_find(const char *name);

/* Arguments, sorted: a command's own options, job options as written, and the rest. */
struct arguments {
	struct arena arena;
	struct diag diag;
	size_t own_count;
	struct {
		const struct command_option *option;
		const char *value;
	} * own;
	size_t job_option_count;
	const char **job_options;
	size_t operand_count;
	const char **operands;
	bool has_measured; /* then what is written is lost if it is not kept */
};

/*
 * Sorts argv ("--key=value", also with one dash; "--key value" for own options that take one; "--"
 * ends options, "-" is an operand).
 * 0, or -EINVAL with a report on stderr. arguments_free in either case.
 */
int arguments_read(
	struct arguments *arguments, const struct command *command, int argc, char **argv);
void arguments_free(struct arguments *arguments);

/* The last value of an own option, NULL: not given ("" for one that takes none). */
const char *arguments_value(const struct arguments *arguments, const char *name);

/* All values of an own option, in order; returns their number. */
size_t arguments_values(struct arguments *arguments, const char *name, const char ***values);

#endif
