/* SPDX-License-Identifier: MIT */
/* Writing a comparison in the formats that were asked for. */
#include "command/comparison_output.h"

#include <errno.h>
#include <string.h>

#include "command/writing.h"
#include "session/report.h"

static const struct report_writer *chosen_writer(const struct arguments *arguments)
{
	const char *name = arguments_value(arguments, "format");

	return report_writer_find(name ? name : "text");
}

int comparison_output_check(struct arguments *arguments)
{
	int error = 0;

	if (!chosen_writer(arguments)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s' of a comparison",
			arguments_value(arguments, "format"));
		diag_hint(&arguments->diag, "one of text, json, csv, sweep, markdown");
		error = -EINVAL;
	}
	error |= writing_check(arguments, "output");
	/* The first one, text, has no file of its own. */
	for (const struct report_writer *writer = report_writers + 1; writer->name; writer++)
		error |= writing_check(arguments, writer->name);
	return error ? -EINVAL : 0;
}

static int print_record(const struct writing *writing, FILE *stream)
{
	const struct report_writer *writer = writing->writer;

	return writer->write(writing->what, stream);
}

static int print_wide_text(const struct writing *writing, FILE *stream)
{
	return report_text(writing->what, true, stream);
}

/* The files come first: a reader of stdout that goes away (head) shall not cost them. */
int comparison_output_write(struct arguments *arguments, const struct record *record)
{
	struct writing writing = {.print = print_record, .what = record};
	int worst = 0;
	int error;

	for (const struct report_writer *writer = report_writers + 1; writer->name; writer++) {
		const char *path = arguments_value(arguments, writer->name);

		writing.writer = writer;
		error = path ? writing_save(arguments, path, &writing) : 0;
		worst = error ? error : worst;
	}
	writing.writer = chosen_writer(arguments);
	if (writing.writer == report_writers && arguments_value(arguments, "wide"))
		writing.print = print_wide_text;
	error = writing_save_result(arguments, &writing);
	return error ? error : worst;
}
