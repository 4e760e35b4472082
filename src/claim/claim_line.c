/* SPDX-License-Identifier: MIT */
/* The expression of a line, from left to right; the first problem ends it. */
#include "claim/claim_line.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "job/job_values.h"

/* Far beyond what any claim means; keeps products of factors finite. */
#define FACTOR_LIMIT 1e9

struct reading {
	const char *text;
	const char *at; /* what is not read yet */
	const struct place *place;
	const struct claim *claim;
	struct arena *arena;
	struct diag *diag;
};

/* A side, a number, or a side times a number. */
struct term {
	const char *start;
	bool is_level;
	const char *level; /* is_level: its text */
	double factor;
	struct claim_side side;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '+' || c == '-' || (unsigned char)c >= 0x80;
}

static void skip_blanks(struct reading *reading)
{
	while (is_blank(*reading->at))
		reading->at++;
}

static struct place place_of(const struct reading *reading, const char *start, const char *end)
{
	struct place place = *reading->place;

	place.column += (int)(start - reading->text);
	place.length = end > start ? (int)(end - start) : 1;
	return place;
}

/* The word, number or sign that stands at `start`, for a message. */
static const char *end_of_token(const char *start)
{
	const char *end = start;

	while (*end && !is_blank(*end))
		end++;
	return end;
}

/* Takes `sign` where it stands next. */
static bool take(struct reading *reading, const char *sign)
{
	skip_blanks(reading);
	if (!text_starts_with(reading->at, sign))
		return false;
	reading->at += strlen(sign);
	return true;
}

/* The same for a word, which ends where no more of a word follows. */
static bool take_word(struct reading *reading, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(reading);
	if (!text_starts_with(reading->at, word) || is_word(reading->at[length]))
		return false;
	reading->at += length;
	return true;
}

static int refuse_next(struct reading *reading, const char *what, const char *hint)
{
	struct place place;

	skip_blanks(reading);
	place = place_of(reading, reading->at, end_of_token(reading->at));
	if (*reading->at)
		diag_error(reading->diag, &place, "%s, not '%.*s'", what,
			(int)(end_of_token(reading->at) - reading->at), reading->at);
	else
		diag_error(reading->diag, &place, "%s: the line ends here", what);
	if (hint)
		diag_hint(reading->diag, "%s", hint);
	return -EINVAL;
}

/* A name of word characters or in quotes; NULL, reported. */
static const char *read_name(struct reading *reading, const char *what)
{
	const char *start = reading->at, *end = start;

	if (*start == '\'') {
		end = strchr(start + 1, '\'');
		if (end && end > start + 1) {
			reading->at = end + 1;
			return arena_strndup(reading->arena, start + 1, (size_t)(end - start) - 1);
		}
		(void)refuse_next(reading,
			end ? "a name stands between the quotes" : "a second quote ends the name",
			NULL);
		return NULL;
	}
	while (is_word(*end))
		end++;
	if (end == start) {
		(void)refuse_next(reading, what, NULL);
		return NULL;
	}
	reading->at = end;
	return arena_strndup(reading->arena, start, (size_t)(end - start));
}

/* "is one of a, b, c" */
static const char *list_names(
	struct arena *arena, const char *const *names, size_t count, const char *unit)
{
	const char *list = arena_printf(arena, "%s: ", unit);

	for (size_t i = 0; i < count; i++)
		list = arena_printf(arena, "%s%s%s", list, i ? ", " : "", names[i]);
	return list;
}

static int check_contender(struct reading *reading, const char *name, const char *start)
{
	const struct claim *claim = reading->claim;
	struct place place = place_of(reading, start, reading->at);
	struct text_guess guess = {.name = name};

	if (text_is_listed(name, (const char *const *)claim->contenders, claim->contender_count))
		return 0;
	for (size_t i = 0; i < claim->contender_count; i++)
		text_guess(&guess, claim->contenders[i]);
	diag_error(reading->diag, &place, "there is no contender '%s'", name);
	if (guess.nearest)
		diag_hint(reading->diag, "did you mean '%s'?", guess.nearest);
	else
		diag_hint(reading->diag, "%s",
			list_names(reading->arena, (const char *const *)claim->contenders,
				claim->contender_count, "the file's sections are"));
	return -EINVAL;
}

/* Of load=, whose points have values as those of vary= do. */
static bool is_load(const struct claim *claim, const char *key)
{
	return claim->loads.count > 0 && strcmp(key, "load") == 0;
}

