/* SPDX-License-Identifier: MIT */
/* Small helpers on strings. */
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/nvme_status.h"

#define NAME_LIMIT  63 /* longest name text_distance compares */
#define GUESS_SHARE 3  /* a guess differs in at most a third of the name */

enum {
	ERRNO_LIMIT = 256, /* above all that Linux has names for */
	FILE_BYTES = 4096, /* a page, which is all that a file of sysfs can have */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t text_trimmed_length(const char *text, size_t length)
{
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	return length;
}

char *text_trimmed(struct arena *arena, const char *text, size_t length)
{
	for (; length > 0 && is_blank(*text); length--)
		text++;
	return arena_strndup(arena, text, text_trimmed_length(text, length));
}

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The "optimal string alignment" form of Damerau's distance, three rows of its table at a time. */
unsigned text_distance(const char *a, const char *b)
{
	unsigned rows[3][NAME_LIMIT + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	size_t a_length = strlen(a), b_length = strlen(b);

	if (a_length > NAME_LIMIT || b_length > NAME_LIMIT)
		return (unsigned)MAX(a_length, b_length);
	for (unsigned j = 0; j <= b_length; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned *spare = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_length; j++) {
			unsigned other = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = MIN(other, MIN(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[b_length];
}

void text_guess(struct text_guess *guess, const char *candidate)
{
	size_t length = strlen(guess->name), other = strlen(candidate);
	size_t difference = length > other ? length - other : other - length;
	unsigned distance;

	/* The distance is at least the difference of the lengths. */
	if (difference * GUESS_SHARE > length)
		return;
	distance =
		strcasecmp(guess->name, candidate) == 0 ? 0 : text_distance(guess->name, candidate);
	if (distance * GUESS_SHARE > length || (guess->nearest && distance >= guess->distance))
		return;
	guess->nearest = candidate;
	guess->distance = distance;
}

bool text_is_listed(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i], text) == 0)
			return true;
	}
	return false;
}

const char *text_folder_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

const char *text_name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *text_stem_of(const char *path, struct arena *arena)
{
	const char *name = text_name_of(path), *dot = strrchr(name, '.');

	return dot && dot != name ? arena_strndup(arena, name, (size_t)(dot - name)) : name;
}

/* One piece, up to `end`: unescaped, blanks around it trimmed. */
static char *copy_piece(struct arena *arena, const char *start, const char *end, char separator)
{
	char *piece, *out;

	while (start < end && is_blank(*start))
		start++;
	end = start + text_trimmed_length(start, (size_t)(end - start));
	piece = out = arena_alloc(arena, (size_t)(end - start) + 1);
	while (start < end) {
		if (start[0] == '\\' && start + 1 < end && start[1] == separator)
			start++;
		*out++ = *start++;
	}
	return piece;
}

/* Where the piece that begins at `start` ends: at a separator or at the end of the text. */
static const char *find_piece_end(const char *start, char separator)
{
	const char *end = start;

	while (*end && *end != separator)
		end += end[0] == '\\' && end[1] == separator && separator ? 2 : 1;
	return end;
}

size_t text_split(struct arena *arena, const char *text, char separator, char ***pieces)
{
	size_t count = 1;

	for (const char *end = find_piece_end(text, separator); *end; count++)
		end = find_piece_end(end + 1, separator);
	*pieces = arena_alloc_array(arena, count + 1, sizeof(**pieces));
	for (size_t i = 0; i < count; i++) {
		const char *end = find_piece_end(text, separator);

		(*pieces)[i] = copy_piece(arena, text, end, separator);
		text = end + 1;
	}
	return count;
}

/* A device's file, or a sysctl, has one value, which one call reads. Control groups have many. */
static bool is_one_value(const char *path)
{
	if (text_starts_with(path, "/proc/sys/"))
		return true;
	return text_starts_with(path, "/sys/") && !text_starts_with(path, "/sys/fs/") &&
	       !text_starts_with(path, "/sys/kernel/");
}

/* All of it, malloc'd, in *length bytes; NULL or a *length of -1 where it cannot be read. */
static char *read_content(int descriptor, bool is_value, ssize_t *length)
{
	size_t room = FILE_BYTES, used = 0;
	char *content = malloc(room);
	ssize_t got = 0;

	while (content) {
		got = read(descriptor, content + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		used += got > 0 ? (size_t)got : 0;
		if (got <= 0 || (is_value && used < room))
			break;
		if (used == room) {
			char *longer = reallocarray(content, room *= 2, 1);

			if (!longer)
				free(content);
			content = longer;
		}
	}
	*length = got < 0 ? -1 : (ssize_t)used;
	return content;
}

char *text_read_file(struct arena *arena, const char *path)
{
	AUTO_CLOSE int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *content = NULL;
	ssize_t length = -1;

	if (descriptor >= 0)
		content = read_content(descriptor, is_one_value(path), &length);
	if (!content || length < 0)
		return NULL;
	length = (ssize_t)strnlen(content, (size_t)length);
	if (length > 0 && content[length - 1] == '\n')
		length--;
	return arena_strndup(arena, content, (size_t)length);
}

const char *text_errno_symbol(int error)
{
	static _Thread_local char text[32];
	const char *name;

	error = error < 0 ? -error : error;
	name = nvme_status_is_error(error) ? nvme_status_symbol(error) : strerrorname_np(error);
	if (name)
		return name;
	if (nvme_status_is_error(error))
		snprintf(text, sizeof(text), "NVME_STATUS_0x%03x", error - NVME_STATUS_ERROR);
	else
		snprintf(text, sizeof(text), "E%d", error);
	return text;
}

int text_errno_of_symbol(const char *symbol)
{
	int number, length = 0;

	/* As text_errno_symbol writes one without a name. */
	if (sscanf(symbol, "E%4d%n", &number, &length) == 1 && symbol[length] == '\0' && number > 0)
		return number;
	for (int error = 1; error < ERRNO_LIMIT; error++) {
		const char *candidate = strerrorname_np(error);

		if (candidate && strcmp(candidate, symbol) == 0)
			return error;
	}
	return nvme_status_of_symbol(symbol);
}

const char *text_errno_name(int error)
{
	static _Thread_local char text[128];
	const char *words;

	error = error < 0 ? -error : error;
	words = nvme_status_is_error(error) ? nvme_status_words(error) : strerrordesc_np(error);
	if (words)
		snprintf(text, sizeof(text), "%s (%s)", words, text_errno_symbol(error));
	else if (nvme_status_is_error(error))
		snprintf(text, sizeof(text), "NVMe status 0x%03x", error - NVME_STATUS_ERROR);
	else
		snprintf(text, sizeof(text), "Unknown error %d", error);
	return text;
}

uint64_t text_hash(uint64_t hash, const char *text)
{
	enum { FNV_PRIME_LOW = 0x1b3 };

	hash ^= 0xcbf29ce484222325U;
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * ((1ULL << 40) + FNV_PRIME_LOW);
	return hash;
}

/* Unicode 15, table 3-7. */
size_t text_utf8_length(const char *bytes)
{
	const unsigned char *text = (const unsigned char *)bytes;
	unsigned char lowest = 0x80, highest = 0xbf;
	size_t length;

	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	if (text[0] == 0xe0)
		lowest = 0xa0; /* shorter forms exist */
	else if (text[0] == 0xed)
		highest = 0x9f; /* surrogates */
	else if (text[0] == 0xf0)
		lowest = 0x90;
	else if (text[0] == 0xf4)
		highest = 0x8f; /* above U+10FFFF */
	if (text[1] < lowest || text[1] > highest)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	}
	return length;
}
