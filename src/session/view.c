/* SPDX-License-Identifier: MIT */
/* Points as reports show them. */
#include "session/view.h"

#include <math.h>
#include <string.h>

#include "engine/engine_list.h"
#include "measure/estimate.h"
#include "result/result_figures.h"
#include "text/figure.h"
#include "text/page.h"

/*
 * Whether more than a quarter of the trials had fewer I/Os beyond the percentile than `least`: a
 * single trial that stalled does not spoil the others'.
 */
static bool has_thin_tail(const struct view *view, enum trial_value value, size_t c, double least)
{
	size_t count = 0;
	size_t thin = 0;

	for (size_t i = 0; i < view->point->trial_count; i++) {
		const struct trial *trial = &view->point->trials[i];

		if (trial->contender != c || !trial->counts || isnan(trial->values[value]))
			continue;
		count++;
		thin += trial_values_tail(trial->values, trial->window_s, value) < least;
	}
	return 4 * thin > count;
}

bool view_is_thin(const struct view *view, enum trial_value value, size_t c)
{
	return view->is_thin[(size_t)value * view->point->contender_count + c];
}

static void find_thin(struct view *view)
{
	size_t count = view->point->contender_count;

	view->is_thin = arena_alloc_array(view->arena, VALUE_COUNT * count, sizeof(bool));
	for (size_t i = 0; i < VALUE_COUNT * count; i++) {
		enum trial_value value = (enum trial_value)(i / count);
		enum metric_class class = trial_value_metrics[value].class;

		view->is_thin[i] =
			has_thin_tail(view, value, i % count, metric_gate_of(class)->tail_count);
	}
	for (size_t c = 0; c < count; c++)
		view->has_thin_primary |= view_is_thin(view, view->point->primary, c);
}

/* A latency of I/Os; those of syncs are figures of their own. */
static bool is_latency(enum trial_value value)
{
	enum metric_class class = trial_value_metrics[value].class;

	return (class == METRIC_TYPICAL || class == METRIC_TAIL || class == METRIC_FAR_TAIL) &&
	       (value < VALUE_SYNC_IOPS || value > VALUE_SYNC_P999);
}

bool view_lacks_syncs(const struct view *view, enum trial_value value)
{
	size_t syncer = view_find_syncer(view);
	bool is_of_most = value >= VALUE_LAT_P50 && value <= VALUE_LAT_P999;

	if (syncer == SESSION_NONE)
		return false;
	if (is_of_most)
		return !(view_level(view, VALUE_READ_IOPS, syncer) >
			 view_level(view, VALUE_WRITE_IOPS, syncer));
	return value >= VALUE_WRITE_P50 && value <= VALUE_WRITE_P999;
}

/* Whether the figure is not of the same for all: of unlike loads, or of writes without syncs. */
static bool is_unlike(const struct view *view, enum trial_value value)
{
	bool is_of_load = trial_value_metrics[value].class == METRIC_RATE || value == VALUE_CORES ||
			  is_latency(value);

	return (view->rates == RATE_UNEQUAL && is_of_load) || view_lacks_syncs(view, value);
}

/*
 * --quick claims nothing, however many blocks it was given. There is no verdict on percentiles that
 * too few I/Os carry, nor on what is not of the same: doing as it was asked is no merit.
 */
static void take_back(struct view *view)
{
	size_t count = view->point->contender_count;
	bool is_exploratory = view->record->is_exploratory;

	for (size_t i = 0; i < VALUE_COUNT * count; i++) {
		enum trial_value value = (enum trial_value)(i / count);
		struct contrast *contrast = &view->comparison.columns[value].contrasts[i % count];

		if (is_exploratory && contrast->mark > MARK_EXPLORATORY)
			contrast->mark = MARK_EXPLORATORY;
		if (view->is_thin[i] || view_is_thin(view, value, view->point->reference) ||
			is_unlike(view, value))
			contrast->mark = MARK_NONE;
	}
	if (is_exploratory || view->has_thin_primary || is_unlike(view, view->point->primary))
		view->comparison.letter_count = 0;
}

