/* SPDX-License-Identifier: MIT */
/* Reads files of all kinds, holds each against its kind's table, and writes them to one page. */
#include "command/report_html.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "curve/curve.h"
#include "prepare/prepare_record.h"
#include "report/html.h"
#include "result/fio.h"
#include "result/result_fields.h"
#include "session/record.h"

int report_html_check(struct arguments *arguments, const char *path)
{
	const char *cure;

	if (!path)
		return 0;
	if (!html_is_available(&cure)) {
		diag_error(&arguments->diag, NULL,
			"this ringside was built without d3, which draws --html");
		diag_hint(&arguments->diag, "%s", cure);
		return -EINVAL;
	}
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

/* Like the others below, NULL: reported. The caller deletes it. */
static cJSON *read_history(const struct file_text *file, struct diag *diag)
{
	struct history history;
	cJSON *document = NULL;

	if (history_read_memory(file->path, file->text, file->length, &history, diag) == 0)
		document = make_history(&history);
	history_free(&history);
	return document;
}

static cJSON *read_fio(const struct file_text *file, struct diag *diag)
{
	size_t start = document_start(file->text, file->length);
	struct fio_document fio = {0};
	cJSON *document = NULL;

	if (fio_read_memory(file->path, file->text, file->length, &fio, diag) == 0)
		document =
			document_parse(file->path, file->text + start, file->length - start, diag);
	fio_document_free(&fio);
	return document;
}

/* One that its kind's table describes; it is read only to see whether it is as that says. */
static cJSON *read_kind(
	const struct document_kind *kind, const struct file_text *file, struct diag *diag)
{
	union {
		struct result result;
		struct record record;
		struct curve curve;
		struct check check;
		struct prepare_record preparation;
	} structure;
	struct arena arena = {0};
	int error;

	memset(&structure, 0, sizeof(structure));
	error = document_read(kind, file->path, file->text, file->length, &arena, &structure, diag);
	arena_free(&arena);
	return error == 0 ? document_parse(file->path, file->text, file->length, diag) : NULL;
}

static cJSON *read_document(const struct file_text *file, struct diag *diag)
{
	enum document_type type = document_type_of(file->text, file->length);

	switch (type) {
	case DOCUMENT_UNKNOWN: /* whose reader says why it is none */
	case DOCUMENT_RESULT:
		return read_kind(&result_document, file, diag);
	case DOCUMENT_COMPARISON:
		return read_kind(&record_document, file, diag);
	case DOCUMENT_CURVE:
		return read_kind(&curve_document, file, diag);
	case DOCUMENT_CHECK:
		return read_kind(&check_document, file, diag);
	case DOCUMENT_PREPARATION:
		return read_kind(&prepare_document, file, diag);
	case DOCUMENT_HISTORY:
		return read_history(file, diag);
	case DOCUMENT_FIO:
		return read_fio(file, diag);
	default:
		document_refuse(type, file->path, "a result", diag);
		return NULL;
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

int report_html_files(struct arguments *arguments, const char *path)
{
	size_t count = arguments->operand_count, read = 0;
	struct html_document *documents =
		arena_alloc_array(&arguments->arena, count, sizeof(*documents));
	const char *title = arena_printf(&arguments->arena, "ringside: %s%s",
		text_name_of(arguments->operands[0]), count > 1 ? " and others" : "");
	int code = EXIT_BAD_REQUEST;

	for (; read < count; read++) {
		struct file_text file = {.path = arguments->operands[read]};
		AUTO_FREE char *text = document_load(file.path, &file.length, &arguments->diag);

		file.text = text;
		documents[read].name = text_name_of(file.path);
		documents[read].json = text ? read_document(&file, &arguments->diag) : NULL;
		if (!documents[read].json)
			break;
	}
	if (read == count)
		code = save(arguments, title, documents, count, path) == 0 ? EXIT_DONE
									   : EXIT_RUN_FAILED;
	for (size_t i = 0; i < read; i++)
		cJSON_Delete(documents[i].json);
	return code;
}

int report_html_history(
	struct arguments *arguments, const struct history *history, const char *path)
{
	struct html_document document = {.json = make_history(history)};
	int error = save(arguments, "ringside: history of checks", &document, 1, path);

	cJSON_Delete(document.json);
	return error;
}
