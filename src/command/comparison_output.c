/* SPDX-License-Identifier: MIT */
/* Writing a comparison in the formats that were asked for. */
#include "command/comparison_output.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "session/report.h"

static const struct report_writer *chosen_writer(const struct arguments *arguments)
{
	const char *name = arguments_value(arguments, "format");

	return report_writer_find(name ? name : "text");
}

static int check_file(struct arguments *arguments, const char *path)
{
	int error = path ? save_file_check(path) : 0;

	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

int comparison_output_check(struct arguments *arguments)
{
	int error = 0;

	if (!chosen_writer(arguments)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s' of a comparison",
			arguments_value(arguments, "format"));
		diag_hint(&arguments->diag, "one of text, json, csv, markdown");
		error = -EINVAL;
	}
	if (check_file(arguments, arguments_value(arguments, "output")) != 0)
		error = -EINVAL;
	for (const struct report_writer *writer = report_writers + 1; writer->name; writer++) {
		if (check_file(arguments, arguments_value(arguments, writer->name)) != 0)
			error = -EINVAL;
	}
	return error;
}

static int write_to(struct arguments *arguments, const struct record *record,
	const struct report_writer *writer, FILE *stream)
{
	if (strcmp(writer->name, "text") == 0)
		return report_text(record, arguments_value(arguments, "wide") != NULL, stream);
	return writer->write(record, stream);
}

static int write_file(struct arguments *arguments, const struct record *record,
	const struct report_writer *writer, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);
	int error = stream ? write_to(arguments, record, writer, stream) : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	if (error == 0)
		error = save_file(path, text, bytes);
	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

int comparison_output_write(struct arguments *arguments, const struct record *record)
{
	const char *output = arguments_value(arguments, "output");
	const struct report_writer *chosen = chosen_writer(arguments);
	int worst;

	if (output) {
		worst = write_file(arguments, record, chosen, output);
	} else {
		worst = write_to(arguments, record, chosen, stdout);
		if (worst != 0)
			diag_error(&arguments->diag, NULL, "cannot write to stdout: %s",
				strerror(-worst));
	}
	for (const struct report_writer *writer = report_writers + 1; writer->name; writer++) {
		const char *path = arguments_value(arguments, writer->name);
		int error = path ? write_file(arguments, record, writer, path) : 0;

		worst = error != 0 ? error : worst;
	}
	return worst;
}
