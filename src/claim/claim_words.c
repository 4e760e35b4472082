/* SPDX-License-Identifier: MIT */
#include "claim/claim_words.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "base/text.h"
#include "session/report.h"
#include "text/figure.h"

enum {
	VERDICTS = CLAIM_NOT_TESTABLE + 1,
	NOTES_LIMIT = 256,
	REASON_LINES = 3,
	POINT_COLUMNS = 12,
	POINT_BYTES = 128
};

const char *claim_words_time(double seconds, struct arena *arena)
{
	unsigned whole = (unsigned)(seconds + 0.5);

	if (whole < 60)
		return arena_printf(arena, "%u s", whole);
	return arena_printf(arena, "%u:%02u min", whole / 60, whole % 60);
}

/* "20 confirmed, 3 refuted": verdicts that there are. */
static const char *count_text(const size_t counts[VERDICTS], struct arena *arena)
{
	const char *text = "";

	for (unsigned v = 0; v < VERDICTS; v++) {
		if (counts[v] > 0)
			text = arena_printf(arena, "%s%s%zu %s", text, *text ? ", " : "", counts[v],
				claim_verdict_name(v));
	}
	return text;
}

const char *claim_words_title(const struct claims *claims, struct arena *arena)
{
	size_t counts[VERDICTS];
	const char *lines;

	for (unsigned v = 0; v < VERDICTS; v++)
		counts[v] = claims_count(claims, NULL, v);
	lines = count_text(counts, arena);
	return arena_printf(arena, "%zu claim%s in %s%s%s, seed %llu%s", claims->entry_count,
		claims->entry_count == 1 ? "" : "s", claim_words_time(claims->elapsed_s, arena),
		*lines ? " — lines: " : "", lines, (unsigned long long)claims->seed,
		claims->is_exploratory ? ", exploratory" : "");
}

const char *claim_words_verdicts(const struct claims_entry *entry, struct arena *arena)
{
	size_t counts[VERDICTS];

	if (entry->outcome.line_count == 1)
		return claim_verdict_name(entry->outcome.lines[0].verdict);
	for (unsigned v = 0; v < VERDICTS; v++)
		counts[v] = claims_count(NULL, entry, v);
	return count_text(counts, arena);
}

const char *claim_words_verdict(enum claim_verdict verdict, struct arena *arena)
{
	static const char *const marks[] = {
		[CLAIM_CONFIRMED] = PAGE_GREEN,
		[CLAIM_REFUTED] = PAGE_RED,
		[CLAIM_NOT_RESOLVED] = PAGE_YELLOW,
		[CLAIM_NOT_TESTABLE] = PAGE_DIM,
	};

	return arena_printf(arena, "%s%s" PAGE_PLAIN, marks[verdict], claim_verdict_name(verdict));
}

/* "625k", "182 ns": a count's unit stands at the figure. */
static const char *with_unit(const char *digits, const struct figure_unit *unit,
	enum figure_kind kind, struct arena *arena)
{
	return arena_printf(arena, "%s%s%s", digits, *unit->name && kind != FIGURE_COUNT ? " " : "",
		unit->name);
}

/* Levels and differences have the metric's unit, ratios none. */
static enum figure_kind kind_of(const struct claim_line *line, const struct claim_test *test)
{
	if (test->is_ratio)
		return FIGURE_NUMBER;
	return figure_kind_of(trial_value_metrics[line->left.value].unit);
}

const char *claim_words_measured(
	const struct claim_line *line, const struct claim_test *test, struct arena *arena)
{
	char value[FIGURE_BYTES_OF_TEXT], lo[FIGURE_BYTES_OF_TEXT], hi[FIGURE_BYTES_OF_TEXT];
	enum figure_kind kind = kind_of(line, test);
	struct figure_unit unit = figure_unit_of(kind, fabs(test->measured));
	const char *text;

	if (!isfinite(test->measured))
		return FIGURE_UNKNOWN;
	text = with_unit(figure_in_unit(value, &unit, test->measured), &unit, kind, arena);
	if (!isfinite(test->lo) || !isfinite(test->hi))
		return text;
	(void)figure_in_unit(lo, &unit, test->lo);
	(void)figure_in_unit(hi, &unit, test->hi);
	if (kind != FIGURE_COUNT) /* a unit of its own stands once, k and M are of the number */
		return arena_printf(arena, "%s [%s, %s]", text, lo, hi);
	return arena_printf(arena, "%s [%s, %s]", text, with_unit(lo, &unit, kind, arena),
		with_unit(hi, &unit, kind, arena));
}