void view_make(struct view *view, const struct record *record, const struct record_point *point,
	struct arena *arena)
{
	*view = (struct view){.arena = arena, .record = record, .point = point};
	view->rule = record_rule(record);
	view->has_figures = point->reference != SESSION_NONE && point->block_count > 0;
	if (!view->has_figures)
		return;
	record_session(point, arena, &view->session);
	compare_session(&view->session, &view->rule, arena, &view->comparison);
	find_thin(view);
	view->rates = rate_state_of(point);
	take_back(view);
}

const struct contrast *view_contrast(const struct view *view, enum trial_value value, size_t c)
{
	return &view->comparison.columns[value].contrasts[c];
}

double view_level(const struct view *view, enum trial_value value, size_t c)
{
	double level = view->comparison.columns[value].levels[c].value;

	return isnan(level) ? NAN : metric_level(&trial_value_metrics[value], level);
}

double view_share(const struct view *view, enum trial_value part, enum trial_value whole, size_t c)
{
	double part_mean = view->comparison.columns[part].levels[c].value;
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < view->point->trial_count; i++) {
		const struct trial *trial = &view->point->trials[i];

		if (trial->contender != c || !trial->counts || isnan(trial->values[whole]))
			continue;
		sum += trial->values[whole];
		count++;
	}
	return sum > 0 ? part_mean * (double)count / sum : NAN;
}

size_t view_find_syncer(const struct view *view)
{
	size_t syncer = SESSION_NONE;
	bool has_other = false;

	for (size_t i = 0; i < view->comparison.rank_count; i++) {
		size_t c = view->comparison.ranks[i];

		if (isnan(view_level(view, VALUE_SYNC_P50, c)))
			has_other |= view_level(view, VALUE_WRITE_IOPS, c) > 0;
		else if (syncer == SESSION_NONE)
			syncer = c;
	}
	return has_other ? syncer : SESSION_NONE;
}

double view_spread(const struct view *view, enum trial_value value, size_t c)
{
	const struct metric *metric = &trial_value_metrics[value];
	const struct estimate *level = &view->comparison.columns[value].levels[c];
	double half = estimate_half_width(level);

	if (metric->scale == METRIC_RATIO)
		return metric_effect(metric, half);
	return level->value == 0 ? NAN : half / fabs(level->value);
}

const char *view_mark(enum contrast_mark mark)
{
	switch (mark) {
	case MARK_BETTER:
		return PAGE_GREEN "▲" PAGE_PLAIN;
	case MARK_WORSE:
		return PAGE_RED "▼" PAGE_PLAIN;
	case MARK_EQUIVALENT:
		return "≈";
	case MARK_UNRESOLVED:
		return "~";
	default:
		return "";
	}
}

const char *view_effect(const struct view *view, enum trial_value value, double difference)
{
	const struct metric *metric = &trial_value_metrics[value];

	if (metric->scale == METRIC_RATIO)
		return arena_printf(
			view->arena, "%+.1f%%", metric_effect(metric, difference) * 100);
	return arena_printf(view->arena, "%+.3g", difference);
}

const char *view_amount(const struct view *view, double effect)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (trial_value_metrics[view->point->primary].scale == METRIC_RATIO)
		return arena_strdup(view->arena, figure_width(text, effect));
	return arena_printf(view->arena, "%.3g", effect);
}

/* An end of an interval: without the sign of percent, which its middle has. */
static const char *bound(const struct view *view, enum trial_value value, double difference)
{
	const struct metric *metric = &trial_value_metrics[value];

	if (metric->scale == METRIC_RATIO)
		return arena_printf(view->arena, "%.1f", metric_effect(metric, difference) * 100);
	return arena_printf(view->arena, "%.3g", difference);
}

bool view_is_unknown(enum trial_value value, const struct estimate *difference)
{
	const struct metric *metric = &trial_value_metrics[value];

	return metric->scale == METRIC_RATIO &&
	       metric_effect(metric, estimate_half_width(difference)) > FIGURE_WIDTH_MOST;
}

