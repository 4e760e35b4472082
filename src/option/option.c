/* SPDX-License-Identifier: MIT */
/* Reading, printing and finding options: everything that a table of them drives. */
#include "option/option.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
	DOUBLE_DIGITS = 17, /* enough for any double to be read back */
	DECIMALS_LIMIT = 18,
};

static int refuse(struct option_problem *problem, const char *what, const char *hint)
{
	*problem = (struct option_problem){.what = what, .hint = hint};
	return -EINVAL;
}

static int read_bool(const char *value, bool *field, struct option_problem *problem)
{
	if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
		return refuse(problem, "neither 0 nor 1", "write 1 for yes, 0 for no");
	*field = value[0] == '1';
	return 0;
}

/* The most that the option allows and that its field can hold. */
static uint64_t upper_bound(const struct option *option)
{
	uint64_t room = option->field_bytes == sizeof(uint32_t) ? UINT32_MAX : UINT64_MAX;

	return option->max != 0 && option->max < room ? option->max : room;
}

static const char *bound_text(const struct option *option, uint64_t bound, struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];

	if (option->type == OPTION_SIZE)
		return arena_strdup(arena, units_format_exact_size(text, bound));
	if (option->type == OPTION_TIME)
		return arena_strdup(arena, units_format_exact_time(text, bound));
	return arena_printf(arena, "%" PRIu64, bound);
}

static int check_bounds(const struct option *option, uint64_t value, struct arena *arena,
	struct option_problem *problem)
{
	if (value < option->min) {
		const char *least = bound_text(option, option->min, arena);

		return refuse(problem, arena_printf(arena, "less than %s", least), NULL);
	}
	if (value > upper_bound(option)) {
		const char *most = bound_text(option, upper_bound(option), arena);

		return refuse(problem, arena_printf(arena, "more than %s", most), NULL);
	}
	return 0;
}

static int read_whole(const struct option *option, const char *value, void *field,
	struct arena *arena, struct option_problem *problem)
{
	const char *hint = "sizes are written 4096, 4k, 1.5g";
	uint64_t number;
	int rc;

	if (option->type == OPTION_COUNT) {
		hint = "counts are written 32, 4k";
		rc = units_parse_count(value, &number, &problem->what);
	} else {
		rc = units_parse_size(value, &number, &problem->what);
	}
	if (rc < 0)
		return refuse(problem, problem->what, rc == -EINVAL ? hint : NULL);
	rc = check_bounds(option, number, arena, problem);
	if (rc < 0)
		return rc;
	if (option->field_bytes == sizeof(uint32_t))
		*(uint32_t *)field = (uint32_t)number;
	else
		*(uint64_t *)field = number;
	return 0;
}

static int read_extent(const char *value, struct extent *field, struct option_problem *problem)
{
	int rc = units_parse_extent(value, field, &problem->what);

	if (rc == 0)
		return 0;
	return refuse(problem, problem->what,
		rc == -EINVAL ? "sizes are written 4096, 4k, 1.5g, or 80% of the target" : NULL);
}

static int read_time(const struct option *option, const char *value, uint64_t *field,
	struct arena *arena, struct option_problem *problem)
{
	int rc = units_parse_time(value, option->unit_ns, field, &problem->what);

	if (rc == 0)
		return check_bounds(option, *field, arena, problem);
	return refuse(
		problem, problem->what, rc == -EINVAL ? "times are written 30s, 5m, 250ms" : NULL);
}

/* The struct that the option's field is in. */
static void *holder_of(const struct option *option, const void *target)
{
	const char *bytes = target;

	return option->part ? *(void *const *)(bytes + option->part) : (void *)bytes;
}

static void add_text(
	const struct option *option, const char *value, void *target, struct arena *arena)
{
	char *holder = holder_of(option, target);
	const char *const **field = (void *)(holder + option->field);
	size_t *count = (void *)(holder + option->count_field);
	const char **longer = arena_alloc_array(arena, *count + 1, sizeof(*longer));

	if (*count > 0)
		memcpy(longer, *field, *count * sizeof(*longer));
	longer[(*count)++] = arena_strdup(arena, value);
	*field = longer;
}

static int read_double(const char *value, double *field, struct option_problem *problem)
{
	if (units_parse_double(value, field, &problem->what) == 0)
		return 0;
	return refuse(problem, problem->what, "numbers are written 0.99");
}

bool option_is_name(const struct option *option, const struct option_choice *choice)
{
	const struct option_choice *first = option->choices;

	while (first->value != choice->value)
		first++;
	return first == choice;
}

static const char *list_choices(const struct option *option, struct arena *arena)
{
	const char *list = "";

	for (const struct option_choice *choice = option->choices; choice->text; choice++) {
		if (option_is_name(option, choice))
			list = arena_printf(arena, "%s%s%s", list, *list ? ", " : "", choice->text);
	}
	return list;
}

