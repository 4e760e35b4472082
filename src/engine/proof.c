/* SPDX-License-Identifier: MIT */
/* Text for engine_report.proof. */
#include "engine/proof.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING   "none"
#define SEPARATOR ", "

const char *proof_list(struct arena *arena, const struct proof_count *counts, size_t count)
{
	const char *list = NULL;

	for (size_t i = 0; i < count; i++) {
		if (counts[i].count > 0)
			list = arena_printf(arena, "%s%s%s %llu", list ? list : "",
				list ? ", " : "", counts[i].name,
				(unsigned long long)counts[i].count);
	}
	return list ? list : NOTHING;
}

/* "fdatasync 3", or a number alone. */
struct item {
	const char *text;
	size_t name_length; /* with the blank behind it */
	uint64_t count;
};

/* The item at *list, which is moved on to the next. False where it is no count. */
static bool take_item(const char **list, struct item *item)
{
	const char *end = strstr(*list, SEPARATOR);
	size_t length = end ? (size_t)(end - *list) : strlen(*list);
	size_t digits = 0;

	while (digits < length && (*list)[length - digits - 1] >= '0' &&
		(*list)[length - digits - 1] <= '9')
		digits++;
	*item = (struct item){.text = *list, .name_length = length - digits};
	if (digits == 0 || (digits < length && item->text[item->name_length - 1] != ' '))
		return false;
	item->count = strtoull(&item->text[item->name_length], NULL, 10);
	*list += end ? length + strlen(SEPARATOR) : length;
	return true;
}

static bool are_counts(const char *list)
{
	struct item item;

	do {
		if (!take_item(&list, &item))
			return false;
	} while (*list);
	return true;
}

static bool is_same(const struct item *item, const struct item *other)
{
	return item->name_length == other->name_length &&
	       memcmp(item->text, other->text, item->name_length) == 0;
}

/* `list` with `added` in it: with its like, or at the end. */
static const char *add_item(struct arena *arena, const char *list, const struct item *added)
{
	const char *sum = "";
	bool is_in = false;
	struct item item;

	while (*list) {
		if (!take_item(&list, &item))
			break;
		if (is_same(&item, added)) {
			item.count += added->count;
			is_in = true;
		}
		sum = arena_printf(arena, "%s%s%.*s%llu", sum, *sum ? SEPARATOR : "",
			(int)item.name_length, item.text, (unsigned long long)item.count);
	}
	if (is_in)
		return sum;
	return arena_printf(arena, "%s%s%.*s%llu", sum, *sum ? SEPARATOR : "",
		(int)added->name_length, added->text, (unsigned long long)added->count);
}

const char *proof_add(struct arena *arena, const char *name, const char *value, const char *other)
{
	/* These are numbers of something, or one for all workers. */
	static const char *const no_counts[] = {
		"sqthread_tid", "sqthread_cpu", "device_interrupts"};
	struct item item;

	for (size_t i = 0; i < sizeof(no_counts) / sizeof(no_counts[0]); i++) {
		if (strcmp(name, no_counts[i]) == 0)
			return NULL;
	}
	if (strcmp(value, NOTHING) == 0 && are_counts(other))
		return other;
	if (!are_counts(value))
		return NULL;
	if (strcmp(other, NOTHING) == 0)
		return value;
	if (!are_counts(other))
		return NULL;
	while (*other && take_item(&other, &item))
		value = add_item(arena, value, &item);
	return value;
}

const char *proof_trim_call(const struct target *targets, unsigned count)
{
	unsigned block_count = 0;

	for (unsigned i = 0; i < count; i++)
		block_count += targets[i].kind == TARGET_BLOCK;
	if (block_count == 0)
		return "fallocate PUNCH_HOLE";
	return block_count == count ? "ioctl BLKDISCARD" : "ioctl BLKDISCARD or fallocate";
}
