/* SPDX-License-Identifier: MIT */
/* Holm's step-down adjustment and Piepho's insert-and-absorb letter display. */
#include "measure/multiple.h"

#include <math.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/arena.h"

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

void multiple_holm(const double *p, size_t count, double *adjusted)
{
	struct arena arena = {0};
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
	arena_free(&arena);
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

size_t multiple_letters(const bool *differs, size_t count, uint64_t *letters)
{
	uint64_t columns[COLUMN_LIMIT];
	size_t column_count = 1;

	if (count == 0 || count > MULTIPLE_LETTERS_MEMBER_LIMIT)
		return 0;
	columns[0] = UINT64_MAX >> (MULTIPLE_LETTERS_MEMBER_LIMIT - count);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			if (differs[i * count + j] &&
				!separate(columns, &column_count, 1ull << i, 1ull << j))
				return 0;
		}
	}
	if (column_count > MULTIPLE_LETTERS_LIMIT)
		return 0;
	qsort(columns, column_count, sizeof(*columns), compare_columns);
	for (size_t i = 0; i < count; i++) {
		letters[i] = 0;
		for (size_t c = 0; c < column_count; c++)
			letters[i] |= ((columns[c] >> i) & 1) << c;
	}
	return column_count;
}

char *multiple_letters_text(uint64_t letters, char text[MULTIPLE_LETTERS_LIMIT + 1])
{
	size_t length = 0;

	for (int i = 0; i < MULTIPLE_LETTERS_LIMIT; i++) {
		if ((letters >> i) & 1)
			text[length++] = (char)(i < 26 ? 'A' + i : 'a' + i - 26);
	}
	text[length] = '\0';
	return text;
}
