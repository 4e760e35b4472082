/* SPDX-License-Identifier: MIT */
/* Where comparisons go: stdout in one format, and files in others, each written whole. */
#ifndef COMMAND_COMPARISON_OUTPUT_H
#define COMMAND_COMPARISON_OUTPUT_H

#include "command/command.h"
#include "session/record.h"

/*
 * --format, --output, --json, --csv, --markdown and --wide of `arguments`. Check comes before
 * anything is run: 0 or -EINVAL; write: 0 or -errno. Both report.
 */
int comparison_output_check(struct arguments *arguments);
int comparison_output_write(struct arguments *arguments, const struct record *record);

#endif