/* Whether the sweep has such a point; `start`: where the assignment begins. */
static int check_assignment(
	struct reading *reading, const struct claim_assignment *wanted, const char *start)
{
	const struct claim *claim = reading->claim;
	struct place place = place_of(reading, start, reading->at);
	const char **values =
		arena_alloc_array(reading->arena, claim->point_count, sizeof(*values));
	size_t count = 0;

	for (size_t i = 0; i < claim->point_count; i++) {
		for (size_t k = 0; k < claim->points[i].count; k++) {
			const struct claim_assignment *value = &claim->points[i].values[k];

			if (strcmp(value->key, wanted->key) != 0)
				continue;
			if (strcmp(value->value, wanted->value) == 0)
				return 0;
			if (!text_is_listed(value->value, values, count))
				values[count++] = value->value;
		}
	}
	if (count == 0 && strcmp(wanted->key, "load") == 0) {
		diag_error(reading->diag, &place, "there is no load= in [claim]");
		diag_hint(reading->diag, "add load=50%%,80%%,95%% of NAME");
	} else if (count == 0) {
		diag_error(reading->diag, &place, "no vary= has values of '%s'", wanted->key);
		diag_hint(reading->diag, "add vary=%s=%s,…", wanted->key, wanted->value);
	} else {
		diag_error(reading->diag, &place, "%s%s=… does not have the value '%s'",
			is_load(claim, wanted->key) ? "" : "vary=", wanted->key, wanted->value);
		diag_hint(reading->diag, "%s",
			list_names(reading->arena, values, count, "its values are"));
	}
	return -EINVAL;
}

/*
 * The longest value of the sweep that stands next, as they may have signs that names have not:
 * "1.5", "33.3%". Without one it is a name, or a percentage, to be refused.
 */
static const char *read_value(struct reading *reading, const char *key)
{
	const struct claim *claim = reading->claim;
	const char *longest = "";

	for (size_t i = 0; i < claim->point_count; i++) {
		for (size_t k = 0; k < claim->points[i].count; k++) {
			const struct claim_assignment *value = &claim->points[i].values[k];
			size_t length = strlen(value->value);

			if (strcmp(value->key, key) == 0 && length > strlen(longest) &&
				text_starts_with(reading->at, value->value) &&
				!is_word(reading->at[length]) && reading->at[length] != '%')
				longest = value->value;
		}
	}
	if (!*longest) {
		const char *name = read_name(reading, "a value is missing");

		return name && take(reading, "%") ? arena_printf(reading->arena, "%s%%", name)
						  : name;
	}
	reading->at += strlen(longest);
	return longest;
}

/* "bs=64k" and more of them after commas. */
static int read_point(struct reading *reading, struct claim_point *point)
{
	point->values = arena_alloc_array(
		reading->arena, strlen(reading->at) / 2 + 1, sizeof(*point->values));
	point->name = "";
	do {
		struct claim_assignment *value = &point->values[point->count];
		const char *start;

		skip_blanks(reading);
		start = reading->at;
		value->key = read_name(reading, "a value is written KEY=VALUE");
		if (!value->key)
			return -EINVAL;
		if (!take(reading, "="))
			return refuse_next(reading, "a value is written KEY=VALUE",
				"at(bs=64k): …, or CONTENDER@bs=64k.METRIC");
		skip_blanks(reading);
		value->value = read_value(reading, value->key);
		if (!value->value)
			return -EINVAL;
		for (size_t i = 0; i < point->count; i++) {
			struct place place = place_of(reading, start, reading->at);

			if (strcmp(point->values[i].key, value->key) != 0)
				continue;
			diag_error(reading->diag, &place, "'%s' has two values", value->key);
			return -EINVAL;
		}
		if (check_assignment(reading, value, start) != 0)
			return -EINVAL;
		point->name = arena_printf(reading->arena, "%s%s%s=%s", point->name,
			point->count ? " " : "", value->key, value->value);
		point->count++;
	} while (take(reading, ","));
	return 0;
}

/* A sweep of several options has a point for each combination: some may be missing. */
static int check_point(struct reading *reading, const struct claim_point *point, const char *start)
{
	struct place place = place_of(reading, start, reading->at);

	for (size_t i = 0; i < reading->claim->point_count; i++) {
		if (claim_point_has(&reading->claim->points[i], point))
			return 0;
	}
	diag_error(reading->diag, &place, "the sweep has no point with all of these values");
	return -EINVAL;
}

enum trial_value claim_line_metric(const char *name)
{
	static const char cpu[] = "cpu.", total[] = "total_";
	enum trial_value value = trial_value_find(name);

