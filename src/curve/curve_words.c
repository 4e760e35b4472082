/* SPDX-License-Identifier: MIT */
/* Title, tables and sentences. */
#include "curve/curve_words.h"

#include <math.h>
#include <string.h>

#include "session/report.h"

enum { SENTENCES_LIMIT = 8 * 32, CELL_BYTES = 2 * FIGURE_BYTES_OF_TEXT };

static const char *rate(struct arena *arena, double iops)
{
	char text[FIGURE_BYTES_OF_TEXT];

	return arena_printf(arena, "%s/s", figure_text(text, FIGURE_COUNT, iops));
}

static const char *time_text(struct arena *arena, double time_ns)
{
	char text[FIGURE_BYTES_OF_TEXT];

	return arena_strdup(arena, figure_text(text, FIGURE_TIME, time_ns));
}

/* "7.41k/s [7.33k, 7.50k]". */
static const char *rate_between(struct arena *arena, const struct curve_level *level)
{
	char lo[FIGURE_BYTES_OF_TEXT], hi[FIGURE_BYTES_OF_TEXT];

	if (!isfinite(level->value))
		return FIGURE_UNKNOWN;
	if (!isfinite(level->lo) && !isfinite(level->hi))
		return rate(arena, level->value);
	return arena_printf(arena, "%s [%s, %s]", rate(arena, level->value),
		figure_text(lo, FIGURE_COUNT, level->lo), figure_text(hi, FIGURE_COUNT, level->hi));
}

static bool have_same_summary(const struct curve *curve)
{
	for (size_t l = 1; l < curve->line_count; l++) {
		if (strcmp(curve->lines[l].summary, curve->lines[0].summary) != 0)
			return false;
	}
	return true;
}

static size_t most_points(const struct curve *curve)
{
	size_t most = 0;

	for (size_t l = 0; l < curve->line_count; l++)
		most = curve->lines[l].point_count > most ? curve->lines[l].point_count : most;
	return most;
}

const char *curve_words_title(const struct curve *curve, struct arena *arena)
{
	const char *head = curve->line_count > 0 && have_same_summary(curve)
				   ? curve->lines[0].summary
				   : arena_printf(arena, "%zu jobs", curve->line_count);

	return arena_printf(arena, "%s — %zu loads, %zu block%s of %.3g s, %s arrivals, seed %llu",
		head, most_points(curve), curve->block_count, curve->block_count == 1 ? "" : "s",
		curve->trial_s, curve->is_poisson ? "random" : "even",
		(unsigned long long)curve->seed);
}

const char *curve_words_label(const struct curve *curve, size_t line, struct arena *arena)
{
	const char *name = curve->lines[line].name;

	return curve->line_count > 1 ? arena_printf(arena, "%c %s", 'A' + (int)line, name) : name;
}

/* "p99 <= 1.00 ms". */
static const char *limit_text(const struct slo *slo, struct arena *arena)
{
	return arena_printf(arena, "%s <= %s", slo_name(slo), time_text(arena, slo->limit_ns));
}

static const char *slo_cell(const struct curve_slo_result *slo, struct arena *arena)
{
	switch (slo->answer) {
	case SLO_NONE:
		return "none";
	case SLO_ALL:
		return arena_printf(arena, "all, to %s", rate(arena, slo->load.lo));
	case SLO_FOUND:
		return rate_between(arena, &slo->load);
	default:
		return FIGURE_UNKNOWN;
	}
}

static const char *limit_name(enum saturation_cause cause)
{
	static const char *const names[] = {
		[SATURATION_NONE] = "",
		[SATURATION_TARGET] = "target",
		[SATURATION_CPU] = "CPU",
		[SATURATION_GENERATOR] = "generator",
	};

	return names[cause];
}

void curve_words_summary(const struct curve *curve, struct arena *arena, struct grid *grid)
{
	struct grid_cell *most, *most_p99, *knee, *saturated, *cause, *slo = NULL;

	grid_init(grid, arena, curve->line_count);
	grid->label_title = curve->is_mixed ? "reads" : NULL;
	most = grid_add_figures(grid, "maximum", FIGURE_COUNT, "/s");
	most_p99 = grid_add_figures(grid, "its p99", FIGURE_TIME, NULL);
	knee = grid_add_texts(grid, "knee", true);
	saturated = grid_add_texts(grid, "saturated from", true);
	cause = grid_add_texts(grid, "by", true);
	if (curve->has_slo)
		slo = grid_add_texts(grid, limit_text(&curve->slo, arena), true);
	for (size_t l = 0; l < curve->line_count; l++) {
		const struct curve_line *line = &curve->lines[l];
		const struct curve_point *first = curve_saturated_from(line);

		(void)grid_add_row(grid, curve_words_label(curve, l, arena)); /* is l */
		most[l].value = line->most.value;
		most_p99[l].value = line->most_p99.value;
		knee[l].text = rate_between(arena, &line->knee.load);
		saturated[l].text = first ? rate(arena, first->offered) : FIGURE_UNKNOWN;
		cause[l].text = first ? limit_name(first->cause) : "";
		if (slo)
			slo[l].text = slo_cell(&line->slo, arena);
	}
}

