/* SPDX-License-Identifier: MIT */
/* Lists of one value for each direction: block sizes, rates, percentages. */
#include "job/job_triple.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "job/job_shares.h"

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

int job_triple_parse(const char *value, void *items, size_t item_bytes, job_parse *parse,
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

static int parse_percentage(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	const char *what;

	(void)arena;
	if (units_parse_count(text, item, &what) < 0)
		return job_refuse(problem, what, NULL, 0, 0);
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
	const char *what;

	(void)arena;
	if (units_parse_count(text, item, &what) < 0)
		return job_refuse(problem, what,
			"this is a number of I/Os a second; bytes a second are rate", 0, 0);
	return 0;
}

static int parse_rate(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	const char *what;

	(void)arena;
	if (units_parse_size(text, item, &what) < 0)
		return job_refuse(problem, what,
			"rates are bytes a second: 500k, 1m; I/Os a second are rate_iops", 0, 0);
	return 0;
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
	const char *what;

	(void)arena;
	if (units_parse_size(text, bytes, &what) < 0)
		return job_refuse(problem, what, "sizes are written 512, 4k, 1m", 0, 0);
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

int job_percentages_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(value, field, sizeof(uint64_t), parse_percentage, arena, problem);
}

const char *job_counts_print(const void *field, struct arena *arena)
{
	return job_triple_print(field, sizeof(uint64_t), print_count, arena);
}

int job_rate_iops_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(value, field, sizeof(uint64_t), parse_iops, arena, problem);
}

int job_rate_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(value, field, sizeof(uint64_t), parse_rate, arena, problem);
}

const char *job_rate_print(const void *field, struct arena *arena)
{
	return job_triple_print(field, sizeof(uint64_t), print_bytes, arena);
}

int job_sizes_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(value, field, sizeof(uint64_t), parse_size, arena, problem);
}

const char *job_sizes_print(const void *field, struct arena *arena)
{
	return job_triple_print(field, sizeof(uint64_t), print_size, arena);
}

int job_bsrange_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(
		value, field, sizeof(struct job_range), parse_range, arena, problem);
}

const char *job_bsrange_print(const void *field, struct arena *arena)
{
	return job_triple_print(field, sizeof(struct job_range), print_range, arena);
}

int job_bssplit_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(
		value, field, sizeof(const struct block_size_spec *), parse_split, arena, problem);
}

const char *job_bssplit_print(const void *field, struct arena *arena)
{
	return job_triple_print(field, sizeof(const struct block_size_spec *), print_split, arena);
}

void job_block_sizes_resolve(struct job *job)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		struct block_size_spec *spec = &job->block_sizes.of[i];
		const struct job_range *range = &job->given.bsrange.of[i];

		*spec = (struct block_size_spec){0};
		if (job->given.bssplit.of[i]) {
			*spec = *job->given.bssplit.of[i];
		} else if (range->min != 0) {
			spec->min_bytes = (uint32_t)range->min;
			spec->max_bytes = (uint32_t)range->max;
		} else {
			spec->min_bytes = spec->max_bytes = (uint32_t)job->given.bs.value[i];
		}
	}
}
