/* SPDX-License-Identifier: MIT */
/* `ringside report`: a saved document in another format. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/check.h"
#include "claim/claim_report.h"
#include "command/report_html.h"
#include "curve/curve_report.h"
#include "prepare/prepare_record.h"
#include "result/fio.h"
#include "result/fio_log.h"
#include "result/result_fields.h"
#include "session/record.h"
#include "session/report.h"

struct report_request {
	struct documents documents;
	bool is_wide;
	bool has_heat_map;
};

static const struct document_formats *const kinds[] = {&result_formats, &report_formats,
	&curve_formats, &claim_formats, &check_saved_formats, &prepare_formats, &fio_show_formats,
	&fio_log_formats, NULL};

static const struct option comparison_options[] = {
	{OPTION_BIND_FLAG(struct report_request, is_wide), .name = "wide",
		.help = "of a comparison, a curve or claims: all of it, wider than 100 characters"},
	{.name = NULL},
};

static const struct option run_options[] = {
	{OPTION_BIND_FLAG(struct report_request, has_heat_map), .name = "heatmap",
		.help = "of a run: with the text, a map of latency by time for each job"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	DOCUMENTS_PART(struct report_request, documents, kinds),
	{.options = comparison_options},
	{.options = run_options},
	{.options = NULL},
};

/* Writes the document, if it was read. An exit code. */
static int write_it(struct arguments *arguments, const struct document_formats *kind,
	int read_error, void *document)
{
	if (read_error != 0)
		return EXIT_BAD_REQUEST;
	if (documents_write(arguments, kind, document) != 0)
		return EXIT_RUN_FAILED;
	return EXIT_DONE;
}

static int report_result(
	struct arguments *arguments, const char *path, const char *text, size_t length)
{
	struct result result;
	int error = result_read_memory(path, text, length, &result, &arguments->diag);
	int code = write_it(arguments, &result_formats, error, &result);

	result_free(&result);
	return code;
}

static int report_comparison(struct arguments *arguments, const char *path)
{
	struct record record;
	int error = record_read(path, &record, &arguments->diag);
	int code;

	if (error == 0)
		record.command = record_command(&record);
	code = write_it(arguments, &report_formats, error, &record);
	record_free(&record);
	return code;
}

static int report_curve(struct arguments *arguments, const char *path)
{
	struct curve curve;
	int error = curve_read(path, &curve, &arguments->diag);
	int code = write_it(arguments, &curve_formats, error, &curve);

	curve_free(&curve);
	return code;
}

static int report_claims(struct arguments *arguments, const char *path)
{
	struct claims claims;
	int error = claims_read(path, &claims, &arguments->diag);
	int code = write_it(arguments, &claim_formats, error, &claims);

	claims_free(&claims);
	return code;
}

static int report_check(struct arguments *arguments, const char *path)
{
	struct check report;
	int error = check_read(path, &report, &arguments->diag);
	int code = write_it(arguments, &check_saved_formats, error, &report);

	check_free(&report);
	return code;
}

static int report_preparation(struct arguments *arguments, const char *path)
{
	struct arena arena = {0};
	struct prepare_record record = {.arena = &arena};
	int error = document_read_file(&prepare_document, path, &arena, &record, &arguments->diag);
	int code = write_it(arguments, &prepare_formats, error, &record);

	arena_free(&arena);
	return code;
}

static int report_fio(
	struct arguments *arguments, const char *path, const char *text, size_t length)
{
	struct fio_document document = {0};
	int error = fio_read_memory(path, text, length, &document, &arguments->diag);
	int code = write_it(arguments, &fio_show_formats, error, &document);

	fio_document_free(&document);
	return code;
}

/* Whether the formats that were asked for are those of this kind; 0 or -EINVAL, reported. */
static int check_formats_of(struct arguments *arguments, const struct document_formats *kind)
{
	bool has_widths = kind == &report_formats || kind == &result_formats ||
			  kind == &curve_formats || kind == &claim_formats;

	if (!has_widths && arguments_refuse(arguments, comparison_options,
				   "only a comparison, a curve or claims have wide tables") != 0)
		return -EINVAL;
	if (kind != &result_formats &&
		arguments_refuse(arguments, run_options,
			"only a run of ringside has a map of latency by time") != 0)
		return -EINVAL;
	return documents_check(arguments, kind);
}

static int report_file(
	struct arguments *arguments, const struct report_request *request, const char *path)
{
	static const struct document_formats *const formats[] = {
		[DOCUMENT_UNKNOWN] = &result_formats, /* whose reader says why it is none */
		[DOCUMENT_RESULT] = &result_formats,
		[DOCUMENT_COMPARISON] = &report_formats,
		[DOCUMENT_CURVE] = &curve_formats,
		[DOCUMENT_CLAIMS] = &claim_formats,
		[DOCUMENT_CHECK] = &check_saved_formats,
		[DOCUMENT_PREPARATION] = &prepare_formats,
		[DOCUMENT_FIO] = &fio_show_formats,
		[DOCUMENT_JOB_FILE] = NULL,
	};
	size_t length = 0;
	char *text AUTO_FREE = document_load(path, &length, &arguments->diag);
	enum document_type type;

