/* SPDX-License-Identifier: MIT */
/* `ringside report`: a saved result in another format. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/check.h"
#include "command/check_options.h"
#include "command/check_output.h"
#include "command/command.h"
#include "command/command_list.h"
#include "command/comparison_output.h"
#include "command/output.h"
#include "command/writing.h"
#include "document/document.h"
#include "result/fio_show.h"
#include "result/result.h"
#include "session/record.h"

static const struct command_option report_options[] = {
	OUTPUT_OPTIONS,
	{"sweep", "FILE", "of a comparison of several points: a row for each, as CSV"},
	{"wide", NULL, "of a comparison: all columns, wider than 100 characters"},
	{NULL, NULL, NULL},
};

static int report_result(struct arguments *arguments)
{
	static const char *const others[] = {"sweep", NULL};
	struct result result;
	int code = EXIT_BAD_REQUEST;

	if (output_check(arguments) != 0 ||
		check_options_refuse(arguments, others, "a result is no comparison") != 0)
		return code;
	if (result_read(arguments->operands[0], &result, &arguments->diag) == 0)
		code = output_write(arguments, &result) == 0 ? EXIT_DONE : EXIT_RUN_FAILED;
	result_free(&result);
	return code;
}

/* Sessions of checks are saved by an option that comparisons do not have. */
static const char *command_of(const struct record *record)
{
	for (size_t i = 0; i < record->argument_count; i++) {
		if (text_starts_with(record->arguments[i], "--comparison"))
			return "check";
	}
	return "compare";
}

static int report_comparison(struct arguments *arguments)
{
	struct record record;
	int code = EXIT_BAD_REQUEST;

	if (comparison_output_check(arguments) != 0)
		return code;
	if (arguments_value(arguments, "fio-json")) {
		diag_error(&arguments->diag, NULL, "fio has no layout for comparisons");
		return code;
	}
	if (arguments_value(arguments, "hdr-log")) {
		diag_error(&arguments->diag, NULL,
			"a comparison keeps no histograms: a log is written by 'run'");
		return code;
	}
	if (record_read(arguments->operands[0], &record, &arguments->diag) == 0) {
		record.command = command_of(&record);
		code = comparison_output_write(arguments, &record) == 0 ? EXIT_DONE
									: EXIT_RUN_FAILED;
	}
	record_free(&record);
	return code;
}

/* Of the formats of a check, those that tell nothing but what its document holds. */
static int report_check(struct arguments *arguments)
{
	static const char *const others[] = {
		"csv", "fio-json", "hdr-log", "json", "sweep", "wide", NULL};
	const char *format = arguments_value(arguments, "format");
	const struct check_writer *writer = check_writer_find(format ? format : "text");
	struct check report;
	int code = EXIT_BAD_REQUEST;

	if (check_options_refuse(arguments, others, "a saved check is shown as text or markdown"))
		return code;
	if (!writer ||
		(writer->write != check_write_text && writer->write != check_write_markdown)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s' of a saved check", format);
		diag_hint(&arguments->diag,
			"one of text, markdown; the others are written by `ringside check` itself");
		return code;
	}
	if (check_output_check(arguments) != 0)
		return code;
	if (check_read(arguments->operands[0], &report, &arguments->diag) == 0)
		code = check_output_documents(arguments, &report) == 0 ? EXIT_DONE
								       : EXIT_RUN_FAILED;
	check_free(&report);
	return code;
}

static const struct fio_writer *find_fio_writer(const struct arguments *arguments)
{
	const char *format = arguments_value(arguments, "format");

	for (const struct fio_writer *writer = fio_writers; writer->name; writer++) {
		if (!format || strcmp(writer->name, format) == 0)
			return writer;
	}
	return NULL;
}

static int print_fio(const struct writing *writing, FILE *stream)
{
	const struct fio_writer *writer = writing->writer;

	return writer->write(writing->what, stream);
}

static int save_fio(struct arguments *arguments, const struct fio_document *document)
{
	const char *markdown = arguments_value(arguments, "markdown");
	struct writing writing = {.print = print_fio, .what = document, .writer = &fio_writers[1]};
	int error = markdown ? writing_save(arguments, markdown, &writing) : 0;

	writing.writer = find_fio_writer(arguments);
	return writing_save_result(arguments, &writing) != 0 || error != 0 ? EXIT_RUN_FAILED
									   : EXIT_DONE;
}

/* fio does not state what our own formats would have to hold. */
static int report_fio(struct arguments *arguments)
{
	static const char *const others[] = {
		"csv", "fio-json", "hdr-log", "json", "sweep", "wide", NULL};
	const char *path = arguments->operands[0];
	struct fio_document document = {0};
	int code = EXIT_BAD_REQUEST;
	size_t length = 0;
	char *text;

	if (check_options_refuse(arguments, others, "a fio result is shown as text or markdown"))
		return code;
	if (!find_fio_writer(arguments)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s' of a fio result",
			arguments_value(arguments, "format"));
		diag_hint(&arguments->diag, "one of text, markdown");
		return code;
	}
	if (writing_check(arguments, "output") != 0 || writing_check(arguments, "markdown") != 0)
		return code;
	text = document_load(path, &length, &arguments->diag);
	if (text && fio_read_memory(path, text, length, &document, &arguments->diag) == 0)
		code = save_fio(arguments, &document);
	fio_document_free(&document);
	free(text);
	return code;
}

static int report_file(struct arguments *arguments)
{
	const char *path = arguments->operands[0];
	size_t length = 0;
	char *text AUTO_FREE = document_load(path, &length, &arguments->diag);
	enum document_type type;

	if (!text)
		return EXIT_BAD_REQUEST;
	type = document_type_of(text, length);
	switch (type) {
	case DOCUMENT_COMPARISON:
		return report_comparison(arguments);
	case DOCUMENT_CHECK:
		return report_check(arguments);
	case DOCUMENT_FIO:
		return report_fio(arguments);
	case DOCUMENT_RESULT:
	case DOCUMENT_UNKNOWN:
		return report_result(arguments); /* of what is none, its reader says why */
	default:
		document_refuse(type, path, "a result", &arguments->diag);
		return EXIT_BAD_REQUEST;
	}
}

static int report_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	int code = EXIT_BAD_REQUEST;

	if (arguments_read(&arguments, command, argc, argv) != 0)
		goto out;
	if (arguments.operand_count != 1) {
		diag_error(&arguments.diag, NULL, "name one result file");
		diag_hint(&arguments.diag, "%s",
			arguments.operand_count == 0
				? "ringside run --json=FILE … writes one"
				: "`ringside check NEW.json --baseline=OLD.json` compares two");
		goto out;
	}
	if (writing_spare_operands(&arguments, "the result") != 0)
		goto out;
	code = report_file(&arguments);
out:
	arguments_free(&arguments);
	return code;
}

const struct command command_report = {
	.name = "report",
	.usage = "[OPTION]... RESULT.json",
	.summary = "show a saved result, in any format",
	.detail =
		"Reads what 'ringside run', 'ringside compare' or 'ringside check' wrote as JSON, "
		"or fio\n(--output-format=json or json+), and writes it again; a check and fio's "
		"result as text or\nmarkdown.",
	.options = report_options,
	.run = report_main,
};
