/* SPDX-License-Identifier: MIT */
/* Documents made, written, loaded and read, and told apart. */
#include "document/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/stream.h"
#include "base/text.h"
#include "base/version.h"
#include "document/field_row.h"

static const char *tool_version(const void *structure)
{
	(void)structure;
	return version_number;
}

static const char *tool_git(const void *structure)
{
	(void)structure;
	return version_git;
}

static const struct field tool_fields[] = {
	{"version", FIELD_TEXT_OF(tool_version)},
	{"git", FIELD_TEXT_OF(tool_git)},
};
const struct field_table document_tool_table = {
	.name = "tool",
	.count = sizeof(tool_fields) / sizeof(tool_fields[0]),
	.fields = tool_fields,
};

/* Larger than any result can sensibly be; a wrong path (/dev/zero) ends here. */
#define DOCUMENT_BYTES_LIMIT ((size_t)1 << 30)

enum { HUGE_PAGE_BYTES = 2 << 20 };

static const struct {
	const char *family; /* of the schema; NULL: it has none */
	const char *noun;
	const char *before, *after; /* of the path, in the hint */
} types[] = {
	[DOCUMENT_RESULT] = {"ringside-result/", "a ringside result", "`ringside report ",
		"` shows it"},
	[DOCUMENT_COMPARISON] = {"ringside-comparison/", "a comparison", "`ringside report ",
		"` shows it"},
	[DOCUMENT_CURVE] = {"ringside-curve/", "a curve", "`ringside report ", "` shows it"},
	[DOCUMENT_CLAIMS] = {"ringside-claims/", "tested claims", "`ringside report ",
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
	[DOCUMENT_PREPARATION] = {"ringside-prepare/", "the document of a preparation",
		"`ringside report ", "` shows it"},
	[DOCUMENT_VERIFICATION] = {"ringside-verify/", "the document of a verification", NULL,
		"`ringside verify TARGET --state=STATE` shows the same as text"},
	[DOCUMENT_FIO] = {NULL, "a fio result", "`ringside report ", "` shows it"},
	[DOCUMENT_JOB_FILE] = {NULL, "a job file", "`ringside run ",
		"` runs it, `ringside check` checks it against a --baseline"},
};

static enum document_type type_of_schema(const char *schema)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].family && text_starts_with(schema, types[i].family))
			return (enum document_type)i;
	}
	return DOCUMENT_UNKNOWN;
}

enum document_type document_type_of_json(const cJSON *root)
{
	const char *schema = json_get_text(root, "schema");

	if (json_get_text(root, "fio version"))
		return DOCUMENT_FIO;
	return schema ? type_of_schema(schema) : DOCUMENT_UNKNOWN;
}

size_t document_start(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && text[at] != '{') {
		const char *newline = memchr(text + at, '\n', length - at);

		at = newline ? (size_t)(newline - text) + 1 : length;
	}
	return at;
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

/* What begins with `"schema": "FAMILY/`, as all documents of ringside do, is not parsed for it. */
static enum document_type type_by_first_member(const char *start, size_t length)
{
	static const char *const parts[] = {"{", "\"schema\"", ":", "\""};
	char head[128]; /* longer than any of ours, with a NUL */
	const char *text = head;

	length = MIN(length, sizeof(head) - 1);
	memcpy(head, start, length);
	head[length] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		text += strspn(text, " \t\r\n");
		if (!text_starts_with(text, parts[i]))
			return DOCUMENT_UNKNOWN;
		text += strlen(parts[i]);
	}
	return type_of_schema(text);
}

enum document_type document_type_of(const char *text, size_t length)
{
	size_t start = document_start(text, length);
	const char *newline = memchr(text + start, '\n', length - start);
	enum document_type type;
	cJSON *root;

	if (starts_with_section(text, length))
		return DOCUMENT_JOB_FILE;
	type = type_by_first_member(text + start, length - start);
	if (type != DOCUMENT_UNKNOWN)
		return type;
	root = parse(text + start, length - start);
	if (!root && newline) /* a history: a document on each line */
		root = parse(text + start, (size_t)(newline - text) - start);
	type = root ? document_type_of_json(root) : DOCUMENT_UNKNOWN;
	cJSON_Delete(root);
	return type;
}

void document_refuse(
	enum document_type type, const char *path, const char *needed, struct diag *diag)
{
	struct place place = {.file = path};

	diag_error(diag, &place, "this is %s; %s is needed here", types[type].noun, needed);
	if (types[type].before)
		diag_hint(diag, "%s%s%s", types[type].before, path, types[type].after);
	else
		diag_hint(diag, "%s", types[type].after);
}

/*
 * For all of a regular file and one byte, so that its end is seen; others have no size. Large ones
 * in huge pages where there are some: faults for pages take longer than to read what is in them.
 */
static char *first_room(FILE *stream, size_t *limit)
{
	struct stat status;
	size_t bytes;
	char *room;

	*limit = 64 * 1024;
	if (fstat(fileno(stream), &status) != 0 || !S_ISREG(status.st_mode) ||
		status.st_size < HUGE_PAGE_BYTES)
		return malloc(*limit);
	bytes = MIN((size_t)status.st_size, DOCUMENT_BYTES_LIMIT);
	*limit = (bytes / HUGE_PAGE_BYTES + 1) * HUGE_PAGE_BYTES;
	room = aligned_alloc(HUGE_PAGE_BYTES, *limit);
	if (room)
		(void)madvise(room, *limit, MADV_HUGEPAGE); /* Small ones do as well. */
	return room;
}

