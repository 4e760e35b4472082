/* SPDX-License-Identifier: MIT */
/* Reads files of all kinds, holds each against its kind's table, and writes them to one page. */
#include "command/report_html.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/check_text.h"
#include "curve/curve_report.h"
#include "prepare/prepare_record.h"
#include "report/html.h"
#include "result/fio.h"
#include "result/fio_log.h"
#include "result/result_fields.h"
#include "session/report.h"

int report_html_check(struct arguments *arguments, const char *path)
{
	if (!path)
		return 0;
	if (documents_check_build(arguments, "html") != 0)
		return -EINVAL;
	return documents_check_file(arguments, "html", path);
}

/* A file, as it was read. */
struct file_text {
	const char *path;
	const char *text;
	size_t length;
};

/* All lines as one document. */
static cJSON *make_history(const struct history *history)
{
	cJSON *document = json_object();
	cJSON *lines;

	json_add_text(document, "schema", HISTORY_SCHEMA);
	lines = json_add_array(document, "lines");
	for (size_t i = 0; i < history->line_count; i++)
		json_add_item(lines, NULL, document_make(&history_document, &history->lines[i]));
	return document;
}

/* Like the others below, false: reported. The caller deletes what is in `document`. */
static bool read_history(
	const struct file_text *file, struct html_document *document, struct diag *diag)
{
	struct history history;
	bool is_read =
		history_read_memory(file->path, file->text, file->length, &history, diag) == 0;

	if (is_read) {
		document->json = make_history(&history);
		document->words = history_page_words(&history);
	}
	history_free(&history);
	return is_read;
}

static bool read_fio(
	const struct file_text *file, struct html_document *document, struct diag *diag)
{
	size_t start = document_start(file->text, file->length);
	struct fio_document fio = {0};

	if (fio_read_memory(file->path, file->text, file->length, &fio, diag) == 0)
		document->json =
			document_parse(file->path, file->text + start, file->length - start, diag);
	fio_document_free(&fio);
	return document->json != NULL;
}

union document_structure {
	struct result result;
	struct record record;
	struct curve curve;
	struct check check;
	struct prepare_record preparation;
};

/* What its text output says; NULL: its page has no use for that. */
static cJSON *words_of(enum document_type type, union document_structure *structure)
{
	switch (type) {
	case DOCUMENT_COMPARISON:
		structure->record.command = record_command(&structure->record);
		return report_page_words(&structure->record);
	case DOCUMENT_CURVE:
		structure->curve.has_slo = structure->curve.slo.limit_ns > 0;
		return curve_page_words(&structure->curve);
	case DOCUMENT_CHECK:
		return check_page_words(&structure->check);
	default:
		return NULL;
	}
}

/* One that its kind's table describes, and is as that says. */
static bool read_kind(const struct document_kind *kind, enum document_type type,
	const struct file_text *file, struct html_document *document, struct diag *diag)
{
	union document_structure structure;
	struct arena texts = {0};
	/* A check adds notes of its own when it is read. */
	struct arena *arena = type == DOCUMENT_CHECK ? &structure.check.arena : &texts;

	memset(&structure, 0, sizeof(structure));
	if (document_read(kind, file->path, file->text, file->length, arena, &structure, diag) ==
		0) {
		document->json = document_parse(file->path, file->text, file->length, diag);
		document->words = document->json ? words_of(type, &structure) : NULL;
	}
	arena_free(arena);
	return document->json != NULL;
}

static bool read_document(
	const struct file_text *file, struct html_document *document, struct diag *diag)
{
	enum document_type type = document_type_of(file->text, file->length);

	switch (type) {
	case DOCUMENT_UNKNOWN: /* whose reader says why it is none */
	case DOCUMENT_RESULT:
		return read_kind(&result_document, type, file, document, diag);
	case DOCUMENT_COMPARISON:
		return read_kind(&record_document, type, file, document, diag);
	case DOCUMENT_CURVE:
		return read_kind(&curve_document, type, file, document, diag);
	case DOCUMENT_CHECK:
		return read_kind(&check_document, type, file, document, diag);
	case DOCUMENT_PREPARATION:
		return read_kind(&prepare_document, type, file, document, diag);
	case DOCUMENT_HISTORY:
		return read_history(file, document, diag);
	case DOCUMENT_FIO:
		return read_fio(file, document, diag);
	default:
		document_refuse(type, file->path, "a result", diag);
		return false;
	}
}

static int save(struct arguments *arguments, const char *title,
	const struct html_document *documents, size_t count, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);
	int error = stream ? html_write(title, documents, count, stream) : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return error == 0 ? documents_save(arguments, path, text, bytes)
			  : documents_complain(arguments, path, error);
}

/* Logs go to `logs`, for all of them are one document. False: reported. */
static bool read_file(const char *path, struct fio_logs *logs, struct html_document *documents,
	size_t *count, struct diag *diag)
{
	struct file_text file = {.path = path};
	struct html_document *document = &documents[*count];
	AUTO_FREE char *text = NULL;

	if (fio_log_has_name(path))
		return fio_logs_load(logs, path, diag) == 0;
	file.text = text = document_load(path, &file.length, diag);
	document->name = text_name_of(path);
	if (!text || !read_document(&file, document, diag))
		return false;
	(*count)++;
	return true;
}

int report_html_files(struct arguments *arguments, const char *path)
{
	size_t limit = arguments->operand_count, read = 0, count = 0;
	struct html_document *documents =
		arena_alloc_array(&arguments->arena, limit, sizeof(*documents));
	const char *title = arena_printf(&arguments->arena, "ringside: %s%s",
		text_name_of(arguments->operands[0]), limit > 1 ? " and others" : "");
	struct fio_logs logs = {0};
	int code = EXIT_BAD_REQUEST;

	while (read < limit &&
		read_file(arguments->operands[read], &logs, documents, &count, &arguments->diag))
		read++;
	if (read == limit && logs.count > 0)
		documents[count++] = (struct html_document){
			.name = "logs of fio", .json = fio_logs_document(&logs)};
	if (read == limit)
		code = save(arguments, title, documents, count, path) == 0 ? EXIT_DONE
									   : EXIT_RUN_FAILED;
	for (size_t i = 0; i < count; i++) {
		cJSON_Delete(documents[i].json);
		cJSON_Delete(documents[i].words);
	}
	fio_logs_free(&logs);
	return code;
}

int report_html_history(
	struct arguments *arguments, const struct history *history, const char *path)
{
	struct html_document document = {
		.json = make_history(history), .words = history_page_words(history)};
	int error = save(arguments, "ringside: history of checks", &document, 1, path);

	cJSON_Delete(document.json);
	cJSON_Delete(document.words);
	return error;
}
