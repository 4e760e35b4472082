/* SPDX-License-Identifier: MIT */
/*
 * The probe for people: under each head a name, yes or no in a column of its own, and why. No line
 * is longer than the page.
 */
#include <string.h>

#include "base/units.h"
#include "probe/probe.h"
#include "text/page.h"

enum {
	NAME_COLUMNS = 21,
	ANSWER_COLUMN = 2 + NAME_COLUMNS + 1,
	TEXT_COLUMN = ANSWER_COLUMN + 5,
	HINT_COLUMN = 11,
};

static void put_head(struct page *page, const char *title, const char *more)
{
	fprintf(page->stream, "\n%s%s%s%s%s\n", PAGE_BOLD, title, PAGE_PLAIN, more ? "  " : "",
		more ? more : "");
}

/* Two blanks and the name; a name that is too long takes a line of its own. */
static void put_name(struct page *page, const char *name)
{
	unsigned width = page_width(name);

	fprintf(page->stream, "  %s", name);
	if (width > NAME_COLUMNS)
		fprintf(page->stream, "\n%*s", ANSWER_COLUMN, "");
	else
		fprintf(page->stream, "%*s", (int)(NAME_COLUMNS + 1 - width), "");
}

static void put_fact(struct page *page, const char *name, const char *text)
{
	put_name(page, name);
	page_words(page, ANSWER_COLUMN, ANSWER_COLUMN, text);
	fputc('\n', page->stream);
}

/* The cure of a no; for a yes, what would allow more. */
static void put_cure(struct page *page, enum ability_answer answer, const char *cure)
{
	if (!cure)
		return;
	fprintf(page->stream, "%*s%s%s:%s ", TEXT_COLUMN, "", PAGE_BOLD,
		answer == ABILITY_YES ? "more" : "cure", PAGE_PLAIN);
	page_words(page, TEXT_COLUMN + 6, TEXT_COLUMN + 6, cure);
	fputc('\n', page->stream);
}

static void put_answer(struct page *page, const char *name, enum ability_answer answer,
	const char *text, const char *cure)
{
	static const char *const marks[] = {
		[ABILITY_NO] = PAGE_YELLOW "no" PAGE_PLAIN "   ",
		[ABILITY_YES] = "yes  ",
		[ABILITY_UNKNOWN] = PAGE_DIM "?" PAGE_PLAIN "    ",
	};

	put_name(page, name);
	fputs(marks[answer], page->stream);
	if (text)
		page_words(page, TEXT_COLUMN, TEXT_COLUMN, text);
	fputc('\n', page->stream);
	put_cure(page, answer, cure);
}

static void put_ability(struct page *page, const struct ability *ability)
{
	put_answer(page, ability->name, ability->answer, ability->reason, ability->cure);
}

static void put_abilities(struct page *page, const struct ability_list *list)
{
	for (const struct ability *ability = list->first; ability; ability = ability->next)
		put_ability(page, ability);
}

static void put_machine(struct page *page, struct probe *probe)
{
	const struct host_limits *limits = &probe->limits;
	const char *user = limits->user_id == 0
				   ? "root"
				   : arena_printf(&probe->arena, "user %u", limits->user_id);

	put_head(page, "machine", NULL);
	put_fact(page, "kernel",
		arena_printf(&probe->arena, "%s, %s", limits->kernel, limits->architecture));
	put_fact(page, "this process",
		arena_printf(&probe->arena, "%s, %u CPU%s%s", user, limits->cpu_count,
			limits->cpu_count == 1 ? "" : "s",
			limits->seccomp_mode > 0 ? ", under a seccomp filter" : ""));
	put_abilities(page, &probe->machine);
}

/* The names with one answer, one after another; of "no" with what each needs. */
static const char *name_list(
	struct probe *probe, const struct ability_list *list, enum ability_answer answer)
{
	const char *text = NULL;

	for (const struct ability *a = list->first; a; a = a->next) {
		const char *name = a->name;

		if (a->answer != answer)
			continue;
		if (answer == ABILITY_NO && a->cure)
			name = arena_printf(&probe->arena, "%s (%s)", a->name, a->cure);
		text = text ? arena_printf(&probe->arena, "%s%s %s", text,
				      answer == ABILITY_NO ? "," : "", name)
			    : name;
	}
	return text;
}

