/* SPDX-License-Identifier: MIT */
/* How often each number came up: depths, sizes of batches. What did not come up is left out. */
#ifndef RESULT_TALLY_H
#define RESULT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "document/field.h"

struct tally_item {
	uint64_t value;
	uint64_t count; /* not 0 */
};

struct tally {
	size_t count;             /* 0: not known, or there was nothing */
	struct tally_item *items; /* by value, ascending */
};

/* counts[n] is how often n came up, for n below `limit`. */
struct tally tally_make(const uint64_t *counts, size_t limit, struct arena *arena);

/* The two together; they stay as they were. */
struct tally tally_merge(const struct tally *a, const struct tally *b, struct arena *arena);

/* [[value, count], ...]; null when it is empty. */
extern const struct field_custom tally_field;

#endif
