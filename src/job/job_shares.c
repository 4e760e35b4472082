/* SPDX-License-Identifier: MIT */
/* Pairs, percentages, and the sums they must make. */
#include "job/job_shares.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/job_triple.h"

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
			problem, "nothing is left for what has no percentage", NULL, 0, 0);
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
