/* SPDX-License-Identifier: MIT */
/* The document of a preparation, and the same as a state file. */
#include "prepare/prepare_record.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "base/text.h"
#include "base/units.h"
#include "document/field_row.h"

const char *prepare_order_name(unsigned order)
{
	static const char *const names[] = {"seq", "rand", "none"};

	return names[order];
}

const char *prepare_stage_name(unsigned stage)
{
	static const char *const names[] = {"purge", "fill", "settle", "ended"};

	return names[stage];
}

const char *prepare_state_name(unsigned state)
{
	static const char *const names[] = {
		"incomplete", "purged", "filled", "conditioned", "steady"};

	return names[state];
}

double prepare_pass_rate(const struct prepare_pass *pass)
{
	return pass->elapsed_s > 0 ? (double)pass->bytes / pass->elapsed_s : NAN;
}

static double pass_rate(const void *structure, const void *member, const void *owner)
{
	(void)member;
	(void)owner;
	return prepare_pass_rate(structure);
}

static bool lacks_purge(const void *structure)
{
	return !((const struct prepare_record *)structure)->purge_method;
}

static bool lacks_settling(const void *structure)
{
	return !(((const struct prepare_record *)structure)->settling.elapsed_s > 0);
}

static const struct field_table target_table = FIELD_TABLE_OF("target", struct prepare_record,
	{"path", FIELD_TEXT(struct prepare_record, path)},
	{"kind", FIELD_TEXT(struct prepare_record, kind),
		.schema = FIELD_JSON({"enum" : [ "file", "block" ]})},
	{"file_system", FIELD_TEXT(struct prepare_record, file_system), .null = FIELD_NULL},
	{"device", FIELD_TEXT(struct prepare_record, device), .null = FIELD_NULL,
		.help = "The disk that it is, or stands on."},
	{"model", FIELD_TEXT(struct prepare_record, model), .null = FIELD_NULL},
	{"identity", FIELD_TEXT(struct prepare_record, identity),
		.help = "A hash: a preparation is continued on this target only."});

static const struct field_table plan_table = FIELD_TABLE_WITH("plan", struct prepare_plan,
	(.help = "What was asked for."), {"purge", FIELD_BOOL(struct prepare_plan, purges)},
	{"fill", FIELD_CHOICE(struct prepare_plan, order, PREPARE_NO_FILL + 1, prepare_order_name)},
	{"passes", FIELD_COUNT(struct prepare_plan, pass_count)},
	{"bs", FIELD_COUNT(struct prepare_plan, block_bytes), .least = 1},
	{"bytes", FIELD_COUNT(struct prepare_plan, bytes), .least = 1,
		.help = "Of the target, from its first byte on."},
	{"until_steady", FIELD_BOOL(struct prepare_plan, settles)},
	{"seed", FIELD_COUNT(struct prepare_plan, seed)});

static const struct field_table purge_table = FIELD_TABLE_OF("purge", struct prepare_record,
	{"method", FIELD_TEXT(struct prepare_record, purge_method), .null = FIELD_NULL},
	{"elapsed_s", FIELD_AMOUNT(struct prepare_record, purge_s)});

static const struct field_table pass_table = FIELD_TABLE_OF("pass", struct prepare_pass,
	{"bytes", FIELD_COUNT(struct prepare_pass, bytes)},
	{"elapsed_s", FIELD_AMOUNT(struct prepare_pass, elapsed_s)},
	{"bytes_per_second", FIELD_AMOUNT_OF(pass_rate)});

static const struct field_table settling_table = FIELD_TABLE_OF("settling", struct prepare_settling,
	{"reached", FIELD_BOOL(struct prepare_settling, is_reached)},
	{"bytes", FIELD_COUNT(struct prepare_settling, bytes)},
	{"elapsed_s", FIELD_AMOUNT(struct prepare_settling, elapsed_s)},
	{"iops", FIELD_AMOUNT(struct prepare_settling, iops), .null = FIELD_NULL,
		.help = "Mean of the last window."},
	{"window_s", FIELD_AMOUNT(struct prepare_settling, window_s)},
	{"drift", FIELD_NUMBER(struct prepare_settling, drift), .null = FIELD_NULL,
		.help = "From one end of the last window to the other, as a share of its mean."});

static const struct field_table record_table = FIELD_TABLE_WITH(NULL, struct prepare_record,
	(.help = "What was done to a target before it is measured. Keys may be added without a new "
		 "version: readers skip those that they do not know."),
	{"tool", FIELD_GROUP(struct prepare_record, &document_tool_table), .is_unread = true},
	{"started", FIELD_TIME(struct prepare_record, started)},
	{"target", FIELD_GROUP(struct prepare_record, &target_table)},
	{"plan", FIELD_OBJECT(struct prepare_record, plan, &plan_table)},
	{"direct", FIELD_BOOL(struct prepare_record, is_direct),
		.help = "Written past the page cache."},
	{"runs", FIELD_COUNT(struct prepare_record, runs),
		.help = "1, and one for each time that it was continued."},
	{"next", FIELD_CHOICE(struct prepare_record, stage, PREPARE_ENDED + 1, prepare_stage_name),
		.help = "The stage that is still to be done."},
	{"purged", FIELD_GROUP(struct prepare_record, &purge_table), .lacks = lacks_purge},
	{"passes", FIELD_ARRAY(struct prepare_record, pass_count, passes, &pass_table),
		.help = "Those that have begun."},
	{"settling", FIELD_OBJECT(struct prepare_record, settling, &settling_table),
		.lacks = lacks_settling, .help = "The search for a steady state; null: none."},
	{"hole_bytes", FIELD_COUNT(struct prepare_record, hole_bytes),
		.help = "Of a file, when it ended: holes and unwritten extents."},
	{"state",
		FIELD_CHOICE(struct prepare_record, state, PREPARE_STEADY + 1, prepare_state_name),
		.help = "incomplete: broken off. conditioned: written twice at least."},
	{"signal", FIELD_INTEGER(struct prepare_record, signal), .null = FIELD_NULL_ZERO,
		.help = "The signal that broke it off."});

