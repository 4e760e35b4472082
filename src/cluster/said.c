/* SPDX-License-Identifier: MIT */
/* Messages of ranks on their way to rank 0: equal ones are one, with the ranks that said it. */
#include "cluster/said.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cluster/collective.h"
#include "cluster/rank_set.h"

/* More different texts than these nobody reads; the rest is counted. */
enum { TEXTS_LIMIT = 16 };

struct said {
	const char *ranks, *host, *text; /* host: of the first of them */
};

struct collection {
	struct arena arena;
	size_t count;
	struct said texts[TEXTS_LIMIT];
	const char *others; /* ranks whose texts have no room; "": none */
};

static struct {
	FILE *stream;
	char *text;
	size_t bytes, told_bytes;
} state;

FILE *said_open(void)
{
	state.stream = open_memstream(&state.text, &state.bytes);
	if (!state.stream)
		arena_exhausted();
	return state.stream;
}

bool said_anything(void)
{
	fflush(state.stream);
	return state.bytes > state.told_bytes;
}

static void add(struct collection *collection, const struct said *said)
{
	struct arena *arena = &collection->arena;
	size_t i = 0;

	while (i < collection->count && strcmp(collection->texts[i].text, said->text) != 0)
		i++;
	if (i < collection->count) {
		collection->texts[i].ranks =
			rank_set_join(collection->texts[i].ranks, said->ranks, arena);
	} else if (i == TEXTS_LIMIT) {
		collection->others = rank_set_join(collection->others, said->ranks, arena);
	} else {
		collection->texts[collection->count++] =
			(struct said){arena_strdup(arena, said->ranks),
				arena_strdup(arena, said->host), arena_strdup(arena, said->text)};
	}
}

/* Texts one after the other, each with its NUL: the others, then ranks, host and text of each. */
static void add_packed(void *context, const struct link_message *message)
{
	struct collection *collection = context;
	const char *at = message->bytes, *end = message->bytes + message->count;
	const char *fields[3];

	if (at == end)
		return;
	collection->others = rank_set_join(collection->others, at, &collection->arena);
	at += strlen(at) + 1;
	while (at < end) {
		for (int i = 0; i < 3; i++) {
			fields[i] = at < end ? at : "";
			at += strlen(fields[i]) + 1;
		}
		add(collection, &(struct said){fields[0], fields[1], fields[2]});
	}
}

static void send_packed(const struct collection *collection)
{
	char *packed;
	size_t bytes;
	FILE *stream = open_memstream(&packed, &bytes);

	if (!stream)
		arena_exhausted();
	fprintf(stream, "%s%c", collection->others, '\0');
	for (size_t i = 0; i < collection->count; i++) {
		const struct said *said = &collection->texts[i];

		fprintf(stream, "%s%c%s%c%s%c", said->ranks, '\0', said->host, '\0', said->text,
			'\0');
	}
	if (fclose(stream) != 0)
		arena_exhausted();
	collective_to_parent(packed, bytes);
	free(packed);
}

/* "rank 3 (nvme07): ", "ranks 1-3 (nvme05 and others): " */
static void print_whose(const struct said *said, struct arena *arena)
{
	unsigned size = rank_set_size(said->ranks);

	if (size == link_count())
		return;
	fprintf(stderr, "%s",
		size == 1 ? arena_printf(arena, "rank %s (%s): ", said->ranks, said->host)
			  : arena_printf(arena, "ranks %s (%s, …): ", said->ranks, said->host));
}

/* Each line of its own; those that belong to a message before are not begun anew. */
static void print(const struct said *said, struct arena *arena)
{
	const char *at = said->text;

	while (*at) {
		size_t length = strcspn(at, "\n");
		bool goes_on = *at == ' ' || strncmp(at, "hint:", 5) == 0;

		if (!goes_on)
			print_whose(said, arena);
		fprintf(stderr, "%.*s\n", (int)length, at);
		at += length + (at[length] == '\n');
	}
}

void said_print(void)
{
	if (!said_anything())
		return;
	fwrite(state.text + state.told_bytes, 1, state.bytes - state.told_bytes, stderr);
	state.told_bytes = state.bytes;
}

void said_tell(void)
{
	struct collection collection = {.others = ""};

	if (said_anything()) {
		const char *own = arena_strndup(&collection.arena, state.text + state.told_bytes,
			state.bytes - state.told_bytes);
		const char *ranks = rank_set_of(link_rank(), &collection.arena);

		add(&collection, &(struct said){ranks, link_host(), own});
	}
	state.told_bytes = state.bytes;
	collective_from_children(add_packed, &collection);
	send_packed(&collection);
	for (size_t i = 0; link_rank() == 0 && i < collection.count; i++)
		print(&collection.texts[i], &collection.arena);
	if (link_rank() == 0 && *collection.others)
		fprintf(stderr, "ranks %s have said other things, too\n", collection.others);
	arena_free(&collection.arena);
}

void said_close(void)
{
	if (!state.stream)
		return;
	if (said_anything())
		fprintf(stderr, "rank %u (%s): ", link_rank(), link_host());
	said_print();
	fclose(state.stream);
	free(state.text);
	state.stream = NULL;
}
