/* SPDX-License-Identifier: MIT */
/*
 * Any text is a set of jobs, or has an error that says where. A set that was read is printed and
 * read again: the same jobs must come out.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"
#include "job/job_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { COMPARED_JOBS_LIMIT = 64 };

static const struct job_request no_request;

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what, const char *text)
{
	if (!claim) {
		fprintf(stderr, "%s:\n%s\n", what, text);
		abort();
	}
}

/* Files that can be included; no other is looked for. */
static const char *load(struct arena *arena, const char *path, size_t *length)
{
	static const struct {
		const char *path;
		const char *text;
	} files[] = {
		{"common.fio", "ioengine=null\nsize=1m\n"},
		{"jobs/beside.fio", "bs=8k\ninclude common.fio\n"},
		{"self.fio", "include self.fio\ninclude self.fio\n"},
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (strcmp(path, files[i].path) != 0)
			continue;
		*length = strlen(files[i].text);
		return arena_strdup(arena, files[i].text);
	}
	errno = ENOENT;
	return NULL;
}

static int read_text(struct job_set *set, const char *text, size_t length, unsigned *errors)
{
	char *messages = NULL;
	size_t room = 0;
	FILE *stream = open_memstream(&messages, &room);
	struct diag diag;
	int rc;

	if (!stream)
		abort();
	diag_init(&diag, stream);
	rc = job_set_read_text(set, "jobs/fuzz.job", text, length, load, &no_request, &diag);
	fclose(stream);
	*errors = diag.error_count;
	must((rc == 0) == (diag.error_count == 0), "result and errors disagree", messages);
	must(rc < 0 || set->count > 0, "a set without jobs and without errors", messages);
	free(messages);
	return rc;
}

static char *print_all(const struct job_set *set)
{
	char *text = NULL;
	size_t room = 0;
	FILE *stream = open_memstream(&text, &room);

	if (!stream)
		abort();
	for (size_t i = 0; i < set->count; i++)
		job_print(&set->jobs[i], stream);
	fclose(stream);
	return text;
}

static void compare_jobs(
	const struct job *a, const struct job *b, struct arena *arena, const char *printed)
{
	struct settings left = job_settings(a, arena), right = job_settings(b, arena);

	must(left.count == right.count, "another number of settings", printed);
	for (size_t i = 0; i < left.count; i++) {
		must(strcmp(left.items[i].key, right.items[i].key) == 0, "another setting",
			printed);
		must(strcmp(left.items[i].value, right.items[i].value) == 0, left.items[i].key,
			printed);
	}
	must(a->group == b->group && a->wave == b->wave, "another group or wave", printed);
	must(a->filename.count == b->filename.count, "another number of files", printed);
	for (size_t i = 0; i < a->filename.count; i++)
		must(strcmp(a->filename.texts[i], b->filename.texts[i]) == 0, "another file",
			printed);
}

static void read_again(const struct job_set *set)
{
	struct arena arena = {0};
	char *printed = print_all(set);
	struct job_set again;
	unsigned errors;

	if (!strstr(printed, "# cannot be read back")) {
		must(read_text(&again, printed, strlen(printed), &errors) == 0,
			"what was printed does not read", printed);
		must(again.count == set->count, "another number of jobs", printed);
		for (size_t i = 0; i < set->count; i++)
			compare_jobs(&set->jobs[i], &again.jobs[i], &arena, printed);
		job_set_free(&again);
	}
	free(printed);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct job_set set;
	unsigned errors;

	setenv("SIZE", "64k", 1);
	setenv("EMPTY", "", 1);
	unsetenv("UNSET");
	if (read_text(&set, (const char *)data, bytes, &errors) == 0 &&
		set.count <= COMPARED_JOBS_LIMIT)
		read_again(&set);
	job_set_free(&set);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_lines(data, bytes, limit, seed, '\n');
}