const struct document_kind prepare_document = {
	.noun = "preparation",
	.schema = "ringside-prepare/1",
	.table = &record_table,
};

/* $XDG_STATE_HOME, by the XDG Base Directory Specification. */
static const char *state_folder(struct arena *arena)
{
	const char *folder = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (folder && *folder == '/')
		return arena_printf(arena, "%s/ringside", folder);
	if (home && *home == '/')
		return arena_printf(arena, "%s/.local/state/ringside", home);
	return save_file_temporary_folder();
}

/* Each folder of it; what cannot be made is found out when something is to be written there. */
static void make_folder(const char *path, struct arena *arena)
{
	char *part = arena_strdup(arena, path);

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0700);
		*slash = '/';
	}
	(void)mkdir(part, 0700);
}

const char *prepare_state_path(const char *identity, struct arena *arena)
{
	const char *folder = state_folder(arena);
	const char *hash = strchr(identity, ':');

	make_folder(folder, arena);
	return arena_printf(
		arena, "%s/ringside-prepare-%s.json", folder, hash ? hash + 1 : identity);
}

int prepare_state_save(const char *path, const struct prepare_record *record, struct diag *diag)
{
	AUTO_FREE char *text = document_print(&prepare_document, record);
	int error = save_file(path, text, strlen(text));

	if (error != 0) {
		diag_error(diag, NULL, "cannot save the progress in %s: %s", path,
			text_errno_name(error));
		diag_hint(diag, "--state=FILE names another file");
	}
	return error;
}

static bool is_same_plan(const struct prepare_plan *a, const struct prepare_plan *b)
{
	return a->purges == b->purges && a->order == b->order && a->pass_count == b->pass_count &&
	       a->block_bytes == b->block_bytes && a->bytes == b->bytes && a->settles == b->settles;
}

static const char *plan_words(const struct prepare_plan *plan, struct arena *arena)
{
	char bytes[UNITS_TEXT_BYTES], block[UNITS_TEXT_BYTES];

	return arena_printf(arena, "%s--fill=%s --passes=%llu --bs=%s --size=%s%s",
		plan->purges ? "--purge " : "", prepare_order_name(plan->order),
		(unsigned long long)plan->pass_count,
		units_format_exact_size(block, plan->block_bytes),
		units_format_exact_size(bytes, plan->bytes),
		plan->settles ? " --until=steady" : "");
}

/* What the schema cannot say: numbers that do not go together are no progress of this plan. */
static bool is_sound(const struct prepare_record *saved)
{
	const struct prepare_plan *plan = &saved->plan;

	if (saved->pass_count > plan->pass_count || saved->runs == 0)
		return false;
	for (size_t i = 0; i < saved->pass_count; i++) {
		uint64_t bytes = saved->passes[i].bytes;

		if (bytes > plan->bytes || (bytes < plan->bytes && i + 1 < saved->pass_count))
			return false;
	}
	return true;
}

int prepare_state_load(const char *path, const struct prepare_record *record,
	struct prepare_record *saved, struct diag *diag)
{
	struct place place = {.file = path};
	const char *problem = NULL, *cure = "--restart begins anew, from the first byte";

	*saved = (struct prepare_record){.arena = record->arena};
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	if (document_read_file(&prepare_document, path, record->arena, saved, diag) != 0) {
		diag_hint(diag, "%s", cure);
		return -EINVAL;
	}
	if (strcmp(saved->identity, record->identity) != 0) {
		problem = arena_printf(
			record->arena, "this is the progress of another target, %s", saved->path);
		cure = "--state=FILE names another file";
	} else if (!is_sound(saved)) {
		problem = "the progress in it does not add up: was the file edited?";
	} else if (!is_same_plan(&saved->plan, &record->plan)) {
		problem = arena_printf(record->arena,
			"%s was being prepared otherwise, and is not done: %s", record->path,
			plan_words(&saved->plan, record->arena));
		cure = "the same options continue it; --restart begins anew";
	}
	if (!problem)
		return 1;
	diag_error(diag, &place, "%s", problem);
	diag_hint(diag, "%s", cure);
	return -EINVAL;
}

void prepare_state_remove(const char *path)
{
	/* One that stays behind is of a stage that has ended: it is replaced, or said. */
	(void)unlink(path);
}

static int write_json(struct prepare_record *record, FILE *stream)
{
	return document_write(&prepare_document, record, stream);
}

#define WRITE(function) DOCUMENT_WRITE(struct prepare_record, function)

static const struct document_writer writers[] = {
	{"text", NULL, WRITE(prepare_write_text)},
	{"json", "JSON", WRITE(write_json)},
	{.name = NULL},
};

static int write_record(const struct document_writer *writer, void *record, FILE *stream)
{
	return DOCUMENT_FUNCTION(struct prepare_record, writer)(record, stream);
}

const struct document_formats prepare_formats = {"a preparation", writers, write_record};
