/* SPDX-License-Identifier: MIT */
/* A document is printed into memory first, so that a file gets all of it or nothing. */
#include "command/writing.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/save_file.h"

int writing_complain(struct arguments *arguments, const char *path, int error)
{
	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

int writing_check(struct arguments *arguments, const char *option)
{
	const char *path = arguments_value(arguments, option);

	return path ? writing_complain(arguments, path, save_file_check(path)) : 0;
}

int writing_print(const struct writing *writing, char **text, size_t *bytes)
{
	FILE *stream = open_memstream(text, bytes);
	int error = stream ? writing->print(writing, stream) : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return error;
}

static int print_to_stdout(const struct writing *writing)
{
	int error = writing->print(writing, stdout);

	if (error == 0 && fflush(stdout) != 0)
		error = -errno;
	return error;
}

int writing_save(struct arguments *arguments, const char *path, const struct writing *writing)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	int error;

	if (!path)
		return writing_complain(arguments, "to stdout", print_to_stdout(writing));
	error = writing_print(writing, &text, &bytes);
	if (error == 0)
		error = save_file(path, text, bytes);
	return writing_complain(arguments, path, error);
}
