/* SPDX-License-Identifier: MIT */
/* Reading a command line. */
#include <errno.h>
#include <string.h>

#include "base/peers.h"
#include "base/text.h"
#include "command/command.h"
#include "engine/echo.h"
#include "job/job_entries.h"
#include "job/job_types.h"
#include "job/job_unsupported.h"

/* Flags of fio's command line that are no options of jobs; source: fio 3.33 --help. */
struct fio_flag {
	const char *name;
	bool is_harmless; /* accepted with a note: what it asks for changes no result */
	const char *why;  /* it is accepted or not */
	const char *instead;
};

#define HARMLESS(flag, reason)                                                                     \
	{                                                                                          \
		flag, true, reason, NULL                                                           \
	}
#define REFUSED(flag, reason, cure)                                                                \
	{                                                                                          \
		flag, false, reason, cure                                                          \
	}

static const char own_progress[] = "progress is one line on stderr";
static const char own_memory[] = "memory is taken as it is needed";
static const char other_logs[] = "options of jobs write logs, and a result has its series";
static const char own_formats[] = "this command has documents of its own";
static const char of_fio[] = "`ringside fio` has it";
static const char no_remote[] = "there is no client and no server";
static const char no_trigger[] = "nothing is triggered from outside";
static const char own_help[] = "ringside explains itself";

static const struct fio_flag fio_flags[] = {
	HARMLESS("eta", own_progress),
	HARMLESS("eta-newline", own_progress),
	HARMLESS("eta-interval", own_progress),
	HARMLESS("alloc-size", own_memory),
	HARMLESS("max-jobs", own_memory),
	REFUSED("aux-path", "state files are in the current folder", of_fio),
	REFUSED("output-format", own_formats, "`ringside run` prints in fio's formats"),
	REFUSED("append-terse", own_formats, "`ringside run` prints in fio's formats"),
	REFUSED("minimal", own_formats, "`ringside run` prints in fio's formats"),
	REFUSED("terse-version", own_formats, "`ringside run` prints in fio's formats"),
	REFUSED("parse-only", "a dry run parses, and prints the jobs too", "--dry-run"),
	REFUSED("showcmd", "a dry run prints the jobs", "--dry-run"),
	REFUSED("cmdhelp", own_help, "ringside help OPTION, ringside help options"),
	REFUSED("enghelp", own_help, "ringside help ENGINE, ringside help engines"),
	REFUSED("warnings-fatal", "what matters is an error already", of_fio),
	REFUSED("bandwidth-log", other_logs, "--write_bw_log=PREFIX; `ringside fio` has it"),
	REFUSED("latency-log", other_logs, "--write_lat_log=PREFIX, --hdr-log=FILE"),
	REFUSED("inflate-log", "logs are not compressed", NULL),
	REFUSED("merge-blktrace-only", "a run merges the traces that it replays",
		"--merge_blktrace_file=FILE, with --ioengine=null --replay_no_stall=1"),
	REFUSED("idle-prof", "CPU time is reported with each job", of_fio),
	REFUSED("cpuclock-test", "the clock is checked in each run", NULL),
	REFUSED("crctest", "there are no checksums to test", NULL),
	REFUSED("debug", "there is no debug log", NULL),
	REFUSED("profile", "there are no built-in profiles", "ready-made jobs are in jobs/"),
	REFUSED("server", no_remote, "ssh HOST ringside run --format=json …"),
	REFUSED("client", no_remote, "ssh HOST ringside run --format=json …"),
	REFUSED("remote-config", no_remote, NULL),
	REFUSED("daemonize", no_remote, NULL),
	REFUSED("trigger", no_trigger, NULL),
	REFUSED("trigger-file", no_trigger, NULL),
	REFUSED("trigger-timeout", no_trigger, "runtime=TIME"),
	REFUSED("trigger-remote", no_trigger, NULL),
};

/* NULL: fio has no such flag, or ringside has it too. */
static const struct fio_flag *find_fio_flag(const char *text)
{
	size_t length = strcspn(text, "=");

	for (size_t i = 0; i < sizeof(fio_flags) / sizeof(fio_flags[0]); i++) {
		const char *name = fio_flags[i].name;

		if (strlen(name) == length && strncmp(name, text, length) == 0)
			return &fio_flags[i];
	}
	return NULL;
}

/* The option in one of the request's parts; *target is the part that it is bound to. */
static const struct option *find_own(
	const struct arguments *arguments, const char *name, void **target)
{
	for (size_t i = 0; i < arguments->part_count; i++) {
		const struct arguments_part *part = &arguments->parts[i];
		const struct option_table table = {.options = part->options};
		const struct option *option = option_find(&table, name);

		*target = part->target;
		if (option)
			return option;
	}
	return NULL;
}

