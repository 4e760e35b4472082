/* SPDX-License-Identifier: MIT */
/* From a file's sections to a claim. Every problem is reported, not the first only. */
#include "claim/claim_file.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "claim/claim_line.h"
#include "claim/claim_load.h"

enum {
	POINTS_LIMIT = 256, /* tables of one session, as of any comparison */
	BLOCKS_LEAST = 3,
	BLOCKS_MOST = 1000,
	TAG_LIMIT = 24, /* characters: it is a column of tables */
};

#define LONGEST_NS (24 * 3600 * NS_PER_S)

/* The values of [claim] that are read by table; texts that may be repeated are not joined yet. */
struct values {
	const char *title, *reference, *load;
	const char *const *statements, *const *abouts, *const *vary, *const *needs;
	size_t statement_count, about_count, vary_count, need_count;
	uint64_t trial_ns, ramp_ns, limit_ns, blocks;
	enum trial_value primary;
};

static int parse_metric(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	*(enum trial_value *)field = claim_line_metric(value);
	if (*(enum trial_value *)field != VALUE_COUNT)
		return 0;
	*problem = (struct option_problem){
		.what = "there is no such metric", .hint = "`ringside help metrics` lists them"};
	return -EINVAL;
}

#define BIND(type, member)        OPTION_BIND_##type(struct values, member)
#define BIND_TEXTS(member, count) OPTION_BIND_TEXTS(struct values, member, count)

const struct option claim_file_options[] = {
	{BIND(TEXT, title), .name = "title", .syntax = "TEXT",
		.help = "what tables show, 60 characters at most"},
	{BIND_TEXTS(statements, statement_count), .name = "statement", .syntax = "TEXT",
		.help = "the claim in one or two sentences; more lines add to it"},
	{BIND_TEXTS(abouts, about_count), .name = "about", .syntax = "TEXT",
		.help = "what is measured and what is not; more lines add to it"},
	{BIND_TEXTS(vary, vary_count), .name = "vary", .syntax = "KEY=V,V",
		.help = "sweep over these values; may be repeated"},
	{BIND(TEXT, load), .name = "load", .syntax = "LIST of NAME",
		.help = "at each point first no rate, then these shares of what this contender did "
			"as the rate of all: 50%,95% of epoll"},
	{BIND_TEXTS(needs, need_count), .name = "needs", .syntax = "LIST",
		.help = "what the machine must have: cpus>=N, memory>=SIZE, root, direct, nvme, "
			"poll_queues, counters; may be repeated"},
	{BIND(TIME, trial_ns), .unit_ns = NS_PER_S, .min = 1, .max = LONGEST_NS,
		.name = "trial-time", .alias = "trial_time", .syntax = "TIME",
		.help = "how long each trial measures"},
	{BIND(TIME, ramp_ns), .unit_ns = NS_PER_S, .min = 1, .max = LONGEST_NS, .name = "ramp-time",
		.alias = "ramp_time", .syntax = "TIME", .help = "time before that, not measured"},
	{BIND(TIME, limit_ns), .unit_ns = NS_PER_S, .min = 1, .max = LONGEST_NS, .name = "max-time",
		.alias = "max_time", .syntax = "TIME", .help = "limit of a table"},
	{BIND(COUNT, blocks), .min = BLOCKS_LEAST, .max = BLOCKS_MOST, .name = "blocks",
		.syntax = "N", .help = "number of blocks (default: until it is precise enough)"},
	{BIND(TEXT, reference), .name = "ref", .syntax = "NAME",
		.help = "contender that runs a second time, as the control (default: the first)"},
	{BIND(CUSTOM, primary), .parse = parse_metric, .name = "metric", .syntax = "NAME",
		.help = "the metric whose precision ends the session"},
	{.name = NULL},
};

static const struct option_table table = {
	.options = claim_file_options, .struct_bytes = sizeof(struct values)};

struct reading {
	struct claim *claim;
	const struct job_section *section; /* [claim] */
	struct values values;
	struct arena *arena;
	struct diag *diag;
};

static bool is_line(const struct job_entry *entry)
{
	return strcmp(entry->key, "claim") == 0 || text_starts_with(entry->key, "claim.");
}