static void put_names(
	struct page *page, struct probe *probe, const char *title, const struct ability_list *list)
{
	const char *has = name_list(probe, list, ABILITY_YES);
	const char *lacks = name_list(probe, list, ABILITY_NO);

	if (has)
		put_answer(page, title, ABILITY_YES, has, NULL);
	if (lacks)
		put_answer(page, has ? "" : title, ABILITY_NO, lacks, NULL);
}

static void put_uring(struct page *page, struct probe *probe)
{
	if (probe->uring.error)
		return;
	put_head(page, "this kernel's io_uring", NULL);
	put_names(page, probe, "set-up flags", &probe->uring.setup_flags);
	put_names(page, probe, "features", &probe->uring.features);
	put_names(page, probe, "opcodes for storage", &probe->uring.opcodes);
}

static void put_target(struct page *page, struct probe *probe)
{
	const struct target *target = &probe->target;
	char size[UNITS_TEXT_BYTES];

	put_head(page, "target", target->path);
	put_fact(page, "kind",
		arena_printf(&probe->arena, "%s%s%s%s%s", target_kind_name(target->kind),
			target->file_system ? " on " : "",
			target->file_system ? target->file_system : "",
			target->bytes == UINT64_MAX ? "" : ", ",
			target->bytes == UINT64_MAX
				? ""
				: units_format_bytes(size, (double)target->bytes)));
	put_ability(page, &probe->readable);
	put_ability(page, &probe->writable);
	put_abilities(page, &probe->abilities);
}

static const char *device_words(struct probe *probe)
{
	const struct block_device *device = &probe->device;
	char size[UNITS_TEXT_BYTES];

	return arena_printf(&probe->arena,
		"/dev/%s%s%s%s%s, %s, blocks of %u (physical %u) bytes%s%s", device->name,
		device->is_partition ? ", a partition of " : "",
		device->is_partition ? device->disk : "", device->model ? ", " : "",
		device->model ? device->model : "", units_format_bytes(size, (double)device->bytes),
		device->logical_block_bytes, device->physical_block_bytes,
		device->is_rotational ? ", says it is rotational" : "",
		device->is_read_only ? ", read-only" : "");
}

static void put_device(struct page *page, struct probe *probe)
{
	struct probe_setting settings[PROBE_SETTINGS_LIMIT];
	size_t count = probe_queue_settings(&probe->queue, settings, &probe->arena);

	put_head(page, "device", device_words(probe));
	if (probe->queue.slaves)
		put_fact(page, "stands on", probe->queue.slaves);
	if (probe->queue.nvme_character)
		put_fact(page, "NVMe character node", probe->queue.nvme_character);
	for (size_t i = 0; i < count; i++) {
		unsigned width;

		if (!settings[i].value)
			continue;
		put_name(page, settings[i].name);
		fputs(settings[i].value, page->stream);
		width = page_width(settings[i].value);
		fputs(PAGE_DIM, page->stream);
		if (ANSWER_COLUMN + width + 2 > TEXT_COLUMN + 7) {
			fprintf(page->stream, "\n%*s", TEXT_COLUMN + 8, "");
			page_words(page, TEXT_COLUMN + 8, TEXT_COLUMN + 8, settings[i].meaning);
		} else {
			page_words(
				page, ANSWER_COLUMN + width, TEXT_COLUMN + 8, settings[i].meaning);
		}
		fprintf(page->stream, "%s\n", PAGE_PLAIN);
	}
}

/* The last setting in the run of those of the same name and answer. */
static const struct ability *last_alike(const struct ability *first)
{
	const struct ability *last = first;

	while (last->next && strcmp(last->next->name, first->name) == 0 &&
		last->next->answer == first->answer && first->answer == ABILITY_YES)
		last = last->next;
	return last;
}

/* Whether its values say more than its help: "random", not "0" and "1". */
static bool has_telling_values(const struct option *option, const struct ability *first)
{
	return !option || (option->type == OPTION_CHOICE && strcmp(first->value, "0") != 0 &&
				  strcmp(first->value, "1") != 0);
}

/* The reason without the setting's own name, which stands before it. */
static const char *refusal_words(
	struct probe *probe, const struct ability *setting, const struct option *option)
{
	const char *reason = setting->reason;
	size_t length = strlen(setting->name);

