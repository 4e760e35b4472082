/* SPDX-License-Identifier: MIT */
#include "claim/claim.h"

#include <string.h>

const char *claim_verdict_name(enum claim_verdict verdict)
{
	static const char *const names[] = {
		[CLAIM_CONFIRMED] = "confirmed",
		[CLAIM_REFUTED] = "refuted",
		[CLAIM_NOT_RESOLVED] = "not resolved",
		[CLAIM_NOT_TESTABLE] = "not testable here",
	};

	return names[verdict];
}

static bool has_value(const struct claim_point *point, const struct claim_assignment *wanted)
{
	for (size_t i = 0; i < point->count; i++) {
		if (strcmp(point->values[i].key, wanted->key) == 0 &&
			strcmp(point->values[i].value, wanted->value) == 0)
			return true;
	}
	return false;
}

bool claim_point_has(const struct claim_point *point, const struct claim_point *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		if (!has_value(point, &wanted->values[i]))
			return false;
	}
	return true;
}