static bool is_claim_section(const struct job_section *section)
{
	return strcmp(section->name, "claim") == 0;
}

/* The one [claim]; NULL, reported, where there is none. */
static const struct job_section *find_section(
	const struct job_sections *sections, const char *name, struct diag *diag)
{
	struct place file = {.file = name};
	const struct job_section *found = NULL;

	for (const struct job_section *s = sections->first; s; s = s->next) {
		if (!is_claim_section(s))
			continue;
		if (found) {
			diag_error(diag, &s->place, "a file has one [claim], this is another");
			diag_hint(diag, "one section may have several lines claim=…");
		} else {
			found = s;
		}
	}
	if (!found) {
		diag_error(diag, &file, "there is no section [claim] in this file");
		diag_hint(diag, "a job file becomes a claim by a section [claim] with title=, "
				"statement= and claim=");
	}
	return found;
}

/* By its own contender=, else `otherwise`. */
static const char *contender_of(const struct job_section *section, const char *otherwise)
{
	const char *name = otherwise;

	for (const struct job_entry *e = section->entries; e; e = e->next) {
		if (strcmp(e->key, "contender") == 0 && e->value && *e->value)
			name = e->value;
	}
	return name;
}

static void list_contenders(struct reading *reading, const struct job_sections *sections)
{
	struct claim *claim = reading->claim;
	const char *name, *of_all = NULL; /* what a [global] says holds for those below it */
	size_t limit = 0;

	for (const struct job_section *s = sections->first; s; s = s->next)
		limit++;
	claim->contenders = arena_alloc_array(reading->arena, limit, sizeof(*claim->contenders));
	for (const struct job_section *s = sections->first; s; s = s->next) {
		if (s->is_global)
			of_all = contender_of(s, of_all);
		if (s->is_global || is_claim_section(s))
			continue;
		name = contender_of(s, of_all ? of_all : s->name);
		if (!text_is_listed(name, claim->contenders, claim->contender_count))
			claim->contenders[claim->contender_count++] = name;
	}
	if (claim->contender_count > 0)
		return;
	diag_error(reading->diag, &reading->section->place, "this claim has no contenders");
	diag_hint(reading->diag, "each job section of the file is one");
}

static struct place problem_place(
	const struct job_entry *entry, const struct option_problem *problem)
{
	struct place place = entry->value_place;

	if (problem->at == 0 && problem->length == 0)
		return place;
	place.column += (int)problem->at;
	place.length = problem->length ? (int)problem->length : place.length - (int)problem->at;
	return place;
}

static bool is_text(const char *key)
{
	return strcmp(key, "title") == 0 || strcmp(key, "statement") == 0 ||
	       strcmp(key, "about") == 0;
}

static bool is_repeatable(const struct option *option)
{
	return option->type == OPTION_TEXTS;
}

/* Under whichever of its names. */
static bool is_given_before(const struct reading *reading, const struct job_entry *entry)
{
	const struct option *option = option_find(&table, entry->key);
	const struct job_entry *e = reading->section->entries;

	while (e != entry && option_find(&table, e->key) != option)
		e = e->next;
	return e != entry;
}

static void refuse_key(struct reading *reading, const struct job_entry *entry)
{
	const struct option_table *tables[] = {&table, NULL};
	const char *suggestion = option_suggest(tables, entry->key);

	diag_error(reading->diag, &entry->place, "[claim] has no option '%s'", entry->key);
	struct text_guess line = {.name = entry->key};

	text_guess(&line, "claim");
	if (!suggestion)
		suggestion = line.nearest;
	if (suggestion)
		diag_hint(reading->diag, "did you mean '%s'?", suggestion);
	else
		diag_hint(reading->diag, "options of all contenders belong into [global]");
}