static int read_choice(const struct option *option, const char *value, int *field,
	struct arena *arena, struct option_problem *problem)
{
	struct text_guess guess = {.name = value};
	const char *list;

	for (const struct option_choice *choice = option->choices; choice->text; choice++) {
		if (strcmp(choice->text, value) == 0) {
			*field = choice->value;
			return 0;
		}
		text_guess(&guess, choice->text);
	}
	list = list_choices(option, arena);
	if (guess.nearest)
		return refuse(problem, "no such choice",
			arena_printf(arena, "did you mean '%s'? choices: %s", guess.nearest, list));
	return refuse(problem, "no such choice", arena_printf(arena, "choices: %s", list));
}

static int read_typed(const struct option *option, const char *value, void *field,
	struct arena *arena, struct option_problem *problem)
{
	switch (option->type) {
	case OPTION_FLAG:
	case OPTION_BOOL:
		return read_bool(value, field, problem);
	case OPTION_COUNT:
	case OPTION_SIZE:
		return read_whole(option, value, field, arena, problem);
	case OPTION_EXTENT:
		return read_extent(value, field, problem);
	case OPTION_TIME:
		return read_time(option, value, field, arena, problem);
	case OPTION_DOUBLE:
		return read_double(value, field, problem);
	case OPTION_TEXT:
		*(const char **)field = arena_strdup(arena, value);
		return 0;
	case OPTION_CHOICE:
		return read_choice(option, value, field, arena, problem);
	case OPTION_TEXTS: /* by add_text */
	case OPTION_CUSTOM:
		break;
	}
	assert(false && "a custom option without a parser");
	return -EINVAL;
}

bool option_needs_value(const struct option *option)
{
	return option->type != OPTION_FLAG && !option->value_alone;
}

int option_read(const struct option *option, const char *value, void *target, struct arena *arena,
	struct option_problem *problem)
{
	void *field = (char *)holder_of(option, target) + option->field;

	*problem = (struct option_problem){0};
	if (!value) {
		if (option_needs_value(option))
			return refuse(problem, "a value is missing",
				arena_printf(arena, "write %s=%s", option->name,
					option->type == OPTION_BOOL ? "1 or 0" : "VALUE"));
		if (option->value_alone && *(const char **)field)
			return 0;
		value = option->value_alone ? option->value_alone : "1";
	}
	if (*value == '\0')
		return refuse(problem, "the value is empty", NULL);
	if (option->parse)
		return option->parse(value, field, arena, problem);
	if (option->type == OPTION_TEXTS) {
		add_text(option, value, target, arena);
		return 0;
	}
	return read_typed(option, value, field, arena, problem);
}

void option_set_defaults(const struct option_table *table, void *target, struct arena *arena)
{
	memset(target, 0, table->struct_bytes);
	if (table->part)
		*(void **)((char *)target + table->part) = arena_alloc(arena, table->part_bytes);
	for (const struct option *option = table->options; option->name; option++) {
		struct option_problem problem;
		int rc = 0;

		if (option->value_default)
			rc = option_read(option, option->value_default, target, arena, &problem);
		assert(rc == 0 && "the default of an option does not parse");
		(void)rc; /* With NDEBUG nobody looks at it. */
	}
}

static bool is_all_zero(const void *bytes, size_t count)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < count; i++) {
		if (byte[i] != 0)
			return false;
	}
	return true;
}

static uint64_t whole_of(const struct option *option, const void *field)
{
	if (option->field_bytes == sizeof(uint32_t))
		return *(const uint32_t *)field;
	return *(const uint64_t *)field;
}

/* Without an exponent where that is exact: the shortest such text, else all digits. */
static const char *double_text(double value, struct arena *arena)
{
	char text[400]; /* the largest double has 309 digits */

	for (int decimals = 0; decimals <= DECIMALS_LIMIT; decimals++) {
		snprintf(text, sizeof(text), "%.*f", decimals, value);
		if (strtod(text, NULL) == value)
			return arena_strdup(arena, text);
	}
	return arena_printf(arena, "%.*g", DOUBLE_DIGITS, value);
}

static const char *percent_text(double percent, struct arena *arena)
{
	char text[32];

	for (int decimals = 0; decimals <= DECIMALS_LIMIT; decimals++) {
		struct extent again = {0};
		const char *problem;

		snprintf(text, sizeof(text), "%.*f%%", decimals, percent);
		if (units_parse_extent(text, &again, &problem) == 0 && again.percent == percent)
			break;
	}
	return arena_strdup(arena, text);
}

