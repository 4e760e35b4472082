/* SPDX-License-Identifier: MIT */
/*
 * Commands: one file and one line in COMMAND_LIST each. A command reads its arguments into a struct
 * of its own, its request, by tables of options that are bound to the members; help, the manual and
 * the completion come from the same tables. It returns an exit code. stdout carries its result and
 * nothing else, stderr everything else.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "document/document.h"
#include "option/option.h"

/* In the order `help` shows: command_NAME is its entry. */
#define COMMAND_LIST(COMMAND)                                                                      \
	COMMAND(run)                                                                               \
	COMMAND(fio)                                                                               \
	COMMAND(compare)                                                                           \
	COMMAND(curve)                                                                             \
	COMMAND(lint)                                                                              \
	COMMAND(plan)                                                                              \
	COMMAND(claims)                                                                            \
	COMMAND(check)                                                                             \
	COMMAND(baseline)                                                                          \
	COMMAND(history)                                                                           \
	COMMAND(report)                                                                            \
	COMMAND(prepare)                                                                           \
	COMMAND(verify)                                                                            \
	COMMAND(probe)                                                                             \
	COMMAND(help)

struct arguments;

/* Options, and the part of the request that they are bound to. */
struct command_part {
	const struct option *options; /* end with name NULL; NULL: as `make` has them */
	size_t offset;                /* of the part in the request */
	const struct option *(*make)(const struct command_part *part, struct arena *arena);
	const struct document_formats *const *kinds; /* for `make`; ends with NULL */
};

/* The part `member` of a request; the list is bound to `type`, which the member must be. */
#define COMMAND_PART(request, member, type, list)                                                  \
	{                                                                                          \
		.options = list, .offset = offsetof(request, member) +                             \
					   0 * _Generic(((request *)0)->member, type : 1)          \
	}

/* In ringside-mpi: done by the first rank; by all; its trials by all; refused where there are many,
 * as it measures and cannot do so together. */
enum command_ranks { COMMAND_OF_FIRST, COMMAND_TOGETHER, COMMAND_IN_TRIALS, COMMAND_ALONE };

struct command {
	const char *name;
	const char *usage;                /* after "ringside NAME " */
	const char *summary;              /* one line */
	const char *detail;               /* for `help NAME` */
	const struct command_part *parts; /* end with an empty one; NULL: none */
	size_t request_bytes;
	bool takes_job_options; /* other --key=value are options of jobs */
	bool takes_prefixes;    /* "--output-f" for "--output-format", as getopt_long(3) does */
	bool drops_notes;       /* what is said on stderr must be an error or a warning */
	enum command_ranks ranks;
	int (*run)(struct arguments *arguments, void *request);
	int (*map_code)(const void *request, int code); /* NULL: the exit code stands */
};

#define COMMAND_DECLARE(name) extern const struct command command_##name;
COMMAND_LIST(COMMAND_DECLARE)

extern const struct command *const commands[]; /* NULL-terminated */

const struct command *command_find(const char *name);

/* All of the program: argv[1] is the command. An exit code. */
int command_dispatch(int argc, char **argv);

/* Arguments, sorted: a command's own options in its request, job options as written, the rest. */
struct arguments {
	struct arena arena;
	struct diag diag;
	const struct command *command;
	size_t word_count; /* all of them, as they were given */
	const char *const *words;
	size_t part_count;
	struct arguments_part {
		const struct option *options;
		void *target; /* what they are bound to */
	} * parts;
	size_t given_count; /* own options, in order */
	const struct option **given;
	size_t job_option_count;
	const char **job_options;
	size_t operand_count;
	const char **operands;
	bool has_measured; /* then what is written is lost if it is not kept */
};

/*
 * Sorts argv ("--key=value", also with one dash; "--key value" for own options that take one; "--"
 * ends options, "-" is an operand). Own options go to `request`, which is set to their defaults
 * first. 0, or -EINVAL with a report on stderr. arguments_free in either case.
 */
int arguments_read(struct arguments *arguments, const struct command *command, void *request,
	int argc, char **argv);
void arguments_free(struct arguments *arguments);

/* The options of a part, for a command's help. */
const struct option *arguments_options(const struct command_part *part, struct arena *arena);

/* Options that mean nothing here: 0, or -EINVAL where one of the list was given, reported. */
int arguments_refuse(struct arguments *arguments, const struct option *options, const char *why);

#endif
