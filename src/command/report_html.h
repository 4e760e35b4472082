/* SPDX-License-Identifier: MIT */
/* Documents of several files, or a history, as one HTML report. */
#ifndef COMMAND_REPORT_HTML_H
#define COMMAND_REPORT_HTML_H

#include "check/history.h"
#include "command/documents.h"

/* Whether --html=`path` (NULL: not given) can be written, before anything else: 0 or -EINVAL,
 * reported. */
int report_html_check(struct arguments *arguments, const char *path);

/* Reads all operands and writes them to `path`, as they are. An exit code. */
int report_html_files(struct arguments *arguments, const char *path);

/* 0 or -errno, reported. */
int report_html_history(
	struct arguments *arguments, const struct history *history, const char *path);

#endif