	if (!text)
		return EXIT_BAD_REQUEST;
	type = document_type_of(text, length);
	if (!formats[type])
		document_refuse(type, path, "a result", &arguments->diag);
	if (!formats[type] || check_formats_of(arguments, formats[type]) != 0)
		return EXIT_BAD_REQUEST;
	if ((type == DOCUMENT_COMPARISON || type == DOCUMENT_CURVE || type == DOCUMENT_CLAIMS) &&
		request->is_wide)
		documents_prefer(arguments, "wide");
	if (formats[type] == &result_formats && request->has_heat_map)
		documents_prefer(arguments, "heatmap");
	if (type == DOCUMENT_COMPARISON)
		return report_comparison(arguments, path);
	if (type == DOCUMENT_CURVE)
		return report_curve(arguments, path);
	if (type == DOCUMENT_CLAIMS)
		return report_claims(arguments, path);
	if (type == DOCUMENT_CHECK)
		return report_check(arguments, path);
	if (type == DOCUMENT_PREPARATION)
		return report_preparation(arguments, path);
	if (type == DOCUMENT_FIO)
		return report_fio(arguments, path, text, length);
	return report_result(arguments, path, text, length);
}

/* All operands are logs, of one job or of several. */
static int report_logs(struct arguments *arguments)
{
	struct fio_logs logs = {0};
	int error = check_formats_of(arguments, &fio_log_formats);
	int code;

	for (size_t i = 0; i < arguments->operand_count && error == 0; i++)
		error = fio_logs_load(&logs, arguments->operands[i], &arguments->diag);
	code = write_it(arguments, &fio_log_formats, error, &logs);
	fio_logs_free(&logs);
	return code;
}

static size_t count_logs(const struct arguments *arguments)
{
	size_t count = 0;

	for (size_t i = 0; i < arguments->operand_count; i++)
		count += fio_log_has_name(arguments->operands[i]);
	return count;
}

/* Several files make one page, and nothing else. */
static int report_several(struct arguments *arguments)
{
	const char *path = documents_file(arguments, "html");

	for (size_t i = 0; i < arguments->given_count; i++) {
		if (strcmp(arguments->given[i]->name, "html") == 0)
			continue;
		diag_error(&arguments->diag, NULL, "--%s: several files are written as HTML only",
			arguments->given[i]->name);
		diag_hint(&arguments->diag, "leave it out, or name one file");
		return EXIT_BAD_REQUEST;
	}
	if (report_html_check(arguments, path) != 0 ||
		documents_spare_operands(arguments, "the result") != 0)
		return EXIT_BAD_REQUEST;
	return report_html_files(arguments, path);
}

static int report_main(struct arguments *arguments, void *asked)
{
	const struct report_request *request = asked;
	size_t log_count = count_logs(arguments);

	if (log_count > 0 && log_count == arguments->operand_count) {
		if (documents_spare_operands(arguments, "the log") != 0)
			return EXIT_BAD_REQUEST;
		return report_logs(arguments);
	}
	if (arguments->operand_count > 1 && documents_file(arguments, "html"))
		return report_several(arguments);
	if (arguments->operand_count != 1) {
		diag_error(&arguments->diag, NULL, "name one result file");
		diag_hint(&arguments->diag, "%s",
			arguments->operand_count == 0
				? "ringside run --json=FILE … writes one"
				: "`ringside check NEW.json --baseline=OLD.json` compares two, "
				  "--html=FILE shows several in one page");
		return EXIT_BAD_REQUEST;
	}
	if (documents_spare_operands(arguments, "the result") != 0)
		return EXIT_BAD_REQUEST;
	return report_file(arguments, request, arguments->operands[0]);
}

const struct command command_report = {
	.name = "report",
	.usage = "[OPTION]... RESULT.json...",
	.summary = "show a saved result, in any format",
	.detail =
		"Reads what 'ringside run', 'compare', 'curve', 'claims', 'check' or 'prepare' "
		"wrote "
		"as "
		"JSON, "
		"or fio\n(--output-format=json or json+), and writes it again; a check and fio's "
		"result as text or\nmarkdown, a preparation as text. Several files, histories of "
		"checks too, make one page\n(--html=FILE). fio's logs (x_bw.1.log, x_lat.1.log and "
		"so on) are shown together, a job for each\nname and number.",
	.parts = parts,
	.request_bytes = sizeof(struct report_request),
	.run = report_main,
};