/* "4 KiB; more": the rest of a sentence would be lost without a word. */
static void mind_comment(struct reading *reading, const struct job_entry *entry)
{
	struct place place = entry->value_place;
	const char *from, *sign;

	if (!is_text(entry->key) || !place.text)
		return;
	from = place.text + place.column - 1 + place.length;
	sign = from + strspn(from, " \t");
	/* " ; with blanks on both sides" is meant to be one. */
	if (*sign == '\0' || (sign > from && strchr(" \t", sign[1])))
		return;
	place.column += (int)(sign - from) + place.length;
	place.length = (int)strlen(sign);
	diag_warning(
		reading->diag, &place, "'%c' begins a comment: the text ends before it", *sign);
	diag_hint(reading->diag, "write another sign; a comment has blanks around it");
}

static void read_value(struct reading *reading, const struct job_entry *entry)
{
	const struct option *option = option_find(&table, entry->key);
	struct option_problem problem = {0};

	if (!option) {
		refuse_key(reading, entry);
		return;
	}
	if (!entry->value || !*entry->value) {
		diag_error(reading->diag, &entry->place, "%s: the value is missing", entry->key);
		diag_hint(reading->diag, "write %s=%s; ';' and '#' begin a comment", option->name,
			option->syntax);
		return;
	}
	if (!is_repeatable(option) && is_given_before(reading, entry)) {
		diag_error(reading->diag, &entry->place, "%s is given twice", entry->key);
		return;
	}
	mind_comment(reading, entry);
	if (option_read(option, entry->value, &reading->values, reading->arena, &problem) == 0)
		return;
	struct place place = problem_place(entry, &problem);

	diag_error(reading->diag, &place, "%s=%s: %s", entry->key, entry->value, problem.what);
	if (problem.hint)
		diag_hint(reading->diag, "%s", problem.hint);
}

static void read_values(struct reading *reading)
{
	reading->values.primary = VALUE_COUNT;
	for (const struct job_entry *e = reading->section->entries; e; e = e->next) {
		if (!is_line(e))
			read_value(reading, e);
	}
}

static const char *join(struct arena *arena, const char *const *texts, size_t count)
{
	const char *joined = count > 0 ? texts[0] : NULL;

	for (size_t i = 1; i < count; i++)
		joined = arena_printf(arena, "%s %s", joined, texts[i]);
	return joined;
}

static const struct job_entry *find_entry(const struct reading *reading, const char *key)
{
	const struct job_entry *e = reading->section->entries;

	while (e && strcmp(e->key, key) != 0)
		e = e->next;
	return e;
}

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static void require(struct reading *reading, const char *value, const char *key, const char *what)
{
	if (value || find_entry(reading, key))
		return;
	diag_error(reading->diag, &reading->section->place, "[claim] has no %s=", key);
	diag_hint(reading->diag, "%s", what);
}

static void take_texts(struct reading *reading)
{
	const struct values *values = &reading->values;
	struct claim *claim = reading->claim;

	claim->title = values->title;
	claim->statement = join(reading->arena, values->statements, values->statement_count);
	claim->about = join(reading->arena, values->abouts, values->about_count);
	require(reading, claim->title, "title", "title=TEXT is what tables show");
	require(reading, claim->statement, "statement",
		"statement=TEXT is the claim in one or two sentences");
	if (claim->title && count_characters(claim->title) > CLAIM_TITLE_LIMIT) {
		diag_error(reading->diag, &find_entry(reading, "title")->value_place,
			"a title of %zu characters is too long for tables: the limit is %d",
			count_characters(claim->title), CLAIM_TITLE_LIMIT);
		diag_hint(reading->diag, "statement= has room for more");
	}
}

static void check_contender(struct reading *reading, const char *key, const char *name)
{
	const struct claim *claim = reading->claim;
	struct text_guess guess = {.name = name};

	if (text_is_listed(name, claim->contenders, claim->contender_count))
		return;
	for (size_t i = 0; i < claim->contender_count; i++)
		text_guess(&guess, claim->contenders[i]);
	diag_error(reading->diag, &find_entry(reading, key)->value_place,
		"there is no contender '%s'", name);
	if (guess.nearest)
		diag_hint(reading->diag, "did you mean '%s'?", guess.nearest);
}