const char *view_difference(const struct view *view, enum trial_value value, size_t c)
{
	const struct contrast *contrast = view_contrast(view, value, c);
	const struct estimate *difference = &contrast->difference;
	const char *mark = view_mark(contrast->mark);

	if (c == view->point->reference)
		return "ref";
	if (isnan(difference->value))
		return "";
	if (contrast->mark == MARK_RANGE)
		return arena_printf(view->arena, "%s..%s ?",
			view_effect(view, value, difference->lo),
			view_effect(view, value, difference->hi));
	if (isnan(difference->lo))
		return view_effect(view, value, difference->value);
	if (view_is_unknown(value, difference))
		return arena_printf(view->arena, "%s%sunknown (±>100%%)", mark, *mark ? " " : "");
	return arena_printf(view->arena, "%s%s%s [%s, %s]", mark, *mark ? " " : "",
		view_effect(view, value, difference->value), bound(view, value, difference->lo),
		bound(view, value, difference->hi));
}

size_t view_rows(const struct view *view, size_t **contenders)
{
	size_t count = view->comparison.rank_count;
	size_t control = view->point->control;

	*contenders =
		arena_alloc_array(view->arena, view->point->contender_count, sizeof(**contenders));
	for (size_t i = 0; i < count; i++)
		(*contenders)[i] = view->comparison.ranks[i];
	if (control != SESSION_NONE && !isnan(view_level(view, view->point->primary, control)))
		(*contenders)[count++] = control;
	return count;
}

bool view_is_doubtful(const struct view *view, size_t c)
{
	const char *what;

	return record_count_mismatches(view->point, c, &what) > 0;
}

const char *view_name(const struct view *view, size_t c)
{
	const char *name = view->point->contenders[c].name;

	return view_is_doubtful(view, c) ? arena_printf(view->arena, "! %s", name) : name;
}

const char *view_label(const struct view *view, size_t c)
{
	return arena_printf(view->arena, "%s%s", view_name(view, c),
		c == view->point->reference ? " (ref)" : "");
}

double view_smallest_effect(const struct view *view)
{
	const struct metric *metric = &trial_value_metrics[view->point->primary];
	double smallest = NAN;

	for (size_t c = 0; c < view->point->contender_count; c++) {
		const struct estimate *difference =
			&view_contrast(view, view->point->primary, c)->difference;
		double freedom = (double)difference->count - 1;

		if (c == view->point->reference || c == view->point->control ||
			difference->count < ESTIMATE_COUNT_FOR_INTERVAL)
			continue;
		smallest = fmax(
			smallest, estimate_smallest_effect(
					  difference->deviation / sqrt((double)difference->count),
					  freedom, view->rule.alpha / 2));
	}
	return isnan(smallest) ? NAN : metric_effect(metric, smallest);
}

void view_sweep(const struct record *record, struct arena *arena, struct view_sweep *sweep)
{
	struct view *views = arena_alloc_array(arena, record->point_count, sizeof(*views));
	size_t limit = 0;

	*sweep = (struct view_sweep){0};
	for (size_t i = 0; i < record->point_count; i++)
		limit += record->points[i].contender_count;
	sweep->rows = arena_alloc_array(arena, limit, sizeof(*sweep->rows));
	for (size_t i = 0; i < record->point_count; i++) {
		const struct record_point *point = &record->points[i];
		size_t before = sweep->row_count;

		view_make(&views[i], record, point, arena);
		for (size_t c = 0; views[i].has_figures && c < point->contender_count; c++) {
			if (c != point->control && !isnan(view_level(&views[i], point->primary, c)))
				sweep->rows[sweep->row_count++] =
					(struct view_sweep_row){&views[i], c};
		}
		sweep->compares |= sweep->row_count - before > 1;
	}
}

bool view_sweep_has(const struct view_sweep *sweep, enum trial_value value)
{
	for (size_t i = 0; i < sweep->row_count; i++) {
		if (!isnan(view_level(sweep->rows[i].view, value, sweep->rows[i].contender)))
			return true;
	}
	return false;
}

/* The contender that `c` is held against; itself, where it is held against none. */
static size_t leader_of(const struct record_point *point, size_t c)
{
	size_t reference = record_reference(point, c);

	return reference == SESSION_NONE ? c : reference;
}

