/* SPDX-License-Identifier: MIT */
/* The logs of a run and the places that they are written to. */
#ifndef COMMAND_LOG_PLACES_H
#define COMMAND_LOG_PLACES_H

#include "command/command.h"
#include "run/log_files.h"

/*
 * Whether each can be written, and takes the place of no job file (the operands), target or other
 * log: 0 or -EINVAL, reported.
 */
int log_places_check(
	struct arguments *arguments, const struct job_set *set, const struct log_files *logs);

/* Writes them, those of jobs that never began, too: empty, as in fio. 0 or -errno, reported. */
int log_places_write(struct arguments *arguments, struct log_files *logs);

#endif