const char *claim_words_claimed(
	const struct claim_line *line, const struct claim_test *test, struct arena *arena)
{
	char border[FIGURE_BYTES_OF_TEXT], lo[FIGURE_BYTES_OF_TEXT], hi[FIGURE_BYTES_OF_TEXT];
	enum figure_kind kind = kind_of(line, test);

	if (line->relation == CLAIM_WITHIN)
		return arena_printf(arena, "%s .. %s", figure_text(lo, kind, test->border_lo),
			figure_text(hi, kind, test->border_hi));
	return arena_printf(arena, "%s %s", line->relation == CLAIM_AT_MOST ? "<=" : ">=",
		figure_text(border, kind, test->border));
}

const char *claim_words_name(const struct claims *claims, const struct claims_entry *entry)
{
	for (size_t i = 0; i < claims->entry_count; i++) {
		const struct claims_entry *other = &claims->entries[i];

		if (other != entry && strcmp(other->claim->name, entry->claim->name) == 0)
			return entry->claim->path;
	}
	return entry->claim->name;
}

const char *claim_words_anchor(
	const struct claims *claims, const struct claims_entry *entry, struct arena *arena)
{
	char *anchor = arena_strdup(arena, entry->claim->name);
	bool is_odd = claim_words_name(claims, entry) != entry->claim->name;

	for (char *c = anchor; *c; c++) {
		if (isalnum((unsigned char)*c) || *c == '_' || *c == '-')
			continue;
		*c = '-';
		is_odd = true;
	}
	/* What was changed may be as another is. */
	return is_odd ? arena_printf(arena, "claim-%td-%s", entry - claims->entries + 1, anchor)
		      : anchor;
}

/* The test that the verdict of its line hangs on: the first of those that have it. */
static const struct claim_test *deciding(const struct claim_line_outcome *line)
{
	for (size_t i = 0; i < line->test_count; i++) {
		if (line->tests[i].verdict == line->verdict)
			return &line->tests[i];
	}
	return line->test_count > 0 ? &line->tests[0] : NULL;
}

/* "0.62 .. 0.88": of a line that holds at several points. */
static const char *range_of(const struct claim_line_outcome *line, struct arena *arena)
{
	char lo_text[FIGURE_BYTES_OF_TEXT], hi_text[FIGURE_BYTES_OF_TEXT];
	enum figure_kind kind = kind_of(line->line, &line->tests[0]);
	double lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < line->test_count; i++) {
		lo = fmin(lo, line->tests[i].measured); /* which pass over NAN */
		hi = fmax(hi, line->tests[i].measured);
	}
	if (lo > hi)
		return FIGURE_UNKNOWN;
	return arena_printf(
		arena, "%s .. %s", figure_text(lo_text, kind, lo), figure_text(hi_text, kind, hi));
}

static const char *point_text(const struct claim_test *test, struct arena *arena)
{
	if (!test->right_point)
		return test->point;
	return arena_printf(arena, "%s | %s", test->point, test->right_point);
}

/* Its name, or what it says without the point, which has a column. */
static const char *short_label(const struct claim_line *line, struct arena *arena)
{
	const char *text = line->text, *end = text;
	bool is_quoted = false;

	if (line->is_tagged)
		return arena_printf(arena, "  %s", line->name);
	for (; *end && (is_quoted || *end != ':'); end++)
		is_quoted ^= *end == '\'';
	if (text_starts_with(text, "at(") && *end)
		text = end + 1 + strspn(end + 1, " ");
	return arena_printf(arena, "  %s", text);
}

