/* SPDX-License-Identifier: MIT */
/* Loading and parsing of documents, with reports. */
#include "result/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "result/document_type.h"

/* Larger than any result can sensibly be; a wrong path (/dev/zero) ends here. */
#define DOCUMENT_BYTES_LIMIT ((size_t)1 << 30)

/* The whole stream; malloc'd, caller frees. NULL: errno says why. */
static char *read_all(FILE *stream, size_t *length)
{
	size_t limit = 64 * 1024;
	char *text = NULL;

	*length = 0;
	while (!feof(stream)) {
		char *larger = realloc(text, limit);

		if (!larger)
			arena_exhausted();
		text = larger;
		errno = 0;
		*length += fread(text + *length, 1, limit - *length, stream);
		if (ferror(stream) || *length >= DOCUMENT_BYTES_LIMIT) {
			if (!errno)
				errno = ferror(stream) ? EIO : EFBIG;
			free(text);
			return NULL;
		}
		if (*length == limit)
			limit *= 2;
	}
	return text;
}

char *document_load(const char *path, size_t *length, struct diag *diag)
{
	struct place place = {.file = path};
	FILE *stream AUTO_FCLOSE = fopen(path, "re");
	char *text = stream ? read_all(stream, length) : NULL;
	int error = errno;

	if (!text) {
		diag_error(diag, &place, "cannot be read: %s", text_errno_name(error));
		errno = error;
	}
	return text;
}

static void report_syntax(
	struct diag *diag, const char *path, const char *text, size_t length, size_t problem)
{
	struct place place = {.file = path, .line = 1, .column = 1};
	enum document_type type = document_type_of(text, length);

	if (type == DOCUMENT_JOB_FILE || type == DOCUMENT_HISTORY) {
		document_type_refuse(type, path, "a JSON document", diag);
		return;
	}
	for (size_t i = 0; i < problem; i++) {
		place.column++;
		if (text[i] == '\n') {
			place.line++;
			place.column = 1;
		}
	}
	if (problem + 1 >= text_trimmed_length(text, length))
		diag_error(diag, &place, "the document ends here, unfinished");
	else
		diag_error(diag, &place, "no JSON from here on");
	diag_hint(diag, "results are written whole: was the file cut short, or edited?");
}

cJSON *document_parse(const char *path, const char *text, size_t length, struct diag *diag)
{
	size_t problem;
	cJSON *root = json_parse(text, length, &problem);

	if (!root)
		report_syntax(diag, path, text, length, problem);
	return root;
}
