/* SPDX-License-Identifier: MIT */
/* Where results go: stdout in one format, and files in others, each written whole. */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include "base/diag.h"
#include "command/command.h"
#include "result/result.h"

/* The options to list in a command's own table: --format, --output, --json, --csv, … */
#define OUTPUT_OPTIONS                                                                             \
	{"format", "NAME",                                                                         \
		"format of the result: text (default), summary, json, csv, markdown, fio-json, "   \
		"hdr-log"},                                                                        \
		{"output", "FILE", "write the result to FILE, not to stdout"},                     \
		{"json", "FILE", "write it to FILE as JSON as well"},                              \
		{"csv", "FILE", "write it to FILE as CSV as well"},                                \
		{"markdown", "FILE", "write it to FILE as Markdown as well"},                      \
		{"fio-json", "FILE", "write it to FILE in the layout of fio's JSON as well"},      \
	{                                                                                          \
		"hdr-log", "FILE", "write its histograms to FILE as a log of HdrHistogram as well" \
	}

/* Whether formats and files can be written at all: before anything is run. 0 or -EINVAL. */
int output_check(struct arguments *arguments);

/* Writes all that was asked for. 0 or -errno, reported. */
int output_write(struct arguments *arguments, const struct result *result);

#endif
