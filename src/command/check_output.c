/* SPDX-License-Identifier: MIT */
/* Writing a report in the formats that were asked for. */
#include "command/check_output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "check/history.h"
#include "command/writing.h"

static const struct check_writer *chosen_writer(const struct arguments *arguments)
{
	const char *name = arguments_value(arguments, "format");

	return check_writer_find(name ? name : "text");
}

int check_output_check(struct arguments *arguments)
{
	int error = 0;

	if (!chosen_writer(arguments)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s' of a check",
			arguments_value(arguments, "format"));
		diag_hint(&arguments->diag,
			"one of text, json, markdown, junit, openmetrics, gab, bencher");
		error = -EINVAL;
	}
	error |= writing_check(arguments, "output");
	error |= writing_check_growing(arguments, "history", false);
	error |= writing_check_growing(arguments, "comparison", true);
	/* The first one, text, has no file of its own. */
	for (const struct check_writer *writer = check_writers + 1; writer->name; writer++)
		error |= writing_check(arguments, writer->name);
	return error ? -EINVAL : 0;
}

static int print_check(const struct writing *writing, FILE *stream)
{
	const struct check_writer *writer = writing->writer;

	return writer->write(writing->what, stream);
}

static int append(struct arguments *arguments, const char *path, const char *text, size_t bytes)
{
	int descriptor = save_file_open(path, O_WRONLY | O_APPEND);
	FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "a");
	int error = descriptor;

	if (stream)
		error = fwrite(text, 1, bytes, stream) == bytes ? 0 : -errno;
	else if (descriptor >= 0)
		error = -ENOMEM; /* all that fdopen(3) can lack */

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return writing_complain(arguments, path, error);
}

/* What GitHub reads: commands on stderr (stdout carries the result), and two files. */
static int write_github(struct arguments *arguments, const struct check *report)
{
	const char *summary = getenv("GITHUB_STEP_SUMMARY");
	const char *output = getenv("GITHUB_OUTPUT");
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *values = NULL;
	size_t bytes = 0;
	int worst = check_write_annotations(report, stderr);

	if (summary && *summary) {
		struct writing writing = {
			.print = print_check,
			.writer = check_writer_find("markdown"),
			.what = report,
		};
		int error = writing_print(&writing, &text, &bytes);

		error = error ? writing_complain(arguments, summary, error)
			      : append(arguments, summary, text, bytes);
		worst = error ? error : worst;
	}
	if (output && *output) {
		int length = asprintf(&values, "verdict=%s\nexit-code=%d\n", check_verdict(report),
			report->exit_code);
		int error =
			length < 0 ? -ENOMEM : append(arguments, output, values, (size_t)length);

		worst = error ? error : worst;
	}
	return worst;
}

static int write_history(struct arguments *arguments, const struct check *report)
{
	const char *path = arguments_value(arguments, "history");
	AUTO_FREE char *line = path ? history_print(report) : NULL;

	int error = path ? writing_complain(arguments, path, history_append(path, line)) : 0;

	if (error != 0)
		writing_keep(arguments, path, line, strlen(line));
	return error;
}

int check_output_documents(struct arguments *arguments, const struct check *report)
{
	struct writing writing = {.print = print_check, .what = report};
	int worst = 0;
	int error;

	for (const struct check_writer *writer = check_writers + 1; writer->name; writer++) {
		const char *path = arguments_value(arguments, writer->name);

		writing.writer = writer;
		error = path ? writing_save(arguments, path, &writing) : 0;
		worst = error ? error : worst;
	}
	writing.writer = chosen_writer(arguments);
	error = writing_save_result(arguments, &writing);
	return error ? error : worst;
}

int check_output_write(struct arguments *arguments, const struct check *report)
{
	const char *actions = getenv("GITHUB_ACTIONS");
	bool is_github =
		arguments_value(arguments, "github") || (actions && strcmp(actions, "true") == 0);
	int worst = check_output_documents(arguments, report);
	int error = write_history(arguments, report);

	worst = error ? error : worst;
	error = is_github ? write_github(arguments, report) : 0;
	return error ? error : worst;
}