	if (value != VALUE_COUNT || !text_starts_with(name, cpu))
		return value;
	name += strlen(cpu);
	if (strcmp(name, "total_ns_per_io") == 0)
		return VALUE_CPU_PER_IO;
	return text_starts_with(name, total) ? VALUE_COUNT : trial_value_find(name);
}

static int read_metric(struct reading *reading, struct claim_side *side)
{
	const char *start = reading->at, *end = start, *name;
	struct text_guess guess = {0};
	struct place place;

	while (is_word(*end) || *end == '.')
		end++;
	reading->at = end;
	place = place_of(reading, start, end);
	name = arena_strndup(reading->arena, start, (size_t)(end - start));
	side->value = claim_line_metric(name);
	if (side->value != VALUE_COUNT)
		return 0;
	guess.name = name;
	diag_error(reading->diag, &place, "there is no metric '%s'", name);
	for (int v = 0; v < VALUE_COUNT; v++)
		text_guess(&guess, trial_value_metrics[v].name);
	if (guess.nearest)
		diag_hint(reading->diag, "did you mean '%s'?", guess.nearest);
	else
		diag_hint(reading->diag, "`ringside help metrics` lists them");
	return -EINVAL;
}

static int read_side(struct reading *reading, struct claim_side *side)
{
	const char *start;

	skip_blanks(reading);
	start = reading->at;
	side->contender = read_name(reading, "a side is written CONTENDER.METRIC");
	if (!side->contender || check_contender(reading, side->contender, start) != 0)
		return -EINVAL;
	if (*reading->at == '@') {
		start = ++reading->at;
		if (read_point(reading, &side->point) != 0 ||
			check_point(reading, &side->point, start) != 0)
			return -EINVAL;
	}
	if (*reading->at != '.')
		return refuse_next(reading, "a side is written CONTENDER.METRIC",
			"names with other characters than letters, digits, _, + and - stand in "
			"quotes: 'a b'.iops");
	reading->at++;
	return read_metric(reading, side);
}

/* "0.95" or "95%", which must be above 0. */
static int read_number(struct reading *reading, const char *end, double *number)
{
	const char *start = reading->at;
	struct place place = place_of(reading, start, end);
	size_t length = (size_t)(end - start);
	bool is_percent = length > 1 && end[-1] == '%';
	const char *problem = "is not a number above 0";

	if (units_parse_double(arena_strndup(reading->arena, start, length - is_percent), number,
		    &problem) == 0) {
		*number /= is_percent ? 100 : 1;
		reading->at = end;
		if (*number > 1 / FACTOR_LIMIT && *number < FACTOR_LIMIT)
			return 0;
		problem = "a factor is a number above 0";
	}
	diag_error(reading->diag, &place, "%.*s: %s", (int)length, start, problem);
	return -EINVAL;
}

/* The end of a number, which units may follow. */
static const char *end_of_number(const char *at)
{
	while (*at && !is_blank(*at) && *at != '*' && *at != '<' && *at != '>')
		at++;
	return at;
}

/* "N *" before a side; else the number is a level. */
static int read_front(struct reading *reading, struct term *term)
{
	const char *end = end_of_number(reading->at), *next = end;

	while (is_blank(*next))
		next++;
	if (*next != '*') {
		term->is_level = true;
		term->level =
			arena_strndup(reading->arena, reading->at, (size_t)(end - reading->at));
		reading->at = end;
		return 0;
	}
	if (read_number(reading, end, &term->factor) != 0)
		return -EINVAL;
	reading->at = next + 1;
	return 0;
}

static int read_term(struct reading *reading, struct term *term)
{
	skip_blanks(reading);
	*term = (struct term){.start = reading->at, .factor = 1};
	if (is_digit(*reading->at) || *reading->at == '.') {
		if (read_front(reading, term) != 0)
			return -EINVAL;
		if (term->is_level)
			return 0;
	}
	if (read_side(reading, &term->side) != 0)
		return -EINVAL;
	if (take(reading, "*")) {
		double factor;

		skip_blanks(reading);
		if (read_number(reading, end_of_number(reading->at), &factor) != 0)
			return -EINVAL;
		term->factor *= factor;
	}
	return 0;
}

/* "within 5% of" */
static int read_within(struct reading *reading, struct claim_line *line)
{
	static const char form[] = "SIDE within 5% of SIDE";
	const char *end;

	line->relation = CLAIM_WITHIN;
	skip_blanks(reading);
	end = end_of_number(reading->at);
	if (end == reading->at || end[-1] != '%')
		return refuse_next(reading, "a percentage is needed", form);
	if (read_number(reading, end, &line->tolerance) != 0)
		return -EINVAL;
	if (line->tolerance >= 1) {
		struct place place = place_of(reading, end - 1, end);

		diag_error(reading->diag, &place, "a tolerance is less than 100%%");
		return -EINVAL;
	}
	return take_word(reading, "of") ? 0 : refuse_next(reading, "'of' is needed", form);
}