/* `text` is "key" or "key=value". Returns how many arguments it took, or -EINVAL. */
static int read_own(struct arguments *arguments, const struct option *option, void *target,
	const char *text, const char *next)
{
	const char *equals = strchr(text, '=');
	const char *value = equals ? equals + 1 : NULL;
	bool needs_value = option_needs_value(option);
	struct option_problem problem;
	int taken = 1;

	if (needs_value && !value) {
		value = next;
		taken = 2;
	}
	if (needs_value && (!value || !*value)) {
		diag_error(&arguments->diag, NULL, "--%s needs a value: --%s=%s", option->name,
			option->name, option->syntax);
		return -EINVAL;
	}
	if (option->type == OPTION_FLAG && !option->parse && value) {
		diag_error(&arguments->diag, NULL, "--%s takes no value", option->name);
		return -EINVAL;
	}
	arguments->given[arguments->given_count++] = option;
	if (option_read(option, value, target, &arguments->arena, &problem) == 0)
		return taken;
	diag_error(&arguments->diag, NULL, "--%s=%s: %s", option->name, value ? value : "",
		problem.what);
	if (problem.hint)
		diag_hint(&arguments->diag, "%s", problem.hint);
	return -EINVAL;
}

static int refuse_unknown(struct arguments *arguments, const char *name)
{
	struct text_guess guess = {.name = name};

	for (size_t i = 0; i < arguments->part_count; i++) {
		for (const struct option *o = arguments->parts[i].options; o->name; o++)
			text_guess(&guess, o->name);
	}
	diag_error(&arguments->diag, NULL, "ringside %s has no option --%s",
		arguments->command->name, name);
	if (guess.nearest)
		diag_hint(&arguments->diag, "did you mean --%s?", guess.nearest);
	else
		diag_hint(&arguments->diag, "ringside help %s lists its options",
			arguments->command->name);
	return -EINVAL;
}

/* "--bs 4k", as getopt_long(3) reads it for fio. */
static bool is_value_next(const char *text, const char *next)
{
	return !strchr(text, '=') && next && *next != '-';
}

/* How many arguments it took, or -EINVAL. */
static int read_fio_flag(struct arguments *arguments, const struct fio_flag *flag, const char *text,
	const char *next)
{
	if (flag->is_harmless) {
		diag_note(&arguments->diag, NULL, "fio's --%s changes nothing: %s", flag->name,
			flag->why);
		return is_value_next(text, next) ? 2 : 1; /* All of these have a value. */
	}
	diag_error(
		&arguments->diag, NULL, "fio's --%s is not supported: %s", flag->name, flag->why);
	if (flag->instead)
		diag_hint(&arguments->diag, "%s", flag->instead);
	return -EINVAL;
}

static int read_job_option(struct arguments *arguments, const char *text, const char *next)
{
	bool takes_next = is_value_next(text, next) && job_command_line_needs_value(text);
	struct arena *arena = &arguments->arena;

	arguments->job_options[arguments->job_option_count++] =
		takes_next ? arena_printf(arena, "--%s=%s", text, next)
			   : arena_printf(arena, "--%s", text);
	return takes_next ? 2 : 1;
}

/* The names that a text is the beginning of. */
struct completion {
	const char *text;
	const char *name; /* the first; NULL: none yet */
	const char *other;
	size_t count;
};

static void complete(struct completion *completion, const char *name)
{
	if (!name || !text_starts_with(name, completion->text))
		return;
	if (completion->count++ == 0)
		completion->name = name;
	else if (completion->count == 2)
		completion->other = name;
}

static void complete_by_table(struct completion *completion, const struct option *options)
{
	for (const struct option *option = options; option->name; option++) {
		complete(completion, option->name);
		complete(completion, option->alias);
	}
}

static bool is_job_option(const char *name)
{
	return option_find(&job_option_table, name) || engine_option_find(name) ||
	       job_foreign_find(name);
}

static void refuse_short(struct arguments *arguments, const struct completion *completion)
{
	size_t more = completion->count - 2;

	diag_error(&arguments->diag, NULL, "--%s is short for --%s and --%s%s", completion->text,
		completion->name, completion->other,
		more == 0 ? "" : arena_printf(&arguments->arena, ", and %zu more", more));
	diag_hint(&arguments->diag, "write out the one that is meant");
}

/*
 * The name that it is short for, of the command's own, of fio's and of options of jobs; itself
 * where there is none; NULL where there are several, reported.
 */
