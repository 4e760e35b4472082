/* SPDX-License-Identifier: MIT */
/* "--bs=4k" is an entry; "--name=x" begins a section. */
#include "job/job_command_line.h"

#include <string.h>

#include "base/text.h"
#include "job/job_unsupported.h"

static const char where[] = "command line";
static const char nameless_job[] = "job"; /* fio asks for a name; its files would be job.0.0 */

struct argument {
	const char *key;
	const char *value; /* NULL: none */
	struct place place;
	struct place value_place;
};

static struct argument split(const char *text, struct arena *arena)
{
	const char *key = text + (text_starts_with(text, "--") ? 2 : 0);
	size_t length = strcspn(key, "=");
	struct argument argument = {.key = arena_strndup(arena, key, length)};

	argument.place = (struct place){.file = where, .text = text};
	argument.place.column = (int)(key - text) + 1;
	argument.place.length = (int)length;
	argument.value_place = argument.place;
	if (key[length] == '=') {
		argument.value = key + length + 1;
		argument.value_place.column += (int)length + 1;
		argument.value_place.length = (int)strlen(argument.value);
	}
	return argument;
}

static struct job_section *begin_section(struct job_sections *sections,
	const struct argument *argument, struct arena *arena, struct diag *diag)
{
	if (!argument->value || !*argument->value) {
		diag_error(diag, &argument->place, "--name: the job's name is missing");
		return sections->last;
	}
	return job_file_add_section(sections, argument->value, &argument->value_place, arena);
}

static void add_entry(
	struct job_section *section, const struct argument *argument, struct arena *arena)
{
	struct job_entry *entry = job_file_add_entry(section, arena);

	entry->key = argument->key;
	entry->value = argument->value;
	entry->place = argument->place;
	entry->value_place = argument->value_place;
	entry->is_literal = true;
}

static bool has_name(const struct job_request *request)
{
	for (size_t i = 0; i < request->option_count; i++) {
		const char *text = request->options[i];

		text += text_starts_with(text, "--") ? 2 : 0;
		if (text_starts_with(text, "name="))
			return true;
	}
	return false;
}

void job_command_line_read(struct job_sections *sections, const struct job_request *request,
	struct arena *arena, struct diag *diag)
{
	bool is_one_job = request->file_count == 0 && !has_name(request);
	const struct place place = {.file = where};
	struct job_section *section;

	if (request->option_count == 0)
		return;
	section =
		job_file_add_section(sections, is_one_job ? nameless_job : "global", &place, arena);
	for (size_t i = 0; i < request->option_count; i++) {
		const struct argument argument = split(request->options[i], arena);

		if (*argument.key == '\0')
			diag_error(diag, &argument.place, "an option's name is missing");
		else if (strcmp(argument.key, "name") == 0)
			section = begin_section(sections, &argument, arena, diag);
		else
			add_entry(section, &argument, arena);
	}
}

/* Of the options that only fio has, those that are flags are refused with or without a value. */
bool job_command_line_needs_value(const char *key)
{
	const struct option *option = option_find(&job_option_table, key);

	for (const struct engine_class *const *engine = engines; *engine && !option; engine++)
		option = (*engine)->options ? option_find((*engine)->options, key) : NULL;
	return option ? option->type != OPTION_FLAG : job_foreign_find(key) != NULL;
}
