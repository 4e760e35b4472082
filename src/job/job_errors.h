/* SPDX-License-Identifier: MIT */
/* Values of ignore_error: parser and printer for the option table. */
#ifndef JOB_JOB_ERRORS_H
#define JOB_JOB_ERRORS_H

#include "job/job_values.h"

job_parse job_errors_parse; /* struct job_error_lists: "EAGAIN,ENOSPC:122" */
job_print_value job_errors_print;

#endif
