/* SPDX-License-Identifier: MIT */
/* Command lines as a test writes them, and what is said about them. After cmocka.h. */
#ifndef TESTS_UNIT_COMMAND_GIVEN_H
#define TESTS_UNIT_COMMAND_GIVEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "test.h"

enum { GIVEN_MOST = 32 };

static struct arguments arguments;
static char *messages; /* as they are after said() */
static size_t message_bytes;
static FILE *given_stream;

static inline int forget(void **state)
{
	(void)state;
	if (!given_stream)
		return 0;
	fclose(given_stream);
	free(messages);
	messages = NULL;
	given_stream = NULL;
	arguments_free(&arguments);
	return 0;
}

/* Reads the words of `line`; between them is one blank each. What arguments_read returns. */
static inline int given(const struct command *command, void *request, const char *line)
{
	static char words[512]; /* What was read points into it. */
	static char *argv[GIVEN_MOST];
	char *rest;
	FILE *usual = stderr;
	int argc = 0, error;

	forget(NULL);
	memset(request, 0, command->request_bytes);
	given_stream = open_memstream(&messages, &message_bytes);
	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	stderr = given_stream;
	error = arguments_read(&arguments, command, request, argc, argv);
	stderr = usual;
	fflush(given_stream);
	assert_int_equal(error != 0, arguments.diag.error_count != 0);
	return error;
}

static inline bool said(const char *words)
{
	fflush(given_stream);
	return strstr(messages, words) != NULL;
}

#define assert_said(words)                                                                         \
	do {                                                                                       \
		if (!said(words))                                                                  \
			fail_msg("no message has '%s', but: %s", words, messages);                 \
	} while (0)

#endif
