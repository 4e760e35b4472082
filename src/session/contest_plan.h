/* SPDX-License-Identifier: MIT */
/*
 * A comparison before anything runs: its options, its contenders in words and figures, and how long
 * it takes.
 *
 * A ramp that was not given is at least a quarter of the trial. It lasts until 1000 I/Os are done
 * where they are slow, but no longer than the trial itself, so that the time that was announced
 * holds whatever the I/O's speed.
 */
#ifndef SESSION_CONTEST_PLAN_H
#define SESSION_CONTEST_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "host/write_guard.h"
#include "job/job_types.h"
#include "session/contender.h"
#include "session/record.h"
#include "verdict/session.h"
#define CONTEST_AUTO UINT64_MAX

struct contest_options {
	uint64_t trial_ns;
	uint64_t window_ns;   /* of turns (alternation.h): contest_plan_window_ns(); 0: no turns */
	uint64_t ramp_ns;     /* CONTEST_AUTO: contest_plan_ramp_ns() */
	uint64_t limit_ns;    /* of one point: contest_plan_limit_ns() */
	uint64_t cooldown_ns; /* CONTEST_AUTO: 250 ms after writers, else none */
	struct stop_rule rule;
	enum trial_value primary;
	double carry_limit; /* turns are given up where they falsify ratios by more: carry_over.h */
	bool has_control;
	bool is_sweep;            /* points are for each other: one contender is enough for one */
	bool takes_any_reference; /* where the one that is named cannot run */
	bool is_unguarded;        /* disturbed trials are reported, and count: none is run again */
	bool is_quiet;            /* no live line */
	const char *live;         /* a screen in its place, for this command; NULL: none */
	struct job_cpus cpus;     /* that contenders may use; count 0: all */
	struct write_guard allowed; /* the values of --destroy */
	const char *save_path;      /* the document, after each block; NULL: nowhere */
	/* What a trial in a block measured, all its jobs as one, before it is freed; or NULL. */
	void (*on_result)(
		void *context, const struct trial *trial, const struct result_job *result);
	void *context;
};

/* Fills contenders (with a control at the end, where there is to be one) and the summary. */
void contest_plan_describe(struct record *record, struct record_point *point,
	const struct contender_point *setups, bool has_control);

struct contest_time {
	size_t contender_count; /* that run, and the control */
	uint64_t prime_ns;      /* each of them once; files that are missing take longer */
	uint64_t block_ns;      /* with the shortest ramp, */
	uint64_t block_most_ns; /* and with the longest */
	bool takes_turns;       /* a block is rounds of turns, as far as is known */
};

void contest_plan_time(const struct contest_options *options, const struct contender_point *point,
	struct contest_time *time);

/* Priming and so many blocks, undisturbed; and with every trial run again that may be. */
uint64_t contest_plan_least_ns(const struct contest_time *time, size_t blocks);
uint64_t contest_plan_most_ns(const struct contest_time *time, size_t blocks);

/*
 * The limit of a point. One that was given counts from the point's beginning, priming and the files
 * that it writes included; CONTEST_AUTO (35 s for each contender, or the blocks of the first look)
 * from its first block.
 */
uint64_t contest_plan_limit_ns(const struct contest_options *options, size_t contender_count);

/* After a trial. */
uint64_t contest_plan_cooldown_ns(const struct contest_options *options, bool writes);

/* 0, or -EINVAL, reported: in the time that was given not even one block can be run. */
int contest_plan_check(const struct contest_options *options, const struct contender_plan *plan,
	struct diag *diag);

/*
 * The ramp of a point of so many contenders that were primed: long enough for 1000 I/Os of the
 * slowest (0: unknown) and for what any job asks, within the trial's length and what the time that
 * is left can hold. *wanted_ns: as long as it would be without these bounds.
 */
uint64_t contest_plan_ramp_ns(const struct contest_options *options, size_t contender_count,
	double slowest_iops, uint64_t asked_ns, uint64_t left_ns, uint64_t *wanted_ns);

/* What a contender was seen to do when it was primed. */
struct contest_primed {
	double iops;
	bool writes;  /* to what keeps it */
	bool is_cold; /* its reads came in part from storage, through the cache */
	unsigned threads;
	unsigned cpus; /* that they may use */
};

/* Why this contender cannot take turns with such windows; NULL: it can. */
const char *contest_plan_turns_obstacle(const struct contender_setup *setup,
	const struct contest_primed *primed, uint64_t window_ns);

/*
 * The window of turns. CONTEST_AUTO: 1000 I/Os of the slowest contender (NAN: unknown), but 5 to
 * 20 ms. Shorter ones are nearer to each other, and so more alike: on a noisy machine the intervals
 * of 5 ms were a third of those of 20 ms in the same time.
 */
uint64_t contest_plan_window_ns(const struct contest_options *options, double slowest_iops);

/* A block of so many contenders that take turns with this window. */
uint64_t contest_plan_turns_ns(uint64_t window_ns, size_t contender_count);

/* How long nothing of ours runs, to see what others use of the CPUs. */
uint64_t contest_plan_idle_ns(const struct contest_options *options);

/* The longest ramp_time, and the longest startdelay, of its jobs. */
uint64_t contest_plan_job_ramp_ns(const struct contender_setup *setup);
uint64_t contest_plan_delay_ns(const struct contender_setup *setup);

#endif
