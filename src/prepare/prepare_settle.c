/* SPDX-License-Identifier: MIT */
/* Counters to intervals, and intervals to the rule. */
#include "prepare/prepare_settle.h"

#include <math.h>

#include "base/clock.h"

#define INTERVAL_NS NS_PER_S

void prepare_settle_open(
	struct prepare_settle *settle, uint64_t range_bytes, uint64_t work_bytes, uint64_t now_ns)
{
	struct steady_rule rule = steady_rule_of(true, range_bytes);

	*settle = (struct prepare_settle){
		.work_bytes = work_bytes, .begun_ns = now_ns, .last_ns = now_ns};
	steady_search_open(&settle->search, &rule, 1, (double)INTERVAL_NS / 1e9);
}

bool prepare_settle_look(
	struct prepare_settle *settle, uint64_t now_ns, uint64_t ios, uint64_t bytes)
{
	uint64_t elapsed_ns = now_ns - settle->last_ns;

	if (elapsed_ns < INTERVAL_NS)
		return true;
	/* Looks are late, by some ms: rates are by the time that went by. Where they are very
	 * late, the seconds between two are alike. */
	settle->last_iops = (double)(ios - settle->last_ios) * 1e9 / (double)elapsed_ns;
	settle->last_ios = ios;
	settle->last_ns = now_ns;
	for (; elapsed_ns >= INTERVAL_NS; elapsed_ns -= INTERVAL_NS)
		(void)steady_search_add(
			&settle->search, &settle->last_iops, settle->work_bytes + bytes);
	return settle->search.stage != STEADY_CONFIRMED;
}

void prepare_settle_close(const struct prepare_settle *settle, struct prepare_settling *settling)
{
	const struct steady_search *search = &settle->search;
	const struct steady_drift *drift = &search->last[0];
	bool has_looked = drift->mean > 0;

	settling->is_reached = search->stage == STEADY_CONFIRMED;
	settling->iops = has_looked ? drift->mean : NAN;
	settling->drift = has_looked ? drift->share : NAN;
	settling->window_s = has_looked ? (double)search->added / 2 * search->interval_s : 0;
	if (settling->is_reached) {
		settling->iops = search->fresh[0] / (double)search->window;
		settling->window_s = (double)search->window * search->interval_s;
	}
}

const char *prepare_settle_words(const struct prepare_settle *settle)
{
	static const char *const words[] = {
		[STEADY_WORKING] = "too early to tell",
		[STEADY_LOOKING] = "not steady yet",
		[STEADY_DECLARED] = "steady, being confirmed",
		[STEADY_CONFIRMED] = "steady",
	};

	return words[settle->search.stage];
}
