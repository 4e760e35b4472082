/* SPDX-License-Identifier: MIT */
/* What fio prints of its jobs before they run, or in place of running them. */
#ifndef COMMAND_FIO_HEAD_H
#define COMMAND_FIO_HEAD_H

#include <stdio.h>

#include "job/job_set.h"

/* "a: (g=0): rw=read, bs=…" for each job, the version, and how many threads start. */
void fio_head_write(const struct job_set *set, FILE *stream);

/* --showcmd: the command line that has the same jobs, with the words that a shell reads as they
 * are. Options of [global] stand with each job. */
void fio_head_write_command(const struct job_set *set, FILE *stream);

#endif
