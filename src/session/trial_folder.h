/* SPDX-License-Identifier: MIT */
/*
 * A folder for the files of trials, in $TMPDIR or /tmp. It is locked (flock(2)) as long as its
 * process lives: one that a process which was killed left behind is known by its free lock, in
 * whatever PID namespace that ran, and the next start removes it.
 */
#ifndef SESSION_TRIAL_FOLDER_H
#define SESSION_TRIAL_FOLDER_H

#include "base/arena.h"

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
