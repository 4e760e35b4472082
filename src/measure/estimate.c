/* SPDX-License-Identifier: MIT */
/*
 * t intervals below 8 pairs, Hodges–Lehmann and signed ranks from there; Holm's step-down
 * adjustment and Piepho's insert-and-absorb letter display; the prediction interval over sessions.
 */
#include "measure/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/arena.h"
#include "base/doubles.h"
#include "measure/distribution.h"

#define POWER 0.95 /* of estimate_smallest_effect */

/* What can be said of any number of values: the mean, the deviation, the range of two. */
static struct estimate describe(const double *values, size_t count)
{
	struct estimate e = {
		.value = NAN,
		.lo = NAN,
		.hi = NAN,
		.p = NAN,
		.deviation = NAN,
		.count = count,
		.method = ESTIMATE_NONE,
	};

	if (count == 0)
		return e;
	e.value = doubles_mean(values, count);
	if (count == 1)
		return e;
	e.deviation = sqrt(doubles_squares(values, count) / (double)(count - 1));
	if (count == 2) {
		e.lo = MIN(values[0], values[1]);
		e.hi = MAX(values[0], values[1]);
		e.method = ESTIMATE_RANGE;
	}
	return e;
}

struct estimate estimate_mean(const double *values, size_t count, double alpha)
{
	struct estimate e = describe(values, count);
	double error, half;

	if (count < ESTIMATE_COUNT_FOR_INTERVAL)
		return e;
	error = e.deviation / sqrt((double)count);
	half = error * distribution_t_quantile(1 - alpha / 2, (double)count - 1);
	e.lo = e.value - half;
	e.hi = e.value + half;
	/* Counters may be the same in every trial: no error, and so certain. */
	if (error > 0)
		e.p = distribution_t_two_sided(e.value / error, (double)count - 1);
	else
		e.p = e.value == 0 ? 1 : 0;
	e.method = ESTIMATE_T;
	return e;
}

/* All (d_i + d_j) / 2 with i <= j, ascending. */
static double *walsh_averages(struct arena *arena, const double *d, size_t count, size_t *total)
{
	double *averages = arena_alloc_array(arena, count * (count + 1) / 2, sizeof(*averages));
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = i; j < count; j++)
			averages[n++] = d[i] / 2 + d[j] / 2;
	}
	doubles_sort(averages, n);
	*total = n;
	return averages;
}

/*
 * Averages of exactly 0 count for both tails: the p-value is then the larger one that the
 * interval implies, and the two agree for tied data too.
 */
static double ranks_p(const double *averages, size_t total, size_t count)
{
	size_t below = 0;
	size_t at_most = 0;
	double p;

	for (size_t i = 0; i < total; i++) {
		below += averages[i] < 0;
		at_most += averages[i] <= 0;
	}
	p = 2 * distribution_rank_cdf(count, MIN(at_most, total - below));
	return MIN(p, 1);
}

static struct estimate ranks(const double *differences, size_t count, double alpha)
{
	struct estimate e = describe(differences, count);
	size_t index = distribution_rank_index(count, alpha);
	AUTO_ARENA struct arena arena = {0};
	size_t total;
	const double *averages = walsh_averages(&arena, differences, count, &total);

	e.value = averages[(total - 1) / 2] / 2 + averages[total / 2] / 2;
	e.lo = averages[index - 1];
	e.hi = averages[total - index];
	e.p = ranks_p(averages, total, count);
	e.method = ESTIMATE_WILCOXON;
	return e;
}

struct estimate estimate_paired(
	const double *differences, size_t count, double alpha, size_t comparisons)
{
	double strictest = alpha / (double)MAX(comparisons, 1);

	/* 2^(1 - n) is the smallest p-value that n signs can give. */
	if (count < ESTIMATE_COUNT_FOR_RANKS || ldexp(2, -(int)MIN(count, 1000)) > strictest)
		return estimate_mean(differences, count, alpha);
	return ranks(differences, count, alpha);
}

double estimate_half_width(const struct estimate *estimate)
{
	if (estimate->method == ESTIMATE_RANGE)
		return NAN;
	return (estimate->hi - estimate->lo) / 2;
}

const char *estimate_method_name(enum estimate_method method)
{
	static const char *const names[] = {"none", "range", "t", "wilcoxon"};

	return names[method];
}

size_t estimate_count_needed(
	double deviation, double half_width, double alpha, size_t count, size_t limit)
{
	double needed = (double)MAX(count, ESTIMATE_COUNT_FOR_INTERVAL);

	if (!(half_width > 0) || !isfinite(deviation))
		return limit;
	/* t depends on n: two rounds settle it but for a block or so. */
	for (int i = 0; i < 2; i++) {
		double t = distribution_t_quantile(1 - alpha / 2, needed - 1);
		double root = t * deviation / half_width;

		needed = ceil(root * root);
		needed = MIN(MAX(needed, ESTIMATE_COUNT_FOR_INTERVAL), (double)limit);
	}
	return (size_t)needed;
}

