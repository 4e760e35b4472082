/* SPDX-License-Identifier: MIT */
/* The document of what was found. It is not read back. */
#include "document/document.h"
#include "document/field_row.h"
#include "lint/lint.h"

static void write_options(const struct field_spot *spot)
{
	const struct settings *options = spot->member;
	cJSON *object = cJSON_AddObjectToObject(spot->object, spot->name);

	for (size_t i = 0; i < options->count; i++) {
		if (options->items[i].value)
			cJSON_AddStringToObject(
				object, options->items[i].key, options->items[i].value);
	}
}

static const struct field_custom options_field = {
	.write = write_options,
	.schema = FIELD_JSON({"type" : "object", "additionalProperties" : {"type" : "string"}}),
};

static const struct field_table finding_table = FIELD_TABLE_OF("finding", struct lint_finding,
	{"kind", FIELD_CHOICE(struct lint_finding, kind, LINT_KIND_COUNT, lint_kind_name),
		.help = "error: it would not run; danger: data is lost or a disk filled; "
			"difference: "
			"fio does otherwise."},
	{"file", FIELD_TEXT(struct lint_finding, file), .null = FIELD_NULL},
	{"line", FIELD_COUNT(struct lint_finding, line), .null = FIELD_NULL_ZERO},
	{"job", FIELD_TEXT(struct lint_finding, job), .null = FIELD_NULL},
	{"text", FIELD_TEXT(struct lint_finding, text)},
	{"hint", FIELD_TEXT(struct lint_finding, hint), .null = FIELD_NULL});

static const struct field_table job_table =
	FIELD_TABLE_OF("job", struct lint_job, {"name", FIELD_TEXT(struct lint_job, name)},
		{"numjobs", FIELD_COUNT(struct lint_job, clones), .least = 1},
		{"wave", FIELD_COUNT(struct lint_job, wave),
			.help = "Waves run one after the other: stonewall."},
		{"group", FIELD_COUNT(struct lint_job, group)},
		{"workload", FIELD_TEXT(struct lint_job, workload)},
		{"engine", FIELD_TEXT(struct lint_job, engine)},
		{"amount", FIELD_TEXT(struct lint_job, amount)},
		{"targets", FIELD_TEXTS(struct lint_job, target_count, targets)},
		{"options", FIELD_CUSTOM(struct lint_job, options, &options_field),
			.help = "All that are effective, as ringside run --dry-run prints them."});

static bool cannot_run(const void *structure)
{
	return ((const struct lint_file *)structure)->code == EXIT_BAD_REQUEST;
}

static const struct field_table file_table = FIELD_TABLE_OF("file", struct lint_file,
	{"file", FIELD_TEXT(struct lint_file, path)},
	{"exit_code", FIELD_INTEGER(struct lint_file, code),
		.help = "Of ringside run before it begins: 2 refused, 4 not on this machine, else "
			"0."},
	{"waves", FIELD_COUNT(struct lint_file, wave_count), .lacks = cannot_run},
	{"least_ns", FIELD_COUNT(struct lint_file, least_ns), .lacks = cannot_run,
		.help = "So long it runs at least."},
	{"ends_by_time", FIELD_BOOL(struct lint_file, ends_by_time),
		.help = "Then least_ns is also the most, but for layout and drain."},
	{"write_bytes", FIELD_COUNT(struct lint_file, write_bytes), .null = FIELD_NULL_LARGEST,
		.help = "Written or trimmed at most; null: until time is over."},
	{"jobs", FIELD_LIST(struct lint_file, jobs, &job_table, struct lint_job, next)},
	{"findings",
		FIELD_LIST(struct lint_file, findings, &finding_table, struct lint_finding, next)});

static const struct field_table lint_table = FIELD_TABLE_WITH(NULL, struct lint,
	(.help = "What a run of job files would do, and what should be known before. Keys may be "
		 "added without a new version: readers skip those that they do not know."),
	{"tool", FIELD_GROUP(struct lint, &document_tool_table)},
	{"files", FIELD_ARRAY(struct lint, count, files, &file_table)});

const struct document_kind lint_document = {"lint", "ringside-lint/1", &lint_table};

int lint_write_json(struct lint *lint, FILE *stream)
{
	return document_write(&lint_document, lint, stream);
}

DOCUMENT_FORMATS(lint_formats, "a lint", struct lint,
	{"text", NULL, DOCUMENT_WRITE(struct lint, lint_write_text)},
	{"json", "JSON (ringside-lint/1)", DOCUMENT_WRITE(struct lint, lint_write_json)}, );