static bool leads(const struct record_point *point, size_t leader)
{
	for (size_t c = 0; c < point->contender_count; c++) {
		if (c != point->control && leader_of(point, c) == leader)
			return true;
	}
	return false;
}

static const char *option_of(
	const struct contender *contender, const char *key, const char *otherwise)
{
	const char *value = settings_value(&contender->options, key);

	return value ? value : otherwise;
}

/* The job that the table is about: "randread 4k, direct, data.bin". */
static const char *summarise(const struct contender *job, struct arena *arena)
{
	const struct engine_class *engine = job->engine ? engine_find(job->engine) : NULL;
	const char *filename = option_of(job, "filename", "");
	const char *sizes = result_block_sizes(&job->options);
	const char *text =
		arena_printf(arena, "%s %s", option_of(job, "rw", "read"), sizes ? sizes : "4k");

	if (engine)
		text = arena_printf(
			arena, "%s, %s", text, engine_access_name(engine, job->is_direct));
	return *filename ? arena_printf(arena, "%s, %s", text, filename) : text;
}

/* `place[c]` is where contender c stands in the table; SESSION_NONE: it is of another. */
static void take_contenders(
	struct record_point *table, const struct record_point *point, size_t leader, size_t *place)
{
	for (size_t c = 0; c < point->contender_count; c++) {
		place[c] = SESSION_NONE;
		if (leader_of(point, c) != leader)
			continue;
		place[c] = table->contender_count;
		table->contenders[table->contender_count++] = point->contenders[c];
	}
	table->reference = place[leader];
	table->control = point->control == SESSION_NONE ? SESSION_NONE : place[point->control];
}

static void take_trials(
	struct record_point *table, const struct record_point *point, const size_t *place)
{
	for (size_t i = 0; i < point->trial_count; i++) {
		struct trial *trial = &table->trials[table->trial_count];

		if (place[point->trials[i].contender] == SESSION_NONE)
			continue;
		*trial = point->trials[i];
		trial->contender = place[trial->contender];
		table->trial_count++;
	}
}

/* The one that is held against another, or that is alone. */
static const struct contender *job_of(const struct record_point *table)
{
	for (size_t c = 0; c < table->contender_count; c++) {
		if (table->contenders[c].reference)
			return &table->contenders[c];
	}
	return &table->contenders[0];
}

static void make_table(struct record_point *table, const struct record_point *point, size_t leader,
	struct arena *arena)
{
	size_t *place = arena_alloc_array(arena, point->contender_count, sizeof(*place));
	const struct contender *job;

	*table = *point;
	table->contender_count = 0;
	table->contenders =
		arena_alloc_array(arena, point->contender_count, sizeof(*table->contenders));
	table->trial_count = 0;
	table->trials = arena_alloc_array(arena, point->trial_count, sizeof(*table->trials));
	take_contenders(table, point, leader, place);
	take_trials(table, point, place);
	job = job_of(table);
	table->name = job->name;
	table->summary = summarise(job, arena);
}

size_t view_split_point(
	const struct record_point *point, struct arena *arena, struct record_point **tables)
{
	size_t count = 0;

	*tables = arena_alloc_array(arena, point->contender_count + 1, sizeof(**tables));
	for (size_t c = 0; point->has_own_references && c < point->contender_count; c++) {
		if (point->reference != SESSION_NONE && leads(point, c))
			make_table(&(*tables)[count++], point, c, arena);
	}
	if (count > 1)
		return count;
	(*tables)[0] = *point;
	return 1;
}

size_t view_split_record(
	const struct record *record, struct arena *arena, struct record_point **tables)
{
	size_t count = 0;

	*tables = NULL;
	for (size_t i = 0; i < record->point_count; i++) {
		struct record_point *more, *all;
		size_t more_count = view_split_point(&record->points[i], arena, &more);

		all = arena_alloc_array(arena, count + more_count, sizeof(*all));
		if (count > 0)
			memcpy(all, *tables, count * sizeof(*all));
		memcpy(all + count, more, more_count * sizeof(*all));
		*tables = all;
		count += more_count;
	}
	return count;
}
