/* SPDX-License-Identifier: MIT */
/* random_distribution: its kinds with their parameters, zones of each direction, and sequences. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "job/job.h"
#include "job/job_values.h"

enum { ZONE_LIMIT = 256, SEQUENCE_LIMIT = 64 }; /* fio's */

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
	[DISTRIBUTION_SEQUENCE] = {"sequence", "write sequence:2,0,1: numbers of blocks"},
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

static int parse_zones(const char *text, struct distribution_zones *field,
	enum distribution_kind kind, struct arena *arena, struct option_problem *problem)
{
	struct distribution_zone *zones;
	struct job_pair *pairs;
	size_t count = job_pairs_split(text, arena, &pairs);

	if (count > ZONE_LIMIT)
		return job_refuse(problem, "more than 256 zones", NULL, 0, 0);
	zones = arena_alloc_array(arena, count, sizeof(*zones));
	for (size_t i = 0; i < count; i++) {
		if (parse_zone(&pairs[i], kind, &zones[i], problem) < 0) {
			problem->at = pairs[i].at;
			problem->length = pairs[i].length;
			return -EINVAL;
		}
	}
	if (fill_shares(zones, count, kind, arena, problem) < 0)
		return -EINVAL;
	*field = (struct distribution_zones){zones, count};
	return 0;
}

static int parse_zones_by_percent(
	const char *text, void *field, struct arena *arena, struct option_problem *problem)
{
	return parse_zones(text, field, DISTRIBUTION_ZONED, arena, problem);
}

static int parse_zones_by_bytes(
	const char *text, void *field, struct arena *arena, struct option_problem *problem)
{
	return parse_zones(text, field, DISTRIBUTION_ZONED_ABS, arena, problem);
}

static int parse_numbers(const char *text, struct distribution *distribution, struct arena *arena,
	struct option_problem *problem)
{
	const char *hint = kinds[DISTRIBUTION_SEQUENCE].hint, *what;
	uint64_t *numbers;
	char **pieces;
	size_t count = text_split(arena, text, ',', &pieces);

	if (count > SEQUENCE_LIMIT)
		return job_refuse(problem, "more than 64 blocks", NULL, 0, 0);
	numbers = arena_alloc_array(arena, count, sizeof(*numbers));
	for (size_t i = 0; i < count; i++) {
		if (units_parse_count(pieces[i], &numbers[i], &what) < 0)
			return job_refuse(problem, what, hint, 0, 0);
	}
	distribution->numbers = numbers;
	distribution->number_count = count;
	return 0;
}

static int parse_rest(const char *rest, struct distribution *distribution, struct arena *arena,
	struct option_problem *problem)
{
	size_t comma = strcspn(rest, ",");

	switch (distribution->kind) {
	case DISTRIBUTION_UNIFORM:
		return 0;
	case DISTRIBUTION_ZONED:
	case DISTRIBUTION_ZONED_ABS:
		return job_triple_parse(rest, distribution->zones, sizeof(distribution->zones[0]),
			distribution->kind == DISTRIBUTION_ZONED ? parse_zones_by_percent
								 : parse_zones_by_bytes,
			arena, problem);
	case DISTRIBUTION_SEQUENCE:
		return parse_numbers(rest, distribution, arena, problem);
	default:
		if (rest[comma])
			return job_refuse(problem, "only zones differ by direction, as in fio",
				"give one, for reads and writes alike", comma, 0);
		return parse_parameter(rest, distribution, arena, problem);
	}
}

int job_distribution_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct distribution distribution = {.center = -1};
	size_t name_length = strcspn(value, ":,");
	size_t kind = find_kind(value, name_length);
	const char *rest = value + name_length + (value[name_length] == ':');
	int rc;

	if (kind == KIND_COUNT)
		return job_refuse(problem, "no such distribution",
			"choices: random, zipf:THETA, pareto:POWER, normal:DEVIATION, zoned:…, "
			"zoned_abs:…, sequence:N,N",
			0, name_length);
	distribution.kind = (enum distribution_kind)kind;
	if (kind != DISTRIBUTION_UNIFORM && (*rest == '\0' || rest == value + name_length))
		return job_refuse(problem, "its parameters are missing", kinds[kind].hint, 0, 0);
	if (kind == DISTRIBUTION_UNIFORM && value[name_length] != '\0')
		return job_refuse(problem, "random takes no parameters", NULL, name_length, 0);
	rc = parse_rest(rest, &distribution, arena, problem);
	if (rc < 0)
		problem->at += (size_t)(rest - value);
	else
		*(struct distribution *)field = distribution;
	return rc;
}

static const char *print_zones(
	const struct distribution_zones *zones, enum distribution_kind kind, struct arena *arena)
{
	const char *text = zones->count > 0 ? "" : NULL;
	char bytes[UNITS_TEXT_BYTES];

	for (size_t i = 0; i < zones->count; i++) {
		const struct distribution_zone *zone = &zones->items[i];

		text = arena_printf(arena, "%s%s%s/%s", text, i > 0 ? ":" : "",
			job_percent_print(zone->access_percent, arena),
			kind == DISTRIBUTION_ZONED
				? job_percent_print(zone->size_percent, arena)
				: units_format_exact_size(bytes, zone->size_bytes));
	}
	return text;
}

static const char *print_zones_by_percent(const void *field, struct arena *arena)
{
	return print_zones(field, DISTRIBUTION_ZONED, arena);
}

static const char *print_zones_by_bytes(const void *field, struct arena *arena)
{
	return print_zones(field, DISTRIBUTION_ZONED_ABS, arena);
}

static const char *print_numbers(const struct distribution *distribution, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < distribution->number_count; i++)
		text = arena_printf(
			arena, "%s%s%" PRIu64, text, i > 0 ? "," : "", distribution->numbers[i]);
	return text;
}

const char *job_distribution_print(const void *field, struct arena *arena)
{
	const struct distribution *distribution = field;
	const char *name = kinds[distribution->kind].name, *text;

	switch (distribution->kind) {
	case DISTRIBUTION_UNIFORM:
		return name;
	case DISTRIBUTION_SEQUENCE:
		return arena_printf(arena, "%s:%s", name, print_numbers(distribution, arena));
	case DISTRIBUTION_ZONED:
	case DISTRIBUTION_ZONED_ABS:
		return arena_printf(arena, "%s:%s", name,
			job_triple_print(distribution->zones, sizeof(distribution->zones[0]),
				distribution->kind == DISTRIBUTION_ZONED ? print_zones_by_percent
									 : print_zones_by_bytes,
				arena));
	default:
		break;
	}
	text = arena_printf(
		arena, "%s:%s", name, job_percent_print(distribution->parameter, arena));
	if (distribution->center >= 0)
		text = arena_printf(
			arena, "%s:%s", text, job_percent_print(distribution->center, arena));
	return text;
}