static const char *complete_name(struct arguments *arguments, const char *name)
{
	struct completion completion = {.text = name};

	for (size_t i = 0; i < arguments->part_count; i++)
		complete_by_table(&completion, arguments->parts[i].options);
	for (size_t i = 0; i < sizeof(fio_flags) / sizeof(fio_flags[0]); i++) {
		void *target;

		if (!find_own(arguments, fio_flags[i].name, &target))
			complete(&completion, fio_flags[i].name);
	}
	complete_by_table(&completion, job_option_table.options);
	if (completion.count > 1) {
		refuse_short(arguments, &completion);
		return NULL;
	}
	return completion.name ? completion.name : name;
}

/* "output-f=json" as "output-format=json", where that is what the command takes; NULL: reported. */
static const char *complete_option(struct arguments *arguments, const char *text)
{
	size_t length = strcspn(text, "=");
	const char *name = arena_strndup(&arguments->arena, text, length);
	void *target;

	if (!arguments->command->takes_prefixes || *name == '\0' ||
		find_own(arguments, name, &target) || find_fio_flag(name) || is_job_option(name))
		return text;
	name = complete_name(arguments, name);
	return name ? arena_printf(&arguments->arena, "%s%s", name, text + length) : NULL;
}

/* `text` is a whole name, or begins with one. How many arguments it took, or -EINVAL. */
static int read_whole_option(struct arguments *arguments, const char *text, const char *next)
{
	const char *name = arena_strndup(&arguments->arena, text, strcspn(text, "="));
	bool takes_job_options = arguments->command->takes_job_options;
	const struct fio_flag *flag = find_fio_flag(text);
	void *target;
	const struct option *own = find_own(arguments, name, &target);

	if (own)
		return read_own(arguments, own, target, text, next);
	if (takes_job_options && flag)
		return read_fio_flag(arguments, flag, text, next);
	if (takes_job_options)
		return read_job_option(arguments, text, next);
	return refuse_unknown(arguments, name);
}

/* `text` is what stands behind the dashes. How many arguments it took, or -EINVAL. */
static int read_option(struct arguments *arguments, const char *text, const char *next)
{
	const char *whole = complete_option(arguments, text);

	return whole ? read_whole_option(arguments, whole, next) : -EINVAL;
}

const struct option *arguments_options(const struct command_part *part, struct arena *arena)
{
	return part->make ? part->make(part, arena) : part->options;
}

/* The parts of the request, each with its defaults. */
static void open_parts(struct arguments *arguments, void *request)
{
	const struct command_part *part = arguments->command->parts;
	size_t count = 0;

	while (part && (part[count].options || part[count].make))
		count++;
	arguments->parts = arena_alloc_array(&arguments->arena, count, sizeof(*arguments->parts));
	for (; arguments->part_count < count; arguments->part_count++, part++) {
		struct arguments_part *opened = &arguments->parts[arguments->part_count];
		struct option_table table = {.struct_bytes = 0}; /* The request is zero. */

		opened->options = arguments_options(part, &arguments->arena);
		opened->target = (char *)request + part->offset;
		table.options = opened->options;
		option_set_defaults(&table, opened->target, &arguments->arena);
	}
}

int arguments_read(struct arguments *arguments, const struct command *command, void *request,
	int argc, char **argv)
{
	size_t limit = (size_t)argc + 1;
	bool options_are_over = false;
	int error = 0;

	*arguments = (struct arguments){
		.command = command, .word_count = (size_t)argc, .words = (const char *const *)argv};
	diag_init(&arguments->diag, peers_messages());
	arguments->diag.drops_notes = command->drops_notes;
	arguments->given = arena_alloc_array(&arguments->arena, limit, sizeof(*arguments->given));
	arguments->job_options = arena_alloc_array(&arguments->arena, limit, sizeof(char *));
	arguments->operands = arena_alloc_array(&arguments->arena, limit, sizeof(char *));
	open_parts(arguments, request);
	for (int i = 0; i < argc;) {
		const char *text = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		int taken = 1;

		if (options_are_over || *text != '-' || text[1] == '\0')
			arguments->operands[arguments->operand_count++] = text;
		else if (strcmp(text, "--") == 0)
			options_are_over = true;
		else /* One dash is enough, as for fio: "-rw=read". */
			taken = read_option(arguments, text + (text[1] == '-' ? 2 : 1), next);
		if (taken < 0)
			error = taken;
		i += taken < 0 ? 1 : taken;
	}
	return error;
}

void arguments_free(struct arguments *arguments)
{
	arena_free(&arguments->arena);
}

int arguments_refuse(struct arguments *arguments, const struct option *options, const char *why)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		for (const struct option *option = options; option->name; option++) {
			if (option != arguments->given[i])
				continue;
			diag_error(&arguments->diag, NULL, "--%s: %s", option->name, why);
			return -EINVAL;
		}
	}
	return 0;
}
