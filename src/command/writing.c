/* SPDX-License-Identifier: MIT */
/* A document is printed into memory first, so that a file gets all of it or nothing. */
#include "command/writing.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/save_file.h"

int writing_complain(struct arguments *arguments, const char *path, int error)
{
	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

static bool may_be_shared(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
	       !S_ISDIR(status.st_mode); /* /dev/null */
}

static bool are_one_file(const char *one, const char *other)
{
	struct stat a, b;

	if (strcmp(one, other) == 0)
		return true;
	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* "--json=FILE", in contrast to "--section=NAME". */
static bool takes_file(const struct command_option *option)
{
	return option->value && strcmp(option->value, "FILE") == 0;
}

static bool is_clash(const char *one, const char *other)
{
	if (save_file_is_stdout(one) && save_file_is_stdout(other))
		return true;
	return are_one_file(one, other) && !may_be_shared(other);
}

/*
 * Of two documents in one file the later one would be all that is left. Of an option that is given
 * twice the last one counts.
 */
static int check_others(struct arguments *arguments, const char *option, const char *path)
{
	for (size_t i = 0; i < arguments->own_count; i++) {
		const struct command_option *other = arguments->own[i].option;

		if (strcmp(other->name, option) == 0)
			return 0; /* Those after it look back at it. */
		if (!takes_file(other) || !is_clash(arguments_value(arguments, other->name), path))
			continue;
		diag_error(&arguments->diag, NULL, "--%s and --%s both name %s", other->name,
			option, path);
		diag_hint(&arguments->diag, "name another file for one of them");
		return -EINVAL;
	}
	return 0;
}

/* A format that was asked for is to be on stdout, unless --output takes it elsewhere. */
static int check_format(struct arguments *arguments, const char *option, const char *path)
{
	const char *format = arguments_value(arguments, "format");

	if (!format || arguments_value(arguments, "output") || !save_file_is_stdout(path))
		return 0;
	diag_error(&arguments->diag, NULL, "--format=%s and --%s=%s both go to stdout", format,
		option, path);
	diag_hint(&arguments->diag, "--output=FILE takes the first one elsewhere");
	return -EINVAL;
}

int writing_check(struct arguments *arguments, const char *option)
{
	const char *path = arguments_value(arguments, option);
	int error = path ? writing_complain(arguments, path, save_file_check(path)) : 0;

	if (error == -ENOENT)
		diag_hint(&arguments->diag, "its folder has to be there: mkdir -p");
	if (path && error == 0)
		error = check_others(arguments, option, path);
	return path && error == 0 ? check_format(arguments, option, path) : error;
}

int writing_check_growing(struct arguments *arguments, const char *option)
{
	const char *path = arguments_value(arguments, option);

	if (!path || (!save_file_is_stdout(path) && !may_be_shared(path)))
		return writing_check(arguments, option);
	diag_error(&arguments->diag, NULL, "--%s=%s: it is written piece by piece", option, path);
	diag_hint(&arguments->diag, "name a file");
	return -EINVAL;
}

const char *writing_path_between(struct arguments *arguments, const char *option)
{
	const char *path = arguments_value(arguments, option);

	return path && !save_file_is_stdout(path) && !may_be_shared(path) ? path : NULL;
}

int writing_spare(struct arguments *arguments, const char *path, const char *what)
{
	for (size_t i = 0; i < arguments->own_count; i++) {
		const struct command_option *option = arguments->own[i].option;

		if (!takes_file(option) || !are_one_file(arguments->own[i].value, path) ||
			may_be_shared(path))
			continue;
		diag_error(&arguments->diag, NULL, "--%s=%s would overwrite %s", option->name,
			arguments->own[i].value, what);
		diag_hint(&arguments->diag, "name another file for the result");
		return -EINVAL;
	}
	return 0;
}

int writing_spare_operands(struct arguments *arguments, const char *what)
{
	int error = 0;

	for (size_t i = 0; i < arguments->operand_count && error == 0; i++)
		error = writing_spare(arguments, arguments->operands[i], what);
	return error;
}

static int spare_targets_of(struct arguments *arguments, const struct job *job)
{
	int error = 0;

	for (size_t i = 0; i < job->filename.count && error == 0; i++)
		error = writing_spare(arguments, job->filename.texts[i], "the job's target");
	return error;
}

int writing_spare_targets(struct arguments *arguments, const struct job_set *sets, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < sets[i].count && error == 0; k++)
			error = spare_targets_of(arguments, &sets[i].jobs[k]);
	}
	return error;
}

int writing_print(const struct writing *writing, char **text, size_t *bytes)
{
	FILE *stream = open_memstream(text, bytes);
	int error = stream ? writing->print(writing, stream) : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return error;
}

static int print_to(
	struct arguments *arguments, FILE *stream, const char *name, const struct writing *writing)
{
	int error = writing->print(writing, stream);

	if (error == 0 && fflush(stream) != 0)
		error = -errno;
	/* Who reads no further (head) has what was wanted. */
	return error == -EPIPE ? error : writing_complain(arguments, name, error);
}

/* Whether one of the files that are written beside the result is stdout. */
static bool is_stdout_taken(const struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->own_count; i++) {
		const struct command_option *option = arguments->own[i].option;

		if (takes_file(option) &&
			save_file_is_stdout(arguments_value(arguments, option->name)))
			return true;
	}
	return false;
}

int writing_save_result(struct arguments *arguments, const struct writing *writing)
{
	const char *path = arguments_value(arguments, "output");

	if (path)
		return writing_save(arguments, path, writing);
	return is_stdout_taken(arguments) ? print_to(arguments, stderr, "to stderr", writing)
					  : print_to(arguments, stdout, "to stdout", writing);
}

int writing_save(struct arguments *arguments, const char *path, const struct writing *writing)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	int error;

	if (save_file_is_stdout(path))
		return print_to(arguments, stdout, "to stdout", writing);
	error = writing_print(writing, &text, &bytes);
	if (error == 0)
		error = save_file(path, text, bytes);
	return writing_complain(arguments, path, error);
}
