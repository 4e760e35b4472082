/* SPDX-License-Identifier: MIT */
/* `ringside history`: how gates went over time, and where their level changed. */
#include "check/history.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/command_list.h"

static const struct command_option history_options[] = {
	{"metric", "NAME", "only this metric (read.iops) or gate (JOB.read.iops)"},
	{NULL, NULL, NULL},
};

static int show(struct arguments *arguments, const struct history *history)
{
	const char *metric = arguments_value(arguments, "metric");
	size_t shown;
	int error = history_show(history, metric, stdout, &shown);

	if (error != 0) {
		diag_error(&arguments->diag, NULL, "cannot write to stdout: %s", strerror(-error));
		return EXIT_RUN_FAILED;
	}
	if (shown == 0 && metric) {
		diag_error(&arguments->diag, NULL, "the last checks have no gate '%s'", metric);
		return EXIT_BAD_REQUEST;
	}
	return EXIT_DONE;
}

static int history_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	struct history history = {0};
	int code = EXIT_BAD_REQUEST;

	if (arguments_read(&arguments, command, argc, argv) != 0)
		goto out;
	if (arguments.operand_count != 1) {
		diag_error(&arguments.diag, NULL, "name one history file");
		diag_hint(&arguments.diag, "ringside check --history=FILE … adds a line to one");
		goto out;
	}
	if (history_read(arguments.operands[0], &history, &arguments.diag) == 0)
		code = show(&arguments, &history);
	history_free(&history);
out:
	arguments_free(&arguments);
	return code;
}

const struct command command_history = {
	.name = "history",
	.usage = "[OPTION]... HISTORY.jsonl",
	.summary = "show how checks went over time, and when levels changed",
	.detail =
		"A line for each gate of each job's last check: its levels from the lowest to "
		"the highest, oldest\nfirst; '|' where something about the machine changed. Below "
		"it each change of level, found\nby a permutation test, with the commits "
		"between which it came.",
	.options = history_options,
	.run = history_main,
};
