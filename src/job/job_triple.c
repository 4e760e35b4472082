/* SPDX-License-Identifier: MIT */
/*
 * Lists of one value for each direction: block sizes, rates, percentages. Pairs with percentages,
 * the sums they must make; and the distributions that are written by them.
 */
#include "job/job_values.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "job/job.h"

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

/* The last item holds for the directions that have none of their own. */
static void extend(char *items, size_t item_bytes, size_t last)
{
	for (size_t i = last + 1; i < DATA_DIRECTION_COUNT; i++)
		memcpy(items + i * item_bytes, items + last * item_bytes, item_bytes);
}

int job_triple_parse(const char *value, void *items, size_t item_bytes, job_parse *parse,
	struct arena *arena, struct option_problem *problem)
{
	const char *start = value;
	bool is_empty = true;

	for (size_t i = 0;; i++) {
		size_t length = strcspn(start, ",");
		const char *text = text_trimmed(arena, start, length);
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
	const void *items, size_t item_bytes, job_print_value *print, struct arena *arena)
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

/* The fields of a job below hold their three items and nothing else. */

typedef int parse_units(const char *text, uint64_t *number, const char **problem);

static int parse_number(parse_units *parse, const char *text, void *item, const char *hint,
	struct option_problem *problem)
{
	const char *what;

	return parse(text, item, &what) < 0 ? job_refuse(problem, what, hint, 0, 0) : 0;
}

static int parse_percentage(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	if (parse_number(units_parse_count, text, item, NULL, problem) < 0)
		return -EINVAL;
	return *(uint64_t *)item > 100 ? job_refuse(problem, "more than 100", NULL, 0, 0) : 0;
}

int job_rwmixwrite_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	uint64_t percent;

	if (parse_percentage(value, &percent, arena, problem) < 0)
		return -EINVAL;
	*(uint32_t *)field = 100 - (uint32_t)percent;
	return 0;
}

static const char *print_count(const void *item, struct arena *arena)
{
	return arena_printf(arena, "%" PRIu64, *(const uint64_t *)item);
}

static int parse_iops(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	return parse_number(units_parse_count, text, item,
		"this is a number of I/Os a second; bytes a second are rate", problem);
}

static int parse_rate(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	return parse_number(units_parse_size, text, item,
		"rates are bytes a second: 500k, 1m; I/Os a second are rate_iops", problem);
}

static const char *print_bytes(const void *item, struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];

	return arena_strdup(arena, units_format_exact_size(text, *(const uint64_t *)item));
}

static int parse_size(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	uint64_t *bytes = item;

	(void)arena;
	if (parse_number(units_parse_size, text, item, "sizes are written 512, 4k, 1m", problem) <
		0)
		return -EINVAL;
	if (*bytes == 0)
		return job_refuse(problem, "a block size of 0", NULL, 0, 0);
	if (*bytes > JOB_BLOCK_BYTES_LIMIT)
		return job_refuse(problem, "more than the kernel moves at once (2147479552 bytes)",
			NULL, 0, 0);
	return 0;
}

static const char *print_size(const void *item, struct arena *arena)
{
	return *(const uint64_t *)item ? print_bytes(item, arena) : NULL;
}

static int parse_range(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	struct job_range *range = item;
	size_t split = strcspn(text, "-:");

	if (text[split] == '\0')
		return job_refuse(
			problem, "not a range", "write the least and the most: 4k-64k", 0, 0);
	if (parse_size(arena_strndup(arena, text, split), &range->min, arena, problem) < 0) {
		problem->length = split;
		return -EINVAL;
	}
	if (parse_size(text + split + 1, &range->max, arena, problem) < 0) {
		problem->at = split + 1;
		return -EINVAL;
	}
	if (range->min > range->max)
		*range = (struct job_range){range->max, range->min};
	return 0;
}

