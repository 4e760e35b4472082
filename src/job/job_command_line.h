/* SPDX-License-Identifier: MIT */
/* Options of the command line as sections, so that they are read as a job file's are. */
#ifndef JOB_JOB_COMMAND_LINE_H
#define JOB_JOB_COMMAND_LINE_H

#include "job/job.h"
#include "job/job_file.h"

/*
 * Appends what request->options say: a [global] of those before the first name, then a section
 * for each name ("--name=global" is another [global]). Without files and names all of them make
 * one job. Values are taken as the shell left them. Problems go to diag.
 */
void job_command_line_read(struct job_sections *sections, const struct job_request *request,
	struct arena *arena, struct diag *diag);

/* Whether "--KEY" alone is not whole: as for fio, its value may be the next argument. */
bool job_command_line_needs_value(const char *key);

#endif
