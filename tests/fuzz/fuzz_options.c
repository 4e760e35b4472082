/* SPDX-License-Identifier: MIT */
/*
 * Any words after `ringside run`, `compare` and `check`, each ended by a zero byte: options and
 * jobs, or an error that is said. No file is opened and nothing is run.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "fuzz/mutate.h"
#include "job/job_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { WORDS_LIMIT = 64 };

static FILE *said;

static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(said, "%s\n", what);
		abort();
	}
}

static void read_jobs(struct arguments *arguments)
{
	struct job_set set;
	const struct job_request request = {
		.options = arguments->job_options,
		.option_count = arguments->job_option_count,
		.skips_logs = true,
	};
	int error = job_set_read(&set, &request, &arguments->diag);

	must((error == 0) == (arguments->diag.error_count == 0), "result and errors disagree");
	must(error != 0 || set.count > 0, "a set without jobs and without errors");
	for (size_t i = 0; error == 0 && i < set.count; i++)
		job_print(&set.jobs[i], stderr);
	job_set_free(&set);
}

static void read_words(const struct command *command, int count, char **words)
{
	struct arena arena = {0};
	void *request = arena_alloc(&arena, command->request_bytes);
	struct arguments arguments;
	int error = arguments_read(&arguments, command, request, count, words);

	must((error == 0) == (arguments.diag.error_count == 0), "result and errors disagree");
	if (error == 0 && arguments.job_option_count > 0)
		read_jobs(&arguments);
	arguments_free(&arguments);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text = malloc(bytes + 1);
	char *words[WORDS_LIMIT];
	int count = 0;

	if (!said) {
		said = stderr;
		stderr = fopen("/dev/null", "w");
	}
	if (!text || !stderr)
		abort();
	memcpy(text, data, bytes);
	text[bytes] = '\0';
	for (size_t at = 0; at < bytes && count < WORDS_LIMIT; at += strlen(text + at) + 1)
		words[count++] = text + at;
	read_words(&command_run, count, words);
	read_words(&command_compare, count, words);
	read_words(&command_check, count, words);
	free(text);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_lines(data, bytes, limit, seed, '\0');
}
