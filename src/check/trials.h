/* SPDX-License-Identifier: MIT */
/*
 * Sessions that check runs itself: all jobs of a file (and their references) in one table, in
 * blocks as many as a judgement asks for.
 */
#ifndef CHECK_TRIALS_H
#define CHECK_TRIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "check/sample.h"
#include "session/contender.h"
#include "session/contest.h"

struct trials_request {
	struct job_request job;
	/*
	 * A section; or, for a reference beside each section: a ringside ("./ringside-old"), an
	 * engine, or "option=value" (with several: all of them). Count 0: none.
	 */
	size_t reference_count;
	const char *const *references;
	const char *program; /* that runs the trials; NULL: this one */
	struct contest_options contest;
	uint64_t seed;
	uint64_t idle_ns;      /* between a session and the next */
	size_t argument_count; /* of the command line, for the record */
	const char *const *arguments;
};

/* The jobs with their references; plain data, before anything runs. */
struct trials_plan {
	struct arena arena;
	size_t plan_count;
	struct contender_plan *plans;
	struct contender_point point;
};

struct trials {
	struct record record;
	struct contest contest;
};

/* 0, or -EINVAL with everything said to diag. trials_plan_free in either case. */
int trials_plan_make(
	struct trials_plan *plan, const struct trials_request *request, struct diag *diag);
void trials_plan_free(struct trials_plan *plan);

/* A session of the plan before anything runs: the jobs, their machine, and no trial. */
void trials_foresee(const struct trials_plan *plan, const struct trials_request *request,
	struct sample *sample, struct arena *arena);

/*
 * Begins a session and primes it. 0; -ECANCELED where nothing can be run (the record's contenders
 * say why) or a signal came; else -errno, reported. trials_close in every case.
 */
int trials_open(struct trials *trials, const struct trials_plan *plan,
	const struct trials_request *request, struct diag *diag);
void trials_close(struct trials *trials);

/*
 * So many blocks more, of the contenders whose arm is named (NULL: all) and their references. False
 * when a signal came or a reference failed: there will be no more.
 */
bool trials_run(struct trials *trials, size_t blocks, const char *const *arms, size_t arm_count);

/* What was measured from a block on. */
void trials_sample(const struct trials *trials, size_t first_block, struct sample *sample,
	struct arena *arena);

/* Nothing is done for so long, or until a signal comes that is caught: its number, or 0. */
int trials_idle(uint64_t idle_ns);

#endif
