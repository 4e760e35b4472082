/* SPDX-License-Identifier: MIT */
#include "command/fio_head.h"

#include <string.h>

#include "result/fio_number.h"
#include "result/fio_style.h"

static void write_sizes(const struct job *job, FILE *stream)
{
	static const char *const letters[] = {"(R) ", ", (W) ", ", (T) "};

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct block_size_spec *spec = &job->block_sizes.of[i];
		char least[FIO_NUMBER_BYTES], most[FIO_NUMBER_BYTES];

		fprintf(stream, "%s%s-%s", letters[i],
			fio_number(
				least, spec->min_bytes, FIO_NUMBER_DIGITS, FIO_NUMBER_BINARY, "B"),
			fio_number(
				most, spec->max_bytes, FIO_NUMBER_DIGITS, FIO_NUMBER_BINARY, "B"));
	}
}

/* The workload's name alone: behind a colon stands what more the option says. */
static void write_workload(const struct job *job, FILE *stream)
{
	struct arena arena = {0};
	struct settings settings = job_settings(job, &arena);
	const char *rw = settings_value(&settings, "rw");

	fprintf(stream, "%.*s", rw ? (int)strcspn(rw, ":") : 0, rw ? rw : "");
	arena_free(&arena);
}

void fio_head_write(const struct job_set *set, FILE *stream)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct job *job = &set->jobs[i];

		if (job->clone > 0)
			continue;
		fprintf(stream, "%s: (g=%u): rw=", job->name, job->group);
		write_workload(job, stream);
		fputs(", bs=", stream);
		write_sizes(job, stream);
		fprintf(stream, ", ioengine=%s, iodepth=%u\n", job->ioengine, job->iodepth);
		if (job->numjobs > 1)
			fputs("...\n", stream);
	}
	fprintf(stream, "%s\nStarting %zu thread%s\n", FIO_VERSION, set->count,
		set->count == 1 ? "" : "s");
}

static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_=+,.:/@%^";

	return word[strspn(word, plain)] == '\0';
}

static void write_word(const char *key, const char *value, FILE *stream)
{
	fprintf(stream, " --%s", key);
	if (!value)
		return;
	fputc('=', stream);
	if (is_plain(value)) {
		fputs(value, stream);
		return;
	}
	fputc('\'', stream);
	for (const char *c = value; *c; c++) {
		if (*c == '\'')
			fputs("'\\''", stream);
		else
			fputc(*c, stream);
	}
	fputc('\'', stream);
}

static bool stands_in(const struct job_section *section, const struct job_entry *entry)
{
	const struct job_entry *at = section->entries;

	while (at && at != entry)
		at = at->next;
	return at != NULL;
}

/* Entries of [global] that hold for this job. */
static void write_inherited(const struct job_section *section, const struct job_entries *entries,
	const struct option_table *table, FILE *stream)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct job_entry *entry = entries->items[i];

		if (!stands_in(section, entry))
			write_word(option_find(table, entry->key)->name, entry->value, stream);
	}
}

static void write_job(const struct job *job, bool is_walled, FILE *stream)
{
	const struct job_origin *origin = job->origin;

	write_word("name", job->name, stream);
	write_inherited(origin->section, &origin->own, &job_option_table, stream);
	if (job->engine && job->engine->options)
		write_inherited(origin->section, &origin->engine, job->engine->options, stream);
	for (const struct job_entry *e = origin->section->entries; e; e = e->next) {
		if (strcmp(e->key, "name") != 0) /* It would begin another section. */
			write_word(e->key, e->value, stream);
	}
	if (is_walled)
		write_word("stonewall", NULL, stream);
}

void fio_head_write_command(const struct job_set *set, FILE *stream)
{
	const struct job *before = NULL;

	fputs("fio", stream);
	for (size_t i = 0; i < set->count; i++) {
		const struct job *job = &set->jobs[i];

		if (job->clone > 0)
			continue;
		/* Of several files each begins where the one before has ended. */
		write_job(job, before && job->wave != before->wave && !job->stonewall, stream);
		before = job;
	}
	fputc('\n', stream);
}