static const char *print_range(const void *item, struct arena *arena)
{
	const struct job_range *range = item;

	return range->min == 0 ? NULL
			       : arena_printf(arena, "%s-%s", print_bytes(&range->min, arena),
					 print_bytes(&range->max, arena));
}

/* Percentages are filled in; sizes that never come (0 %) are left out. */
static int make_split(const struct job_pair *pairs, size_t count, struct block_size_spec *split,
	struct arena *arena, struct option_problem *problem)
{
	double percents[BLOCK_SIZE_SPLIT_LIMIT];
	uint64_t sizes[BLOCK_SIZE_SPLIT_LIMIT];
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = parse_size(pairs[i].first, &sizes[i], arena, problem);
		if (rc == 0)
			rc = job_percent_parse(pairs[i].second, &percents[i], problem);
		if (rc < 0) {
			problem->at = pairs[i].at;
			problem->length = pairs[i].length;
		}
	}
	if (rc == 0)
		rc = job_shares_fill(percents, count, SHARES_MAKE_100, arena, problem);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		uint32_t bytes = (uint32_t)sizes[i];

		if (percents[i] == 0)
			continue;
		if (split->min_bytes == 0 || bytes < split->min_bytes)
			split->min_bytes = bytes;
		if (bytes > split->max_bytes)
			split->max_bytes = bytes;
		split->shares[split->share_count++] = (struct block_size_share){bytes, percents[i]};
	}
	return 0;
}

static int parse_split(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	struct block_size_spec *split = ARENA_NEW(arena, struct block_size_spec);
	struct job_pair *pairs;
	size_t count = job_pairs_split(text, arena, &pairs);
	int rc;

	if (count > BLOCK_SIZE_SPLIT_LIMIT)
		return job_refuse(problem, "more than 64 sizes", NULL, 0, 0);
	rc = make_split(pairs, count, split, arena, problem);
	if (rc == 0)
		*(const struct block_size_spec **)item = split;
	return rc;
}

static const char *print_split(const void *item, struct arena *arena)
{
	const struct block_size_spec *split = *(const struct block_size_spec *const *)item;
	const char *text = split ? "" : NULL;

	for (size_t i = 0; split && i < split->share_count; i++) {
		const struct block_size_share *share = &split->shares[i];

		text = arena_printf(arena, "%s%s%s/%s", text, i > 0 ? ":" : "",
			print_bytes(&(uint64_t){share->bytes}, arena),
			job_percent_print(share->percent, arena));
	}
	return text;
}

/* The parser or printer of a field, by that of its items. */
#define PARSE_ITEMS(field_name, item_type, parse_item)                                             \
	int job_##field_name##_parse(const char *value, void *field, struct arena *arena,          \
		struct option_problem *problem)                                                    \
	{                                                                                          \
		return job_triple_parse(                                                           \
			value, field, sizeof(item_type), parse_item, arena, problem);              \
	}
#define PRINT_ITEMS(field_name, item_type, print_item)                                             \
	const char *job_##field_name##_print(const void *field, struct arena *arena)               \
	{                                                                                          \
		return job_triple_print(field, sizeof(item_type), print_item, arena);              \
	}

PARSE_ITEMS(percentages, uint64_t, parse_percentage)
PRINT_ITEMS(counts, uint64_t, print_count)
PARSE_ITEMS(rate_iops, uint64_t, parse_iops)
PARSE_ITEMS(rate, uint64_t, parse_rate)
PRINT_ITEMS(rate, uint64_t, print_bytes)
PARSE_ITEMS(sizes, uint64_t, parse_size)
PRINT_ITEMS(sizes, uint64_t, print_size)
PARSE_ITEMS(bsrange, struct job_range, parse_range)
PRINT_ITEMS(bsrange, struct job_range, print_range)
PARSE_ITEMS(bssplit, const struct block_size_spec *, parse_split)
PRINT_ITEMS(bssplit, const struct block_size_spec *, print_split)
