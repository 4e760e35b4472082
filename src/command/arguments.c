/* SPDX-License-Identifier: MIT */
/* Reading a command line. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "command/command.h"
#include "command/fio_flags.h"
#include "job/job_entries.h"

static const struct command_option *find_own(
	const struct command *command, const char *name, size_t length)
{
	for (const struct command_option *o = command->options; o && o->name; o++) {
		if (strlen(o->name) == length && strncmp(o->name, name, length) == 0)
			return o;
	}
	return NULL;
}

/* `text` is "key" or "key=value". Returns how many arguments it took, or -EINVAL. */
static int read_own(struct arguments *arguments, const struct command_option *option,
	const char *text, const char *next)
{
	const char *equals = strchr(text, '=');
	const char *value = equals ? equals + 1 : NULL;
	int taken = 1;

	if (option->value && !value) {
		value = next;
		taken = 2;
	}
	if (option->value && (!value || !*value)) {
		diag_error(&arguments->diag, NULL, "--%s needs a value: --%s=%s", option->name,
			option->name, option->value);
		return -EINVAL;
	}
	if (!option->value && value) {
		diag_error(&arguments->diag, NULL, "--%s takes no value", option->name);
		return -EINVAL;
	}
	arguments->own[arguments->own_count].option = option;
	arguments->own[arguments->own_count].value = value ? value : "";
	arguments->own_count++;
	return taken;
}

static int unknown(struct arguments *arguments, const struct command *command, const char *text)
{
	size_t length = strcspn(text, "=");
	char *name = arena_strndup(&arguments->arena, text, length);
	struct text_guess guess = {.name = name};

	for (const struct command_option *o = command->options; o && o->name; o++)
		text_guess(&guess, o->name);
	diag_error(&arguments->diag, NULL, "ringside %s has no option --%s", command->name, name);
	if (guess.nearest)
		diag_hint(&arguments->diag, "did you mean --%s?", guess.nearest);
	else
		diag_hint(&arguments->diag, "ringside help %s lists its options", command->name);
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

int arguments_read(
	struct arguments *arguments, const struct command *command, int argc, char **argv)
{
	size_t limit = (size_t)argc + 1;
	bool options_are_over = false;
	int error = 0;

	*arguments = (struct arguments){0};
	diag_init(&arguments->diag, stderr);
	arguments->own = arena_alloc_array(&arguments->arena, limit, sizeof(*arguments->own));
	arguments->job_options = arena_alloc_array(&arguments->arena, limit, sizeof(char *));
	arguments->operands = arena_alloc_array(&arguments->arena, limit, sizeof(char *));
	for (int i = 0; i < argc;) {
		const char *text = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		const struct command_option *own;
		const struct fio_flag *flag;
		int taken = 1;

		if (options_are_over || *text != '-' || text[1] == '\0') {
			arguments->operands[arguments->operand_count++] = text;
			i++;
			continue;
		}
		/* One dash is enough, as for fio: "-rw=read". */
		text += text[1] == '-' ? 2 : 1;
		own = find_own(command, text, strcspn(text, "="));
		flag = fio_flag_find(text, strcspn(text, "="));
		if (*text == '\0')
			options_are_over = true;
		else if (own)
			taken = read_own(arguments, own, text, next);
		else if (command->takes_job_options && flag)
			taken = read_fio_flag(arguments, flag, text, next);
		else if (command->takes_job_options)
			taken = read_job_option(arguments, text, next);
		else
			taken = unknown(arguments, command, text);
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

const char *arguments_value(const struct arguments *arguments, const char *name)
{
	for (size_t i = arguments->own_count; i-- > 0;) {
		if (strcmp(arguments->own[i].option->name, name) == 0)
			return arguments->own[i].value;
	}
	return NULL;
}

size_t arguments_values(struct arguments *arguments, const char *name, const char ***values)
{
	size_t count = 0;

	*values = arena_alloc_array(&arguments->arena, arguments->own_count, sizeof(char *));
	for (size_t i = 0; i < arguments->own_count; i++) {
		if (strcmp(arguments->own[i].option->name, name) == 0)
			(*values)[count++] = arguments->own[i].value;
	}
	return count;
}
