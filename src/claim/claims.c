/* SPDX-License-Identifier: MIT */
#include "claim/claims.h"

#include <math.h>
#include <string.h>

#include "base/version.h"

void claims_init(struct claims *claims)
{
	*claims = (struct claims){
		.version = version_number,
		.git = version_git,
		.compiler = version_compiler,
		.limit_s = NAN,
	};
}

void claims_free(struct claims *claims)
{
	for (size_t i = 0; i < claims->record_count; i++)
		record_free(&claims->records[i]);
	arena_free(&claims->arena);
	*claims = (struct claims){0};
}

static size_t count_lines(const struct claims_entry *entry, enum claim_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < entry->outcome.line_count; i++)
		count += entry->outcome.lines[i].verdict == verdict;
	return count;
}

size_t claims_count(
	const struct claims *claims, const struct claims_entry *entry, enum claim_verdict verdict)
{
	size_t count = 0;

	if (entry)
		return count_lines(entry, verdict);
	for (size_t i = 0; i < claims->entry_count; i++)
		count += count_lines(&claims->entries[i], verdict);
	return count;
}

const struct claims_figure *claims_figure_of(
	const struct claims_contender *contender, const char *metric)
{
	for (size_t i = 0; i < contender->figure_count; i++) {
		if (strcmp(contender->figures[i].metric, metric) == 0)
			return &contender->figures[i];
	}
	return NULL;
}
