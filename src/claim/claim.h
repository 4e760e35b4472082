/* SPDX-License-Identifier: MIT */
/*
 * A claim: a statement that a measurement can confirm or refute, with the lines that do. Plain data
 * that claim_file.h reads out of a job file's [claim]; claim_outcome.h has what came of it.
 */
#ifndef CLAIM_CLAIM_H
#define CLAIM_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "verdict/trial_values.h"

/* "iodepth=8": a value of a sweep. */
struct claim_assignment {
	const char *key, *value;
};

/* A point of the sweep; or, of a line, those that have all of these values. */
struct claim_point {
	const char *name; /* as record_point has it: "bs=4k iodepth=8"; "" without values */
	size_t count;
	struct claim_assignment *values;
};

/* "fixed@bs=64k.cpu_ns_per_io" */
struct claim_side {
	const char *contender;
	struct claim_point point; /* after @: instead of the line's own values */
	enum trial_value value;
};

enum claim_relation { CLAIM_AT_MOST, CLAIM_AT_LEAST, CLAIM_WITHIN };

/* left <= factor * right; left <= level; left within tolerance of either. */
struct claim_line {
	const char *name; /* its tag; without one its number among the lines, from "1" */
	bool is_tagged;
	const char *text;      /* as written, without the key */
	struct place place;    /* of the text */
	struct claim_point at; /* at(…): none: at each point */
	struct claim_side left;
	enum claim_relation relation;
	double tolerance; /* CLAIM_WITHIN: 0.05 is 5 %; else 0 */
	bool is_level;    /* against `level`, and there is no right side */
	double level;     /* in the unit of left's metric */
	double factor;
	struct claim_side right;
};

/* Loads, as shares of what a contender does without a rate. */
struct claim_loads {
	size_t count;     /* 0: none */
	double *shares;   /* ascending, 0.8 is 80 % */
	const char *of;   /* the contender */
	const char *text; /* as written: "80%,95% of epoll" */
};

/* What this machine must have, else nothing of the claim is testable here. */
enum claim_need_kind {
	NEED_CPUS,        /* at least `count` that this process may run on */
	NEED_MEMORY,      /* bytes, at least `count`, available */
	NEED_ROOT,        /* or the capability that stands for it */
	NEED_DIRECT,      /* O_DIRECT on the targets of its jobs */
	NEED_NVME,        /* they are an NVMe drive */
	NEED_POLL_QUEUES, /* which has queues for polling */
	NEED_COUNTERS,    /* the processor counts instructions for this process */
	NEED_KIND_COUNT,
};

struct claim_need {
	enum claim_need_kind kind;
	uint64_t count;
	const char *text; /* as written: "cpus>=2" */
	struct place place;
};

struct claim {
	const char *path;      /* its file, as the user wrote it */
	const char *name;      /* the file's name without folder and extension */
	struct place place;    /* of [claim] */
	const char *title;     /* at most CLAIM_TITLE_LIMIT characters */
	const char *statement; /* one or two sentences */
	const char *about;     /* a paragraph; NULL: none */
	/* As compare's options of these names; 0 or NULL: not given. */
	size_t vary_count;
	const char *const *vary; /* "bs=4k,64k" */
	struct place vary_place; /* of the first */
	struct claim_loads loads;
	uint64_t trial_ns, ramp_ns, limit_ns, blocks;
	const char *reference;
	enum trial_value primary; /* VALUE_COUNT: not given */
	size_t need_count;
	struct claim_need *needs;
	size_t contender_count;
	const char **contenders; /* names, in the order they were written */
	size_t point_count;      /* at least 1 */
	struct claim_point *points;
	size_t line_count; /* at least 1 */
	struct claim_line *lines;
};

enum { CLAIM_TITLE_LIMIT = 60, CLAIM_LINES_LIMIT = 64 };

/* Whether a point has all values of another, which may name a part of them. */
bool claim_point_has(const struct claim_point *point, const struct claim_point *wanted);

enum claim_verdict {
	CLAIM_CONFIRMED,    /* the whole interval is on the claim's side */
	CLAIM_REFUTED,      /* the whole interval is on the other */
	CLAIM_NOT_RESOLVED, /* neither: `reason` where it is more than the interval's width */
	CLAIM_NOT_TESTABLE, /* here: `reason` says why */
};

/* "confirmed", "refuted", "not resolved", "not testable here". */
const char *claim_verdict_name(enum claim_verdict verdict);

#endif
