/* SPDX-License-Identifier: MIT */
/* Commands before and after a job: exec_prerun, exec_postrun. */
#ifndef RUN_JOB_COMMAND_H
#define RUN_JOB_COMMAND_H

#include <stdatomic.h>
#include <stdbool.h>

/*
 * Gives `command` to sh, with its output, both kinds, in the file of this path. Once `is_over` is
 * set, and a signal comes, it is killed. Returns its exit code, 128 and the signal that ended it,
 * or -errno where it could not be run.
 */
int job_command_run(const char *command, const char *path, _Atomic bool *is_over);

#endif
