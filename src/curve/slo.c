/* SPDX-License-Identifier: MIT */
#include "curve/slo.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"

#define CLEAR_EXCESS 0.405 /* log 1.5 */
#define MOST_EXCESS  1.386 /* log 4: how far beyond does not matter */

static const size_t looks[] = {3, 5, SLO_TRIALS_LIMIT};

static const struct {
	const char *name;
	enum curve_value metric;
} names[] = {
	{"mean", CURVE_MEAN},
	{"p50", CURVE_P50},
	{"p99", CURVE_P99},
	{"p99.9", CURVE_P999},
	{"max", CURVE_MAX},
	{"read.p99", CURVE_READ_P99},
	{"write.p99", CURVE_WRITE_P99},
};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

int slo_parse(const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	size_t name_bytes = strcspn(value, "=");
	struct slo *slo = field;
	uint64_t limit_ns = 0;

	(void)arena;
	slo->metric = CURVE_VALUE_COUNT;
	for (int i = 0; i < NAMES; i++) {
		if (strlen(names[i].name) == name_bytes &&
			strncmp(names[i].name, value, name_bytes) == 0)
			slo->metric = names[i].metric;
	}
	problem->hint = "--slo=p99=500us; mean, p50, p99, p99.9, max, read.p99, write.p99";
	if (slo->metric == CURVE_VALUE_COUNT) {
		problem->what = "no latency that can be limited";
		problem->length = name_bytes;
		return -EINVAL;
	}
	problem->at = name_bytes + (value[name_bytes] == '=');
	if (units_parse_time(value + problem->at, NS_PER_US, &limit_ns, &problem->what) != 0)
		return -EINVAL;
	if (limit_ns == 0) {
		problem->what = "no I/O takes no time";
		return -EINVAL;
	}
	slo->limit_ns = (double)limit_ns;
	return 0;
}

const char *slo_name(const struct slo *slo)
{
	for (int i = 0; i < NAMES; i++) {
		if (names[i].metric == slo->metric)
			return names[i].name;
	}
	return "?";
}

const char *slo_answer_name(unsigned answer)
{
	static const char *const texts[] = {
		[SLO_UNKNOWN] = "unknown",
		[SLO_NONE] = "none",
		[SLO_ALL] = "all",
		[SLO_FOUND] = "found",
	};

	return texts[answer];
}

static double clipped(double excess)
{
	return fmax(-MOST_EXCESS, fmin(excess, MOST_EXCESS));
}

static bool is_look(size_t count)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		if (looks[i] == count)
			return true;
	}
	return false;
}

enum slo_verdict slo_decide(const struct slo_evidence *evidence)
{
	if (evidence->count < 2)
		return SLO_OPEN;
	if (evidence->is_undone || evidence->least >= CLEAR_EXCESS)
		return SLO_BEYOND;
	if (evidence->most <= -CLEAR_EXCESS)
		return SLO_WITHIN;
	if (!is_look(evidence->count))
		return SLO_OPEN;
	if (evidence->lo > 0 || evidence->hi < 0)
		return evidence->lo > 0 ? SLO_BEYOND : SLO_WITHIN;
	return evidence->count >= SLO_TRIALS_LIMIT ? SLO_NEITHER : SLO_OPEN;
}

static bool is_narrow(double low, double high)
{
	return high - low <= SLO_RESOLUTION * high;
}

/* Where there is nothing beyond the limit yet. */
static double choose_upwards(const struct slo_search *search)
{
	if (search->grey_lo > 0)
		return is_narrow(search->within, search->grey_lo)
			       ? 0
			       : (search->within + search->grey_lo) / 2;
	return search->within >= search->most ? 0 : search->most;
}

/* Loads are halved as they are: latency is a matter of what is left to the maximum. */
static double choose(const struct slo_search *search)
{
	double below, above;

	if (isinf(search->beyond))
		return choose_upwards(search);
	if (search->grey_lo <= 0)
		return is_narrow(search->within, search->beyond)
			       ? 0
			       : (search->within + search->beyond) / 2;
	below = search->grey_lo - search->within;
	above = search->beyond - search->grey_hi;
	if (is_narrow(search->within, search->grey_lo))
		below = 0;
	if (is_narrow(search->grey_hi, search->beyond))
		above = 0;
	if (below == 0 && above == 0)
		return 0;
	return below >= above ? search->grey_lo - below / 2 : search->grey_hi + above / 2;
}

void slo_search_begin(struct slo_search *search, double within, double within_excess, double beyond,
	double beyond_excess, double most)
{
	*search = (struct slo_search){
		.within = within,
		.within_excess = within_excess,
		.beyond = beyond,
		.beyond_excess = beyond_excess,
		.most = most,
	};
	search->load = choose(search);
}

/* A load that was not decided before may be shown to be on one side by one beyond it. */
static void narrow(struct slo_search *search)
{
	if (search->grey_lo > 0 &&
		(search->grey_hi <= search->within || search->grey_lo >= search->beyond))
		search->grey_lo = search->grey_hi = 0;
	if (search->grey_lo > 0) {
		search->grey_lo = fmax(search->grey_lo, search->within);
		search->grey_hi = fmin(search->grey_hi, search->beyond);
	}
}

void slo_search_tell(struct slo_search *search, const struct slo_evidence *evidence)
{
	enum slo_verdict verdict = slo_decide(evidence);

	if (verdict == SLO_OPEN)
		return;
	if (verdict == SLO_WITHIN) {
		search->within = search->load;
		search->within_excess = clipped(evidence->excess);
	} else if (verdict == SLO_BEYOND) {
		search->beyond = search->load;
		search->beyond_excess =
			evidence->is_undone ? MOST_EXCESS : clipped(evidence->excess);
	} else {
		search->grey_lo =
			search->grey_lo > 0 ? fmin(search->grey_lo, search->load) : search->load;
		search->grey_hi = fmax(search->grey_hi, search->load);
	}
	narrow(search);
	search->load = choose(search);
}

enum slo_answer slo_search_answer(const struct slo_search *search)
{
	if (search->within <= 0)
		return isinf(search->beyond) ? SLO_UNKNOWN : SLO_NONE;
	if (search->within >= search->most)
		return SLO_ALL;
	return SLO_FOUND;
}

struct curve_level slo_search_load(const struct slo_search *search)
{
	struct curve_level load = {.lo = search->within, .hi = search->beyond};
	double rise = search->beyond_excess - search->within_excess;

	if (isinf(search->beyond))
		load.hi = NAN;
	if (search->grey_lo > 0)
		load.value = (search->grey_lo + search->grey_hi) / 2;
	else if (isinf(search->beyond))
		load.value = search->within;
	else if (search->within > 0 && search->within_excess < 0 && search->beyond_excess > 0)
		load.value = search->within -
			     search->within_excess / rise * (search->beyond - search->within);
	else
		load.value = (search->within + search->beyond) / 2;
	return load;
}
