/* SPDX-License-Identifier: MIT */
/* A run and its jobs as JSON, without the figures of the directions. */
#include "result/result_json.h"

#include "result/result_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"

void result_json_add_settings(
	cJSON *parent, const char *key, const struct result_settings *settings)
{
	cJSON *object = json_add_object(parent, key);

	for (size_t i = 0; i < settings->count; i++)
		json_add_text(object, settings->items[i].key, settings->items[i].value);
}

cJSON *result_json_add_environment(
	cJSON *parent, const char *key, const struct result_environment *environment)
{
	cJSON *object = json_add_object(parent, key);

	result_json_add_settings(object, "hard", &environment->hard);
	result_json_add_settings(object, "soft", &environment->soft);
	return object;
}

void result_json_add_refused(cJSON *parent, const struct result_settings *refused)
{
	cJSON *array = json_add_array(parent, "refused");

	for (size_t i = 0; i < refused->count; i++) {
		cJSON *item = json_add_object(array, NULL);

		json_add_text(item, "setting", refused->items[i].key);
		json_add_text(item, "value", refused->items[i].value);
		json_add_text(item, "reason", refused->items[i].reason);
	}
}

void result_json_add_run(cJSON *object, const struct result *result)
{
	field_write(object, &result_run_table, result, NULL);
}

int result_json_write(cJSON *document, FILE *stream)
{
	char *text = json_print(document);

	cJSON_Delete(document);
	errno = 0;
	fputs(text, stream);
	free(text);
	return stream_finish(stream);
}
