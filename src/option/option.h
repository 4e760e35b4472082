/* SPDX-License-Identifier: MIT */
/*
 * Option tables. From an entry follow an option's name in job files, its flag, its line in `help`
 * and the man page, how it is read and printed. An entry binds to a field of a plain struct; the
 * macros at the end check the field's type when compiling. A default goes through the same parser.
 */
#ifndef OPTION_OPTION_H
#define OPTION_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/units.h"
#include "option/option_bind.h"

enum option_type {
	OPTION_FLAG,   /* bool; may stand alone; else 0 or 1 */
	OPTION_BOOL,   /* bool; 0 or 1 */
	OPTION_COUNT,  /* uint32_t or uint64_t whole number, k/m/g taken; min..max */
	OPTION_SIZE,   /* uint64_t bytes */
	OPTION_EXTENT, /* struct extent: size, percent, or zones */
	OPTION_TIME,   /* uint64_t ns; unit_ns is the default unit; min..max ns */
	OPTION_DOUBLE, /* double */
	OPTION_TEXT,   /* const char * */
	OPTION_TEXTS,  /* const char *const * and a size_t: a value for each time it is given */
	OPTION_CHOICE, /* int: one of `choices` */
	OPTION_CUSTOM, /* anything: `parse` and `print` */
};

struct option_choice {
	const char *text;
	int value;
	const char *help;
};

enum option_group {
	OPTION_GROUP_WORKLOAD, /* rw, bs, … */
	OPTION_GROUP_TARGET,
	OPTION_GROUP_ENGINE,
	OPTION_GROUP_JOB, /* numjobs, stonewall, … */
	OPTION_GROUP_TIME,
	OPTION_GROUP_SYNC,
	OPTION_GROUP_BUFFER,
	OPTION_GROUP_VERIFY,
	OPTION_GROUP_MEASURE,
	OPTION_GROUP_SAFETY,
	OPTION_GROUP_COUNT,
};

/* Why a value was not taken: what is wrong with it, and what to try (may be NULL). */
struct option_problem {
	const char *what, *hint;
	/* The value was taken, but not for what it seems to say: how (beside a 0); else NULL. */
	const char *remark;
	size_t at;     /* where in the value the problem starts */
	size_t length; /* 0: to its end */
};

struct option {
	const char *name, *alias; /* NULL: it has no other name */
	enum option_type type;
	enum option_group group;
	size_t field, field_bytes; /* its offset in the struct that the table binds to */
	size_t count_field;        /* TEXTS: offset of how many there are */
	size_t part;               /* offset of a pointer to what the field is in; 0: the target */
	const char *value_default; /* as a user would write it; NULL: unset (field stays zero) */
	const char
		*value_alone; /* TEXT: of the name alone, if nothing is set; NULL: it cannot be */
	uint64_t min, max;    /* COUNT, SIZE, TIME: inclusive; max 0: none */
	uint64_t unit_ns;     /* TIME */
	const struct option_choice *choices; /* CHOICE; ends with text NULL */
	bool appends;                        /* a second line adds to the first (filename) */
	/* CUSTOM (where set, of any type): text to field. 0 or -EINVAL with *problem filled. */
	int (*parse)(const char *value, void *field, struct arena *arena,
		struct option_problem *problem);
	const char *(*print)(const void *field, struct arena *arena); /* to what parse reads back */
	const char *syntax;        /* CUSTOM, TEXT: for help, "int[,int][,int]" */
	const char *help, *detail; /* one line; more, for `help NAME`, or NULL */
};

/* Names and aliases by their hash, for a table in which names are looked up often. */
struct option_index {
	uint16_t slots[2048]; /* 1 + the option's place in its table; 0: free */
};

struct option_table {
	const struct option *options;     /* ends with name NULL */
	size_t struct_bytes;              /* of the struct they bind to */
	const struct option_index *index; /* NULL: there is none, the rows are few */
	size_t part, part_bytes;          /* of options that have one: the same for all */
};

/* Whether its name may not stand alone. */
bool option_needs_value(const struct option *option);

/* Fills an index that is zero before. The names of its options are at most half its slots. */
void option_index_fill(struct option_index *index, const struct option *options);

/* By name or alias; NULL when there is none. */
const struct option *option_find(const struct option_table *table, const char *name);
/* `value` (NULL: a flag alone) into `target`'s field. 0, -errno with *problem (arena, static). */
int option_read(const struct option *option, const char *value, void *target, struct arena *arena,
	struct option_problem *problem);

/* The first text of a choice is its name; later ones (fio's "0" for "none") are only read. */
bool option_is_name(const struct option *option, const struct option_choice *choice);

/* Sets all fields to their defaults, in a new part. One that does not parse is our mistake. */
void option_set_defaults(const struct option_table *table, void *target, struct arena *arena);
/* The field's value as text that option_read takes; NULL when it is unset. */
const char *option_text(const struct option *option, const void *target, struct arena *arena);

/* The nearest name in any of the tables (NULL-terminated), by a third of its length; or NULL. */
const char *option_suggest(const struct option_table *const *tables, const char *name);
const char *option_group_name(enum option_group group);

#endif
