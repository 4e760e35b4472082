/* SPDX-License-Identifier: MIT */
/*
 * A comparison as it was measured: contenders, run once in every block in a random order, and
 * the figures of every trial. Plain data, made by whoever ran it or read it from a file.
 *
 * The trial is the sample: one fresh process, one number a metric. Nothing here is an average.
 */
#ifndef VERDICT_SESSION_H
#define VERDICT_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "result/result.h"
#include "verdict/metric.h"
#include "verdict/trial_values.h"

#define SESSION_NONE ((size_t)-1)

/* Causes of disturbances, which session/guard.h finds and names. */
enum guard_cause {
	GUARD_STEAL,       /* of a CPU */
	GUARD_THROTTLED,   /* periods in which the cgroup had used up its CPU time */
	GUARD_FOREIGN_IO,  /* bytes on the disks that the trial did not move, of its own */
	GUARD_WAITED,      /* for CPUs that others used: of each thread's time */
	GUARD_FOREIGN_CPU, /* of the CPUs, beyond what was used before the session */
	GUARD_PREEMPTED,   /* times a second, threads that have CPUs of their own */
	GUARD_SWAP,        /* pages, in and out */
	GUARD_HOT_CPU,     /* times that heat slowed a CPU down */
	GUARD_HOT_DISK,    /* degrees above its warning temperature */
	GUARD_SUSPENDED,   /* seconds that the machine slept */
	GUARD_CAUSE_COUNT,
};

struct trial {
	size_t block;
	size_t contender;
	unsigned position; /* in its block, as run: 0 is the first */
	unsigned attempt;  /* 1; 2 where a guard had it run again */
	uint64_t seed;
	unsigned rounds;  /* turns that it consists of (session/alternation.h); 0: one go */
	double started_s; /* since the session's start */
	double window_s;  /* measured for so long; NAN: unknown */
	int exit_code;
	bool counts;          /* ran whole and was not discarded by a guard: its figures are used */
	const char *problem;  /* why it does not, or what a guard found; NULL: nothing */
	const char *mismatch; /* what its engine did instead of what was asked; NULL: nothing */
	unsigned causes;      /* bits of enum guard_cause */
	double guards[GUARD_CAUSE_COUNT];
	double early_excess; /* rate of its first fifth against the rest's, minus 1; or NAN */
	/* Of the control, which takes turns: the rate of a turn after one of its own kind (itself,
	 * its reference) against that after one of another's, logarithm; NAN: not known. */
	double carry_over;
	double values[VALUE_COUNT]; /* NAN: not measured */
};

/* In a second; an amount that is not known, or not asked for, is 0. Both: no rate. */
struct rate {
	double iops, bandwidth;
};

struct contender {
	const char *name;
	const char *engine;
	bool is_control;
	bool is_optional;      /* part of a preset, not named */
	const char *problem;   /* why it takes no part, or no more; its figures count; or NULL */
	int exit_code;         /* 2, 4: it was refused; 5: it went wrong */
	const char *reference; /* its own, by name; NULL: the point's, or none */
	/* Its request, for the differences between contenders. */
	bool is_direct;
	bool queues; /* false: one I/O at a time, whatever the depth */
	unsigned depth;
	unsigned batch;
	unsigned numjobs;
	struct rate asked;         /* of all its clones together (session/rate.h) */
	struct settings effective; /* of its engine, as the kernel granted them */
	struct settings refused;
	struct settings proof;   /* what its engine did, counted in its newest trial */
	struct settings options; /* those that are not the default */
	/* Kept by check: see check/check_session.h. */
	const char *mismatch; /* what its engine did instead of what was asked; NULL: nothing */
	struct trial *trials; /* one a block: counts, window and values, nothing else */
};

/* The table of a point as the statistics want it: a place for each contender in each block. */
struct session {
	size_t contender_count;
	const struct contender *contenders;
	size_t reference; /* an index into contenders */
	size_t control;   /* the reference a second time; SESSION_NONE: there is none */
	size_t metric_count;
	const struct metric *metrics;
	size_t primary;              /* metric that was chosen before the run */
	size_t block_count;          /* blocks begun */
	const struct trial **trials; /* block_count * contender_count, a block after the other;
					NULL: never run; of two attempts, the second */
};

/* The contender of this name (NULL: none has it); SESSION_NONE: there is none. */
size_t session_find(const struct contender *contenders, size_t count, const char *name);

/* NULL: it has never run. */
const struct trial *session_trial(const struct session *session, size_t block, size_t contender);

/* Scaled (metric.h); NAN where the trial does not count or did not measure it. */
double session_value(const struct session *session, size_t metric, size_t block, size_t contender);

/* All values a contender has, in the order of the blocks. Returns their number. */
size_t session_values(
	const struct session *session, size_t metric, size_t contender, double *values);

/* contender - other for each block that has both. Returns their number. */
size_t session_differences(const struct session *session, size_t metric, size_t contender,
	size_t other, double *differences);

/* Blocks in which every contender that has not failed has a value of the metric. */
size_t session_whole_blocks(const struct session *session, size_t metric);

#endif