static const char *short_point(const struct claim_test *test, struct arena *arena)
{
	char cut[POINT_BYTES];

	return arena_strdup(
		arena, page_cut(cut, sizeof(cut), point_text(test, arena), POINT_COLUMNS));
}

static void put_line(struct grid *grid, const struct claim_line_outcome *line, struct arena *arena)
{
	const struct claim_test *test = deciding(line);
	bool is_range = line->test_count > 1 && line->verdict == CLAIM_CONFIRMED;

	(void)grid_add_row(grid, short_label(line->line, arena));
	grid_put_text(grid, is_range ? arena_printf(arena, "all %zu", line->test_count)
			    : test   ? short_point(test, arena)
				     : "");
	grid_put_text(grid, is_range ? range_of(line, arena)
			    : test   ? claim_words_measured(line->line, test, arena)
				     : FIGURE_UNKNOWN);
	grid_put_text(grid, test ? claim_words_claimed(line->line, test, arena) : "");
	grid_put_text(grid, claim_words_verdict(line->verdict, arena));
}

static const char *heading_of(
	const struct claims *claims, const struct claims_entry *entry, struct arena *arena)
{
	return arena_printf(arena, "  " PAGE_BOLD "%s" PAGE_PLAIN PAGE_DIM "  %s, %s" PAGE_PLAIN,
		entry->claim->title, claim_words_name(claims, entry),
		entry->outcome.obstacle ? "not run"
					: claim_words_time(entry->outcome.elapsed_s, arena));
}

static size_t count_lines(const struct claims *claims)
{
	size_t count = 0;

	for (size_t i = 0; i < claims->entry_count; i++)
		count += claims->entries[i].outcome.line_count;
	return count;
}

void claim_words_summary(const struct claims *claims, struct arena *arena, struct grid *grid)
{
	grid_init(grid, arena, count_lines(claims));
	grid->label_title = "  line";
	grid->label_mark = "";
	(void)grid_add_texts(grid, "at", true);
	(void)grid_add_texts(grid, "measured", true);
	(void)grid_add_texts(grid, "claimed", true);
	(void)grid_add_texts(grid, "verdict", true);
	for (size_t i = 0; i < claims->entry_count; i++) {
		const struct claims_entry *entry = &claims->entries[i];

		for (size_t l = 0; l < entry->outcome.line_count; l++) {
			put_line(grid, &entry->outcome.lines[l], arena);
			if (l == 0)
				grid->headings[grid->row_count - 1] =
					heading_of(claims, entry, arena);
		}
	}
}

static size_t count_tests(const struct claims_entry *entry)
{
	size_t count = 0;

	for (size_t l = 0; l < entry->outcome.line_count; l++)
		count += entry->outcome.lines[l].test_count;
	return count;
}

static bool has_points(const struct claims_entry *entry)
{
	for (size_t l = 0; l < entry->outcome.line_count; l++) {
		const struct claim_line_outcome *line = &entry->outcome.lines[l];

		for (size_t t = 0; t < line->test_count; t++) {
			if (*line->tests[t].point)
				return true;
		}
	}
	return false;
}

/* The reason, and what it would take: "" where there is none. */
static const char *reason_text(const struct claim_test *test, struct arena *arena)
{
	const char *text = test->reason ? test->reason : "";

	if (test->verdict == CLAIM_NOT_RESOLVED && !test->reason && test->block_count > 0)
		text = "the interval contains the border";
	if (test->verdict == CLAIM_NOT_RESOLVED && test->blocks_needed > test->block_count)
		text = arena_printf(arena, "%s%s%zu blocks were run, about %zu would resolve it",
			text, *text ? "; " : "", test->block_count, test->blocks_needed);
	return text;
}

static const char *line_label(const struct claim_line *line, struct arena *arena)
{
	return line->is_tagged ? arena_printf(arena, "%s: %s", line->name, line->text) : line->text;
}