/* The whole stream; malloc'd, caller frees. NULL: errno says why. */
static char *read_all(FILE *stream, size_t *length)
{
	size_t limit;
	char *text = first_room(stream, &limit);

	*length = 0;
	for (;;) {
		if (!text)
			arena_exhausted();
		errno = 0;
		*length += fread(text + *length, 1, limit - *length, stream);
		if (ferror(stream) || *length >= DOCUMENT_BYTES_LIMIT) {
			if (!errno)
				errno = ferror(stream) ? EIO : EFBIG;
			free(text);
			return NULL;
		}
		if (feof(stream))
			return text;
		if (*length == limit) {
			char *larger = realloc(text, 2 * limit);

			if (!larger)
				arena_exhausted();
			text = larger;
			limit *= 2;
		}
	}
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
		document_refuse(type, path, "a JSON document", diag);
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

static void refuse(
	const struct json_node *document, const struct document_kind *kind, enum document_type type)
{
	struct json_walk *walk = document->walk;

	walk->has_failed = true;
	document_refuse(type, walk->path, arena_printf(walk->arena, "a ringside %s", kind->noun),
		walk->diag);
}

/* Whose document it is, before anything of it is taken for ours. */
static void check_schema(const struct json_node *document, const struct document_kind *kind)
{
	enum document_type type = document_type_of_json(document->item);
	const char *schema = json_get_text(document->item, "schema");
	size_t family_bytes = strcspn(kind->schema, "/") + 1;
	struct arena *arena = document->walk->arena;

	if (schema && strcmp(schema, kind->schema) == 0)
		return;
	if (schema && strncmp(schema, kind->schema, family_bytes) == 0)
		json_node_fail(document, NULL,
			arena_printf(arena, "a %s of another version, %s: this ringside reads %s",
				kind->noun, schema, kind->schema));
	else if (type != DOCUMENT_UNKNOWN)
		refuse(document, kind, type);
	else
		json_node_fail(document, NULL,
			arena_printf(arena, "no %s of ringside: it has no \"schema\": \"%s\"",
				kind->noun, kind->schema));
}

/* What is to be read, and into what. */
struct reading {
	const struct document_kind *kind;
	const char *text;
	size_t length;
	void *structure;
};

static int read_tree(const struct reading *reading, struct json_walk *walk, const cJSON *root)
{
	struct json_node document = {.walk = walk, .item = root, .where = ""};

	check_schema(&document, reading->kind);
	field_read(&document, reading->kind->table, reading->structure);
	return walk->has_failed ? -EINVAL : 0;
}

static int read_whole(
	const struct reading *reading, struct arena *arena, const char *path, struct diag *diag)
{
	struct json_walk walk = {.arena = arena, .diag = diag, .path = path};
	cJSON *root = document_parse(path, reading->text, reading->length, diag);
	int error = root ? read_tree(reading, &walk, root) : -EINVAL;

	cJSON_Delete(root);
	return error;
}

/* What is wrong is not said: the text behind it may be no JSON, which would come first. */
static int read_in_parts(const struct reading *reading, struct arena *arena)
{
	struct json_parts parts;
	struct diag quiet;
	struct json_walk walk = {.arena = arena, .diag = &quiet, .parts = &parts};
	cJSON *root = json_parts_parse(&parts, reading->text, reading->length);
	int error = -EINVAL;

	diag_init(&quiet, NULL);
	if (root && read_tree(reading, &walk, root) == 0 && json_parts_are_json(&parts))
		error = 0;
	cJSON_Delete(root);
	json_parts_free(&parts);
	return error;
}

/* A document that is as it should be is read in parts; any other once more, for the message. */
int document_read(const struct document_kind *kind, const char *path, const char *text,
	size_t length, struct arena *arena, void *structure, struct diag *diag)
{
	struct reading reading = {kind, text, length, structure};
	void *before = arena_alloc(arena, kind->table->bytes);
	struct arena now;

	memcpy(before, structure, kind->table->bytes);
	if (read_in_parts(&reading, arena) == 0)
		return 0;
	now = *arena; /* which may be a member of the structure */
	memcpy(structure, before, kind->table->bytes);
	*arena = now;
	return read_whole(&reading, arena, path, diag);
}

int document_read_file(const struct document_kind *kind, const char *path, struct arena *arena,
	void *structure, struct diag *diag)
{
	size_t length;
	AUTO_FREE char *text = document_load(path, &length, diag);

	return text ? document_read(kind, path, text, length, arena, structure, diag) : -errno;
}

cJSON *document_make(const struct document_kind *kind, const void *structure)
{
	cJSON *document = json_object();

	json_add_text(document, "schema", kind->schema);
	field_write(document, kind->table, structure, NULL);
	return document;
}

/* To be printed: a result of a thousand jobs is 100 MB as a tree. */
static cJSON *make_in_parts(const struct document_kind *kind, const void *structure)
{
	cJSON *document = json_object();

	json_add_text(document, "schema", kind->schema);
	field_write_in_parts(document, kind->table, structure);
	return document;
}

char *document_print(const struct document_kind *kind, const void *structure)
{
	cJSON *document = make_in_parts(kind, structure);
	char *text = json_print(document);

	cJSON_Delete(document);
	return text;
}

int document_write_json(cJSON *document, FILE *stream)
{
	errno = 0;
	json_write(document, stream);
	cJSON_Delete(document);
	return stream_finish(stream);
}

int document_write(const struct document_kind *kind, const void *structure, FILE *stream)
{
	return document_write_json(make_in_parts(kind, structure), stream);
}

int document_write_schema(const struct document_kind *kind, FILE *stream)
{
	return document_write_json(field_schema(kind->schema, kind->table), stream);
}
