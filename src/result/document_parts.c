/* SPDX-License-Identifier: MIT */
/* The parts that every document of ours has. */
#include "result/document_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "document/document.h"

static void refuse(const struct json_node *document, const struct document_parts_kind *kind,
	enum document_type type)
{
	struct json_walk *walk = document->walk;

	walk->has_failed = true;
	document_refuse(type, walk->path, arena_printf(walk->arena, "a ringside %s", kind->noun),
		walk->diag);
}

/* Whose document it is, before anything of it is taken for ours. */
static void check_schema(const struct json_node *document, const struct document_parts_kind *kind)
{
	enum document_type type = document_type_of_json(document->item);
	const char *schema = json_get_text(document->item, "schema");
	struct arena *arena = document->walk->arena;

	if (schema && strcmp(schema, kind->schema) == 0)
		return;
	if (schema && strncmp(schema, kind->schema, kind->family_bytes) == 0)
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

int document_parts_read(const char *path, const char *text, size_t length,
	const struct document_parts_kind *kind, struct arena *arena, void *into, struct diag *diag)
{
	struct json_walk walk = {.arena = arena, .diag = diag, .path = path};
	struct json_node document = {.walk = &walk, .where = ""};
	cJSON *root = document_parse(path, text, length, diag);

	if (!root)
		return -EINVAL;
	document.item = root;
	check_schema(&document, kind);
	if (!walk.has_failed)
		kind->read(&document, into);
	cJSON_Delete(root);
	return walk.has_failed ? -EINVAL : 0;
}

void document_settings(
	const struct json_node *parent, const char *key, struct result_settings *settings)
{
	struct json_node node = json_node_object(parent, key);
	struct arena *arena = parent->walk->arena;
	const cJSON *item;

	*settings = (struct result_settings){0};
	settings->items = arena_alloc_array(
		arena, (size_t)cJSON_GetArraySize(node.item), sizeof(*settings->items));
	cJSON_ArrayForEach (item, node.item) {
		struct result_setting *setting = &settings->items[settings->count++];

		setting->key = arena_strdup(arena, item->string);
		if (cJSON_IsString(item))
			setting->value = arena_strdup(arena, item->valuestring);
		else if (!cJSON_IsNull(item))
			json_node_fail(&node, item->string, "is neither text nor null");
	}
}

void document_refused(const struct json_node *parent, struct result_settings *settings)
{
	struct json_node array = json_node_array(parent, "refused");
	const cJSON *item;

	*settings = (struct result_settings){0};
	settings->items = arena_alloc_array(parent->walk->arena,
		(size_t)cJSON_GetArraySize(array.item), sizeof(*settings->items));
	cJSON_ArrayForEach (item, array.item) {
		struct result_setting *setting = &settings->items[settings->count];
		struct json_node node = json_node_element(&array, item, settings->count++);

		setting->key = json_node_text(&node, "setting");
		setting->value = json_node_text_or_null(&node, "value");
		setting->reason = json_node_text_or_null(&node, "reason");
	}
}

void document_environment(
	const struct json_node *parent, const char *key, struct result_environment *environment)
{
	struct json_node node = json_node_object(parent, key);

	document_settings(&node, "hard", &environment->hard);
	document_settings(&node, "soft", &environment->soft);
}

const char **document_command(const struct json_node *document, size_t *count)
{
	struct json_node command = json_node_array(document, "command");
	struct arena *arena = document->walk->arena;
	const char **arguments = arena_alloc_array(
		arena, (size_t)cJSON_GetArraySize(command.item), sizeof(*arguments));
	const cJSON *item;

	*count = 0;
	cJSON_ArrayForEach (item, command.item) {
		if (!cJSON_IsString(item)) {
			json_node_fail(document, "command", "holds something that is no text");
			break;
		}
		arguments[(*count)++] = arena_strdup(arena, item->valuestring);
	}
	return arguments;
}

/* ".12Z", ".12+02:00": the fraction in ns; *text is moved behind it. */
static long read_fraction(const char **text)
{
	long unit_ns = 100000000;
	long fraction_ns = 0;

	if (**text != '.')
		return 0;
	for ((*text)++; **text >= '0' && **text <= '9'; (*text)++) {
		fraction_ns += unit_ns * (**text - '0');
		unit_ns /= 10;
	}
	return fraction_ns;
}

/* "Z", "+02:00": seconds east of UTC. */
static bool read_offset(const char *text, long *offset_s)
{
	int hours, minutes;
	char sign, end;

	*offset_s = 0;
	if (strcmp(text, "Z") == 0)
		return true;
	if (sscanf(text, "%c%2d:%2d%c", &sign, &hours, &minutes, &end) != 3)
		return false;
	if ((sign != '+' && sign != '-') || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*offset_s = (hours * 60L + minutes) * 60 * (sign == '-' ? -1 : 1);
	return true;
}

struct timespec document_started(const struct json_node *document)
{
	const char *text = json_node_text(document, "started");
	struct timespec started = {0};
	struct tm utc = {0};
	long offset_s;

	text = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	if (text)
		started.tv_nsec = read_fraction(&text);
	if (!text || !read_offset(text, &offset_s)) {
		json_node_fail(document, "started", "is no RFC 3339 time");
		return started;
	}
	started.tv_sec = timegm(&utc) - offset_s;
	return started;
}

int document_signal(const struct json_node *document)
{
	return json_node_int_or(document, "signal", 0);
}
