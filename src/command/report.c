/* SPDX-License-Identifier: MIT */
/* `ringside report`: a saved result in another format. */
#include "command/command.h"
#include "command/command_list.h"
#include "command/output.h"
#include "result/result.h"

static const struct command_option report_options[] = {
	OUTPUT_OPTIONS,
	{NULL, NULL, NULL},
};

static int report_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	struct result result;
	int code = EXIT_BAD_REQUEST;

	if (arguments_read(&arguments, command, argc, argv) != 0 || output_check(&arguments) != 0)
		goto out;
	if (arguments.operand_count != 1) {
		diag_error(&arguments.diag, NULL, "name one result file");
		diag_hint(&arguments.diag, "ringside run --json=FILE … writes one");
		goto out;
	}
	if (result_read(arguments.operands[0], &result, &arguments.diag) == 0)
		code = output_write(&arguments, &result) == 0 ? EXIT_DONE : EXIT_RUN_FAILED;
	result_free(&result);
out:
	arguments_free(&arguments);
	return code;
}

const struct command command_report = {
	.name = "report",
	.usage = "[OPTION]... RESULT.json",
	.summary = "show a saved result, in any format",
	.detail = "Reads a result that 'ringside run' wrote as JSON and writes it again.",
	.options = report_options,
	.run = report_main,
};
