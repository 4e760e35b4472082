/* SPDX-License-Identifier: MIT */
/* Block sizes: fixed, out of a range, or a mix with shares. */
#include "job/job_block_sizes.h"

#include <string.h>

#include "job/job_shares.h"
#include "job/job_triple.h"

static int parse_size(const char *text, uint64_t *bytes, struct option_problem *problem)
{
	const char *what;

	if (units_parse_size(text, bytes, &what) < 0)
		return job_refuse(problem, what, "sizes are written 512, 4k, 1m", 0, 0);
	if (*bytes == 0)
		return job_refuse(problem, "a block of no bytes", NULL, 0, 0);
	if (*bytes > JOB_BLOCK_BYTES_LIMIT)
		return job_refuse(problem, "more than the kernel moves at once (2147479552 bytes)",
			NULL, 0, 0);
	return 0;
}

static const char *print_size(uint64_t bytes, struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];

	return arena_strdup(arena, units_format_exact_size(text, bytes));
}

static int parse_size_item(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	return parse_size(text, item, problem);
}

static const char *print_size_item(const void *item, struct arena *arena)
{
	uint64_t bytes = *(const uint64_t *)item;

	return bytes ? print_size(bytes, arena) : NULL;
}

int job_sizes_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_triple *triple = field;

	return job_triple_parse(
		value, triple->value, sizeof(triple->value[0]), parse_size_item, arena, problem);
}

const char *job_sizes_print(const void *field, struct arena *arena)
{
	const struct job_triple *triple = field;

	return job_triple_print(triple->value, sizeof(triple->value[0]), print_size_item, arena);
}

static int parse_range_item(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	struct job_range *range = item;
	size_t split = strcspn(text, "-:");
	uint64_t first, second;
	int rc;

	if (text[split] == '\0')
		return job_refuse(
			problem, "not a range", "write the least and the most: 4k-64k", 0, 0);
	rc = parse_size(arena_strndup(arena, text, split), &first, problem);
	if (rc < 0) {
		problem->length = split;
		return rc;
	}
	rc = parse_size(text + split + 1, &second, problem);
	if (rc < 0) {
		problem->at = split + 1;
		return rc;
	}
	range->min = first < second ? first : second;
	range->max = first < second ? second : first;
	return 0;
}

static const char *print_range_item(const void *item, struct arena *arena)
{
	const struct job_range *range = item;

	if (range->min == 0)
		return NULL;
	return arena_printf(
		arena, "%s-%s", print_size(range->min, arena), print_size(range->max, arena));
}

int job_bsrange_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_ranges *ranges = field;

	return job_triple_parse(
		value, ranges->of, sizeof(ranges->of[0]), parse_range_item, arena, problem);
}

const char *job_bsrange_print(const void *field, struct arena *arena)
{
	const struct job_ranges *ranges = field;

	return job_triple_print(ranges->of, sizeof(ranges->of[0]), print_range_item, arena);
}

/* Percentages are filled in; sizes that never come (0 %) are left out. */
static int make_split(const struct job_pair *pairs, size_t count, struct block_size_spec *split,
	struct arena *arena, struct option_problem *problem)
{
	double percents[BLOCK_SIZE_SPLIT_LIMIT];
	uint64_t sizes[BLOCK_SIZE_SPLIT_LIMIT];
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = parse_size(pairs[i].first, &sizes[i], problem);
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

static int parse_split_item(
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

static const char *print_split_item(const void *item, struct arena *arena)
{
	const struct block_size_spec *split = *(const struct block_size_spec *const *)item;
	const char *text = "";

	if (!split)
		return NULL;
	for (size_t i = 0; i < split->share_count; i++) {
		const struct block_size_share *share = &split->shares[i];

		text = arena_printf(arena, "%s%s%s/%s", text, i > 0 ? ":" : "",
			print_size(share->bytes, arena), job_percent_print(share->percent, arena));
	}
	return text;
}

int job_bssplit_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_splits *splits = field;

	return job_triple_parse(
		value, splits->of, sizeof(splits->of[0]), parse_split_item, arena, problem);
}

const char *job_bssplit_print(const void *field, struct arena *arena)
{
	const struct job_splits *splits = field;

	return job_triple_print(splits->of, sizeof(splits->of[0]), print_split_item, arena);
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
