/* SPDX-License-Identifier: MIT */
/*
 * For files that have a trial_run of their own: the rest of session/trial.c and trial_folder.c,
 * which then neither makes a folder nor starts a process.
 */
#ifndef TESTS_NO_TRIAL_PROCESSES_H
#define TESTS_NO_TRIAL_PROCESSES_H

#include <stdlib.h>

#include "session/trial.h"
#include "test.h"

int trial_folder_open(struct trial_folder *folder, struct arena *arena)
{
	(void)arena; /* the real one keeps its path there */
	*folder = (struct trial_folder){.path = "nowhere", .lock = -1};
	return 0;
}

void trial_folder_close(struct trial_folder *folder)
{
	(void)folder; /* there is none */
}

/* Turns are not simulated here. */
void trial_start(struct trial_process *process, const struct trial_request *request,
	struct arena *arena, struct trial_outcome *outcome)
{
	(void)process, (void)request, (void)arena, (void)outcome; /* never called */
	abort();
}

void trial_end(struct trial_process *process, struct arena *arena, struct trial_outcome *outcome)
{
	(void)process, (void)arena, (void)outcome; /* never called */
	abort();
}

/* What trials of many ranks are made of: there is one here. */
char *trial_job_text(const struct trial_request *request, struct arena *arena, const char **problem)
{
	(void)request, (void)arena, (void)problem; /* never called */
	abort();
}

void trial_wait(struct trial_process *process, struct arena *arena, struct trial_outcome *outcome)
{
	(void)process, (void)arena, (void)outcome; /* never called */
	abort();
}

void trial_take(struct trial_outcome *outcome, struct arena *arena)
{
	(void)outcome, (void)arena; /* never called */
	abort();
}

void trial_outcome_init(struct trial_outcome *outcome)
{
	(void)outcome; /* never called */
	abort();
}

#endif