	if (reason && strncmp(reason, setting->name, length) == 0) {
		const char *end = reason + length;

		if (setting->value && *end == '=' &&
			strncmp(end + 1, setting->value, strlen(setting->value)) == 0)
			end += 1 + strlen(setting->value);
		if (strncmp(end, ": ", 2) == 0)
			reason = end + 2;
	}
	if (!setting->value || (option && !has_telling_values(option, setting)))
		return reason;
	return arena_printf(&probe->arena, "=%s: %s", setting->value, reason);
}

static const char *setting_words(struct probe *probe, const struct engine_class *class,
	const struct ability *first, const struct ability *last)
{
	const struct option *option =
		class->options ? option_find(class->options, first->name) : NULL;
	const char *text = first->value;

	if (first->answer != ABILITY_YES)
		return refusal_words(probe, first, option);
	if (!has_telling_values(option, first))
		return option->help;
	if (!option) /* "direct": of all jobs, not the engine's own */
		return first != last                    ? "0, 1: buffered and O_DIRECT"
		       : strcmp(first->value, "0") == 0 ? "0: buffered"
							: "1: O_DIRECT";
	for (const struct ability *a = first; a != last; a = a->next)
		text = arena_printf(&probe->arena, "%s, %s", text, a->next->value);
	return arena_printf(&probe->arena, "%s: %s", text, option->help);
}

/* Cures that stand further up: engines share many. */
struct told {
	const char *cures[64];
	size_t count;
};

/* NULL where it has been told. */
static const char *tell_once(struct told *told, const char *cure)
{
	if (!cure)
		return NULL;
	for (size_t i = 0; i < told->count; i++) {
		if (strcmp(told->cures[i], cure) == 0)
			return NULL;
	}
	if (told->count < sizeof(told->cures) / sizeof(told->cures[0]))
		told->cures[told->count++] = cure;
	return cure;
}

static void put_engine(
	struct page *page, struct probe *probe, const struct probe_engine *trial, struct told *told)
{
	char name[NAME_COLUMNS + 8];

	put_answer(page, trial->class->name, trial->engine.answer,
		trial->engine.answer == ABILITY_YES ? trial->class->summary : trial->engine.reason,
		tell_once(told, trial->engine.cure));
	if (trial->engine.answer != ABILITY_YES)
		return;
	for (const struct ability *a = trial->settings.first; a;) {
		const struct ability *last = last_alike(a);

		snprintf(name, sizeof(name), "  %s", a->name);
		put_answer(page, name, a->answer, setting_words(probe, trial->class, a, last),
			tell_once(told, a->cure));
		a = last->next;
	}
}

static void put_engines(struct page *page, struct probe *probe)
{
	bool is_read = probe->has_target && probe->readable.answer == ABILITY_YES;
	struct told told = {.count = 0};

	for (const struct ability *a = probe->abilities.first; a; a = a->next)
		(void)tell_once(&told, a->cure);
	put_head(page, "engines",
		is_read ? "each opened with each setting, and one block read"
			: "each opened with each setting, nothing read");
	for (const struct probe_engine *t = probe->engines; t; t = t->next)
		put_engine(page, probe, t, &told);
}

static void put_hints(struct page *page, struct probe *probe)
{
	if (!probe->hints)
		return;
	put_head(page, "hints", "the largest effect first");
	for (const struct probe_hint *hint = probe->hints; hint; hint = hint->next) {
		fprintf(page->stream, "  %s", hint->effect);
		page_words(page, 2 + (unsigned)strlen(hint->effect), HINT_COLUMN, hint->text);
		fprintf(page->stream, "\n%s", PAGE_BOLD);
		page_words(page, 0, HINT_COLUMN, hint->command);
		fprintf(page->stream, "%s\n", PAGE_PLAIN);
	}
}

static int print_text(struct probe *probe, FILE *stream)
{
	struct page page;

	page_open(&page, NULL, stream);
	fprintf(page.stream, "%sringside probe%s%s%s\n", PAGE_BOLD, probe->has_target ? " " : "",
		probe->has_target ? probe->target.path : "", PAGE_PLAIN);
	put_machine(&page, probe);
	if (probe->has_target)
		put_target(&page, probe);
	if (probe->has_device)
		put_device(&page, probe);
	put_engines(&page, probe);
	put_uring(&page, probe);
	put_hints(&page, probe);
	return page_close(&page);
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(struct probe, function)},

DOCUMENT_FORMATS(probe_formats, "a probe", struct probe,
	WRITER("text", NULL, print_text) WRITER("json", "JSON", probe_write_json));
