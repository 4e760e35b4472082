/* SPDX-License-Identifier: MIT */
/* The verdict in words: the winner and its lead, the price, and the limits of the claim. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "job/job_values.h"
#include "measure/estimate.h"
#include "session/report.h"
#include "text/figure.h"

enum { WORDS_LIMIT = 80 };

#define LINK_IS_FULL  0.85 /* packets' heads and flow control take the rest */
#define BEYOND_LINK   1.05
#define CPU_IS_FULL   0.95
#define FASTEST_8B10B 5.0 /* GT/s */

static const char *figure(
	const struct view *view, enum figure_kind kind, enum trial_value value, size_t c)
{
	char text[FIGURE_BYTES_OF_TEXT];

	return arena_strdup(view->arena, figure_text(text, kind, view_level(view, value, c)));
}

/* "IOPS", "p99 latency": what the primary metric is called in a sentence. */
static const char *primary_name(const struct view *view)
{
	const char *name = trial_value_metrics[view->point->primary].name;

	return strcmp(name, "iops") == 0 ? "IOPS" : name;
}

/* The difference to the reference in words; "" for the reference and without an interval. */
static const char *by_how_much(const struct view *view, size_t c)
{
	enum trial_value primary = view->point->primary;
	const struct contrast *contrast = view_contrast(view, primary, c);

	if (c == view->point->reference || contrast->difference.count < ESTIMATE_COUNT_FOR_INTERVAL)
		return "";
	if (view_is_unknown(primary, &contrast->difference))
		return arena_printf(view->arena,
			"; how far it is from %s in %s is unknown (±>100%%)",
			view_name(view, view->point->reference), primary_name(view));
	return arena_printf(view->arena, ", %s %s against %s [%s, %s]",
		view_effect(view, primary, contrast->difference.value), primary_name(view),
		view_name(view, view->point->reference),
		view_effect(view, primary, contrast->difference.lo),
		view_effect(view, primary, contrast->difference.hi));
}

static const char *list_tied(const struct view *view, const struct comparison *comparison)
{
	const char *list = "";

	for (size_t i = 0; i < comparison->rank_count; i++) {
		size_t c = comparison->ranks[i];

		if (comparison->letters[c] & 1)
			list = arena_printf(view->arena, "%s%s%s", list, *list ? ", " : "",
				view_label(view, c));
	}
	return list;
}

/* Of one that is marked against the reference and shares its letter: letters judge more pairs. */
static const char *which_pairs(const struct view *view)
{
	const uint64_t *letters = view->comparison.letters;
	size_t reference = view->point->reference;

	for (size_t i = 0; i < view->comparison.rank_count; i++) {
		size_t c = view->comparison.ranks[i];
		enum contrast_mark mark = view_contrast(view, view->point->primary, c)->mark;

		if (letters[c] & letters[reference] & 1 &&
			(mark == MARK_BETTER || mark == MARK_WORSE))
			return arena_printf(view->arena,
				" when every pair is judged; %s differs from %s where only pairs "
				"with %s are",
				view_name(view, c), view_name(view, reference),
				view_name(view, reference));
	}
	return "";
}

/* Contenders in the ranking that ran to the end. */
static size_t count_finishers(const struct view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < view->comparison.rank_count; i++)
		count += view->session.contenders[view->comparison.ranks[i]].problem == NULL;
	return count;
}

/* Why no contender can win by this metric, whatever its figures are; NULL: one may. */
static const char *why_no_winner(const struct view *view)
{
	const struct record_point *point = view->point;

	if (view->rates == RATE_UNEQUAL)
		return "the contenders were asked for unlike rates";
	if (view_lacks_syncs(view, point->primary))
		return "syncs that are calls of their own are not in it";
	if (view->rates == RATE_NONE || trial_value_metrics[point->primary].class != METRIC_RATE)
		return NULL;
	for (size_t c = 0; c < point->contender_count; c++) {
		if (!point->contenders[c].is_control && rate_is_missed(point, c))
			return NULL;
	}
	return "all of them kept their rate";
}

enum report_claim report_claim_of(const struct view *view)
{
	const struct comparison *comparison = &view->comparison;

