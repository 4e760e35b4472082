/* SPDX-License-Identifier: MIT */
/* Writing a result in the formats that were asked for. */
#include "command/output.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/save_file.h"

static const char *const file_formats[] = {"json", "csv", "markdown", "fio-json"};
enum { FILE_FORMAT_COUNT = sizeof(file_formats) / sizeof(file_formats[0]) };

static const struct result_writer *chosen_writer(const struct arguments *arguments)
{
	const char *name = arguments_value(arguments, "format");

	return result_writer_find(name ? name : "text");
}

static int check_file(struct arguments *arguments, const char *path)
{
	int error = path ? save_file_check(path) : 0;

	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

int output_check(struct arguments *arguments)
{
	int error = 0;

	if (!chosen_writer(arguments)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s'",
			arguments_value(arguments, "format"));
		diag_hint(&arguments->diag, "one of text, summary, json, csv, markdown, fio-json");
		error = -EINVAL;
	}
	if (check_file(arguments, arguments_value(arguments, "output")) != 0)
		error = -EINVAL;
	for (int i = 0; i < FILE_FORMAT_COUNT; i++) {
		if (check_file(arguments, arguments_value(arguments, file_formats[i])) != 0)
			error = -EINVAL;
	}
	return error;
}

/* The whole document in memory first: a file is written whole or not at all. */
static int write_file(struct arguments *arguments, const struct result *result,
	const struct result_writer *writer, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);
	int error = stream ? writer->write(result, stream) : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	if (error == 0)
		error = save_file(path, text, bytes);
	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

int output_write(struct arguments *arguments, const struct result *result)
{
	const char *output = arguments_value(arguments, "output");
	const struct result_writer *writer = chosen_writer(arguments);
	int error, worst;

	if (output) {
		worst = write_file(arguments, result, writer, output);
	} else {
		worst = writer->write(result, stdout);
		if (worst == 0 && fflush(stdout) != 0)
			worst = -errno;
		if (worst != 0)
			diag_error(&arguments->diag, NULL, "cannot write to stdout: %s",
				strerror(-worst));
	}
	for (int i = 0; i < FILE_FORMAT_COUNT; i++) {
		const char *path = arguments_value(arguments, file_formats[i]);

		error = path ? write_file(
				       arguments, result, result_writer_find(file_formats[i]), path)
			     : 0;
		worst = error != 0 ? error : worst;
	}
	return worst;
}