void claim_words_tests(
	const struct claims_entry *entry, bool has_reasons, struct arena *arena, struct grid *grid)
{
	bool is_sweep = has_points(entry);

	grid_init(grid, arena, count_tests(entry));
	grid->label_title = "claimed";
	grid->label_mark = "";
	if (is_sweep)
		(void)grid_add_texts(grid, "at", true);
	(void)grid_add_texts(grid, "measured", true);
	(void)grid_add_texts(grid, "held against", true);
	(void)grid_add_texts(grid, "verdict", true);
	if (has_reasons)
		(void)grid_add_texts(grid, "why", true);
	for (size_t l = 0; l < entry->outcome.line_count; l++) {
		const struct claim_line_outcome *line = &entry->outcome.lines[l];

		for (size_t t = 0; t < line->test_count; t++) {
			const struct claim_test *test = &line->tests[t];

			(void)grid_add_row(
				grid, has_reasons || t == 0 ? line_label(line->line, arena) : "");
			if (is_sweep)
				grid_put_text(grid, point_text(test, arena));
			grid_put_text(grid, claim_words_measured(line->line, test, arena));
			grid_put_text(grid, claim_words_claimed(line->line, test, arena));
			grid_put_text(grid, claim_words_verdict(test->verdict, arena));
			if (has_reasons)
				grid_put_text(grid, reason_text(test, arena));
		}
	}
}

/* A column of figures. */
struct column {
	enum trial_value value;
	const char *title, *per;
};

/* Of every claim, as far as some contender has them. */
static const struct column usual_columns[] = {
	{VALUE_IOPS, "IOPS", NULL},
	{VALUE_LAT_P50, "p50", NULL},
	{VALUE_LAT_P99, "p99", NULL},
	{VALUE_CPU_PER_IO, "CPU", "/IO"},
	{VALUE_CORES, "cores", NULL},
	{VALUE_SYSCALLS_PER_IO, "syscalls", "/IO"},
	{VALUE_INSTRUCTIONS_PER_IO, "instr", "/IO"},
};
enum { USUAL_COLUMNS = sizeof(usual_columns) / sizeof(usual_columns[0]) };

struct columns {
	size_t count;
	struct column list[USUAL_COLUMNS + 2 * CLAIM_LINES_LIMIT];
};

static bool has_figure(const struct claims_entry *entry, enum trial_value value)
{
	const char *metric = trial_value_metrics[value].name;

	for (size_t p = 0; p < entry->point_count; p++) {
		for (size_t c = 0; c < entry->points[p].contender_count; c++) {
			if (claims_figure_of(&entry->points[p].contenders[c], metric))
				return true;
		}
	}
	return false;
}

static void add_column(
	struct columns *columns, const struct claims_entry *entry, const struct column *column)
{
	for (size_t i = 0; i < columns->count; i++) {
		if (columns->list[i].value == column->value)
			return;
	}
	if (has_figure(entry, column->value))
		columns->list[columns->count++] = *column;
}

/* The usual ones, and what else the lines are about. */
static void list_columns(struct columns *columns, const struct claims_entry *entry)
{
	columns->count = 0;
	for (size_t i = 0; i < USUAL_COLUMNS; i++)
		add_column(columns, entry, &usual_columns[i]);
	for (size_t i = 0; i < entry->outcome.line_count; i++) {
		const struct claim_line *line = entry->outcome.lines[i].line;
		struct column column = {.value = line->left.value};

		column.title = trial_value_metrics[column.value].name;
		add_column(columns, entry, &column);
		if (line->is_level)
			continue;
		column.value = line->right.value;
		column.title = trial_value_metrics[column.value].name;
		add_column(columns, entry, &column);
	}
}

static size_t count_rows(const struct claims_entry *entry)
{
	size_t count = 0;

	for (size_t p = 0; p < entry->point_count; p++)
		count += entry->points[p].contender_count;
	return count;
}

static void put_contender(struct grid *grid, const struct columns *columns,
	const struct claims_point *point, const struct claims_contender *contender)
{
	(void)grid_add_row(grid,
		*point->name ? arena_printf(grid->arena, "%s, %s", point->name, contender->name)
			     : contender->name);
	for (size_t i = 0; i < columns->count; i++) {
		const char *metric = trial_value_metrics[columns->list[i].value].name;
		const struct claims_figure *figure = claims_figure_of(contender, metric);

		grid_put(grid, figure ? figure->level : GRID_UNKNOWN);
	}
}

