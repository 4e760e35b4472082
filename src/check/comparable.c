/* SPDX-License-Identifier: MIT */
/* Differences between jobs and between machines. */
#include "check/judge.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "engine/engine_list.h"
#include "job/job.h"

/* Options that say where, for whom and how long, but not what is measured. */
static const char *const free_options[] = {
	"name",
	"description",
	"filename",
	"directory",
	"filename_format",
	"unlink",
	"randseed",
	"percentile_list",
	"clat_percentiles",
	"lat_percentiles",
	"slat_percentiles",
	"group_reporting",
	"assert",
	"runtime",
	"ramp_time",
	"time_based",
	"loops",
	"output-format",
	"output",
	"write_bw_log",
	"write_lat_log",
	"write_iops_log",
};

/* Options that ringside and fio write alike, sizes apart. */
static const char *const shared_options[] = {"rw", "bs", "iodepth", "numjobs", "direct"};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool same_value(const char *a, const char *b)
{
	uint64_t first, second;
	const char *what;

	if (!a || !b)
		return a == b;
	if (strcmp(a, b) == 0)
		return true;
	return units_parse_size(a, &first, &what) == 0 &&
	       units_parse_size(b, &second, &what) == 0 && first == second;
}

/* Adds "bs was 4k, is 8k" to what was found before, where the values differ. */
static const char *add_difference(const char *found, const char *key, const char *before,
	const char *now, struct arena *arena)
{
	if (same_value(before, now))
		return found;
	return arena_printf(arena, "%s%s %s was %s, is %s", found ? found : "another job",
		found ? "," : ":", key, before ? before : "not set", now ? now : "not set");
}

/* The options that both programs report. */
static const char *compare_shared(
	const struct settings *old, const struct settings *new, struct arena *arena)
{
	const char *found = NULL;

	for (size_t i = 0; i < COUNT_OF(shared_options); i++) {
		const char *key = shared_options[i];
		const char *before = settings_value(old, key);
		const char *now = settings_value(new, key);

		if (before && now)
			found = add_difference(found, key, before, now, arena);
	}
	return found;
}

/* fio does not say whether it was told group_reporting, but a second row of the name does. */
static bool has_row_for_each(
	const struct check_session *session, const char *contender, struct arena *arena)
{
	return strstr(contender, " (") ||
	       check_session_find(session, arena_printf(arena, "%s (2)", contender));
}

/*
 * Whether the contender's figures are those of all its clones together, as comparisons have them
 * always and runs with group_reporting. A row for each of them is a part of the job.
 */
static bool is_whole_job(
	const struct check_session *session, const char *contender, struct arena *arena)
{
	const struct settings *options = &check_session_find(session, contender)->options;
	const char *clones = settings_value(options, "numjobs");
	const char *grouped = settings_value(options, "group_reporting");

	if (session->is_partial || !clones || strcmp(clones, "1") == 0)
		return true;
	if (session->is_foreign)
		return !has_row_for_each(session, contender, arena);
	return grouped && strcmp(grouped, "0") != 0;
}

static const char *default_text(
	const struct option_table *table, const struct option *option, struct arena *arena)
{
	void *defaults = arena_alloc(arena, table->struct_bytes);

	option_set_defaults(table, defaults, arena);
	return option_text(option, defaults, arena);
}

/*
 * Whether a setting is what it is where nobody sets it: so it was for a ringside that did not have
 * the option, and whose results do not tell it.
 */
static bool is_default(
	const struct settings *settings, const struct setting *setting, struct arena *arena)
{
	const char *name = settings_value(settings, "ioengine");
	const struct engine_class *engine = name ? engine_find(name) : NULL;
	const struct option_table *tables[] = {&job_option_table, engine ? engine->options : NULL};

	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		const struct option *option =
			tables[i] ? option_find(tables[i], setting->key) : NULL;

		if (option)
			return same_value(default_text(tables[i], option, arena), setting->value);
	}
	return false;
}

/* Options that change nothing of what is measured. */
static bool is_free(const char *key, const struct settings *settings)
{
	const char *rw = settings_value(settings, "rw");

	if (text_is_listed(key, free_options, COUNT_OF(free_options)))
		return true;
	/* A job that reads finds its files whole, and older results call that overwrite=1. */
	return strcmp(key, "overwrite") == 0 && (!rw || strstr(rw, "read") || strstr(rw, "rw"));
}

const char *comparable_jobs(const struct check_session *before, const struct check_session *now,
	const char *contender, struct arena *arena)
{
	const struct settings *old = &check_session_find(before, contender)->options;
	const struct settings *new = &check_session_find(now, contender)->options;
	bool is_whole = before->is_partial == now->is_partial;
	const char *found = NULL;

	if (is_whole_job(before, contender, arena) != is_whole_job(now, contender, arena))
		return "another job: one result reports its clones together (group_reporting), the "
		       "other one by one";
	if (before->is_foreign != now->is_foreign)
		return compare_shared(old, new, arena);
	for (size_t i = 0; i < old->count; i++) {
		const char *key = old->items[i].key;
		const char *value = settings_value(new, key);
		bool is_told = value || (is_whole && !is_default(old, &old->items[i], arena));

		if (!is_free(key, old) && is_told)
			found = add_difference(found, key, old->items[i].value, value, arena);
	}
	for (size_t i = 0; i < new->count &&is_whole; i++) {
		const char *key = new->items[i].key;

		if (!is_free(key, new) && !settings_find(old, key) &&
			!is_default(new, &new->items[i], arena))
			found = add_difference(found, key, NULL, new->items[i].value, arena);
	}
	return found;
}

static void add_change(struct check_changes *changes, const char *key, const char *before,
	const char *now, bool is_allowed)
{
	if (same_value(before, now))
		return;
	changes->items[changes->count++] = (struct check_change){
		.key = key,
		.before = before,
		.now = now,
		.is_allowed = is_allowed,
	};
}

void comparable_environment(const struct settings *before, const struct settings *now,
	const char *const *allowed, size_t allowed_count, struct check_changes *changes,
	struct arena *arena)
{
	*changes = (struct check_changes){0};
	if (before->count == 0 || now->count == 0)
		return;
	changes->items =
		arena_alloc_array(arena, before->count + now->count, sizeof(*changes->items));
	for (size_t i = 0; i < before->count; i++) {
		const char *key = before->items[i].key;

		add_change(changes, key, before->items[i].value, settings_value(now, key),
			text_is_listed(key, allowed, allowed_count));
	}
	for (size_t i = 0; i < now->count; i++) {
		const char *key = now->items[i].key;

		if (!settings_find(before, key))
			add_change(changes, key, NULL, now->items[i].value,
				text_is_listed(key, allowed, allowed_count));
	}
}