	if (!view->has_figures || comparison->rank_count == 0)
		return CLAIM_NOTHING;
	if (comparison->rank_count == 1)
		return CLAIM_ALONE;
	if (why_no_winner(view) || view->has_thin_primary || count_finishers(view) < 2)
		return CLAIM_NONE;
	if (comparison->letter_count == 0)
		return CLAIM_EXPLORATORY;
	return comparison->top_count == 1 ? CLAIM_WINNER : CLAIM_TIED;
}

static void say_no_claim(struct report_lines *words)
{
	const struct view *view = words->view;

	if (why_no_winner(view))
		report_say(words, "no winner in %s: %s", primary_name(view), why_no_winner(view));
	else if (view->has_thin_primary)
		report_say(words,
			"no claim: too few I/Os of a trial lie beyond %s; --trial-time has to be "
			"longer",
			primary_name(view));
	else
		report_say(words, "no claim: fewer than two ran to the end");
}

static void say_winner(struct report_lines *words)
{
	const struct view *view = words->view;
	size_t first = view->comparison.ranks[0];

	switch (report_claim_of(view)) {
	case CLAIM_NOTHING:
	case CLAIM_ALONE:
		break;
	case CLAIM_NONE:
		say_no_claim(words);
		break;
	case CLAIM_EXPLORATORY:
		report_say(words,
			"exploratory: %s has the best %s%s; fewer than %d blocks, or --quick, "
			"make no claim",
			view_name(view, first), primary_name(view), by_how_much(view, first),
			CONTRAST_COUNT_FOR_CLAIM);
		break;
	case CLAIM_WINNER:
		report_say(words, "%s wins%s%s", view_name(view, first), by_how_much(view, first),
			view_is_doubtful(view, first) ? "; but it is not what its name says (!)"
						      : "");
		break;
	case CLAIM_TIED:
		report_say(words,
			"tied at the top: %s; no difference in %s was shown between them%s",
			list_tied(view, &view->comparison), primary_name(view), which_pairs(view));
		break;
	}
}

static void say_price(struct report_lines *words)
{
	const struct view *view = words->view;
	size_t first = view->comparison.ranks[0];
	size_t other = first == view->point->reference && view->comparison.rank_count > 1
			       ? view->comparison.ranks[1]
			       : view->point->reference;

	if (other != first)
		report_say(words,
			"the price: %s uses %s cores, %s %s; per core that is %s and %s IOPS",
			view_name(view, first), figure(view, FIGURE_NUMBER, VALUE_CORES, first),
			view_name(view, other), figure(view, FIGURE_NUMBER, VALUE_CORES, other),
			figure(view, FIGURE_COUNT, VALUE_IOPS_PER_CORE, first),
			figure(view, FIGURE_COUNT, VALUE_IOPS_PER_CORE, other));
}

/* Judged as the primary metric is: a leader is one that all others were shown to differ from. */
static void say_leader(struct report_lines *words, enum trial_value value, enum figure_kind kind,
	const char *how, const char *unit)
{
	const struct view *view = words->view;
	struct session session = view->session;
	struct comparison comparison;
	bool is_thin = false;
	size_t first;

	session.primary = value;
	compare_session(&session, &view->rule, view->arena, &comparison);
	for (size_t c = 0; c < view->point->contender_count; c++)
		is_thin |= view_is_thin(view, value, c);
	if (comparison.rank_count < 2 || is_thin)
		return;
	first = comparison.ranks[0];
	if (!view->record->is_exploratory && comparison.top_count > 1)
		report_say(words, "tied %s: %s", how, list_tied(view, &comparison));
	else
		report_say(words, "%s %s %s %s%s", how, view_name(view, first),
			!view->record->is_exploratory && comparison.top_count == 1 ? "leads with"
			: *unit                                                    ? "has the most,"
				: "has the least,",
			figure(view, kind, value, first), unit);
}

/* At a kept rate they differ in how long an I/O waits, and in what it costs. */
static void say_leaders(struct report_lines *words)
{
	const struct view *view = words->view;

	if (view->rates == RATE_UNEQUAL)
		return;
	if (view->rates == RATE_EQUAL) {
		if (view->point->primary != VALUE_LAT_P50)
			say_leader(words, VALUE_LAT_P50, FIGURE_TIME, "in p50 latency", "");
		if (view->point->primary != VALUE_LAT_P99)
			say_leader(words, VALUE_LAT_P99, FIGURE_TIME, "in p99 latency", "");
	} else {
		say_price(words);
	}
	say_leader(words, VALUE_IOPS_PER_CORE, FIGURE_COUNT, "per core", " IOPS");
}

