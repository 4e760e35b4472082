/* SPDX-License-Identifier: MIT */
#include "run/recording.h"

#include <stdlib.h>

#include "replay/io_log_text.h"

/* A part that is being read: its next entry, in the times of all. */
struct reader {
	const struct io_log *log;
	struct io_log_cursor cursor;
	struct io_log_entry next;
	uint64_t shift_ns;
	bool has_next;
	int *files; /* of all, by the part's own */
};

struct printing {
	struct arena arena;
	struct io_log names;  /* its files: those of all parts */
	unsigned *open_count; /* by file */
	struct reader *readers;
	size_t count;
};

static uint64_t earliest_start(const struct recording_part *parts)
{
	uint64_t earliest_ns = UINT64_MAX;

	for (const struct recording_part *part = parts; part; part = part->next) {
		if (part->of.start_ns != 0 && part->of.start_ns < earliest_ns)
			earliest_ns = part->of.start_ns;
	}
	return earliest_ns;
}

static void advance(struct reader *reader)
{
	reader->has_next = io_log_next(&reader->cursor, &reader->next);
	reader->next.at_ns += reader->shift_ns;
}

static void add_reader(
	struct printing *printing, const struct recording_part *part, uint64_t origin_ns)
{
	struct reader *reader = &printing->readers[printing->count++];

	*reader = (struct reader){
		.log = &part->of.log,
		.cursor = io_log_begin(&part->of.log),
		.shift_ns = part->of.start_ns - origin_ns,
	};
	reader->files = arena_alloc_array(
		&printing->arena, reader->log->file_count, sizeof(*reader->files));
	for (size_t i = 0; i < reader->log->file_count; i++)
		reader->files[i] = io_log_add_file(&printing->names, reader->log->files[i].name);
	advance(reader);
}

static struct reader *earliest(const struct printing *printing)
{
	struct reader *first = NULL;

	for (size_t i = 0; i < printing->count; i++) {
		struct reader *reader = &printing->readers[i];

		if (reader->has_next && (!first || reader->next.at_ns < first->next.at_ns))
			first = reader;
	}
	return first;
}

/* Whether the file as a whole is opened or closed by it, which clones may share. */
static bool changes_file(struct printing *printing, int file, bool is_open)
{
	unsigned *count = &printing->open_count[file];

	if (is_open)
		return (*count)++ == 0;
	return *count > 0 && --*count == 0;
}

static void print_entry(struct printing *printing, const struct reader *reader, FILE *stream)
{
	int file = reader->files[reader->next.file];
	bool is_change = reader->next.op > IO_DATASYNC;

	if (file < 0 ||
		(is_change && !changes_file(printing, file, reader->next.op == IO_LOG_OPEN)))
		return;
	io_log_text_write(stream, &reader->next, printing->names.files[file].name);
}

void recording_print(const struct recording_part *parts, FILE *stream)
{
	struct printing printing = {.names = {.spill = -1}};
	uint64_t origin_ns = earliest_start(parts);
	size_t count = 0;
	struct reader *reader;

	for (const struct recording_part *part = parts; part; part = part->next)
		count++;
	printing.readers = arena_alloc_array(&printing.arena, count, sizeof(struct reader));
	for (const struct recording_part *part = parts; part; part = part->next) {
		if (part->of.start_ns != 0)
			add_reader(&printing, part, origin_ns);
	}
	printing.open_count = arena_alloc_array(
		&printing.arena, printing.names.file_count, sizeof(*printing.open_count));
	io_log_text_write_head(stream);
	for (size_t i = 0; i < printing.names.file_count; i++)
		io_log_text_write_add(stream, printing.names.files[i].name);
	while ((reader = earliest(&printing))) {
		print_entry(&printing, reader, stream);
		advance(reader);
	}
	io_log_close(&printing.names);
	arena_free(&printing.arena);
}

void recording_free(struct recording_part *parts)
{
	for (; parts; parts = parts->next)
		io_log_close(&parts->of.log);
}
