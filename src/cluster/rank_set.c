/* SPDX-License-Identifier: MIT */
/* Ranges of ranks, read from text and written back. */
#include "cluster/rank_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* The ranks `first` to `last`. */
struct range {
	unsigned first, last;
};

/* The next range of the text, which moves on. False: there is none. */
static bool next_range(const char **text, struct range *range)
{
	char *end;

	if (**text == ',')
		++*text;
	if (**text == '\0')
		return false;
	range->first = range->last = (unsigned)strtoul(*text, &end, 10);
	if (*end == '-')
		range->last = (unsigned)strtoul(end + 1, &end, 10);
	if (end == *text)
		return false;
	*text = end;
	return true;
}

/* Writes ranges that come in ascending order, those that touch as one. */
struct writer {
	FILE *stream;
	struct range held;
	bool has_held, has_written;
};

static void write_held(struct writer *writer)
{
	if (!writer->has_held)
		return;
	fprintf(writer->stream, "%s%u", writer->has_written ? "," : "", writer->held.first);
	if (writer->held.last > writer->held.first)
		fprintf(writer->stream, "-%u", writer->held.last);
	writer->has_written = true;
}

static void put(struct writer *writer, const struct range *range)
{
	if (writer->has_held && range->first <= writer->held.last + 1) {
		if (range->last > writer->held.last)
			writer->held.last = range->last;
		return;
	}
	write_held(writer);
	writer->held = *range;
	writer->has_held = true;
}

static const char *finish(struct writer *writer, char **text, struct arena *arena)
{
	const char *copy;

	write_held(writer);
	if (fclose(writer->stream) != 0)
		arena_exhausted();
	copy = arena_strdup(arena, *text);
	free(*text);
	return copy;
}

static void begin(struct writer *writer, char **text, size_t *bytes)
{
	*writer = (struct writer){.stream = open_memstream(text, bytes)};
	if (!writer->stream)
		arena_exhausted();
}

const char *rank_set_of(unsigned rank, struct arena *arena)
{
	return arena_printf(arena, "%u", rank);
}

const char *rank_set_join(const char *set, const char *other, struct arena *arena)
{
	struct range a = {0}, b = {0};
	bool has_a = next_range(&set, &a), has_b = next_range(&other, &b);
	struct writer writer;
	size_t bytes;
	char *text;

	begin(&writer, &text, &bytes);
	while (has_a || has_b) {
		if (has_a && (!has_b || a.first <= b.first)) {
			put(&writer, &a);
			has_a = next_range(&set, &a);
		} else {
			put(&writer, &b);
			has_b = next_range(&other, &b);
		}
	}
	return finish(&writer, &text, arena);
}

const char *rank_set_less(const char *set, const char *without, struct arena *arena)
{
	struct range a = {0}, b = {0};
	bool has_b = next_range(&without, &b);
	struct writer writer;
	size_t bytes;
	char *text;

	begin(&writer, &text, &bytes);
	while (next_range(&set, &a)) {
		while (has_b && b.last < a.first)
			has_b = next_range(&without, &b);
		while (has_b && b.first <= a.last) {
			if (b.first > a.first)
				put(&writer, &(struct range){a.first, b.first - 1});
			a.first = b.last + 1;
			if (b.last > a.last)
				break;
			has_b = next_range(&without, &b);
		}
		if (a.first <= a.last)
			put(&writer, &a);
	}
	return finish(&writer, &text, arena);
}

unsigned rank_set_size(const char *set)
{
	struct range range;
	unsigned size = 0;

	while (next_range(&set, &range))
		size += range.last - range.first + 1;
	return size;
}

bool rank_set_has(const char *set, unsigned rank)
{
	struct range range;

	while (next_range(&set, &range)) {
		if (rank >= range.first && rank <= range.last)
			return true;
	}
	return false;
}