static const char *extent_text(const struct extent *extent, struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];

	if (!extent->is_set)
		return NULL;
	if (extent->is_percent)
		return percent_text(extent->percent, arena);
	if (extent->is_zones)
		return arena_printf(arena, "%" PRIu64 "z", extent->bytes);
	return arena_strdup(arena, units_format_exact_size(text, extent->bytes));
}

static const char *choice_text(const struct option *option, int value)
{
	const struct option_choice *choice = option->choices;

	while (choice->text && choice->value != value)
		choice++;
	return choice->text;
}

static const char *typed_text(const struct option *option, const void *field, struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];

	switch (option->type) {
	case OPTION_FLAG:
	case OPTION_BOOL:
		return *(const bool *)field ? "1" : "0";
	case OPTION_COUNT:
		return arena_printf(arena, "%" PRIu64, whole_of(option, field));
	case OPTION_SIZE:
		units_format_exact_size(text, whole_of(option, field));
		return arena_strdup(arena, text);
	case OPTION_EXTENT:
		return extent_text(field, arena);
	case OPTION_TIME:
		units_format_exact_time(text, *(const uint64_t *)field);
		return arena_strdup(arena, text);
	case OPTION_DOUBLE:
		return double_text(*(const double *)field, arena);
	case OPTION_TEXT:
		return *(const char *const *)field;
	case OPTION_CHOICE:
		return choice_text(option, *(const int *)field);
	case OPTION_TEXTS: /* several: no one text */
	case OPTION_CUSTOM:
		break;
	}
	return NULL;
}

const char *option_text(const struct option *option, const void *target, struct arena *arena)
{
	const void *field = (const char *)holder_of(option, target) + option->field;

	if (!option->value_default && is_all_zero(field, option->field_bytes))
		return NULL;
	if (option->print)
		return option->print(field, arena);
	return typed_text(option, field, arena);
}

static bool is_called(const struct option *option, const char *name)
{
	return strcmp(option->name, name) == 0 ||
	       (option->alias && strcmp(option->alias, name) == 0);
}

enum { SLOT_COUNT = sizeof(((struct option_index *)0)->slots) / sizeof(uint16_t) };

static size_t next_slot(size_t slot)
{
	return (slot + 1) % SLOT_COUNT;
}

/* The multiplier of FNV-1a, whose last step mixes the upper bits in. */
static size_t first_slot(const char *name)
{
	uint32_t hash = 0;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return (hash ^ hash >> 16) % SLOT_COUNT;
}

static void add_to_index(struct option_index *index, const char *name, size_t place)
{
	size_t slot = first_slot(name);

	while (index->slots[slot] != 0)
		slot = next_slot(slot);
	index->slots[slot] = (uint16_t)(place + 1);
}

void option_index_fill(struct option_index *index, const struct option *options)
{
	for (size_t i = 0; options[i].name; i++) {
		assert(4 * i < SLOT_COUNT);
		add_to_index(index, options[i].name, i);
		if (options[i].alias)
			add_to_index(index, options[i].alias, i);
	}
}

static const struct option *find_by_index(const struct option_table *table, const char *name)
{
	const uint16_t *slots = table->index->slots;

	for (size_t slot = first_slot(name); slots[slot] != 0; slot = next_slot(slot)) {
		const struct option *option = &table->options[slots[slot] - 1];

		if (is_called(option, name))
			return option;
	}
	return NULL;
}

const struct option *option_find(const struct option_table *table, const char *name)
{
	if (table->index)
		return find_by_index(table, name);
	for (const struct option *option = table->options; option->name; option++) {
		if (is_called(option, name))
			return option;
	}
	return NULL;
}

const char *option_suggest(const struct option_table *const *tables, const char *name)
{
	struct text_guess guess = {.name = name};

	for (; *tables; tables++) {
		for (const struct option *option = (*tables)->options; option->name; option++) {
			text_guess(&guess, option->name);
			if (option->alias)
				text_guess(&guess, option->alias);
		}
	}
	return guess.nearest;
}

const char *option_group_name(enum option_group group)
{
	static const char *const names[OPTION_GROUP_COUNT] = {
		[OPTION_GROUP_WORKLOAD] = "Workload",
		[OPTION_GROUP_TARGET] = "Target",
		[OPTION_GROUP_ENGINE] = "Engine",
		[OPTION_GROUP_JOB] = "Job",
		[OPTION_GROUP_TIME] = "Time",
		[OPTION_GROUP_SYNC] = "Sync",
		[OPTION_GROUP_BUFFER] = "Buffer",
		[OPTION_GROUP_VERIFY] = "Verification",
		[OPTION_GROUP_MEASURE] = "Measurement",
		[OPTION_GROUP_SAFETY] = "Safety",
	};

	return names[group];
}
