/* SPDX-License-Identifier: MIT */
/* Reading and printing lists of limits. */
#include "job/job_assert.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "job/job_triple.h"

#define HINT "write read.iops>=500k, read.lat.p99<=200us"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_latency(const char *metric)
{
	static const char *const names[] = {"lat", "p50", "p99", "p99.9", "cpu"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(metric, names[i]) == 0)
			return true;
	}
	return strstr(metric, "lat.") || ends_with(metric, "_ns_per_io");
}

/* A number with k, M, G, T as powers of 1000. */
static int parse_si(const char *text, double *value, const char **what)
{
	static const char suffixes[] = "kmgt";
	char *end;
	const char *suffix;

	*value = strtod(text, &end);
	*what = "is no number";
	if (end == text || !isfinite(*value))
		return -EINVAL;
	if (*end == '\0')
		return 0;
	suffix = strchr(suffixes, *end | 0x20);
	*what = "unknown unit";
	if (!suffix || end[1])
		return -EINVAL;
	*value *= pow(1000, (double)(suffix - suffixes + 1));
	return 0;
}

static int parse_latency(const char *text, double *value, const char **what)
{
	uint64_t ns;
	char *end;

	/* "200" could be anything: fio's own options are in microseconds. */
	if (strtod(text, &end) != 0 && *end == '\0') {
		*what = "a time needs a unit: ns, us, ms or s";
		return -EINVAL;
	}
	if (units_parse_time(text, 1, &ns, what) < 0)
		return -EINVAL;
	*value = (double)ns;
	return 0;
}

static int parse_limit(const char *metric, const char *text, double *value, const char **what)
{
	uint64_t bytes;

	if (is_latency(metric))
		return parse_latency(text, value, what);
	if (ends_with(metric, "bandwidth") || ends_with(metric, "bw")) {
		if (units_parse_size(text, &bytes, what) < 0)
			return -EINVAL;
		*value = (double)bytes;
		return 0;
	}
	return parse_si(text, value, what);
}

static int parse_one(
	const char *text, struct job_assertion *assertion, struct arena *arena, const char **what)
{
	size_t at = strcspn(text, "<>=");
	const char *value = text + at + 2;

	*what = "a limit is METRIC>=VALUE or METRIC<=VALUE";
	if (at == 0 || (strncmp(text + at, ">=", 2) != 0 && strncmp(text + at, "<=", 2) != 0))
		return -EINVAL;
	assertion->is_at_least = text[at] == '>';
	assertion->metric = arena_strndup(arena, text, text_trimmed_length(text, at));
	value += strspn(value, " \t");
	assertion->value = arena_strdup(arena, value);
	if (*assertion->metric == '\0' || *value == '\0')
		return -EINVAL;
	if (parse_limit(assertion->metric, value, &assertion->limit, what) < 0)
		return -EINVAL;
	*what = "a limit below 0 is kept by everything, or by nothing";
	return assertion->limit < 0 ? -EINVAL : 0;
}

int job_assert_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_assertions list = {0};
	const char *what;
	size_t at = 0;

	for (const char *c = value; *c; c++)
		list.count += *c == ',';
	list.items = arena_alloc_array(arena, list.count + 1, sizeof(*list.items));
	list.count = 0;
	while (value[at] || list.count == 0) {
		size_t length, start = at + strspn(value + at, " \t");
		const char *piece;

		length = text_trimmed_length(value + start, strcspn(value + start, ","));
		piece = arena_strndup(arena, value + start, length);
		if (parse_one(piece, &list.items[list.count], arena, &what) < 0)
			return job_refuse(problem, what, HINT, start, length);
		list.count++;
		at = start + strcspn(value + start, ",");
		if (value[at] == ',' && value[++at] == '\0')
			return job_refuse(problem, "a limit is missing after the last comma", HINT,
				at - 1, 1);
	}
	*(struct job_assertions *)field = list;
	return 0;
}

const char *job_assert_print(const void *field, struct arena *arena)
{
	const struct job_assertions *list = field;
	const char *text = "";

	for (size_t i = 0; i < list->count; i++)
		text = arena_printf(arena, "%s%s%s%s%s", text, i ? ", " : "", list->items[i].metric,
			list->items[i].is_at_least ? ">=" : "<=", list->items[i].value);
	return text;
}