static void say_unresolved(struct report_lines *words)
{
	const struct view *view = words->view;
	const char *reference = view_name(view, view->point->reference);
	const char *open = "";
	const char *demoted = "";
	size_t blocks = 0;

	for (size_t i = 0; i < view->comparison.rank_count; i++) {
		size_t c = view->comparison.ranks[i];
		const struct contrast *contrast = view_contrast(view, view->point->primary, c);
		const char **list = contrast->is_demoted ? &demoted : &open;

		if (contrast->mark != MARK_UNRESOLVED)
			continue;
		*list = arena_printf(
			view->arena, "%s%s%s", *list, **list ? ", " : "", view_name(view, c));
		blocks = MAX(blocks, contrast->blocks_needed);
	}
	if (*open && blocks < view->rule.block_limit)
		report_say(words,
			"not resolved against %s: %s (about %zu blocks would do: --blocks=%zu%s)",
			reference, open, blocks, blocks,
			view->point->stop == STOP_OUT_OF_TIME ? " without --max-time" : "");
	else if (*open)
		report_say(words,
			"not resolved against %s: %s (even %zu blocks would not do: it takes a "
			"quieter machine or longer trials)",
			reference, open, blocks);
	if (*demoted)
		report_say(words, "not claimed against %s, which differs as much from itself: %s",
			reference, demoted);
}

static bool excludes_zero(const struct estimate *difference)
{
	return difference->lo > 0 || difference->hi < 0;
}

static void say_control(struct report_lines *words)
{
	const struct view *view = words->view;
	const struct control *control = &view->comparison.columns[view->point->primary].control;
	const struct contrast *contrast;

	if (!control->is_judged)
		return;
	contrast = view_contrast(view, view->point->primary, view->point->control);
	if (control->has_failed)
		report_say(words,
			"warning: this session cannot support comparisons below %s: %s "
			"against itself differs by %s",
			view_amount(view, control->floor), view_name(view, view->point->reference),
			view_effect(view, view->point->primary, contrast->difference.value));
	else
		report_say(words, "noise floor ±%s: %s against itself differs by %s",
			view_amount(view, excludes_zero(&contrast->difference)
						  ? control->floor
						  : control->half_width),
			view_name(view, view->point->reference),
			view_effect(view, view->point->primary, contrast->difference.value));
}

/* NULL: because it was precise enough, or had the blocks that were asked for. */
static const char *why_it_ended(const struct view *view)
{
	switch (view->point->stop) {
	case STOP_BLOCK_LIMIT:
		return view->record->is_adaptive ? "the last look did not find it precise enough"
						 : NULL;
	case STOP_OUT_OF_TIME:
		return "the time was over (--max-time)";
	case STOP_NOT_YET:
		if (view->record->signal != 0)
			return "it was interrupted";
		return view->session.contenders[view->point->reference].problem
			       ? "the reference failed"
			       : NULL;
	default:
		return NULL;
	}
}

/*
 * Bytes that a PCIe link carries in a second, one way, from sysfs's words: "8.0 GT/s PCIe x4"; NAN:
 * they are none. Line coding is off (8b/10b to 5 GT/s, 128b/130b above), packets' heads are not.
 */
static double link_bandwidth(const char *link)
{
	double transfers;
	unsigned lanes;
	const char *width = strrchr(link, 'x');

	if (!width || sscanf(link, "%lf GT/s", &transfers) != 1 ||
		sscanf(width, "x%u", &lanes) != 1 || lanes == 0)
		return NAN;
	return transfers * 1e9 * (transfers > FASTEST_8B10B ? 128.0 / 130 : 0.8) / 8 * lanes;
}

/* All links together: which drive a contender used is not recorded. */
static double sum_of_links(const struct record *record, const char **link)
{
	static const char suffix[] = ".pci_link";
	const struct settings *facts = &record->environment.soft;
	double sum = NAN;

	for (size_t i = 0; i < facts->count; i++) {
		size_t length = strlen(facts->items[i].key);
		const char *value = facts->items[i].value;

		if (!value || length < strlen(suffix) ||
			strcmp(facts->items[i].key + length - strlen(suffix), suffix) != 0 ||
			isnan(link_bandwidth(value)))
			continue;
		sum = fmax(sum, 0) + link_bandwidth(value);
		*link = value;
	}
	return sum;
}

