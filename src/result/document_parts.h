/* SPDX-License-Identifier: MIT */
/*
 * What results, comparisons and baselines have in common, back into memory: whose document it is,
 * what was asked, when, where, and the settings of engines.
 */
#ifndef RESULT_DOCUMENT_PARTS_H
#define RESULT_DOCUMENT_PARTS_H

#include "document/json_node.h"
#include "result/result.h"

struct document_parts_kind {
	const char *noun;    /* "comparison" */
	const char *schema;  /* "ringside-comparison/1" */
	size_t family_bytes; /* of the schema: "ringside-comparison/" */
	void (*read)(const struct json_node *document, void *into);
};

/*
 * Parses `text` and has `kind` read it into `into`; texts go to `arena`. 0, or -EINVAL and a
 * report: no JSON, a document of another kind or version, or one that is not shaped as its schema
 * says.
 */
int document_parts_read(const char *path, const char *text, size_t length,
	const struct document_parts_kind *kind, struct arena *arena, void *into, struct diag *diag);

/* An object of texts and nulls; `settings` is set anew. */
void document_settings(
	const struct json_node *parent, const char *key, struct result_settings *settings);

/* "refused": what an engine would not take, and why. */
void document_refused(const struct json_node *parent, struct result_settings *settings);

/* The hard and the soft part of what `key` holds. */
void document_environment(
	const struct json_node *parent, const char *key, struct result_environment *environment);

/* "command": the arguments the program was started with. */
const char **document_command(const struct json_node *document, size_t *count);

/* "started": an RFC 3339 time. */
struct timespec document_started(const struct json_node *document);

/* "signal": 0 when there was none. */
int document_signal(const struct json_node *document);

#endif
