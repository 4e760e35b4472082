/* SPDX-License-Identifier: MIT */
/* Lists of up to three items, one for each direction. */
#include "job/job_triple.h"

#include <errno.h>
#include <string.h>

#include "base/io_op.h"

int job_refuse(struct option_problem *problem, const char *what, const char *hint, size_t at,
	size_t length)
{
	*problem = (struct option_problem){.what = what, .hint = hint, .at = at, .length = length};
	return -EINVAL;
}

static const char *trimmed_copy(const char *start, size_t length, struct arena *arena)
{
	while (length > 0 && (*start == ' ' || *start == '\t')) {
		start++;
		length--;
	}
	while (length > 0 && (start[length - 1] == ' ' || start[length - 1] == '\t'))
		length--;
	return arena_strndup(arena, start, length);
}

/* The last item holds for the directions that have none of their own. */
static void extend(char *items, size_t item_bytes, size_t last)
{
	for (size_t i = last + 1; i < DATA_DIRECTION_COUNT; i++)
		memcpy(items + i * item_bytes, items + last * item_bytes, item_bytes);
}

int job_triple_parse(const char *value, void *items, size_t item_bytes, job_parse_item *parse,
	struct arena *arena, struct option_problem *problem)
{
	const char *start = value;
	bool is_empty = true;

	for (size_t i = 0;; i++) {
		size_t length = strcspn(start, ",");
		const char *text = trimmed_copy(start, length, arena);
		size_t at = (size_t)(start - value);

		if (i == DATA_DIRECTION_COUNT)
			return job_refuse(problem, "more than three values",
				"read, write and trim, in this order", at, strlen(start));
		if (*text) {
			int rc = parse(text, (char *)items + i * item_bytes, arena, problem);

			if (rc < 0) {
				problem->at += at;
				if (problem->length == 0)
					problem->length = length - (problem->at - at);
				return rc;
			}
			is_empty = false;
		}
		if (start[length] == '\0') {
			if (*text)
				extend(items, item_bytes, i);
			break;
		}
		start += length + 1;
	}
	return is_empty ? job_refuse(problem, "no value in the list", NULL, 0, 0) : 0;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

const char *job_triple_print(
	const void *items, size_t item_bytes, job_print_item *print, struct arena *arena)
{
	const char *texts[DATA_DIRECTION_COUNT];
	bool are_equal = true;

	for (size_t i = 0; i < DATA_DIRECTION_COUNT; i++) {
		texts[i] = print((const char *)items + i * item_bytes, arena);
		are_equal = are_equal && is_same(texts[i], texts[0]);
	}
	if (are_equal)
		return texts[0];
	return arena_printf(arena, "%s,%s,%s", texts[DIRECTION_READ] ? texts[DIRECTION_READ] : "",
		texts[DIRECTION_WRITE] ? texts[DIRECTION_WRITE] : "",
		texts[DIRECTION_TRIM] ? texts[DIRECTION_TRIM] : "");
}
