/* SPDX-License-Identifier: MIT */
/* A document is printed into memory first, so that a file gets all of it or nothing. */
#include "command/writing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "host/device_use.h"

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

/* Also of files that are not there yet, by whatever names of their folder. */
static bool are_one_file(const char *one, const char *other)
{
	struct save_place a, b;
	bool is_same;

	if (strcmp(one, other) == 0)
		return true;
	is_same = save_place_find(one, false, &a) == 0;
	is_same = save_place_find(other, false, &b) == 0 && is_same && save_place_is_same(&a, &b);
	save_place_close(&a);
	save_place_close(&b);
	return is_same;
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

/* Written whole, a document takes the place of the file that a shell has opened as stdout. */
static int check_stdout(struct arguments *arguments, const char *option, const char *path)
{
	struct stat named, open_one;

	if (lstat(path, &named) != 0 || !S_ISREG(named.st_mode) ||
		fstat(STDOUT_FILENO, &open_one) != 0 || named.st_dev != open_one.st_dev ||
		named.st_ino != open_one.st_ino)
		return 0;
	diag_error(&arguments->diag, NULL, "--%s=%s is the file that stdout goes to", option, path);
	diag_hint(&arguments->diag, "leave out one of the two, or name another file");
	return -EINVAL;
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

/* A disk image that is attached is as little a place for a result as the disk it stands for. */
static int check_use(struct arguments *arguments, const char *path)
{
	AUTO_CLOSE int descriptor = open(path, O_PATH | O_CLOEXEC);
	struct arena *arena = &arguments->arena;
	struct file_use use;
	struct stat status;

	if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
		device_use_of_file(descriptor, path, &use, arena) != 0)
		return 0; /* where the mounts cannot be read, the guard of the run says so */
	if (!use.reason && use.loop_count > 0)
		use.reason = arena_printf(arena, "/dev/%s stands on it", use.loops[0].name);
	if (!use.reason)
		return 0;
	diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, use.reason);
	diag_hint(&arguments->diag, "name another file for the result");
	return -EBUSY;
}

static int check_path(struct arguments *arguments, const char *option, const char *path,
	int (*check)(const char *path, const char **cure))
{
	const char *cure;
	int error = writing_complain(arguments, path, check(path, &cure));

	if (error != 0 && cure)
		diag_hint(&arguments->diag, "%s", cure);
	if (error == 0)
		error = check_use(arguments, path);
	if (error == 0)
		error = check_others(arguments, option, path);
	if (error == 0)
		error = check_stdout(arguments, option, path);
	return error == 0 ? check_format(arguments, option, path) : error;
}

int writing_check(struct arguments *arguments, const char *option)
{
	const char *path = arguments_value(arguments, option);

	return path ? check_path(arguments, option, path, save_file_check) : 0;
}

int writing_check_growing(struct arguments *arguments, const char *option, bool is_replaced)
{
	const char *path = arguments_value(arguments, option);

	if (!path)
		return 0;
	if (!save_file_is_stdout(path) && !may_be_shared(path))
		return check_path(arguments, option, path,
			is_replaced ? save_file_check : save_file_check_growing);
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

/* A result that nobody can measure again as it was: not lost, wherever it has to go. */
void writing_keep(struct arguments *arguments, const char *path, const char *text, size_t bytes)
{
	bool is_stdout = save_file_is_stdout(path);
	char kept[PATH_MAX];

	if (is_stdout)
		path = arena_printf(
			&arguments->arena, "%s/ringside-result", save_file_temporary_folder());
	if (save_file_keep(path, text, bytes, kept) == 0) {
		diag_note(&arguments->diag, NULL, "what was for %s is kept in %s",
			is_stdout ? "stdout" : path, kept);
		return;
	}
	if (!is_stdout && fwrite(text, 1, bytes, stdout) == bytes && fflush(stdout) == 0)
		diag_note(&arguments->diag, NULL, "what was for %s is on stdout", path);
}

/* What was measured is not lost with the stream that it was for. */
static int print_or_keep(struct arguments *arguments, const struct writing *writing)
{
	int error = print_to(arguments, stdout, "to stdout", writing);
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;

	if (error != 0 && error != -EPIPE && arguments->has_measured &&
		writing_print(writing, &text, &bytes) == 0)
		writing_keep(arguments, "-", text, bytes);
	return error;
}

int writing_save_result(struct arguments *arguments, const struct writing *writing)
{
	const char *path = arguments_value(arguments, "output");

	if (path)
		return writing_save(arguments, path, writing);
	return is_stdout_taken(arguments) ? print_to(arguments, stderr, "to stderr", writing)
					  : print_or_keep(arguments, writing);
}

int writing_save_text(struct arguments *arguments, const char *path, const char *text, size_t bytes)
{
	int error = writing_complain(arguments, path, save_file(path, text, bytes));

	if (error != 0)
		writing_keep(arguments, path, text, bytes);
	return error;
}

int writing_save(struct arguments *arguments, const char *path, const struct writing *writing)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	int error;

	if (save_file_is_stdout(path))
		return print_or_keep(arguments, writing);
	error = writing_print(writing, &text, &bytes);
	return error == 0 ? writing_save_text(arguments, path, text, bytes)
			  : writing_complain(arguments, path, error);
}
