/* SPDX-License-Identifier: MIT */
/* Overrides are entries at the end of every job section: the last one holds. */
#include "job/job_overrides.h"

#include <string.h>

#include "base/text.h"
#include "option/option.h"

static const char where[] = "contender";
static const char engine_key[] = "ioengine=";

static void add_entry(struct job_section *section, const char *text, struct arena *arena)
{
	struct job_entry *entry = job_file_add_entry(section, arena);
	size_t length = strcspn(text, "=");

	entry->key = arena_strndup(arena, text, length);
	entry->value = text[length] == '=' ? text + length + 1 : NULL;
	entry->place =
		(struct place){.file = where, .text = text, .column = 1, .length = (int)length};
	entry->value_place = entry->place;
	if (entry->value) {
		entry->value_place.column = (int)length + 2;
		entry->value_place.length = (int)strlen(entry->value);
	}
	entry->is_literal = true;
}

void job_overrides_add(
	struct job_sections *sections, const struct job_request *request, struct arena *arena)
{
	for (struct job_section *section = sections->first; section; section = section->next) {
		for (size_t i = 0; !section->is_global && i < request->override_count; i++)
			add_entry(section, request->overrides[i], arena);
	}
}

static const struct engine_class *named_engine(const struct job_request *request)
{
	for (size_t i = request->override_count; i-- > 0;) {
		if (text_starts_with(request->overrides[i], engine_key))
			return engine_find(request->overrides[i] + strlen(engine_key));
	}
	return NULL;
}

/* Whether an override replaces it, although written twice it would add: the files of another job.
 */
static bool is_replaced(const struct job_entry *entry, const struct job_request *request)
{
	if (!entry->option || !entry->option->appends || entry->place.file == where)
		return false;
	for (size_t i = 0; i < request->override_count; i++) {
		const char *text = request->overrides[i];
		const char *key = entry->option->name;

		if (text_starts_with(text, key) && text[strlen(key)] == '=')
			return true;
	}
	return false;
}

void job_overrides_drop(struct job_sections *sections, const struct job_request *request)
{
	const struct engine_class *engine = named_engine(request);

	for (struct job_section *section = sections->first; section; section = section->next) {
		for (struct job_entry *entry = section->entries; entry; entry = entry->next) {
			bool is_own = !engine ||
				      (engine->options && option_find(engine->options, entry->key));

			if ((!entry->option && !is_own && entry->place.file != where) ||
				is_replaced(entry, request))
				entry->is_skipped = true;
		}
	}
}
