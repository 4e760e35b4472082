/* SPDX-License-Identifier: MIT */
/* A list of names with what was found: few, so that it is gone through from the start. */
#include "base/shared_text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct shared_text {
	enum shared_text_kind kind;
	const char *name, *text; /* NULL: not to be had */
	size_t length;
	int error;
	struct shared_text *next;
};

static struct {
	enum shared_text_mode mode;
	struct arena arena;
	struct shared_text *first, *last;
} record;

/* Of a text on its way; the name and the text follow. */
struct packed_head {
	uint8_t kind;
	uint8_t has_text;
	uint16_t error;
	uint32_t name_bytes;
	uint32_t text_bytes;
};

void shared_text_set_mode(enum shared_text_mode mode)
{
	arena_free(&record.arena);
	record.first = record.last = NULL;
	record.mode = mode;
}

enum shared_text_mode shared_text_mode(void)
{
	return record.mode;
}

static struct shared_text *find(enum shared_text_kind kind, const char *name)
{
	struct shared_text *text = record.first;

	while (text && (text->kind != kind || strcmp(text->name, name) != 0))
		text = text->next;
	return text;
}

void shared_text_add(
	enum shared_text_kind kind, const char *name, const char *text, size_t length, int error)
{
	struct shared_text *added;

	if (find(kind, name))
		return;
	added = ARENA_NEW(&record.arena, struct shared_text);
	*added = (struct shared_text){.kind = kind,
		.name = arena_strdup(&record.arena, name),
		.length = text ? length : 0,
		.error = error};
	if (text) {
		char *copy = arena_alloc(&record.arena, length + 1);

		memcpy(copy, text, length);
		added->text = copy;
	}
	if (record.last)
		record.last->next = added;
	else
		record.first = added;
	record.last = added;
}

const char *shared_text_find(
	enum shared_text_kind kind, const char *name, size_t *length, int *error)
{
	const struct shared_text *text = find(kind, name);

	*length = text ? text->length : 0;
	*error = text ? text->error : ENOENT;
	return text ? text->text : NULL;
}

char *shared_text_pack(size_t *bytes)
{
	char *packed = NULL;
	FILE *stream = open_memstream(&packed, bytes);

	if (!stream)
		arena_exhausted();
	for (const struct shared_text *text = record.first; text; text = text->next) {
		const struct packed_head head = {
			.kind = (uint8_t)text->kind,
			.has_text = text->text != NULL,
			.error = (uint16_t)text->error,
			.name_bytes = (uint32_t)strlen(text->name),
			.text_bytes = (uint32_t)text->length,
		};

		fwrite(&head, sizeof(head), 1, stream);
		fwrite(text->name, 1, head.name_bytes, stream);
		if (text->length > 0)
			fwrite(text->text, 1, text->length, stream);
	}
	if (fclose(stream) != 0)
		arena_exhausted();
	return packed;
}

int shared_text_unpack(const char *bytes, size_t count)
{
	struct packed_head head;

	while (count >= sizeof(head)) {
		const char *name = bytes + sizeof(head);
		size_t whole;

		memcpy(&head, bytes, sizeof(head));
		whole = sizeof(head) + (size_t)head.name_bytes + head.text_bytes;
		if (whole > count)
			return -EPROTO;
		name = arena_strndup(&record.arena, name, head.name_bytes);
		shared_text_add((enum shared_text_kind)head.kind, name,
			head.has_text ? bytes + sizeof(head) + head.name_bytes : NULL,
			head.text_bytes, head.error);
		bytes += whole;
		count -= whole;
	}
	return count == 0 ? 0 : -EPROTO;
}
