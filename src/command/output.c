/* SPDX-License-Identifier: MIT */
/* Writing a result in the formats that were asked for. */
#include "command/output.h"

#include <errno.h>

#include "command/writing.h"

static const char *const file_formats[] = {"json", "csv", "markdown", "fio-json", "hdr-log"};
enum { FILE_FORMAT_COUNT = sizeof(file_formats) / sizeof(file_formats[0]) };

static const struct result_writer *chosen_writer(const struct arguments *arguments)
{
	const char *name = arguments_value(arguments, "format");

	return result_writer_find(name ? name : "text");
}

int output_check(struct arguments *arguments)
{
	int error = 0;

	if (!chosen_writer(arguments)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s'",
			arguments_value(arguments, "format"));
		diag_hint(&arguments->diag,
			"one of text, summary, json, csv, markdown, fio-json, hdr-log");
		error = -EINVAL;
	}
	error |= writing_check(arguments, "output");
	for (int i = 0; i < FILE_FORMAT_COUNT; i++)
		error |= writing_check(arguments, file_formats[i]);
	return error ? -EINVAL : 0;
}

static int print_result(const struct writing *writing, FILE *stream)
{
	const struct result_writer *writer = writing->writer;

	return writer->write(writing->what, stream);
}

/* The files come first: a reader of stdout that goes away (head) shall not cost them. */
int output_write(struct arguments *arguments, const struct result *result)
{
	struct writing writing = {.print = print_result, .what = result};
	int worst = 0;
	int error;

	for (int i = 0; i < FILE_FORMAT_COUNT; i++) {
		const char *path = arguments_value(arguments, file_formats[i]);

		writing.writer = result_writer_find(file_formats[i]);
		error = path ? writing_save(arguments, path, &writing) : 0;
		worst = error ? error : worst;
	}
	writing.writer = chosen_writer(arguments);
	error = writing_save_result(arguments, &writing);
	return error ? error : worst;
}