/* "* target": saturated, by the target; "generator": sent late. */
static const char *state_text(const struct curve_point *point, struct arena *arena)
{
	if (point->window_s <= 0)
		return "not run";
	if (point->is_saturated)
		return arena_printf(arena, "* %s", limit_name(point->cause));
	if (point->cause == SATURATION_NONE || point->cause == SATURATION_TARGET)
		return "";
	return limit_name(point->cause);
}

static void put_level(struct grid *grid, const struct curve_point *point, enum curve_value value)
{
	bool is_unknown = point->window_s <= 0 || curve_is_thin(point, value);

	grid_put(grid, is_unknown ? GRID_UNKNOWN : point->levels[value].value);
}

/* Half of the interval, in percent of the value. */
static const char *spread_text(
	const struct curve_point *point, enum curve_value value, struct arena *arena)
{
	const struct curve_level *level = &point->levels[value];
	char text[FIGURE_BYTES_OF_TEXT];
	double width;

	if (point->window_s <= 0 || curve_is_thin(point, value) || !isfinite(level->lo))
		return "";
	width = (level->hi - level->lo) / 2 / level->value;
	return width > FIGURE_WIDTH_MOST ? ">100 %"
					 : arena_strdup(arena, figure_width(text, width));
}

static const enum curve_value narrow_values[] = {CURVE_ACHIEVED, CURVE_P50, CURVE_P99, CURVE_P999,
	CURVE_SERVICE_P50, CURVE_SERVICE_P99, CURVE_CPU_PER_IO, CURVE_CORES, CURVE_DEPTH,
	CURVE_VALUE_COUNT};
static const enum curve_value wide_values[] = {CURVE_ACHIEVED, CURVE_MEAN, CURVE_P50, CURVE_P99,
	CURVE_P999, CURVE_MAX, CURVE_READ_P99, CURVE_WRITE_P99, CURVE_SERVICE_P50,
	CURVE_SERVICE_P99, CURVE_SERVICE_P999, CURVE_LAG_P99, CURVE_CPU_PER_IO, CURVE_CORES,
	CURVE_BUSY, CURVE_DEPTH, CURVE_VALUE_COUNT};

void curve_words_loads(
	const struct curve_line *line, bool is_wide, struct arena *arena, struct grid *grid)
{
	const enum curve_value *values = is_wide ? wide_values : narrow_values;

	grid_init(grid, arena, line->point_count);
	grid->label_title = "offered";
	grid->shares_units = true;
	for (size_t v = 0; values[v] != CURVE_VALUE_COUNT; v++) {
		const struct curve_figure *figure = &curve_figures[values[v]];

		(void)grid_add_figures(grid, figure->title, figure->kind, figure->per);
		if (values[v] == CURVE_P99)
			(void)grid_add_texts(grid, "±", false);
	}
	(void)grid_add_texts(grid, "", true);
	for (size_t i = 0; i < line->point_count; i++) {
		const struct curve_point *point = &line->points[i];

		(void)grid_add_row(grid, rate(arena, point->offered)); /* is i */
		for (size_t v = 0; values[v] != CURVE_VALUE_COUNT; v++) {
			put_level(grid, point, values[v]);
			if (values[v] == CURVE_P99)
				grid_put_text(grid, spread_text(point, CURVE_P99, arena));
		}
		grid_put_text(grid, state_text(point, arena));
	}
}

/* The line with the most loads, of which the others have the first ones; NULL: they have others. */
static const struct curve_line *longest_of_all(const struct curve *curve)
{
	const struct curve_line *longest = NULL;

	for (size_t l = 0; l < curve->line_count; l++) {
		if (!longest || curve->lines[l].point_count > longest->point_count)
			longest = &curve->lines[l];
	}
	for (size_t l = 0; l < curve->line_count; l++) {
		for (size_t i = 0; i < curve->lines[l].point_count; i++) {
			if (curve->lines[l].points[i].offered != longest->points[i].offered)
				return NULL;
		}
	}
	return longest;
}

static const char *mark_of(const struct curve_point *point)
{
	return point->is_saturated ? "*" : "";
}

