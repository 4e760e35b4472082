/* SPDX-License-Identifier: MIT */
/* Telling documents apart, and reading each by its own reader. */
#include "check/input.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "result/fio.h"
#include "session/record.h"

bool input_is_document(const char *path)
{
	FILE *stream AUTO_FCLOSE = fopen(path, "re");
	char start[4096];
	size_t length = stream ? fread(start, 1, sizeof(start), stream) : 0;
	size_t at = document_start(start, length);

	/* fio's notes may stand before the document; no job file has a line that starts so. */
	return at < length;
}

static int read_fio(const char *path, const char *text, size_t length,
	struct check_session *session, struct arena *arena, struct diag *diag)
{
	struct fio_document document;
	int error = fio_read_memory(path, text, length, &document, diag);

	if (error == 0)
		check_session_of_fio(session, &document, arena);
	fio_document_free(&document);
	return error;
}

static int read_result(const char *path, const char *text, size_t length,
	struct check_session *session, struct arena *arena, struct diag *diag)
{
	struct place place = {.file = path};
	struct result result;
	int error = result_read_memory(path, text, length, &result, diag);

	if (error == 0)
		check_session_of_result(session, &result, arena);
	if (error == 0 && session->contender_count == 0) {
		diag_error(diag, &place, "the result has no job");
		error = -EINVAL;
	}
	result_free(&result);
	return error;
}

static int read_comparison(
	const char *path, struct check_session *session, struct arena *arena, struct diag *diag)
{
	struct place place = {.file = path};
	struct record record;
	int error = record_read(path, &record, diag);

	if (error == 0 && record.point_count != 1) {
		diag_error(diag, &place, "a comparison of %zu tables: check judges one",
			record.point_count);
		error = -EINVAL;
	}
	if (error == 0)
		check_session_of_comparison(session, &record, 0, 0, arena);
	record_free(&record);
	return error;
}

int input_read(const char *path, struct input *input, struct arena *arena, struct diag *diag)
{
	size_t length = 0;
	char *text AUTO_FREE = document_load(path, &length, diag);

	*input = (struct input){0};
	if (!text)
		return -errno;
	switch (document_type_of(text, length)) {
	case DOCUMENT_BASELINE:
		input->is_baseline = true;
		return baseline_read_memory(path, text, length, &input->baseline, diag);
	case DOCUMENT_FIO:
		return read_fio(path, text, length, &input->session, arena, diag);
	case DOCUMENT_COMPARISON:
		return read_comparison(path, &input->session, arena, diag);
	default: /* what is none of them is left to our own reader to refuse */
		return read_result(path, text, length, &input->session, arena, diag);
	}
}

void input_free(struct input *input)
{
	if (input->is_baseline)
		baseline_free(&input->baseline);
}

int input_read_baseline(
	const char *const *paths, size_t count, struct baseline *baseline, struct diag *diag)
{
	int error = 0;

	baseline_init(baseline);
	for (size_t i = 0; i < count && error == 0; i++) {
		struct place place = {.file = paths[i]};
		struct input input;

		error = input_read(paths[i], &input, &baseline->arena, diag);
		if (error == 0 && input.is_baseline && count == 1) {
			baseline_free(baseline);
			*baseline = input.baseline;
			return 0;
		}
		if (error == 0 && input.is_baseline) {
			diag_error(diag, &place,
				"a baseline contains all its sessions: name it alone");
			error = -EINVAL;
		} else if (error == 0 && baseline_has(baseline, &input.session)) {
			diag_error(diag, &place, "the session %s is named twice", input.session.id);
			error = -EINVAL;
		} else if (error == 0) {
			baseline->window = count;
			baseline_add(baseline, &input.session, false);
		}
		input_free(&input);
	}
	return error;
}
