/* SPDX-License-Identifier: MIT */
/* Distributions of random offsets, as fio writes them. */
#include "job/job_distribution.h"

#include <errno.h>
#include <string.h>

#include "job/job_shares.h"
#include "job/job_triple.h"
#include "load/pattern.h"

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

/* What is wrong with the number, or NULL. The bounds are fio's (str_random_distribution_cb). */
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
		return job_refuse(problem, "a zone of no bytes", NULL, 0, 0);
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