void claim_words_figures(const struct claims_entry *entry, struct arena *arena, struct grid *grid)
{
	struct columns columns;

	list_columns(&columns, entry);
	grid_init(grid, arena, count_rows(entry));
	grid->label_title = "contender";
	for (size_t i = 0; i < columns.count; i++) {
		const struct column *column = &columns.list[i];

		(void)grid_add_figures(grid, column->title,
			figure_kind_of(trial_value_metrics[column->value].unit), column->per);
	}
	for (size_t p = 0; p < entry->point_count; p++) {
		const struct claims_point *point = &entry->points[p];

		for (size_t c = 0; c < point->contender_count; c++)
			put_contender(grid, &columns, point, &point->contenders[c]);
	}
}

/* Notes, each said once however many tests have it. */
struct notes {
	struct arena *arena;
	size_t count;
	const char **lines;
};

static void add_note(struct notes *notes, const char *text)
{
	if (*text && notes->count < NOTES_LIMIT &&
		!text_is_listed(text, notes->lines, notes->count))
		notes->lines[notes->count++] = text;
}

/* A reason, and the lines that it is of. */
struct reason {
	const char *text, *lines;
	size_t count;
};

static void add_reason(struct reason *reasons, size_t *count, const char *text, const char *line,
	struct arena *arena)
{
	size_t i = 0;

	while (i < *count && strcmp(reasons[i].text, text) != 0)
		i++;
	if (i == *count)
		reasons[(*count)++] = (struct reason){.text = text, .lines = ""};
	if (reasons[i].count++ < REASON_LINES)
		reasons[i].lines = arena_printf(
			arena, "%s%s%s", reasons[i].lines, *reasons[i].lines ? "; " : "", line);
}

static void add_listed(struct notes *notes, const struct reason *reasons, size_t count)
{
	struct arena *arena = notes->arena;

	for (size_t i = 0; i < count; i++) {
		size_t more = reasons[i].count - MIN(reasons[i].count, REASON_LINES);

		add_note(notes, more > 0 ? arena_printf(arena, "%s and %zu more: %s",
						   reasons[i].lines, more, reasons[i].text)
					 : arena_printf(arena, "%s: %s", reasons[i].lines,
						   reasons[i].text));
	}
}

static void add_reasons(struct notes *notes, const struct claims_entry *entry)
{
	struct arena *arena = notes->arena;
	struct reason *reasons = arena_alloc_array(arena, count_tests(entry), sizeof(*reasons));
	size_t count = 0;

	for (size_t l = 0; l < entry->outcome.line_count; l++) {
		const struct claim_line_outcome *line = &entry->outcome.lines[l];

		for (size_t t = 0; t < line->test_count; t++) {
			const struct claim_test *test = &line->tests[t];
			const char *why = reason_text(test, arena);

			if (*why)
				add_reason(reasons, &count, why,
					arena_printf(arena, "%s%s%s%s",
						line->line->is_tagged ? "" : "line ",
						line->line->name, *test->point ? ", " : "",
						test->point),
					arena);
		}
	}
	add_listed(notes, reasons, count);
}

/* Whether a line's reason has said it. */
static bool is_said(const struct notes *notes, const char *problem)
{
	for (size_t i = 0; i < notes->count; i++) {
		if (strstr(notes->lines[i], problem))
			return true;
	}
	return false;
}

/* Of contenders at points: each problem once, however many have it. */
static void add_problems(struct notes *notes, const struct claims_entry *entry)
{
	struct arena *arena = notes->arena;
	struct reason *problems = arena_alloc_array(arena, count_rows(entry), sizeof(*problems));
	size_t count = 0;

	for (size_t p = 0; p < entry->point_count; p++) {
		const struct claims_point *point = &entry->points[p];

		for (size_t c = 0; c < point->contender_count; c++) {
			const struct claims_contender *contender = &point->contenders[c];

			if (contender->problem && !is_said(notes, contender->problem))
				add_reason(problems, &count, contender->problem,
					arena_printf(arena, "%s%s%s", contender->name,
						*point->name ? ", " : "", point->name),
					arena);
		}
	}
	add_listed(notes, problems, count);
}

