/* SPDX-License-Identifier: MIT */
/* `ringside history`: how gates went over time, and where their level changed. */
#include "check/history.h"

#include <stdio.h>

#include "command/report_html.h"

struct history_request {
	const char *metric;
	const char *html;
};

static const struct option history_options[] = {
	{OPTION_BIND_TEXT(struct history_request, metric), .name = "metric", .syntax = "NAME",
		.help = "only this metric (read.iops) or gate (JOB.read.iops)"},
	{OPTION_BIND_TEXT(struct history_request, html), .name = "html", .syntax = "FILE",
		.help = "write all of it to FILE as well, as a page with pictures"},
	{.name = NULL},
};

static const struct command_part parts[] = {{.options = history_options}, {.options = NULL}};

static int show(struct arguments *arguments, const struct history *history, const char *metric)
{
	size_t shown;

	if (documents_complain(
		    arguments, "to stdout", history_show(history, metric, stdout, &shown)) != 0)
		return EXIT_RUN_FAILED;
	if (shown == 0 && metric) {
		diag_error(&arguments->diag, NULL, "the last checks have no gate '%s'", metric);
		return EXIT_BAD_REQUEST;
	}
	return EXIT_DONE;
}

static int history_main(struct arguments *arguments, void *asked)
{
	const struct history_request *request = asked;
	struct history history = {0};
	int code = EXIT_BAD_REQUEST;

	if (arguments->operand_count != 1) {
		diag_error(&arguments->diag, NULL, "name one history file");
		diag_hint(&arguments->diag, "ringside check --history=FILE … adds a line to one");
		return code;
	}
	if (report_html_check(arguments, request->html) != 0 ||
		(request->html &&
			documents_spare(arguments, arguments->operands[0], "the history") != 0))
		return code;
	if (history_read(arguments->operands[0], &history, &arguments->diag) == 0)
		code = show(arguments, &history, request->metric);
	if (code == EXIT_DONE && request->html &&
		report_html_history(arguments, &history, request->html) != 0)
		code = EXIT_RUN_FAILED;
	history_free(&history);
	return code;
}

const struct command command_history = {
	.name = "history",
	.usage = "[OPTION]... HISTORY.jsonl",
	.summary = "show how checks went over time, and when levels changed",
	.detail = "A line for each gate of each job's last check: its levels from the lowest to "
		  "the highest, oldest\nfirst; '|' where something about the machine changed. "
		  "Below it each change of level, found\nby a permutation test, with the commits "
		  "between which it came.",
	.parts = parts,
	.request_bytes = sizeof(struct history_request),
	.run = history_main,
};
