/* SPDX-License-Identifier: MIT */
/*
 * Many comparisons at once: p-values adjusted so that one false claim in the whole family is as
 * rare as alpha, and letter groups for "who differs from whom".
 * Sources: Holm, Scand. J. Statist. 6 (1979) 65; Piepho, J. Comp. Graph. Stat. 13 (2004) 456.
 */
#ifndef MEASURE_MULTIPLE_H
#define MEASURE_MULTIPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MULTIPLE_LETTERS_MEMBER_LIMIT = 64,
	MULTIPLE_LETTERS_LIMIT = 52, /* A … Z, a … z */
};

/* adjusted[i] <= alpha: claim i. NAN stands for a test that was not made and is not counted. */
void multiple_holm(const double *p, size_t count, double *adjusted);

/*
 * Letters for `count` members, listed best first: two members share one exactly when they were
 * not shown to differ. differs[i * count + j] is symmetric. letters[i]: bit 0 is A, …; A holds
 * the first member. Returns the number of letters, 0 where they do not suffice.
 */
size_t multiple_letters(const bool *differs, size_t count, uint64_t *letters);

/* "A", "BC", … for a set of letters; returns text. */
char *multiple_letters_text(uint64_t letters, char text[MULTIPLE_LETTERS_LIMIT + 1]);

#endif
