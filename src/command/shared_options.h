/* SPDX-License-Identifier: MIT */
/* Arguments that several commands read alike. Each is 0 or -EINVAL, reported. */
#ifndef COMMAND_SHARED_OPTIONS_H
#define COMMAND_SHARED_OPTIONS_H

#include "command/command.h"
#include "job/job_types.h"

/* "--NAME=VALUE: PROBLEM"; always -EINVAL. */
int shared_refuse(
	struct arguments *arguments, const char *name, const char *value, const char *problem);

/* Up to a day. Leaves *time_ns as it is when the option was not given. */
int shared_time(struct arguments *arguments, const char *name, uint64_t *time_ns);

/* --seed; a new one of 32 bits when it was not given: people type it. */
int shared_seed(struct arguments *arguments, uint64_t *seed);

/* --cpus; leaves *cpus as it is when it was not given. */
int shared_cpus(struct arguments *arguments, struct job_cpus *cpus);

#endif
