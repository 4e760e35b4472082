/* SPDX-License-Identifier: MIT */
/*
 * One trial: a fresh process that runs a contender's job once. Fresh, so that memory lies
 * elsewhere each time, rings are new, and no kernel thread is left over from somebody else.
 */
#ifndef SESSION_TRIAL_H
#define SESSION_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "job/job.h"
#include "result/result.h"
#include "session/child.h"
#include "session/guard.h"
#include "verdict/trial_values.h"

struct trial_request {
	const char *program; /* a ringside; NULL: this one */
	const char *folder;  /* for the job file and what comes back: a trial_folder */
	const char *suffix;  /* of its files there; NULL: none. One each for trials at a time */
	int board;           /* descriptor, for one that takes turns (run/turns.h); 0: it runs */
	const char *rank;    /* of a trial on many ranks, for --rank; NULL: it is alone */
	int followed;        /* then the descriptor by which it follows its rank (trial_ranks.h) */
	const char *text;    /* its job file; NULL: it is made of these: */
	const struct job *job;
	const struct job *const *together; /* more jobs that run with it, as one */
	size_t together_count;
	uint64_t seed;
	uint64_t runtime_ns;
	uint64_t ramp_ns;
	uint64_t timeout_ns;         /* then it is killed */
	const struct job_cpus *cpus; /* where all of its threads may run; count 0: anywhere */
	bool keeps_cache; /* invalidate=0, unless the job sets it: turns read what is cached */
	const char *const *destroy; /* devices that may be written although they carry data */
	size_t destroy_count;
	/* Many ranks: which contender it is, and what guards look at; NULL: not yet known. */
	uint32_t contender;
	const struct guard_watch *watch;
	void (*on_wait)(void *context); /* every 100 ms or so while it runs; may be NULL */
	void *context;
};

struct trial_outcome {
	int exit_code;        /* of the program; 128 + n when a signal ended it */
	const char *problem;  /* why its figures do not count, in words; NULL: they do */
	const char *mismatch; /* what its engine did instead of what was asked; NULL: nothing */
	bool was_interrupted; /* by our own stop signal */
	bool was_late;        /* it took longer than timeout_ns */
	double values[VALUE_COUNT];
	double early_excess; /* rate of the window's first fifth against the rest, - 1 */
	double window_s;
	double carry_over;    /* of the control in turns: struct trial; NAN: not known */
	struct guard_own own; /* what the whole process and its helpers did */
	double others_guards[GUARD_CAUSE_COUNT]; /* of other ranks' guards the most; NAN: none */
	bool has_result;                         /* then `result` is to be freed */
	struct result result; /* its first job is all of them, as by group_reporting */
};

/* A trial that runs. */
struct trial_process {
	const struct trial_request *request;
	struct child_request child_request;
	struct child child;
	struct child_end end;
	bool has_job; /* else it was never started: the outcome says why */
};

/* The job file of a trial; NULL with *problem where the job cannot be written as one. */
char *trial_job_text(
	const struct trial_request *request, struct arena *arena, const char **problem);

/*
 * Runs it and waits. Texts are of the arena. All that goes wrong is in the outcome: a program
 * that cannot be started, too, is a problem of this contender alone.
 */
void trial_run(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome);

/* Both halves of it. The request stays where it is until the end. */
void trial_start(struct trial_process *process, const struct trial_request *request,
	struct arena *arena, struct trial_outcome *outcome);
void trial_end(struct trial_process *process, struct arena *arena, struct trial_outcome *outcome);

/* Both halves of the end: until there is a result, or a problem; and its figures. */
void trial_wait(struct trial_process *process, struct arena *arena, struct trial_outcome *outcome);
void trial_take(struct trial_outcome *outcome, struct arena *arena);
void trial_outcome_init(struct trial_outcome *outcome);

/*
 * trial_folder.c: a folder for the files of trials, in $TMPDIR or /tmp. It is locked (flock(2)) as
 * long as its process lives: one that a killed process left behind is known by its free lock, in
 * whatever PID namespace that ran, and the next start removes it.
 */

/* The files in it; nothing else is ever removed. */
enum trial_file { TRIAL_JOB, TRIAL_RESULT, TRIAL_MESSAGES, TRIAL_FILE_COUNT };

extern const char *const trial_file_names[TRIAL_FILE_COUNT];

struct trial_folder {
	const char *path;
	int lock; /* its descriptor */
};

/* A new empty one. 0 or -errno; then there is nothing to close. */
int trial_folder_open(struct trial_folder *folder, struct arena *arena);
void trial_folder_close(struct trial_folder *folder);

#endif
