/* SPDX-License-Identifier: MIT */
/*
 * Lists of one value for each direction: block sizes, rates, percentages. Pairs with percentages,
 * and the sums they must make.
 */
#include "job/job_values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
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
	if (*bytes > UINT32_MAX)
		return job_refuse(problem, "a block is smaller than 4 GiB", NULL, 0, 0);
	return 0;
}

static const char *print_size(const void *item, struct arena *arena)
{
	return *(const uint64_t *)item ? print_bytes(item, arena) : NULL;
}

/* "4k-64k" or "4k:64k". Behind each number fio passes over all from the next separator on. */
static int parse_range(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	static const char separators[] = "-:/";
	struct job_range *range = item;
	size_t split = strcspn(text, strchr(text, '-') ? "-" : ":"), first, last;

	if (text[split] == '\0')
		return job_refuse(
			problem, "not a range", "write the least and the most: 4k-64k", 0, 0);
	first = strcspn(text, separators);
	last = strcspn(text + split + 1, separators);
	if (parse_size(arena_strndup(arena, text, first), &range->min, arena, problem) < 0) {
		problem->length = first;
		return -EINVAL;
	}
	if (parse_size(arena_strndup(arena, text + split + 1, last), &range->max, arena, problem) <
		0) {
		problem->at = split + 1;
		return -EINVAL;
	}
	if (range->min > range->max)
		*range = (struct job_range){range->max, range->min};
	if (first == split && text[split + 1 + last] == '\0')
		return 0;
	return job_remark(problem, "taken for its first two sizes, as fio does",
		"a range is written 4k-64k; shares are bssplit's");
}

static const char *print_range(const void *item, struct arena *arena)
{
	const struct job_range *range = item;

	return range->min == 0 ? NULL
			       : arena_printf(arena, "%s-%s", print_bytes(&range->min, arena),
					 print_bytes(&range->max, arena));
}

/* "36k" or "36k-60k", of which fio takes the first. */
static int parse_split_size(
	const char *text, uint64_t *bytes, struct arena *arena, struct option_problem *problem)
{
	size_t length = strcspn(text, "-");
	int rc = parse_size(arena_strndup(arena, text, length), bytes, arena, problem);

	if (rc < 0 || text[length] == '\0')
		return rc;
	return job_remark(problem,
		arena_printf(arena, "%s is taken for %.*s, as fio does", text, (int)length, text),
		"bssplit has sizes and no ranges of them");
}

struct share {
	double percent;
	size_t index;
};

static int compare_shares(const void *one, const void *other)
{
	const struct share *a = one, *b = other;

	if (a->percent != b->percent)
		return a->percent < b->percent ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

/*
 * Percentages that are all given and do not make 100: fio goes through them from the least on, and
 * the largest gets what is left; more than 100 are cut there. False: they make 100, or one is
 * missing.
 */
static bool split_as_fio(double *percents, size_t count)
{
	struct share shares[BLOCK_SIZE_SPLIT_LIMIT];
	double sum = 0, left = 100;

	for (size_t i = 0; i < count; i++) {
		shares[i] = (struct share){percents[i], i};
		if (percents[i] < 0)
			return false;
		sum += percents[i];
	}
	if ((sum >= 100 - ROUNDING_PERCENT && sum <= 100 + EXACT_PERCENT) || sum == 0)
		return false;
	qsort(shares, count, sizeof(shares[0]), compare_shares);
	for (size_t i = 0; i < count; i++) {
		double percent =
			i + 1 < count && shares[i].percent < left ? shares[i].percent : left;

		percents[shares[i].index] = percent;
		left -= percent;
	}
	return true;
}

static void set_split(struct block_size_spec *split, const uint64_t *sizes, const double *percents,
	size_t count, struct arena *arena)
{
	struct block_size_share *shares = arena_alloc_array(arena, count, sizeof(*shares));

	split->shares = shares;
	for (size_t i = 0; i < count; i++) {
		uint32_t bytes = (uint32_t)sizes[i];

		if (percents[i] == 0)
			continue;
		if (split->min_bytes == 0 || bytes < split->min_bytes)
			split->min_bytes = bytes;
		if (bytes > split->max_bytes)
			split->max_bytes = bytes;
		shares[split->share_count++] = (struct block_size_share){bytes, percents[i]};
	}
}

/* Percentages are filled in; sizes that never come (0 %) are left out. */
static int make_split(const struct job_pair *pairs, size_t count, struct block_size_spec *split,
	struct arena *arena, struct option_problem *problem)
{
	double percents[BLOCK_SIZE_SPLIT_LIMIT];
	uint64_t sizes[BLOCK_SIZE_SPLIT_LIMIT];
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = parse_split_size(pairs[i].first, &sizes[i], arena, problem);
		if (rc == 0)
			rc = job_percent_parse(pairs[i].second, &percents[i], problem);
		if (rc < 0) {
			problem->at = pairs[i].at;
			problem->length = pairs[i].length;
		}
	}
	if (rc == 0 && split_as_fio(percents, count))
		rc = job_remark(problem,
			"the percentages do not add up to 100: as in fio, the size with the "
			"largest takes what is left, and what is beyond 100 never comes",
			"leave one out: it takes what is left");
	else if (rc == 0)
		rc = job_shares_fill(percents, count, SHARES_MAKE_100, arena, problem);
	if (rc == 0)
		set_split(split, sizes, percents, count, arena);
	return rc;
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
/*
 * A list as fio reads it: "4k:64k" and "4k-64k" are lists where no comma stands in them, and an
 * item ends where '/', ':' or '-' stands in it: what bssplit would have there is dropped.
 */
static char *read_list(const char *value, struct arena *arena)
{
	char separator = strchr(value, ':') ? ':' : '-';
	char *list = arena_strdup(arena, value);
	size_t length = 0;
	bool is_dropped = false, is_first = true;

	for (char *c = list; *c; c++) {
		if (!strchr(value, ',') && c > list && *c == separator)
			*c = ',';
		is_dropped = *c != ',' && (is_dropped || (!is_first && strchr("/:-", *c)));
		is_first = *c == ',';
		if (!is_dropped)
			list[length++] = *c;
	}
	list[length] = '\0';
	return list;
}

int job_sizes_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	const char *list = read_list(value, arena);
	bool has_shares = strchr(value, '/');
	int rc;

	if (strcmp(list, value) == 0)
		return job_triple_parse(value, field, sizeof(uint64_t), parse_size, arena, problem);
	rc = job_triple_parse(list, field, sizeof(uint64_t), parse_size, arena, problem);
	if (rc < 0)
		return rc;
	return job_remark(problem,
		arena_printf(
			arena, "taken for the list %s (reads, writes, trims), as fio does", list),
		has_shares ? "bssplit has shares of sizes" : "bsrange draws sizes out of a range");
}

PRINT_ITEMS(sizes, uint64_t, print_size)
PARSE_ITEMS(bsrange, struct job_range, parse_range)
PRINT_ITEMS(bsrange, struct job_range, print_range)
PARSE_ITEMS(bssplit, const struct block_size_spec *, parse_split)
PRINT_ITEMS(bssplit, const struct block_size_spec *, print_split)