double estimate_smallest_effect(double standard_error, double freedom, double alpha)
{
	return standard_error * (distribution_t_quantile(1 - alpha, freedom) +
					distribution_t_quantile(POWER, freedom));
}

/* Columns while they are made; absorbing brings them down to the final letters. */
enum { COLUMN_LIMIT = 1024 };

struct ranked {
	double p;
	size_t index;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

void estimate_holm(const double *p, size_t count, double *adjusted)
{
	AUTO_ARENA struct arena arena = {0};
	struct ranked *ranked = arena_alloc_array(&arena, count, sizeof(*ranked));
	size_t tested = 0;
	double largest = 0;

	for (size_t i = 0; i < count; i++) {
		adjusted[i] = NAN;
		if (!isnan(p[i]))
			ranked[tested++] = (struct ranked){.p = p[i], .index = i};
	}
	qsort(ranked, tested, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < tested; i++) {
		largest = MAX(largest, ranked[i].p * (double)(tested - i));
		adjusted[ranked[i].index] = MIN(largest, 1);
	}
}

/* Removes column `at` when another one has all its members. */
static bool absorb(uint64_t *columns, size_t *count, size_t at)
{
	for (size_t i = 0; i < *count; i++) {
		if (i != at && (columns[at] & ~columns[i]) == 0) {
			columns[at] = columns[--*count];
			return true;
		}
	}
	return false;
}

/* Splits each column that has both: one copy without the first, one without the second. */
static bool separate(uint64_t *columns, size_t *count, uint64_t first, uint64_t second)
{
	size_t before = *count;

	for (size_t i = 0; i < before; i++) {
		if (!(columns[i] & first) || !(columns[i] & second))
			continue;
		if (*count == COLUMN_LIMIT)
			return false;
		columns[(*count)++] = columns[i] & ~first;
		columns[i] &= ~second;
	}
	for (size_t i = 0; i < *count;) {
		if (!absorb(columns, count, i))
			i++;
	}
	return true;
}

/* By the best member, then by the next: A is the group of the winner. */
static int compare_columns(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;
	uint64_t lowest = (x ^ y) & -(x ^ y);

	if (x == y)
		return 0;
	return (x & lowest) ? -1 : 1;
}

size_t estimate_letters(const bool *differs, size_t count, uint64_t *letters)
{
	uint64_t columns[COLUMN_LIMIT];
	size_t column_count = 1;

	if (count == 0 || count > ESTIMATE_LETTERS_MEMBER_LIMIT)
		return 0;
	columns[0] = UINT64_MAX >> (ESTIMATE_LETTERS_MEMBER_LIMIT - count);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			if (differs[i * count + j] &&
				!separate(columns, &column_count, 1ull << i, 1ull << j))
				return 0;
		}
	}
	if (column_count > ESTIMATE_LETTERS_LIMIT)
		return 0;
	qsort(columns, column_count, sizeof(*columns), compare_columns);
	for (size_t i = 0; i < count; i++) {
		letters[i] = 0;
		for (size_t c = 0; c < column_count; c++)
			letters[i] |= ((columns[c] >> i) & 1) << c;
	}
	return column_count;
}

char *estimate_letters_text(uint64_t letters, char text[ESTIMATE_LETTERS_LIMIT + 1])
{
	size_t length = 0;

	for (int i = 0; i < ESTIMATE_LETTERS_LIMIT; i++) {
		if ((letters >> i) & 1)
			text[length++] = (char)(i < 26 ? 'A' + i : 'a' + i - 26);
	}
	text[length] = '\0';
	return text;
}

const struct prediction_prior estimate_default_prior = {
	.freedom = 4,
	.deviation = 0.02,
	.session_limit = 10,
};

struct prediction estimate_prediction(const double *stored, size_t stored_count,
	const double *today, size_t today_count, const struct prediction_prior *prior)
{
	double expected = doubles_mean(stored, stored_count);
	double freedom = (double)stored_count - 1;
	double squares = doubles_squares(stored, stored_count);
	struct prediction made = {
		.expected = expected,
		.difference = doubles_mean(today, today_count) - expected,
	};

	if (prior && stored_count < prior->session_limit) {
		squares += prior->freedom * prior->deviation * prior->deviation;
		freedom += prior->freedom;
	}
	made.freedom = freedom > 0 ? freedom : NAN;
	made.deviation = sqrt(squares / made.freedom);
	made.standard_error =
		made.deviation * sqrt(1 / (double)today_count + 1 / (double)stored_count);
	return made;
}

double estimate_prediction_half_width(const struct prediction *prediction, double alpha)
{
	if (isnan(prediction->freedom))
		return NAN;
	return prediction->standard_error *
	       distribution_t_quantile(1 - alpha / 2, prediction->freedom);
}