bool curve_words_together(const struct curve *curve, struct arena *arena, struct grid *grid)
{
	const struct curve_line *longest = longest_of_all(curve);
	enum curve_value value = curve->has_slo ? curve->slo.metric : CURVE_P99;

	if (!longest)
		return false;
	grid_init(grid, arena, longest->point_count);
	grid->label_title =
		arena_printf(arena, "%s at", curve->has_slo ? slo_name(&curve->slo) : "p99");
	grid->shares_units = true;
	for (size_t i = 0; i < longest->point_count; i++)
		(void)grid_add_row(grid, rate(arena, longest->points[i].offered)); /* is i */
	for (size_t l = 0; l < curve->line_count; l++) {
		const struct curve_line *line = &curve->lines[l];
		struct grid_cell *cells = grid_add_figures(
			grid, curve_words_label(curve, l, arena), FIGURE_TIME, NULL);

		for (size_t i = 0; i < longest->point_count; i++) {
			cells[i].value = GRID_BLANK;
			if (i >= line->point_count || line->points[i].window_s <= 0)
				continue;
			cells[i].value = curve_is_thin(&line->points[i], value)
						 ? GRID_UNKNOWN
						 : line->points[i].levels[value].value;
			cells[i].text = mark_of(&line->points[i]);
		}
	}
	return true;
}

void curve_words_matrix(const struct curve *curve, struct arena *arena, struct grid *grid)
{
	size_t columns = most_points(curve);
	struct grid_cell *most;

	grid_init(grid, arena, curve->line_count);
	grid->label_title = "p99 at";
	grid->shares_units = true;
	for (size_t l = 0; l < curve->line_count; l++)
		(void)grid_add_row(grid, curve_words_label(curve, l, arena)); /* is l */
	most = grid_add_figures(grid, "maximum", FIGURE_COUNT, "/s");
	for (size_t l = 0; l < curve->line_count; l++)
		most[l].value = curve->lines[l].most.value;
	for (size_t i = 0; i < columns && i + 2 < GRID_COLUMNS_LIMIT; i++) {
		const char *title =
			arena_printf(arena, "%.0f %%", 100 * (double)(i + 1) / (double)columns);
		struct grid_cell *cells = grid_add_figures(grid, title, FIGURE_TIME, NULL);

		for (size_t l = 0; l < curve->line_count; l++) {
			const struct curve_line *line = &curve->lines[l];

			if (i >= line->point_count || line->points[i].window_s <= 0)
				continue;
			if (!curve_is_thin(&line->points[i], CURVE_P99))
				cells[l].value = line->points[i].levels[CURVE_P99].value;
			cells[l].text = mark_of(&line->points[i]);
		}
	}
}

struct sentences {
	struct arena *arena;
	const char **list;
	size_t count;
};

static struct sentences begin(struct arena *arena)
{
	return (struct sentences){
		arena, arena_alloc_array(arena, SENTENCES_LIMIT + 1, sizeof(const char *)), 0};
}

static void say(struct sentences *sentences, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct sentences *sentences, const char *format, ...)
{
	va_list arguments;

	if (sentences->count == SENTENCES_LIMIT)
		return;
	va_start(arguments, format);
	sentences->list[sentences->count++] = arena_vprintf(sentences->arena, format, arguments);
	va_end(arguments);
}

static void say_slo(struct sentences *sentences, const struct curve *curve, size_t l)
{
	const struct curve_line *line = &curve->lines[l];
	const struct curve_slo_result *slo = &line->slo;
	const char *label = curve_words_label(curve, l, sentences->arena);
	const char *limit = arena_printf(sentences->arena, "%s within %s", slo_name(&curve->slo),
		time_text(sentences->arena, curve->slo.limit_ns));

	if (!curve->has_slo || line->point_count == 0)
		return;
	if (slo->answer == SLO_FOUND)
		say(sentences, "%s: the largest load with %s is %s, %.0f %% of its maximum", label,
			limit, rate_between(sentences->arena, &slo->load),
			100 * slo->load.value / line->most.value);
	else if (slo->answer == SLO_NONE)
		say(sentences, "%s: no load that was tried has %s: %s, the lowest, is beyond it",
			label, limit, rate(sentences->arena, slo->load.hi));
	else if (slo->answer == SLO_ALL)
		say(sentences, "%s: all loads have %s, up to the highest that was tried, %s", label,
			limit, rate(sentences->arena, slo->load.lo));
	else
		say(sentences,
			"%s: whether a load has %s was not decided: --max-time was over, or there "
			"were too few I/Os",
			label, limit);
}

/* At how many of the loads that were measured it is known. */
static void count_p99(const struct curve_line *line, size_t *known, size_t *measured)
{
	*known = *measured = 0;
	for (size_t i = 0; i < line->point_count; i++) {
		const struct curve_point *point = &line->points[i];

		*measured += point->window_s > 0;
		*known += point->window_s > 0 && !curve_is_thin(point, CURVE_P99);
	}
}

