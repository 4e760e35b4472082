/* SPDX-License-Identifier: MIT */
/* Pairs, percentages, the sums they must make; and the distributions that are written by them. */
#include "job/job_shares.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/job_values.h"
#include "load/pattern.h"

/* Percentages that were rounded down to whole numbers may miss 100 by so much. */
#define ROUNDING_PERCENT 1.0

/* Below this a sum differs from 100 by the arithmetic of doubles only. */
#define EXACT_PERCENT 1e-9

static size_t count_pairs(const char *text)
{
	size_t count = 1;

	for (const char *c = text; *c; c++) {
		if (*c == ':' && c[1] != '\0')
			count++;
	}
	return count;
}

size_t job_pairs_split(const char *text, struct arena *arena, struct job_pair **pairs)
{
	size_t count = count_pairs(text);
	const char *start = text;

	*pairs = arena_alloc_array(arena, count, sizeof(**pairs));
	for (size_t i = 0; i < count; i++) {
		size_t length = strcspn(start, ":");
		size_t first = strcspn(start, ":/");
		struct job_pair *pair = &(*pairs)[i];

		pair->at = (size_t)(start - text);
		pair->length = length;
		pair->first = arena_strndup(arena, start, first);
		pair->second = "";
		if (first < length)
			pair->second = arena_strndup(arena, start + first + 1, length - first - 1);
		start += length + 1;
	}
	return count;
}

int job_percent_parse(const char *text, double *percent, struct option_problem *problem)
{
	char number[32];
	size_t length = strlen(text);
	const char *what;

	*percent = -1;
	if (length == 0)
		return 0;
	if (text[length - 1] == '%')
		length--;
	if (length >= sizeof(number))
		return job_refuse(problem, "not a percentage", NULL, 0, 0);
	memcpy(number, text, length);
	number[length] = '\0';
	if (units_parse_double(number, percent, &what) < 0)
		return job_refuse(problem, "not a percentage", NULL, 0, 0);
	if (*percent < 0)
		return job_refuse(problem, "less than 0%", NULL, 0, 0);
	if (*percent > 100)
		return job_refuse(problem, "more than 100%", NULL, 0, 0);
	return 0;
}

static int refuse_sum(double sum, struct arena *arena, struct option_problem *problem)
{
	const char *what = arena_printf(arena, "the percentages add up to %g, not to 100", sum);

	return job_refuse(
		problem, what, sum < 100 ? "leave one out: it takes what is left" : NULL, 0, 0);
}

int job_shares_fill(double *percents, size_t count, enum job_share_rule rule, struct arena *arena,
	struct option_problem *problem)
{
	double sum = 0;
	size_t missing = 0;

	for (size_t i = 0; i < count; i++) {
		if (percents[i] < 0)
			missing++;
		else
			sum += percents[i];
	}
	if (sum > 100 + EXACT_PERCENT)
		return refuse_sum(sum, arena, problem);
	if (missing > 0 && sum > 100 - EXACT_PERCENT)
		return job_refuse(
			problem, "no percentage is left for items without one", NULL, 0, 0);
	if (missing == 0 && rule == SHARES_MAKE_100 && sum < 100 - ROUNDING_PERCENT)
		return refuse_sum(sum, arena, problem);
	for (size_t i = 0; i < count; i++) {
		if (percents[i] < 0)
			percents[i] = (100 - sum) / (double)missing;
		else if (missing == 0 && rule == SHARES_MAKE_100 && sum < 100 - EXACT_PERCENT)
			percents[i] *= 100 / sum;
	}
	return 0;
}

const char *job_percent_print(double percent, struct arena *arena)
{
	char text[32];

	for (int decimals = 0; decimals <= 20; decimals++) {
		snprintf(text, sizeof(text), "%.*f", decimals, percent);
		if (strtod(text, NULL) == percent)
			return arena_strdup(arena, text);
	}
	return arena_printf(arena, "%.17g", percent);
}

enum { ZONE_LIMIT = 256 }; /* fio's */

struct kind {
	const char *name;
	const char *hint;
};