static void add_noise(struct notes *notes, const struct claims_entry *entry)
{
	for (size_t p = 0; p < entry->point_count; p++) {
		const struct claims_point *point = &entry->points[p];

		if (point->is_noisy)
			add_note(notes,
				arena_printf(notes->arena,
					"%s%s%s differs from itself: no verdict below %.1f %%",
					point->name, *point->name ? ": " : "", point->reference,
					point->floor * 100));
	}
}

/* What a session shows of itself is the same for all lines of a point. */
static void add_cautions(struct notes *notes, const struct claims_entry *entry)
{
	for (size_t l = 0; l < entry->outcome.line_count; l++) {
		const struct claim_line_outcome *line = &entry->outcome.lines[l];

		for (size_t t = 0; t < line->test_count; t++) {
			const struct claim_test *test = &line->tests[t];

			if (test->caution)
				add_note(notes, arena_printf(notes->arena, "%s%s%s", test->point,
							*test->point ? ": " : "", test->caution));
		}
	}
}

const char **claim_words_notes(
	const struct claims_entry *entry, bool has_reasons, struct arena *arena)
{
	struct notes notes = {.arena = arena,
		.lines = arena_alloc_array(arena, NOTES_LIMIT + 1, sizeof(*notes.lines))};

	if (entry->outcome.obstacle)
		add_note(&notes, entry->outcome.obstacle);
	else if (has_reasons)
		add_reasons(&notes, entry);
	add_cautions(&notes, entry);
	add_problems(&notes, entry);
	add_noise(&notes, entry);
	return notes.lines;
}

static const struct {
	const char *key, *name;
} machine_facts[] = {
	{"cpu_model", "CPU"},
	{"cpus_online", "CPUs online"},
	{"cpus_allowed", "CPUs of this process"},
	{"hypervisor", "hypervisor"},
	{"container", "container"},
	{"memory_total", "memory"},
	{"kernel_release", "kernel"},
	{"cpu_governor", "CPU governor"},
	{"user", "user"},
	{"limit.memlock", "RLIMIT_MEMLOCK"},
	{"nvme.poll_queues", "NVMe poll queues"},
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* "device.vda.model", "mount./.type": what the files were on. */
static void add_storage(struct settings *facts, const struct settings *from, struct arena *arena)
{
	static const char *const ends[] = {".type", ".model", ".scheduler", ".write_cache"};

	for (size_t i = 0; i < from->count; i++) {
		const char *key = from->items[i].key;

		if (!text_starts_with(key, "mount.") && !text_starts_with(key, "device."))
			continue;
		for (size_t e = 0; from->items[i].value && e < sizeof(ends) / sizeof(ends[0]);
			e++) {
			if (ends_with(key, ends[e]))
				settings_add(facts, arena, key, from->items[i].value);
		}
	}
}

struct settings claim_words_machine(const struct claims *claims, struct arena *arena)
{
	const struct settings *hard = &claims->environment.hard;
	const struct settings *soft = &claims->environment.soft;
	struct settings facts = {0};

	for (size_t i = 0; i < sizeof(machine_facts) / sizeof(machine_facts[0]); i++) {
		const char *value = settings_value(hard, machine_facts[i].key);

		if (!value)
			value = settings_value(soft, machine_facts[i].key);
		if (value)
			settings_add(&facts, arena, machine_facts[i].name, value);
	}
	add_storage(&facts, hard, arena);
	add_storage(&facts, soft, arena);
	return facts;
}

const char *claim_words_again(const struct claims *claims, struct arena *arena)
{
	const struct record record = {
		.command = "claims",
		.argument_count = claims->argument_count,
		.arguments = claims->arguments,
		.seed = claims->seed,
	};

	if (claims->argument_count == 0) /* all that are shipped */
		return arena_printf(
			arena, "ringside claims --seed=%llu", (unsigned long long)claims->seed);
	return report_again(&record, arena);
}
