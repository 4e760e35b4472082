/* SPDX-License-Identifier: MIT */
/* Files by what they hold. */
#include "result/document_type.h"

#include <string.h>

#include "base/text.h"
#include "result/fio_read.h"

static const struct {
	const char *family; /* of the schema; NULL: it has none */
	const char *noun;
	const char *before, *after; /* of the path, in the hint */
} types[] = {
	[DOCUMENT_RESULT] = {"ringside-result/", "a ringside result", "`ringside report ",
		"` shows it"},
	[DOCUMENT_COMPARISON] = {"ringside-comparison/", "a comparison", "`ringside report ",
		"` shows it"},
	[DOCUMENT_CHECK] = {"ringside-check/", "the report of a check", "`ringside report ",
		"` shows it; what was measured is saved by `ringside check --comparison=FILE`"},
	[DOCUMENT_BASELINE] = {"ringside-baseline/", "a baseline",
		"`ringside check JOB --baseline=",
		"` checks a job against it, `ringside baseline show` shows it"},
	[DOCUMENT_HISTORY] = {"ringside-history/", "a history of checks", "`ringside history ",
		"` shows it"},
	[DOCUMENT_PROBE] = {"ringside-probe/", "the document of a probe", NULL,
		"`ringside probe TARGET` shows the same as text"},
	[DOCUMENT_FIO] = {NULL, "a fio result", "`ringside report ", "` shows it"},
	[DOCUMENT_JOB_FILE] = {NULL, "a job file", "`ringside run ",
		"` runs it, `ringside check` checks it against a --baseline"},
};

enum document_type document_type_of_json(const cJSON *root)
{
	const char *schema = json_get_text(root, "schema");

	if (fio_read_recognises(root))
		return DOCUMENT_FIO;
	for (size_t i = 0; schema && i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].family && text_starts_with(schema, types[i].family))
			return (enum document_type)i;
	}
	return DOCUMENT_UNKNOWN;
}

static cJSON *parse(const char *text, size_t length)
{
	size_t problem;

	return json_parse(text, length, &problem);
}

/* Past empty lines and comments stands a section. */
static bool starts_with_section(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length) {
		const char *newline = memchr(text + at, '\n', length - at);
		size_t end = newline ? (size_t)(newline - text) : length;

		while (at < end && strchr(" \t\r", text[at]))
			at++;
		if (at < end && text[at] != '#' && text[at] != ';')
			return text[at] == '[';
		at = end + 1;
	}
	return false;
}

enum document_type document_type_of(const char *text, size_t length)
{
	size_t start = fio_read_start(text, length);
	const char *newline = memchr(text + start, '\n', length - start);
	enum document_type type;
	cJSON *root;

	if (starts_with_section(text, length))
		return DOCUMENT_JOB_FILE;
	root = parse(text + start, length - start);
	if (!root && newline) /* a history: a document on each line */
		root = parse(text + start, (size_t)(newline - text) - start);
	type = root ? document_type_of_json(root) : DOCUMENT_UNKNOWN;
	cJSON_Delete(root);
	return type;
}

void document_type_refuse(
	enum document_type type, const char *path, const char *needed, struct diag *diag)
{
	struct place place = {.file = path};

	diag_error(diag, &place, "this is %s; %s is needed here", types[type].noun, needed);
	if (types[type].before)
		diag_hint(diag, "%s%s%s", types[type].before, path, types[type].after);
	else
		diag_hint(diag, "%s", types[type].after);
}
