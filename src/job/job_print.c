/* SPDX-License-Identifier: MIT */
/* The effective job: as settings for the result, and as a section that reads back. */
#include <string.h>

#include "job/job.h"
#include "job/job_bind.h"

/* A value that nobody set may follow from others: the default is asked for by its text. */
static bool has_default(
	const struct option *option, const char *text, const void *defaults, struct arena *arena)
{
	const char *initial = option_text(option, defaults, arena);

	return initial && strcmp(text, initial) == 0;
}

static size_t add_settings(const struct job *job, const struct option_table *table,
	const void *target, struct arena *arena, struct job_setting *settings)
{
	void *defaults = arena_alloc(arena, table->struct_bytes);
	size_t count = 0;

	option_set_defaults(table, defaults, arena);
	for (const struct option *option = table->options; option->name; option++) {
		const char *text = option_text(option, target, arena);

		if (!text)
			continue;
		settings[count++] = (struct job_setting){option->name, text,
			!job_sets(job, option->name) && has_default(option, text, defaults, arena)};
	}
	return count;
}

static size_t count_options(const struct option_table *table)
{
	size_t count = 0;

	while (table && table->options[count].name)
		count++;
	return count;
}

size_t job_settings(const struct job *job, struct arena *arena, struct job_setting **settings)
{
	const struct option_table *engine_table = job->engine ? job->engine->options : NULL;
	size_t room = count_options(&job_option_table) + count_options(engine_table);
	size_t count;

	*settings = arena_alloc_array(arena, room, sizeof(**settings));
	count = add_settings(job, &job_option_table, job, arena, *settings);
	if (engine_table)
		count += add_settings(
			job, engine_table, job->engine_options, arena, *settings + count);
	return count;
}

/*
 * Job files cut values at comment signs and line ends, trim and expand them: a value of the
 * command line may hold all that.
 */
static bool reads_back(const char *value)
{
	size_t length = strlen(value);
	bool has_blanks_around =
		length > 0 && (strchr(" \t", value[0]) || strchr(" \t", value[length - 1]));

	return !has_blanks_around && !strpbrk(value, ";#\n\r") && !strstr(value, "${");
}

static void print_setting(const struct job_setting *setting, FILE *stream)
{
	bool is_comment = setting->is_default;

	if (!reads_back(setting->value)) {
		fputs("# cannot be read back from a job file:\n", stream);
		is_comment = true;
	}
	fprintf(stream, "%s%s=", is_comment ? "# " : "", setting->key);
	for (const char *c = setting->value; *c; c++)
		fputc(*c == '\n' || *c == '\r' ? '?' : *c, stream);
	fputc('\n', stream);
}

/* The section's head says it already. */
static bool is_head(const struct job *job, const struct job_setting *setting)
{
	return strcmp(setting->key, "name") == 0 &&
	       strcmp(setting->value, job->origin->section->name) == 0;
}

static void print_files(const struct job *job, FILE *stream)
{
	fprintf(stream, "# files%s:", job->numjobs > 1 ? " of the first clone" : "");
	for (size_t i = 0; i < job->filename.count; i++)
		fprintf(stream, " %s", job->filename.texts[i]);
	fputc('\n', stream);
}

void job_print(const struct job *job, FILE *stream)
{
	struct arena arena = {0};
	struct job_setting *settings;
	size_t count;

	if (job->clone > 0)
		return;
	count = job_settings(job, &arena, &settings);
	fprintf(stream, "[%s]\n", job->origin->section->name);
	for (int is_default = 0; is_default <= 1; is_default++) {
		if (is_default)
			fputs("# defaults\n", stream);
		for (size_t i = 0; i < count; i++) {
			if (settings[i].is_default == is_default && !is_head(job, &settings[i]))
				print_setting(&settings[i], stream);
		}
	}
	print_files(job, stream);
	fputc('\n', stream);
	arena_free(&arena);
}