static const char *link_sentence(const struct view *view, size_t c)
{
	double bandwidth = view_level(view, VALUE_BANDWIDTH, c);
	char text[FIGURE_BYTES_OF_TEXT], most_text[FIGURE_BYTES_OF_TEXT];
	const char *link = "";
	double most = sum_of_links(view->record, &link);

	if (!view->point->contenders[c].is_direct || !(bandwidth > LINK_IS_FULL * most))
		return NULL;
	figure_text(text, FIGURE_BANDWIDTH, bandwidth);
	figure_text(most_text, FIGURE_BANDWIDTH, most);
	return arena_printf(view->arena, "%s: %s moves %s, the link carries %s (%s)%s",
		bandwidth > BEYOND_LINK * most ? "warning: faster than the drive's PCIe link"
					       : "limited by the drive's PCIe link",
		view_name(view, c), text, most_text, link,
		bandwidth > BEYOND_LINK * most ? ": a cache took part" : "");
}

/* CPUs that contenders may use; 0: not known. */
static size_t count_cpus(const struct view *view)
{
	const char *text = view->record->cpus;
	struct job_cpus cpus = {0};
	struct option_problem problem = {0};

	if (!text)
		text = settings_value(&view->record->environment.soft, "cpus_allowed");
	if (!text || job_cpus_parse(text, &cpus, view->arena, &problem) != 0)
		return 0;
	return cpus.count;
}

/* Whether it uses a CPU up by its nature, waiting, too. */
static bool polls(const struct contender *contender)
{
	static const char *const options[] = {"sqthread_poll", "hipri"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *value = settings_value(&contender->options, options[i]);

		if (value && strcmp(value, "1") == 0)
			return true;
	}
	return false;
}

static const char *cpu_sentence(const struct view *view, size_t c)
{
	const struct contender *contender = &view->point->contenders[c];
	double cores = view_level(view, VALUE_CORES, c);
	size_t cpus = count_cpus(view);

	if (cpus > 0 && cores >= CPU_IS_FULL * (double)cpus)
		return arena_printf(view->arena,
			"limited by the CPUs: %s uses %.2f of %zu, so that this compares CPU cost",
			view_name(view, c), cores, cpus);
	if (!polls(contender) && cores >= CPU_IS_FULL * contender->numjobs)
		return arena_printf(view->arena,
			"limited by the CPU: %s's %s busy all the time; more of them (numjobs) "
			"may do more",
			view_name(view, c), contender->numjobs == 1 ? "thread is" : "threads are");
	return NULL;
}

/* "limited by the drive's PCIe link: …" for what holds the contender back; NULL: unknown. */
static const char *limit_sentence(const struct view *view, size_t contender)
{
	const char *limit = settings_value(&view->record->environment.soft, "cgroup.io_max");
	const char *sentence = link_sentence(view, contender);

	if (!sentence)
		sentence = cpu_sentence(view, contender);
	if (!sentence && limit && strcmp(limit, "none") != 0)
		sentence = arena_printf(
			view->arena, "perhaps limited by the cgroup's io.max: %s", limit);
	return sentence;
}

static void say_limits(struct report_lines *words)
{
	const struct view *view = words->view;
	const char *reason = why_it_ended(view);
	double smallest = view_smallest_effect(view);
	const char *limit = limit_sentence(view, view->comparison.ranks[0]);

	if (limit)
		report_say(words, "%s", limit);
	say_control(words);
	if (!isnan(smallest))
		report_say(words, "a difference %s %s can stay unseen in a session like this",
			trial_value_metrics[view->point->primary].scale == METRIC_RATIO &&
					smallest > FIGURE_WIDTH_MOST
				? "of"
				: "below",
			view_amount(view, smallest));
	if (reason)
		report_say(words, "it ended after %zu block%s because %s", view->point->block_count,
			view->point->block_count == 1 ? "" : "s", reason);
}

const char **report_words(const struct view *view)
{
	struct report_lines words = {.view = view, .room = WORDS_LIMIT};

	words.lines = arena_alloc_array(view->arena, WORDS_LIMIT, sizeof(*words.lines));
	if (!view->has_figures || view->comparison.rank_count == 0)
		return words.lines;
	say_winner(&words);
	say_leaders(&words);
	say_unresolved(&words);
	say_limits(&words);
	return words.lines;
}
