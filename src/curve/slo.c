/* SPDX-License-Identifier: MIT */
#include "curve/slo.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "measure/distribution.h"

#define CLEAR_EXCESS   0.405 /* log 1.5 */
#define NEAR_LOADS     0.08 /* of the load: p99 bends upwards, and a long line would lie above it */
#define NEAR_EXCESS    0.7  /* log 2 */
#define CROSSING_ALPHA 0.01

enum { LOADS_FOR_INTERVAL = 4 };

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

/* Sums over the loads that are near enough for a straight line; weights are trials. */
struct line_sums {
	size_t count;
	double weight, load, excess; /* the last two: means */
	double load_squares, products, excess_squares;
};

static bool is_near(const struct slo_seen *seen, double middle, double reach)
{
	return fabs(seen->load - middle) <= reach * middle && fabs(seen->excess) <= NEAR_EXCESS;
}

/* By Welford. */
static void add_seen(struct line_sums *sums, const struct slo_seen *seen)
{
	double load_delta = seen->load - sums->load;
	double excess_delta = seen->excess - sums->excess;
	double share;

	sums->count++;
	sums->weight += (double)seen->count;
	share = (double)seen->count / sums->weight;
	sums->load += share * load_delta;
	sums->excess += share * excess_delta;
	share *= sums->weight - (double)seen->count;
	sums->load_squares += share * load_delta * load_delta;
	sums->products += share * load_delta * excess_delta;
	sums->excess_squares += share * excess_delta * excess_delta;
}

/* Where the least squares of excess by load cross 0; lo and hi NAN: too few loads to tell. */
static struct curve_level crossing_near(
	const struct slo_search *search, double middle, double reach)
{
	struct curve_level crossing = {NAN, NAN, NAN};
	struct line_sums sums = {0};
	double slope, variance, error;

	for (size_t i = 0; i < search->seen_count; i++) {
		if (is_near(&search->seen[i], middle, reach))
			add_seen(&sums, &search->seen[i]);
	}
	if (!(sums.products > 0)) /* it falls, or there is one load */
		return crossing;
	slope = sums.products / sums.load_squares;
	crossing.value = sums.load - sums.excess / slope;
	if (sums.count < LOADS_FOR_INTERVAL)
		return crossing;
	variance = fmax(0, sums.excess_squares - slope * sums.products) / (double)(sums.count - 2);
	error = sqrt(variance / sums.weight + variance * (crossing.value - sums.load) *
						      (crossing.value - sums.load) /
						      sums.load_squares) /
		slope;
	error *= distribution_t_quantile(1 - CROSSING_ALPHA / 2, (double)(sums.count - 2));
	crossing.lo = crossing.value - error;
	crossing.hi = crossing.value + error;
	return crossing;
}

struct curve_level slo_search_load(const struct slo_search *search)
{
	struct curve_level load = {.lo = search->within, .hi = search->beyond};
	struct curve_level crossing;
	double reach = NEAR_LOADS;

	if (search->grey_lo > 0)
		load.value = (search->grey_lo + search->grey_hi) / 2;
	else if (isinf(search->beyond))
		load.value = search->within;
	else
		load.value = (search->within + search->beyond) / 2;
	crossing = crossing_near(search, load.value, reach);
	/* Of loads farther away: better than the middle, but the line's interval does not hold. */
	while (isnan(crossing.value) && (reach *= 2) < 1) {
		crossing = crossing_near(search, load.value, reach);
		crossing.lo = crossing.hi = NAN;
	}
	if (crossing.value >= load.lo && crossing.value <= load.hi) {
		load.value = crossing.value;
		load.lo = fmax(load.lo, crossing.lo); /* fmax passes over NAN */
		load.hi = fmin(load.hi, crossing.hi);
	}
	if (isinf(load.hi))
		load.hi = NAN;
	return load;
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
	struct curve_level load = slo_search_load(search);
	double below, above;

	if (load.lo > 0 && load.hi - load.lo <= SLO_RESOLUTION * load.hi)
		return 0;
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

void slo_search_begin(struct slo_search *search, double within, double beyond, double most)
{
	*search = (struct slo_search){.within = within, .beyond = beyond, .most = most};
	search->load = choose(search);
}

void slo_search_see(struct slo_search *search, const struct slo_seen *seen)
{
	if (search->seen_count < SLO_SEEN_LIMIT && isfinite(seen->excess) && seen->count > 0)
		search->seen[search->seen_count++] = *seen;
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
	if (!evidence->is_undone)
		slo_search_see(search,
			&(struct slo_seen){search->load, evidence->excess, evidence->count});
	if (verdict == SLO_WITHIN) {
		search->within = search->load;
	} else if (verdict == SLO_BEYOND) {
		search->beyond = search->load;
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
