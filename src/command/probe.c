/* SPDX-License-Identifier: MIT */
/* `ringside probe`: what this kernel, this user and a target allow. It reads, and never writes. */
#include <string.h>

#include "command/command.h"
#include "command/command_list.h"
#include "probe/probe.h"

static const struct command_option probe_options[] = {
	{"format", "NAME", "text (default) or json"},
	{NULL, NULL, NULL},
};

struct probe_format {
	const char *name;
	int (*write)(struct probe *probe, FILE *stream);
};

static const struct probe_format formats[] = {
	{"text", probe_write_text},
	{"json", probe_write_json},
	{NULL, NULL},
};

static const struct probe_format *find_format(const struct arguments *arguments)
{
	const char *name = arguments_value(arguments, "format");

	for (const struct probe_format *format = formats; format->name; format++) {
		if (!name || strcmp(format->name, name) == 0)
			return format;
	}
	return NULL;
}

static int probe_and_write(struct arguments *arguments, const struct probe_format *format)
{
	const char *path = arguments->operand_count ? arguments->operands[0] : NULL;
	struct probe probe;
	int code = EXIT_BAD_REQUEST;
	int error;

	if (probe_collect(&probe, path, &arguments->diag) == 0) {
		error = format->write(&probe, stdout);
		code = error == 0 ? EXIT_DONE : EXIT_RUN_FAILED;
		if (error != 0)
			diag_error(&arguments->diag, NULL, "cannot write to stdout: %s",
				strerror(-error));
	}
	probe_free(&probe);
	return code;
}

static int probe_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	const struct probe_format *format;
	int code = EXIT_BAD_REQUEST;

	if (arguments_read(&arguments, command, argc, argv) != 0)
		goto out;
	format = find_format(&arguments);
	if (!format) {
		diag_error(&arguments.diag, NULL, "unknown format '%s'",
			arguments_value(&arguments, "format"));
		diag_hint(&arguments.diag, "text or json");
	} else if (arguments.operand_count > 1) {
		diag_error(&arguments.diag, NULL, "ringside probe takes one target, not %zu",
			arguments.operand_count);
		diag_hint(&arguments.diag, "probe them one after another");
	} else {
		code = probe_and_write(&arguments, format);
	}
out:
	arguments_free(&arguments);
	return code;
}

const struct command command_probe = {
	.name = "probe",
	.usage = "[--format=json] [TARGET]",
	.summary = "show which engines and settings work here, and why others do not",
	.detail = "TARGET is a file or a device; without one: the machine only. Every engine is "
		  "opened\n"
		  "with every setting that reads can have, and reads one block of the target. "
		  "Nothing is\n"
		  "ever written, nor opened for writing. 'ringside help probe-schema' prints the "
		  "JSON Schema.",
	.options = probe_options,
	.run = probe_main,
};