static const struct kind kinds[] = {
	[DISTRIBUTION_UNIFORM] = {"random", "write random"},
	[DISTRIBUTION_ZIPF] = {"zipf", "write zipf:1.2, or zipf:1.2:0.25"},
	[DISTRIBUTION_PARETO] = {"pareto", "write pareto:0.2, or pareto:0.2:0.25"},
	[DISTRIBUTION_NORMAL] = {"normal", "write normal:20, or normal:20:0.25"},
	[DISTRIBUTION_ZONED] = {"zoned", "write zoned:60/10:30/20:10/70"},
	[DISTRIBUTION_ZONED_ABS] = {"zoned_abs", "write zoned_abs:60/20g:40/100g"},
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

static size_t find_kind(const char *value, size_t length)
{
	size_t i = 0;

	while (i < KIND_COUNT &&
		(strlen(kinds[i].name) != length || memcmp(kinds[i].name, value, length) != 0))
		i++;
	return i;
}

static int parse_center(const char *text, double *center, struct option_problem *problem)
{
	const char *what;

	if (units_parse_double(text, center, &what) < 0)
		return job_refuse(problem, what, NULL, 0, 0);
	if (*center < 0 || *center > 1)
		return job_refuse(
			problem, "the center is a share of the region: 0 to 1", NULL, 0, 0);
	return 0;
}

/* The problem with the number, or NULL. The bounds are fio's (str_random_distribution_cb). */
static const char *parameter_problem(enum distribution_kind kind, double parameter)
{
	switch (kind) {
	case DISTRIBUTION_ZIPF:
		if (parameter <= 0 || parameter > 100)
			return "the theta of zipf must be above 0, and at most 100";
		return parameter == 1 ? "the theta of zipf may not be 1" : NULL;
	case DISTRIBUTION_PARETO:
		return parameter <= 0 || parameter >= 1
			       ? "the power of pareto must be between 0 and 1"
			       : NULL;
	default:
		return parameter <= 0 || parameter > 100
			       ? "the deviation of normal is a percentage above 0"
			       : NULL;
	}
}

/* "1.2" or "1.2:0.25" */
static int parse_parameter(const char *text, struct distribution *distribution, struct arena *arena,
	struct option_problem *problem)
{
	const char *hint = kinds[distribution->kind].hint, *what;
	size_t length = strcspn(text, ":");

	if (units_parse_double(
		    arena_strndup(arena, text, length), &distribution->parameter, &what) < 0)
		return job_refuse(problem, what, hint, 0, length);
	what = parameter_problem(distribution->kind, distribution->parameter);
	if (what)
		return job_refuse(problem, what, hint, 0, length);
	if (text[length] == '\0')
		return 0;
	if (parse_center(text + length + 1, &distribution->center, problem) == 0)
		return 0;
	problem->at = length + 1;
	return -EINVAL;
}

static int parse_zone(const struct job_pair *pair, enum distribution_kind kind,
	struct distribution_zone *zone, struct option_problem *problem)
{
	const char *what;

	if (job_percent_parse(pair->first, &zone->access_percent, problem) < 0)
		return -EINVAL;
	if (kind == DISTRIBUTION_ZONED)
		return job_percent_parse(pair->second, &zone->size_percent, problem);
	if (units_parse_size(pair->second, &zone->size_bytes, &what) < 0)
		return job_refuse(problem, what, kinds[kind].hint, 0, 0);
	if (zone->size_bytes == 0)
		return job_refuse(problem, "a zone size of 0", NULL, 0, 0);
	return 0;
}

/* Shares stand in the zones with a stride: filled in through arrays. */
static int fill_shares(struct distribution_zone *zones, size_t count, enum distribution_kind kind,
	struct arena *arena, struct option_problem *problem)
{
	double *access = arena_alloc_array(arena, 2 * count, sizeof(*access));
	double *size = access + count;
	int rc;

	for (size_t i = 0; i < count; i++) {
		access[i] = zones[i].access_percent;
		size[i] = zones[i].size_percent;
	}
	rc = job_shares_fill(access, count, SHARES_MAKE_100, arena, problem);
	if (rc == 0 && kind == DISTRIBUTION_ZONED)
		rc = job_shares_fill(size, count, SHARES_AT_MOST_100, arena, problem);
	for (size_t i = 0; i < count; i++) {
		zones[i].access_percent = access[i];
		zones[i].size_percent = size[i];
	}
	return rc;
}

static int parse_zones(const char *text, struct distribution *distribution, struct arena *arena,
	struct option_problem *problem)
{
	struct distribution_zone *zones;
	struct job_pair *pairs;
	size_t count = job_pairs_split(text, arena, &pairs);

	if (count > ZONE_LIMIT)
		return job_refuse(problem, "more than 256 zones", NULL, 0, 0);
	zones = arena_alloc_array(arena, count, sizeof(*zones));
	for (size_t i = 0; i < count; i++) {
		if (parse_zone(&pairs[i], distribution->kind, &zones[i], problem) < 0) {
			problem->at = pairs[i].at;
			problem->length = pairs[i].length;
			return -EINVAL;
		}
	}
	if (fill_shares(zones, count, distribution->kind, arena, problem) < 0)
		return -EINVAL;
	distribution->zones = zones;
	distribution->zone_count = count;
	return 0;
}

int job_distribution_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct distribution distribution = {.center = -1};
	size_t name_length = strcspn(value, ":");
	size_t kind = find_kind(value, name_length);
	const char *rest = value + name_length + (value[name_length] == ':');
	int rc = 0;

	if (strchr(value, ','))
		return job_refuse(problem, "a distribution for each direction is not supported",
			"give one, for reads and writes alike", strcspn(value, ","), 0);
	if (kind == KIND_COUNT)
		return job_refuse(problem, "no such distribution",
			"choices: random, zipf:THETA, pareto:POWER, normal:DEVIATION, zoned:…, "
			"zoned_abs:…",
			0, name_length);
	distribution.kind = (enum distribution_kind)kind;
	if (kind != DISTRIBUTION_UNIFORM && *rest == '\0')
		return job_refuse(problem, "its parameters are missing", kinds[kind].hint, 0, 0);
	if (kind == DISTRIBUTION_UNIFORM && value[name_length] == ':')
		return job_refuse(problem, "random takes no parameters", NULL, name_length, 0);
	if (kind == DISTRIBUTION_ZONED || kind == DISTRIBUTION_ZONED_ABS)
		rc = parse_zones(rest, &distribution, arena, problem);
	else if (kind != DISTRIBUTION_UNIFORM)
		rc = parse_parameter(rest, &distribution, arena, problem);
	if (rc < 0)
		problem->at += (size_t)(rest - value);
	else
		*(struct distribution *)field = distribution;
	return rc;
}

static const char *print_zone(
	const struct distribution *distribution, size_t i, struct arena *arena)
{
	const struct distribution_zone *zone = &distribution->zones[i];
	const char *access = job_percent_print(zone->access_percent, arena);
	char bytes[UNITS_TEXT_BYTES];

	if (distribution->kind == DISTRIBUTION_ZONED)
		return arena_printf(
			arena, "%s/%s", access, job_percent_print(zone->size_percent, arena));
	return arena_printf(
		arena, "%s/%s", access, units_format_exact_size(bytes, zone->size_bytes));
}

const char *job_distribution_print(const void *field, struct arena *arena)
{
	const struct distribution *distribution = field;
	const char *text = kinds[distribution->kind].name;

	if (distribution->kind == DISTRIBUTION_UNIFORM)
		return text;
	for (size_t i = 0; i < distribution->zone_count; i++)
		text = arena_printf(arena, "%s:%s", text, print_zone(distribution, i, arena));
	if (distribution->zone_count > 0)
		return text;
	text = arena_printf(
		arena, "%s:%s", text, job_percent_print(distribution->parameter, arena));
	if (distribution->center >= 0)
		text = arena_printf(
			arena, "%s:%s", text, job_percent_print(distribution->center, arena));
	return text;
}
