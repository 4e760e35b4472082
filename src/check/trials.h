/* SPDX-License-Identifier: MIT */
/*
 * Checks and sessions that run their own trials: all jobs of a file (and their references) in one
 * table, in blocks as many as a judgement asks for.
 */
#ifndef CHECK_TRIALS_H
#define CHECK_TRIALS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "check/judge.h"
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

/* 0, or -EINVAL with everything said to diag. trials_plan_free in either case. */
int trials_plan_make(
	struct trials_plan *plan, const struct trials_request *request, struct diag *diag);
void trials_plan_free(struct trials_plan *plan);

struct trials_check {
	struct trials_request trials;
	const struct baseline *baseline; /* NULL: against references in the same session */
	size_t blocks;                   /* 0: as many as it takes, 7 to 20 */
	struct judge_settings settings;
	struct outcome_policy policy;
	const char *commit;
};

/*
 * A check from the first trial to the verdict. Blocks of all jobs are screened; what looks like a
 * loss is confirmed, or not, by fresh blocks alone, after a pause where it is held against a
 * baseline. So a suite of gates gives few false alarms, and finds what is there. Fills the report,
 * exit code included. 0, or -errno, reported: then there is no report.
 */
int trials_check(struct check *report, const struct trials_plan *plan,
	const struct trials_check *request, struct diag *diag);

/*
 * A session for a baseline: *session lives in `arena`. An enum exit_code, not 0: reported; or
 * 128 + n: signal n ended it.
 */
int trials_session(const struct trials_plan *plan, const struct trials_request *request,
	size_t blocks, struct check_session *session, struct arena *arena, struct diag *diag);

/* Nothing is done for so long, or until a signal comes that is caught: its number, or 0. */
int trials_idle(uint64_t idle_ns);

/*
 * The commit that is measured: what CI says (GITHUB_SHA, CI_COMMIT_SHA), else the one that is
 * checked out in `folder` or one of its parents; NULL where there is none. Nothing is run for it.
 */
const char *trials_commit(const char *folder, struct arena *arena);

#endif
