/* SPDX-License-Identifier: MIT */
/* Where a check's report goes: stdout, files, the CI that it runs in, the history. */
#ifndef COMMAND_CHECK_OUTPUT_H
#define COMMAND_CHECK_OUTPUT_H

#include "check/check.h"
#include "command/command.h"

/* To list in a command's own table. */
#define CHECK_OUTPUT_OPTIONS                                                                       \
	{"format", "NAME", "text (default), json, markdown, junit, openmetrics, gab, bencher"},    \
		{"output", "FILE", "write it to FILE, not to stdout"},                             \
		{"json", "FILE", "write it to FILE as JSON as well"},                              \
		{"junit", "FILE", "write it to FILE as JUnit's XML as well"},                      \
		{"markdown", "FILE", "write it to FILE as Markdown as well"},                      \
		{"openmetrics", "FILE", "write it to FILE as OpenMetrics as well"},                \
		{"gab", "FILE", "write it to FILE for github-action-benchmark as well"},           \
		{"bencher", "FILE", "write it to FILE in Bencher's format as well"},               \
		{"history", "FILE", "add a line to FILE (JSON lines)"},                            \
	{                                                                                          \
		"github", NULL, "annotations, step summary, output (by itself on GitHub)"          \
	}

/* Whether formats and files can be written at all: before anything is run. 0 or -EINVAL. */
int check_output_check(struct arguments *arguments);

/* Writes the report to stdout and to files. 0 or -errno, reported. */
int check_output_documents(struct arguments *arguments, const struct check *report);

/* The same, and to the history, and what GitHub reads. */
int check_output_write(struct arguments *arguments, const struct check *report);

#endif
