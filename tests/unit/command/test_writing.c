/* SPDX-License-Identifier: MIT */
/* Documents are written whole or not at all, and what goes wrong is said with the path. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/writing.h"
#include "test.h"

static char folder[64], path[128];
static struct arguments arguments;
static char *messages;
static size_t message_bytes;

static int start(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/ringside-writing.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	arguments = (struct arguments){0};
	arguments.diag.stream = open_memstream(&messages, &message_bytes);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fclose(arguments.diag.stream);
	free(messages);
	unlink(path);
	return rmdir(folder);
}

static int print_words(const struct writing *writing, FILE *stream)
{
	return fputs(writing->what, stream) < 0 ? -errno : 0;
}

/* Prints a part, and then cannot go on. */
static int print_half(const struct writing *writing, FILE *stream)
{
	print_words(writing, stream);
	return -EILSEQ;
}

static void assert_file_holds(const char *words)
{
	char text[64] = "";
	FILE *stream = fopen(path, "r");

	assert_non_null(stream);
	text[fread(text, 1, sizeof(text) - 1, stream)] = '\0';
	fclose(stream);
	assert_string_equal(text, words);
}

TEST_FIXTURE(start, end);

TEST(a_file_gets_the_whole)
{
	const struct writing writing = {.print = print_words, .what = "all of it"};

	assert_int_equal(writing_save(&arguments, path, &writing), 0);
	assert_file_holds("all of it");
}

TEST(a_printer_that_fails_leaves_the_old_file)
{
	struct writing writing = {.print = print_words, .what = "the old one"};

	assert_int_equal(writing_save(&arguments, path, &writing), 0);
	writing = (struct writing){.print = print_half, .what = "half of"};
	assert_int_equal(writing_save(&arguments, path, &writing), -EILSEQ);
	assert_file_holds("the old one");
	fflush(arguments.diag.stream);
	assert_non_null(strstr(messages, "cannot write /tmp/ringside-writing."));
}

TEST(memory_gets_text_and_length)
{
	const struct writing writing = {.print = print_words, .what = "words"};
	char *text;
	size_t bytes;

	assert_int_equal(writing_print(&writing, &text, &bytes), 0);
	assert_int_equal(bytes, 5);
	assert_string_equal(text, "words");
	free(text);
}

TEST(no_error_is_no_complaint)
{
	assert_int_equal(writing_complain(&arguments, path, 0), 0);
	fflush(arguments.diag.stream);
	assert_int_equal(message_bytes, 0);
	assert_int_equal(writing_complain(&arguments, path, -ENOSPC), -ENOSPC);
	fflush(arguments.diag.stream);
	assert_non_null(strstr(messages, "No space left on device"));
}

TEST_MAIN(NULL, NULL);
