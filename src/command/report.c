/* SPDX-License-Identifier: MIT */
/* `ringside report`: a saved document in another format. */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/check.h"
#include "command/documents.h"
#include "document/document.h"
#include "result/fio_show.h"
#include "result/result.h"
#include "session/record.h"
#include "session/report.h"

struct report_request {
	struct documents documents;
	bool is_wide;
};

static const struct document_formats *const kinds[] = {
	&result_formats, &report_formats, &check_saved_formats, &fio_show_formats, NULL};

static const struct option report_options[] = {
	{OPTION_BIND_FLAG(struct report_request, is_wide), .name = "wide",
		.help = "of a comparison: all columns, wider than 100 characters"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	DOCUMENTS_PART(struct report_request, documents, kinds),
	{.options = report_options},
	{.options = NULL},
};

/* What was read, if it was; an exit code. */
static int write_it(struct arguments *arguments, const struct report_request *request,
	const struct document_formats *kind, int read_error, void *document)
{
	if (read_error != 0)
		return EXIT_BAD_REQUEST;
	if (documents_write(arguments, &request->documents, kind, document) != 0)
		return EXIT_RUN_FAILED;
	return EXIT_DONE;
}

static int report_result(
	struct arguments *arguments, const struct report_request *request, const char *path)
{
	struct result result;
	int error, code;

	if (documents_check(arguments, &request->documents, &result_formats) != 0)
		return EXIT_BAD_REQUEST;
	error = result_read(path, &result, &arguments->diag);
	code = write_it(arguments, request, &result_formats, error, &result);
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

static int report_comparison(
	struct arguments *arguments, struct report_request *request, const char *path)
{
	struct record record;
	int error, code;

	if (documents_check(arguments, &request->documents, &report_formats) != 0)
		return EXIT_BAD_REQUEST;
	if (request->is_wide)
		documents_prefer(&request->documents, "wide");
	error = record_read(path, &record, &arguments->diag);
	if (error == 0)
		record.command = command_of(&record);
	code = write_it(arguments, request, &report_formats, error, &record);
	record_free(&record);
	return code;
}

/* There is one width only for what is no comparison. */
static int check_narrow(struct arguments *arguments, const struct report_request *request,
	const struct document_formats *kind)
{
	if (arguments_refuse(arguments, report_options, "only a comparison has wide tables") != 0)
		return -EINVAL;
	return documents_check(arguments, &request->documents, kind);
}

static int report_check(
	struct arguments *arguments, const struct report_request *request, const char *path)
{
	struct check report;
	int error, code;

	if (check_narrow(arguments, request, &check_saved_formats) != 0)
		return EXIT_BAD_REQUEST;
	error = check_read(path, &report, &arguments->diag);
	code = write_it(arguments, request, &check_saved_formats, error, &report);
	check_free(&report);
	return code;
}

static int report_fio(struct arguments *arguments, const struct report_request *request,
	const char *path, const char *text, size_t length)
{
	struct fio_document document = {0};
	int error, code;

	if (check_narrow(arguments, request, &fio_show_formats) != 0)
		return EXIT_BAD_REQUEST;
	error = fio_read_memory(path, text, length, &document, &arguments->diag);
	code = write_it(arguments, request, &fio_show_formats, error, &document);
	fio_document_free(&document);
	return code;
}

static int report_file(
	struct arguments *arguments, struct report_request *request, const char *path)
{
	size_t length = 0;
	char *text AUTO_FREE = document_load(path, &length, &arguments->diag);
	enum document_type type;

	if (!text)
		return EXIT_BAD_REQUEST;
	type = document_type_of(text, length);
	switch (type) {
	case DOCUMENT_COMPARISON:
		return report_comparison(arguments, request, path);
	case DOCUMENT_CHECK:
		return report_check(arguments, request, path);
	case DOCUMENT_FIO:
		return report_fio(arguments, request, path, text, length);
	case DOCUMENT_RESULT:
	case DOCUMENT_UNKNOWN:
		/* The reader says why something unknown is no result. */
		return report_result(arguments, request, path);
	default:
		document_refuse(type, path, "a result", &arguments->diag);
		return EXIT_BAD_REQUEST;
	}
}

static int report_main(struct arguments *arguments, void *asked)
{
	if (arguments->operand_count != 1) {
		diag_error(&arguments->diag, NULL, "name one result file");
		diag_hint(&arguments->diag, "%s",
			arguments->operand_count == 0
				? "ringside run --json=FILE … writes one"
				: "`ringside check NEW.json --baseline=OLD.json` compares two");
		return EXIT_BAD_REQUEST;
	}
	if (documents_spare_operands(arguments, "the result") != 0)
		return EXIT_BAD_REQUEST;
	return report_file(arguments, asked, arguments->operands[0]);
}

const struct command command_report = {
	.name = "report",
	.usage = "[OPTION]... RESULT.json",
	.summary = "show a saved result, in any format",
	.detail =
		"Reads what 'ringside run', 'ringside compare' or 'ringside check' wrote as JSON, "
		"or fio\n(--output-format=json or json+), and writes it again; a check and fio's "
		"result as text or\nmarkdown.",
	.parts = parts,
	.request_bytes = sizeof(struct report_request),
	.run = report_main,
};
