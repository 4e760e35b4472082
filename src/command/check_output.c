/* SPDX-License-Identifier: MIT */
/* Writing a report in the formats that were asked for. */
#include "command/check_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "check/history.h"

static const struct check_writer *chosen_writer(const struct arguments *arguments)
{
	const char *name = arguments_value(arguments, "format");

	return check_writer_find(name ? name : "text");
}

static int complain(struct arguments *arguments, const char *path, int error)
{
	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

static int check_file(struct arguments *arguments, const char *path)
{
	return path ? complain(arguments, path, save_file_check(path)) : 0;
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
	error |= check_file(arguments, arguments_value(arguments, "output"));
	error |= check_file(arguments, arguments_value(arguments, "history"));
	/* The first one, text, has no file of its own. */
	for (const struct check_writer *writer = check_writers + 1; writer->name; writer++)
		error |= check_file(arguments, arguments_value(arguments, writer->name));
	return error ? -EINVAL : 0;
}

/* The whole document in memory first: a file is written whole or not at all. */
static int print_to_memory(const struct check *report,
	int (*write)(const struct check *report, FILE *stream), char **text, size_t *bytes)
{
	FILE *stream = open_memstream(text, bytes);
	int error = stream ? write(report, stream) : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return error;
}

static int write_file(struct arguments *arguments, const struct check *report,
	const struct check_writer *writer, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	int error = print_to_memory(report, writer->write, &text, &bytes);

	if (error == 0)
		error = save_file(path, text, bytes);
	return complain(arguments, path, error);
}

static int append(struct arguments *arguments, const char *path, const char *text, size_t bytes)
{
	FILE *stream = fopen(path, "ae");
	int error = stream && fwrite(text, 1, bytes, stream) == bytes ? 0 : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return complain(arguments, path, error);
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
		int error = print_to_memory(report, check_write_markdown, &text, &bytes);

		error = error ? complain(arguments, summary, error)
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

	return path ? complain(arguments, path, history_append(path, line)) : 0;
}

static int write_chosen(struct arguments *arguments, const struct check *report)
{
	const char *path = arguments_value(arguments, "output");
	const struct check_writer *writer = chosen_writer(arguments);
	int error;

	if (path)
		return write_file(arguments, report, writer, path);
	error = writer->write(report, stdout);
	if (error == 0 && fflush(stdout) != 0)
		error = -errno;
	return complain(arguments, "to stdout", error);
}

int check_output_write(struct arguments *arguments, const struct check *report)
{
	const char *actions = getenv("GITHUB_ACTIONS");
	bool is_github =
		arguments_value(arguments, "github") || (actions && strcmp(actions, "true") == 0);
	int worst = write_chosen(arguments, report);
	int error;

	for (const struct check_writer *writer = check_writers + 1; writer->name; writer++) {
		const char *path = arguments_value(arguments, writer->name);

		error = path ? write_file(arguments, report, writer, path) : 0;
		worst = error ? error : worst;
	}
	error = write_history(arguments, report);
	worst = error ? error : worst;
	error = is_github ? write_github(arguments, report) : 0;
	return error ? error : worst;
}
