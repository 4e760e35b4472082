/* SPDX-License-Identifier: MIT */
/* Whether two sessions may be compared: the same jobs, the same machine. */
#ifndef CHECK_COMPARABLE_H
#define CHECK_COMPARABLE_H

#include "check/check.h"

/*
 * The differences that make it another job, in words ("another job: bs was 4k, is 8k, …");
 * NULL: nothing. Options that do not change what is measured (names, descriptions, what is printed)
 * may differ, and one that is told by one side only and is at its default: the other did not have
 * it. Between ringside and fio only what both write alike is compared.
 */
const char *comparable_jobs(const struct check_session *before, const struct check_session *now,
	const char *contender, struct arena *arena);

/* Facts that differ. A fact that one side does not know, or has not, differs. */
void comparable_environment(const struct settings *before, const struct settings *now,
	const char *const *allowed, size_t allowed_count, struct check_changes *changes,
	struct arena *arena);

#endif