static int read_relation(struct reading *reading, struct claim_line *line)
{
	static const char what[] = "'<=', '>=' or 'within' is needed";

	if (take_word(reading, "within"))
		return read_within(reading, line);
	if (take(reading, "<"))
		line->relation = CLAIM_AT_MOST;
	else if (take(reading, ">"))
		line->relation = CLAIM_AT_LEAST;
	else if (take(reading, "=="))
		return refuse_next(reading, what, "equal is written: SIDE within 2% of SIDE");
	else
		return refuse_next(reading, what, NULL);
	if (*reading->at == '=')
		reading->at++;
	return 0;
}

/* at(…): before the line. */
static int read_at(struct reading *reading, struct claim_line *line)
{
	const char *start;

	skip_blanks(reading);
	start = reading->at;
	if (!take_word(reading, "at"))
		return 0;
	if (!take(reading, "(")) {
		reading->at = start; /* a contender of this name */
		return 0;
	}
	start = reading->at;
	if (read_point(reading, &line->at) != 0 || check_point(reading, &line->at, start) != 0)
		return -EINVAL;
	if (!take(reading, ")"))
		return refuse_next(reading, "')' is needed", NULL);
	return take(reading, ":") ? 0 : refuse_next(reading, "':' is needed after at(…)", NULL);
}

static int read_level(struct reading *reading, struct claim_line *line, const struct term *term)
{
	const struct metric *metric = &trial_value_metrics[line->left.value];
	struct place place = place_of(reading, term->start, term->start + strlen(term->level));
	const char *what;

	line->is_level = true;
	if (job_limit_parse(metric->name, term->level, &line->level, &what) != 0) {
		diag_error(reading->diag, &place, "%s: %s", term->level, what);
		return -EINVAL;
	}
	if (line->level > 0 || (metric->scale == METRIC_DIFFERENCE && line->level == 0 &&
				       line->relation == CLAIM_AT_MOST))
		return 0;
	diag_error(reading->diag, &place, "%s is never 0 or less: this cannot be tested",
		metric->name);
	return -EINVAL;
}

static bool are_same_points(const struct claim_point *one, const struct claim_point *other)
{
	return one->count == other->count && claim_point_has(one, other);
}

static int check_sides(struct reading *reading, const struct claim_line *line)
{
	const struct metric *left = &trial_value_metrics[line->left.value];
	const struct metric *right = &trial_value_metrics[line->right.value];

	if (strcmp(left->unit, right->unit) != 0) {
		diag_error(reading->diag, reading->place, "%s and %s have different units",
			left->name, right->name);
		return -EINVAL;
	}
	if (line->left.value == line->right.value &&
		strcmp(line->left.contender, line->right.contender) == 0 &&
		are_same_points(&line->left.point, &line->right.point)) {
		diag_error(reading->diag, reading->place, "both sides are the same");
		return -EINVAL;
	}
	return 0;
}

static int refuse_left_number(struct reading *reading, const struct term *left)
{
	struct place place = place_of(
		reading, left->start, left->start + (left->level ? strlen(left->level) : 1));

	diag_error(reading->diag, &place, "a level stands on the right: SIDE <= LEVEL");
	diag_hint(reading->diag, "names that begin with a digit stand in quotes: '4k'.iops");
	return -EINVAL;
}

int claim_line_read(struct claim_line *line, const char *text, const struct place *place,
	const struct claim *claim, struct arena *arena, struct diag *diag)
{
	struct reading reading = {text, text, place, claim, arena, diag};
	struct term left, right;

	*line = (struct claim_line){.text = text, .place = *place, .factor = 1};
	if (read_at(&reading, line) != 0 || read_term(&reading, &left) != 0)
		return -EINVAL;
	if (left.is_level)
		return refuse_left_number(&reading, &left);
	line->left = left.side;
	if (read_relation(&reading, line) != 0 || read_term(&reading, &right) != 0)
		return -EINVAL;
	skip_blanks(&reading);
	if (*reading.at)
		return refuse_next(&reading, "the line should end here", NULL);
	if (right.is_level) {
		if (left.factor != 1)
			return refuse_left_number(&reading, &left);
		return read_level(&reading, line, &right);
	}
	line->right = right.side;
	line->factor = right.factor / left.factor;
	return check_sides(&reading, line);
}
