/* SPDX-License-Identifier: MIT */
/* Differences of rounds by who had the turn before, and what they show. */
#include "session/carry_over.h"

#include <math.h>
#include <string.h>

#include "verdict/session.h"

#define ALPHA 0.01 /* one-sided, of all contenders and looks together */

enum { LEAST_ROUNDS = 12, FIRST_ROOM = 256 };

static const size_t looks[] = {3, 7}; /* blocks */
enum { LOOK_COUNT = sizeof(looks) / sizeof(looks[0]) };

struct carry_over_series {
	double *differences;
	size_t count, room;
};

void carry_over_init(struct carry_over *carry_over, size_t player_count, size_t playing_count)
{
	*carry_over =
		(struct carry_over){.player_count = player_count, .playing_count = playing_count};
	carry_over->series = arena_alloc_array(
		&carry_over->arena, player_count + 1, sizeof(*carry_over->series));
}

void carry_over_free(struct carry_over *carry_over)
{
	arena_free(&carry_over->arena);
	*carry_over = (struct carry_over){0};
}

static void add(struct carry_over_series *series, double difference, struct arena *arena)
{
	if (series->count == series->room) {
		size_t room = series->room > 0 ? 2 * series->room : FIRST_ROOM;
		double *longer = arena_alloc_array(arena, room, sizeof(*longer));

		if (series->count > 0)
			memcpy(longer, series->differences, series->count * sizeof(*longer));
		series->differences = longer;
		series->room = room;
	}
	series->differences[series->count++] = difference;
}

void carry_over_add(struct carry_over *carry_over, size_t player, double difference)
{
	add(&carry_over->series[player], difference, &carry_over->arena);
	add(&carry_over->series[carry_over->player_count], difference, &carry_over->arena);
}

bool carry_over_is_due(size_t block_count)
{
	for (size_t i = 0; i < LOOK_COUNT; i++) {
		if (looks[i] == block_count)
			return true;
	}
	return false;
}

/* Of one other contender all rounds are its own. */
static size_t series_count(const struct carry_over *carry_over)
{
	return carry_over->playing_count > 3 ? carry_over->player_count + 1
					     : carry_over->player_count;
}

bool carry_over_find(
	const struct carry_over *carry_over, double limit, struct carry_over_finding *finding)
{
	double least = log1p(limit) * ((double)carry_over->playing_count - 1);
	size_t judged = 0;

	*finding = (struct carry_over_finding){.player = SESSION_NONE};
	for (size_t i = 0; i < series_count(carry_over); i++)
		judged += carry_over->series[i].count >= LEAST_ROUNDS;
	for (size_t i = 0; i < series_count(carry_over); i++) {
		const struct carry_over_series *series = &carry_over->series[i];
		struct estimate estimate;

		if (series->count < LEAST_ROUNDS)
			continue;
		estimate = estimate_paired(series->differences, series->count,
			2 * ALPHA / (double)(judged * LOOK_COUNT), 1);
		if (!(estimate.lo > least || estimate.hi < -least) ||
			fabs(estimate.value) <= fabs(finding->difference.value))
			continue;
		finding->player = i < carry_over->player_count ? i : SESSION_NONE;
		finding->difference = estimate;
	}
	return finding->difference.count > 0;
}
