/* SPDX-License-Identifier: MIT */
/* Commits, read as git stores them (gitrepository-layout(5)). */
#include "check/commit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { PARENTS_LIMIT = 64 };

static bool is_hash(const char *text)
{
	size_t length = text ? strspn(text, "0123456789abcdef") : 0;

	return (length == 40 || length == 64) && text[length] == '\0';
}

/* packed-refs: "HASH NAME" a line. */
static const char *find_packed(const char *packed, const char *name, struct arena *arena)
{
	size_t length = strlen(name);

	while (packed && *packed) {
		const char *end = strchrnul(packed, '\n');
		const char *blank = memchr(packed, ' ', (size_t)(end - packed));

		if (blank && (size_t)(end - blank - 1) == length &&
			strncmp(blank + 1, name, length) == 0)
			return arena_strndup(arena, packed, (size_t)(blank - packed));
		packed = *end ? end + 1 : end;
	}
	return NULL;
}

static const char *read_head(const char *git, struct arena *arena)
{
	static const char symbolic[] = "ref: ";
	const char *head = text_read_file(arena, arena_printf(arena, "%s/HEAD", git));
	const char *common = text_read_file(arena, arena_printf(arena, "%s/commondir", git));
	const char *name, *hash;

	if (!head || !text_starts_with(head, symbolic))
		return is_hash(head) ? head : NULL;
	/* A worktree keeps its HEAD, and shares the rest. */
	if (common)
		git = *common == '/' ? common : arena_printf(arena, "%s/%s", git, common);
	name = head + strlen(symbolic);
	hash = text_read_file(arena, arena_printf(arena, "%s/%s", git, name));
	if (!hash)
		hash = find_packed(
			text_read_file(arena, arena_printf(arena, "%s/packed-refs", git)), name,
			arena);
	return is_hash(hash) ? hash : NULL;
}

const char *commit_find(const char *folder, struct arena *arena)
{
	static const char *const variables[] = {"GITHUB_SHA", "CI_COMMIT_SHA"};
	static const char link[] = "gitdir: ";

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (is_hash(getenv(variables[i])))
			return arena_strdup(arena, getenv(variables[i]));
	}
	for (int i = 0; i < PARENTS_LIMIT; i++) {
		const char *git = arena_printf(arena, "%s/.git", folder);
		const char *text = text_read_file(arena, git);
		const char *found;

		if (text && text_starts_with(text, link))
			git = text[strlen(link)] == '/'
				      ? text + strlen(link)
				      : arena_printf(arena, "%s/%s", folder, text + strlen(link));
		found = read_head(git, arena);
		if (found)
			return found;
		folder = arena_printf(arena, "%s/..", folder);
	}
	return NULL;
}