static void take_session(struct reading *reading)
{
	const struct values *values = &reading->values;
	struct claim *claim = reading->claim;

	claim->trial_ns = values->trial_ns;
	claim->ramp_ns = values->ramp_ns;
	claim->limit_ns = values->limit_ns;
	claim->blocks = values->blocks;
	claim->primary = values->primary;
	claim->reference = values->reference;
	claim->vary_count = values->vary_count;
	claim->vary = values->vary;
	if (claim->reference)
		check_contender(reading, "ref", claim->reference);
}

/* What makes two points one, or one of no value: each is measured and named once. */
static const char *vary_problem(
	const struct claim *claim, const char *key, char **values, size_t count)
{
	const struct claim_point *point = claim->points; /* all have the same keys */

	for (size_t i = 0; i < point->count; i++) {
		if (strcmp(point->values[i].key, key) == 0)
			return "another vary= has values of it";
	}
	for (size_t i = 0; i < count; i++) {
		if (!*values[i])
			return "a value is missing";
		if (text_is_listed(values[i], (const char *const *)values, i))
			return "a value is given twice";
	}
	return NULL;
}

/* Each point once with each value; `written`: the key as contender_plan_make has it in names. */
static void cross(struct reading *reading, const char *key, const char *written, char **values,
	size_t value_count)
{
	struct claim *claim = reading->claim;
	size_t count = claim->point_count * value_count;
	struct claim_point *points = arena_alloc_array(reading->arena, count, sizeof(*points));

	for (size_t i = 0; i < count; i++) {
		const struct claim_point *before = &claim->points[i / value_count];
		struct claim_point *after = &points[i];

		after->count = before->count + 1;
		after->values =
			arena_alloc_array(reading->arena, after->count, sizeof(*after->values));
		for (size_t k = 0; k < before->count; k++)
			after->values[k] = before->values[k];
		after->values[before->count] =
			(struct claim_assignment){key, values[i % value_count]};
		after->name = arena_printf(reading->arena, "%s%s%s=%s", before->name,
			*before->name ? " " : "", written, values[i % value_count]);
	}
	claim->points = points;
	claim->point_count = count;
}

static void cross_vary(struct reading *reading, const struct job_entry *entry)
{
	struct claim *claim = reading->claim;
	const char *equals = strchr(entry->value, '=');
	const char *key, *problem;
	size_t value_count;
	char **values;

	if (!equals || equals == entry->value || equals[1] == '\0') {
		diag_error(reading->diag, &entry->value_place, "vary=%s: no values", entry->value);
		diag_hint(reading->diag, "vary=iodepth=1,8,32");
		return;
	}
	key = text_trimmed(reading->arena, entry->value, (size_t)(equals - entry->value));
	value_count = text_split(reading->arena, equals + 1, ',', &values);
	problem = vary_problem(claim, key, values, value_count);
	if (problem) {
		diag_error(
			reading->diag, &entry->value_place, "vary=%s: %s", entry->value, problem);
		return;
	}
	if (value_count * claim->point_count > POINTS_LIMIT) {
		diag_error(reading->diag, &entry->value_place, "vary=%s: more than %d tables",
			entry->value, POINTS_LIMIT);
		return;
	}
	cross(reading, key,
		arena_strndup(reading->arena, entry->value, (size_t)(equals - entry->value)),
		values, value_count);
}

static void cross_loads(struct reading *reading)
{
	const struct job_entry *entry = find_entry(reading, "load");
	struct claim *claim = reading->claim;
	struct claim_loads *loads = &claim->loads;
	char *values[1 + CLAIM_LOADS_LIMIT];
	const char *what;

	if (!reading->values.load)
		return;
	loads->text = reading->values.load;
	if (!claim_load_read(loads, loads->text, reading->arena, &what)) {
		diag_error(reading->diag, &entry->value_place, "load=%s: %s", loads->text, what);
		diag_hint(reading->diag, "load=50%%,80%%,95%% of NAME");
		loads->count = 0;
		return;
	}
	check_contender(reading, "load", loads->of);
	if ((1 + loads->count) * claim->point_count > POINTS_LIMIT) {
		diag_error(reading->diag, &entry->value_place, "load=%s: more than %d tables",
			loads->text, POINTS_LIMIT);
		return;
	}
	values[0] = arena_strdup(reading->arena, "max");
	for (size_t i = 0; i < loads->count; i++)
		values[1 + i] = arena_printf(reading->arena, "%.15g%%", 100 * loads->shares[i]);
	cross(reading, "load", "load", values, 1 + loads->count);
}

