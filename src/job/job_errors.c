/* SPDX-License-Identifier: MIT */
/* ignore_error: a list of errors for each kind of I/O. */
#include "job/job_errors.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "job/job_triple.h"
#include "job/job_types.h"

enum { ERRNO_MOST = 4095 };

/* "EIO" or "5" */
static int parse_error(const char *text, int *error, struct option_problem *problem)
{
	uint64_t number;
	const char *what;

	*error = text_errno_of_symbol(text);
	if (*error == 0 && units_parse_count(text, &number, &what) == 0 && number <= ERRNO_MOST)
		*error = (int)number;
	if (*error == 0)
		return job_refuse(problem, "no error has this name or number",
			"write names as ENOSPC, or numbers", 0, 0);
	return 0;
}

/* "EIO:ENOSPC"; nothing is an empty list. */
static int parse_errors(const char *text, struct job_errors *errors, struct arena *arena,
	struct option_problem *problem)
{
	char **pieces;
	size_t count = *text ? text_split(arena, text, ':', &pieces) : 0;

	*errors = (struct job_errors){
		.count = count, .errors = arena_alloc_array(arena, count, sizeof(int))};
	for (size_t i = 0; i < count; i++) {
		if (parse_error(pieces[i], &errors->errors[i], problem) < 0) {
			problem->at = (size_t)(strstr(text, pieces[i]) - text);
			problem->length = strlen(pieces[i]);
			return -EINVAL;
		}
	}
	return 0;
}

int job_errors_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_error_lists lists = {0};
	struct job_errors *const of[] = {&lists.read, &lists.write, &lists.verify};
	const char *start = value;

	for (size_t i = 0; start; i++) {
		size_t length = strcspn(start, ",");

		if (i == sizeof(of) / sizeof(of[0]))
			return job_refuse(problem, "more than three lists",
				"reads, writes and verification, in this order",
				(size_t)(start - value), 0);
		if (parse_errors(arena_strndup(arena, start, length), of[i], arena, problem) < 0) {
			problem->at += (size_t)(start - value);
			return -EINVAL;
		}
		start = start[length] ? start + length + 1 : NULL;
	}
	if (lists.read.count + lists.write.count + lists.verify.count == 0)
		return job_refuse(problem, "no error in the lists", NULL, 0, 0);
	*(struct job_error_lists *)field = lists;
	return 0;
}

static const char *print_errors(const struct job_errors *errors, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < errors->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? ":" : "",
			text_errno_symbol(errors->errors[i]));
	return text;
}

const char *job_errors_print(const void *field, struct arena *arena)
{
	const struct job_error_lists *lists = field;
	const char *verify = print_errors(&lists->verify, arena);
	const char *write = print_errors(&lists->write, arena);

	return arena_printf(arena, "%s%s%s%s%s", print_errors(&lists->read, arena),
		*write || *verify ? "," : "", write, *verify ? "," : "", verify);
}
