/* SPDX-License-Identifier: MIT */
/* Runs of job files that are texts, to the result of the last one. */
#ifndef TESTS_RUN_RIG_H
#define TESTS_RUN_RIG_H

#include "run/run.h"
#include "run/stop_signal.h"
#include "unit/run/plan_rig.h"

static struct result result;

/* The exit code of the run of these sections, which must be good. */
static inline int run(struct plan_rig *rig, const char *text)
{
	static const char *const arguments[] = {"run", "t.job"};
	const struct run_options options = {
		.is_quiet = true, .argument_count = 2, .arguments = arguments};
	int code;

	plan_rig_forget(rig);
	result_free(&result);
	rig_job(&rig->jobs, text);
	assert_non_null(rig->diag.stream = open_memstream(&rig->messages, &rig->room));
	diag_init(&rig->diag, rig->diag.stream);
	code = run_job_set(&rig->jobs.set, &options, &result, &rig->diag);
	fflush(rig->diag.stream);
	if (code != EXIT_BAD_REQUEST)
		stop_signal_release();
	return code;
}

static inline int end(void **state)
{
	result_free(&result);
	return plan_rig_close(state);
}

#endif