static void say_knee(struct sentences *sentences, const struct curve *curve, size_t l)
{
	const struct curve_line *line = &curve->lines[l];
	const char *label = curve_words_label(curve, l, sentences->arena);
	size_t known, measured;

	if (isnan(line->knee.least_ns))
		return;
	count_p99(line, &known, &measured);
	if (isnan(line->knee.load.value) && known < 2)
		say(sentences,
			"%s: whether it has a knee cannot be told: p99 of one load is known, of "
			"%zu",
			label, measured);
	else if (isnan(line->knee.load.value) && known < measured)
		say(sentences,
			"%s: no knee is seen: p99 stays within twice its least, %s; that of %zu of "
			"%zu loads is not known",
			label, time_text(sentences->arena, line->knee.least_ns), measured - known,
			measured);
	else if (isnan(line->knee.load.value))
		say(sentences, "%s: no knee: p99 stays within twice its least, %s", label,
			time_text(sentences->arena, line->knee.least_ns));
	else
		say(sentences, "%s: from its knee at %s on p99 is more than twice its least, %s",
			label, rate(sentences->arena, line->knee.load.value),
			time_text(sentences->arena, line->knee.least_ns));
}

static void say_cause(struct sentences *sentences, const struct curve *curve, size_t l)
{
	const struct curve_line *line = &curve->lines[l];
	const char *label = curve_words_label(curve, l, sentences->arena);

	for (size_t i = 0; i < line->point_count; i++) {
		const struct curve_point *point = &line->points[i];
		const char *load = rate(sentences->arena, point->offered);

		if (point->window_s <= 0)
			continue;
		if (point->cause == SATURATION_CPU) {
			say(sentences,
				"%s: from %s on its threads are busy for %.0f %% of the time: the "
				"CPU is the limit, more threads (numjobs) may do more",
				label, load, 100 * point->levels[CURVE_BUSY].value);
			return;
		}
		if (point->cause == SATURATION_GENERATOR) {
			say(sentences,
				"%s: from %s on the load generator is the limit: I/Os were sent "
				"%s late (p99) although %.3g of %u were in flight; other work on "
				"the CPUs, or too few threads (numjobs)",
				label, load,
				time_text(sentences->arena, point->levels[CURVE_LAG_P99].value),
				point->levels[CURVE_DEPTH].value, line->depth * line->numjobs);
			return;
		}
	}
}

const char **curve_words_findings(const struct curve *curve, struct arena *arena)
{
	struct sentences sentences = begin(arena);

	for (size_t l = 0; l < curve->line_count; l++) {
		say_slo(&sentences, curve, l);
		say_knee(&sentences, curve, l);
		say_cause(&sentences, curve, l);
	}
	return sentences.list;
}

/* Returns what was wrong with the first that was disturbed; NULL: none was. */
static const char *count_trials(
	const struct curve *curve, size_t *disturbed, size_t *all, bool *is_thin)
{
	const char *first = NULL;

	for (size_t l = 0; l < curve->line_count; l++) {
		for (size_t i = 0; i < curve->lines[l].point_count; i++) {
			const struct curve_point *point = &curve->lines[l].points[i];

			for (size_t t = 0; t < point->trial_count; t++) {
				*disturbed += point->trials[t].problem != NULL;
				first = first ? first : point->trials[t].problem;
			}
			*all += point->trial_count;
			*is_thin |= point->window_s > 0 && curve_is_thin(point, CURVE_P99);
		}
	}
	return first;
}

const char **curve_words_notes(const struct curve *curve, struct arena *arena)
{
	struct sentences sentences = begin(arena);
	size_t disturbed = 0, all = 0;
	bool is_thin = false;
	const char *first;

	for (size_t l = 0; l < curve->line_count; l++) {
		if (curve->lines[l].problem)
			say(&sentences, "%s: %s", curve_words_label(curve, l, arena),
				curve->lines[l].problem);
	}
	first = count_trials(curve, &disturbed, &all, &is_thin);
	if (disturbed > 0)
		say(&sentences,
			"%zu of %zu trials were disturbed or failed, the first by this: %s (of "
			"each the JSON says it)",
			disturbed, all, first);
	if (is_thin)
		say(&sentences, "fewer than 10 I/Os beyond a percentile: it is not shown; a longer "
				"--trial-time has more");
	if (curve->is_out_of_time && curve->signal == 0)
		say(&sentences,
			"time was over before all loads had %zu trials: --max-time gives it more",
			curve->blocks_asked);
	if (curve->signal != 0)
		say(&sentences, "signal %d ended it early", curve->signal);
	return sentences.list;
}

const char *curve_words_again(const struct curve *curve, struct arena *arena)
{
	const struct record record = {
		.command = "curve",
		.argument_count = curve->argument_count,
		.arguments = curve->arguments,
		.seed = curve->seed,
	};

	return report_again(&record, arena);
}