static void list_points(struct reading *reading)
{
	struct claim *claim = reading->claim;

	claim->points = ARENA_NEW(reading->arena, struct claim_point);
	claim->points->name = "";
	claim->point_count = 1;
	for (const struct job_entry *e = reading->section->entries; e; e = e->next) {
		if (strcmp(e->key, "vary") != 0 || !e->value || !*e->value)
			continue;
		if (!claim->vary_place.file)
			claim->vary_place = e->value_place;
		cross_vary(reading, e);
	}
	cross_loads(reading);
}

static const char *const need_words[NEED_KIND_COUNT] = {
	[NEED_CPUS] = "cpus",
	[NEED_MEMORY] = "memory",
	[NEED_ROOT] = "root",
	[NEED_DIRECT] = "direct",
	[NEED_NVME] = "nvme",
	[NEED_POLL_QUEUES] = "poll_queues",
	[NEED_COUNTERS] = "counters",
};

static bool is_counted(enum claim_need_kind kind)
{
	return kind == NEED_CPUS || kind == NEED_MEMORY;
}

/* "cpus>=2" or "nvme". False, with *what. */
static bool parse_need(struct reading *reading, struct claim_need *need, const char **what)
{
	size_t length = strcspn(need->text, " \t<>=");
	const char *word = arena_strndup(reading->arena, need->text, length);
	const char *rest = need->text + length + strspn(need->text + length, " \t");
	int kind = 0;

	while (kind < NEED_KIND_COUNT && strcmp(need_words[kind], word) != 0)
		kind++;
	*what = "this is not known of machines";
	if (kind == NEED_KIND_COUNT)
		return false;
	need->kind = (enum claim_need_kind)kind;
	if (!is_counted(need->kind)) {
		*what = "nothing follows this word";
		return *rest == '\0';
	}
	*what = "'>=' and a number follow this word";
	if (!text_starts_with(rest, ">="))
		return false;
	return (need->kind == NEED_MEMORY ? units_parse_size(rest + 2, &need->count, what)
					  : units_parse_count(rest + 2, &need->count, what)) == 0;
}

static void read_needs(struct reading *reading, const struct job_entry *entry)
{
	struct claim *claim = reading->claim;
	const char *at = entry->value;

	while (*at) {
		size_t length;
		struct claim_need *need = &claim->needs[claim->need_count];
		const char *what;

		at += strspn(at, ", \t");
		length = text_trimmed_length(at, strcspn(at, ","));
		if (length == 0)
			break;
		*need = (struct claim_need){.text = arena_strndup(reading->arena, at, length),
			.place = entry->value_place};
		need->place.column += (int)(at - entry->value);
		need->place.length = (int)length;
		at += strcspn(at, ",");
		if (parse_need(reading, need, &what)) {
			claim->need_count++;
			continue;
		}
		diag_error(reading->diag, &need->place, "needs=%s: %s", need->text, what);
		diag_hint(reading->diag, "cpus>=N, memory>=SIZE, root, direct, nvme, poll_queues, "
					 "counters");
	}
}

static void list_needs(struct reading *reading)
{
	size_t limit = 0;

	for (const struct job_entry *e = reading->section->entries; e; e = e->next)
		limit += e->value ? strlen(e->value) : 0;
	reading->claim->needs = arena_alloc_array(reading->arena, limit, sizeof(struct claim_need));
	for (const struct job_entry *e = reading->section->entries; e; e = e->next) {
		if (strcmp(e->key, "needs") == 0 && e->value)
			read_needs(reading, e);
	}
}

/* A line's name; false, reported. `line` has its number otherwise. */
static bool read_tag(
	struct reading *reading, struct claim_line *line, const struct job_entry *entry)
{
	const struct claim *claim = reading->claim;
	const char *tag = strchr(entry->key, '.');
	struct place place = entry->place;

	line->name = arena_printf(reading->arena, "%zu", claim->line_count + 1);
	if (!tag)
		return true;
	tag++;
	place.column += (int)(tag - entry->key);
	place.length -= (int)(tag - entry->key);
	if (*tag < 'a' || *tag > 'z' ||
		tag[strspn(tag, "abcdefghijklmnopqrstuvwxyz0123456789_-")] ||
		strlen(tag) > TAG_LIMIT) {
		diag_error(reading->diag, &place,
			"a tag is a letter with letters, digits, _ and - after it, in lower case "
			"and at most %d",
			TAG_LIMIT);
		return false;
	}
	for (size_t i = 0; i < claim->line_count; i++) {
		if (strcmp(claim->lines[i].name, tag) != 0)
			continue;
		diag_error(reading->diag, &place, "another line has the tag '%s'", tag);
		return false;
	}
	line->name = tag;
	line->is_tagged = true;
	return true;
}

static void read_line(struct reading *reading, const struct job_entry *entry)
{
	struct claim *claim = reading->claim;
	struct claim_line line, tagged = {0};

	if (!entry->value || !*entry->value) {
		diag_error(reading->diag, &entry->place, "%s: the line is missing", entry->key);
		diag_hint(reading->diag,
			"write %s=fixed.cpu_ns_per_io <= 0.95 * plain.cpu_ns_per_io", entry->key);
		return;
	}
	if (claim->line_count == CLAIM_LINES_LIMIT) {
		diag_error(reading->diag, &entry->place, "a claim has at most %d lines",
			CLAIM_LINES_LIMIT);
		return;
	}
	if (!read_tag(reading, &tagged, entry) ||
		claim_line_read(&line, entry->value, &entry->value_place, claim, reading->arena,
			reading->diag) != 0)
		return;
	line.name = tagged.name;
	line.is_tagged = tagged.is_tagged;
	claim->lines[claim->line_count++] = line;
}

static void read_lines(struct reading *reading)
{
	size_t count = 0;

	reading->claim->lines =
		arena_alloc_array(reading->arena, CLAIM_LINES_LIMIT, sizeof(struct claim_line));
	for (const struct job_entry *e = reading->section->entries; e; e = e->next) {
		if (!is_line(e))
			continue;
		count++;
		if (reading->claim->contender_count > 0) /* else that was said */
			read_line(reading, e);
	}
	if (count > 0)
		return;
	diag_error(reading->diag, &reading->section->place, "[claim] has no line to test");
	diag_hint(reading->diag, "add claim=fixed.cpu_ns_per_io <= 0.95 * plain.cpu_ns_per_io");
}

static int read_sections(struct claim *claim, const struct job_sections *sections, const char *name,
	struct arena *arena, struct diag *diag, unsigned errors_before)
{
	struct reading reading = {.claim = claim, .arena = arena, .diag = diag};

	*claim = (struct claim){.path = name, .primary = VALUE_COUNT};
	claim->name = text_stem_of(name, arena);
	if (diag->error_count > errors_before)
		return -EINVAL;
	reading.section = find_section(sections, name, diag);
	if (!reading.section)
		return -EINVAL;
	claim->place = reading.section->place;
	list_contenders(&reading, sections);
	read_values(&reading);
	take_texts(&reading);
	take_session(&reading);
	list_points(&reading);
	list_needs(&reading);
	read_lines(&reading);
	return diag->error_count > errors_before ? -EINVAL : 0;
}

int claim_file_read(struct claim *claim, const char *path, struct arena *arena, struct diag *diag)
{
	struct job_sections sections = {0};
	unsigned errors_before = diag->error_count;

	job_file_read(&sections, path, arena, diag);
	return read_sections(claim, &sections, strcmp(path, "-") == 0 ? "(stdin)" : path, arena,
		diag, errors_before);
}

int claim_file_read_text(struct claim *claim, const char *name, const char *text, size_t length,
	job_file_load *load, struct arena *arena, struct diag *diag)
{
	struct job_sections sections = {0};
	unsigned errors_before = diag->error_count;

	job_file_parse(&sections, name, text, length, load, arena, diag);
	return read_sections(claim, &sections, name, arena, diag, errors_before);
}
