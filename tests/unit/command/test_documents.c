/* SPDX-License-Identifier: MIT */
/* Documents are written whole or not at all, and what goes wrong is said with the path. */
#include "command/documents.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"
#include "unit/command/given.h"

static char folder[64], path[128];

static int start(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/ringside-documents.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int end(void **state)
{
	unlink(path);
	forget(state);
	return rmdir(folder);
}

/* Two classes of documents; what is written of either is a text. */
static int print_words(const char *words, FILE *stream)
{
	return fputs(words, stream) < 0 ? -errno : 0;
}

static int print_capitals(const char *words, FILE *stream)
{
	for (; *words; words++)
		fputc(*words >= 'a' && *words <= 'z' ? *words - 'a' + 'A' : *words, stream);
	return 0;
}

/* Prints a part, and then cannot go on. */
static int print_half(const char *words, FILE *stream)
{
	print_words(words, stream);
	return -EILSEQ;
}

static const struct document_writer letter_writers[] = {
	{"text", NULL, DOCUMENT_WRITE(const char, print_words)},
	{"loud", "capitals", DOCUMENT_WRITE(const char, print_capitals)},
	{"half", "nothing whole", DOCUMENT_WRITE(const char, print_half)},
	{NULL, NULL, NULL},
};
static const struct document_writer note_writers[] = {
	{"text", NULL, DOCUMENT_WRITE(const char, print_words)},
	{"loud", "shouting", DOCUMENT_WRITE(const char, print_capitals)},
	{"long", "a page", DOCUMENT_WRITE(const char, print_words)},
	{NULL, NULL, NULL},
};

static int write_text_of(const struct document_writer *writer, void *document, FILE *stream)
{
	return DOCUMENT_FUNCTION(const char, writer)(document, stream);
}

static const struct document_formats letter = {"a letter", letter_writers, write_text_of};
static const struct document_formats note = {"a note", note_writers, write_text_of};

struct request {
	struct documents documents;
	const char *other;
};
static const struct document_formats *const kinds[] = {&letter, &note, NULL};
static const struct option other_options[] = {
	{OPTION_BIND_TEXT(struct request, other), .name = "other", .syntax = "FILE"},
	{.name = NULL},
};
static const struct command_part parts[] = {
	DOCUMENTS_PART(struct request, documents, kinds),
	{.options = other_options},
	{.options = NULL},
};
static const struct command command = {
	.name = "write", .parts = parts, .request_bytes = sizeof(struct request)};

static struct request request;
static struct documents *const documents = &request.documents;

/* The options, in which % stands for the path. */
static void asked(const char *options)
{
	char line[512], *mark;

	snprintf(line, sizeof(line), "%s", options);
	while ((mark = strchr(line, '%'))) {
		char rest[512];

		snprintf(rest, sizeof(rest), "%s", mark + 1);
		snprintf(mark, sizeof(line) - (size_t)(mark - line), "%s%s", path, rest);
	}
	assert_int_equal(given(&command, &request, line), 0);
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

static char words[] = "all of it";

TEST_FIXTURE(NULL, forget);

TEST(options_come_from_the_tables_of_writers)
{
	struct arena arena = {0};
	const struct option *options = documents_options(&parts[0], &arena);
	static const char *const names[] = {"format", "output", "loud", "half", "long"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(options[i].name, names[i]);
	assert_null(options[5].name);
	assert_string_equal(options[0].help, "text (default), loud, half, long");
	assert_string_equal(options[2].help, "write it to FILE as well, as capitals");
	arena_free(&arena);
	asked("--format=loud --long=x --half=y");
	assert_string_equal(documents->format, "loud");
	assert_string_equal(documents_file(&arguments, "long"), "x");
	assert_string_equal(documents_file(&arguments, "half"), "y");
	assert_null(documents_file(&arguments, "loud"));
	assert_null(documents_file(&arguments, "text"));
}

TEST(a_format_is_one_of_the_documents_own)
{
	asked("--format=long");
	assert_int_equal(documents_check(&arguments, &letter), -EINVAL);
	assert_said("unknown format 'long' of a letter");
	assert_said("hint: its formats are text, loud, half");
	asked("--format=long");
	assert_int_equal(documents_check(&arguments, &note), 0);
	asked("--long=/dev/null --loud=/dev/null");
	assert_int_equal(documents_check(&arguments, &letter), -EINVAL);
	assert_said("--long: a letter is not written as that");
	assert_int_equal(documents_check(&arguments, &note), 0);
}

TEST(another_format_is_preferred_to_text_only)
{
	static const char *const lines[][2] = {
		{"", "loud"}, {"--format=text", "loud"}, {"--format=half", "half"}};

	for (size_t i = 0; i < 3; i++) {
		asked(lines[i][0]);
		documents_prefer(&arguments, "loud");
		assert_string_equal(documents->format, lines[i][1]);
	}
}

TEST(two_documents_have_two_places)
{
	static const struct {
		const char *line;
		const char *words; /* NULL: they do not clash */
	} cases[] = {
		{"--loud=- --output=/dev/stdout", "--output and --loud both name -"},
		{"--loud=- --half=-", "--loud and --half both name -"},
		{"--other=/dev/null --output=/dev/null", NULL},
		{"--loud=- --format=half", "--format=half and --loud=- both go to stdout"},
		{"--loud=- --format=half --output=/dev/null", NULL},
		{"--loud=-", NULL},
		{"--format=half", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		asked(cases[i].line);
		assert_int_equal(
			documents_check(&arguments, &letter), cases[i].words ? -EINVAL : 0);
		if (cases[i].words)
			assert_said(cases[i].words);
		else
			assert_string_equal(messages, "");
	}
}

TEST_FIXTURE(start, end);

TEST(what_is_read_is_not_written_over)
{
	asked("--other=% a --loud=/dev/null");
	assert_int_equal(documents_spare(&arguments, "/dev/null", "x"), 0);
	assert_int_equal(documents_spare(&arguments, "a", "x"), 0);
	assert_int_equal(documents_spare(&arguments, path, "the job"), -EINVAL);
	assert_said("would overwrite the job");
	assert_said("--other=/tmp/ringside-documents.");
	assert_int_equal(documents_spare_operands(&arguments, "the job"), 0);
	asked("--loud=% a % b");
	assert_int_equal(documents_spare_operands(&arguments, "the job"), -EINVAL);
}

TEST(what_grows_is_a_file)
{
	asked("");
	assert_int_equal(documents_check_growing(&arguments, "other", NULL, false), 0);
	assert_int_equal(documents_check_growing(&arguments, "other", path, false), 0);
	assert_int_equal(documents_check_growing(&arguments, "other", path, true), 0);
	assert_int_equal(documents_check_growing(&arguments, "other", "-", true), -EINVAL);
	assert_said("--other=-: it is written piece by piece");
	assert_int_equal(documents_check_growing(&arguments, "other", "/dev/null", true), -EINVAL);
	assert_null(documents_between(NULL));
	assert_null(documents_between("-"));
	assert_null(documents_between("/dev/null"));
	assert_string_equal(documents_between(path), path);
}

TEST(a_file_gets_the_whole_in_its_format)
{
	asked("--output=%");
	assert_int_equal(documents_write(&arguments, &letter, words), 0);
	assert_file_holds("all of it");
	asked("--output=/dev/null --loud=%");
	assert_int_equal(documents_write(&arguments, &letter, words), 0);
	assert_file_holds("ALL OF IT");
	asked("--output=% --format=loud");
	assert_int_equal(documents_write(&arguments, &letter, words), 0);
	assert_file_holds("ALL OF IT");
}

TEST(a_writer_that_fails_leaves_the_old_file_and_the_others_are_written)
{
	asked("--output=%");
	assert_int_equal(documents_write(&arguments, &letter, words), 0);
	asked("--half=% --output=/dev/null");
	assert_int_equal(documents_write(&arguments, &letter, words), -EILSEQ);
	assert_said("cannot write /tmp/ringside-documents.");
	assert_file_holds("all of it");
	asked("--half=/nonexistent/file --output=% --format=loud");
	assert_int_equal(documents_write(&arguments, &letter, words), -EILSEQ);
	assert_file_holds("ALL OF IT");
}

TEST(memory_gets_text_and_length)
{
	char *text;
	size_t bytes;

	assert_int_equal(documents_print(&letter, "loud", words, &text, &bytes), 0);
	assert_int_equal(bytes, 9);
	assert_string_equal(text, "ALL OF IT");
	free(text);
}

TEST(no_error_is_no_complaint)
{
	asked("");
	assert_int_equal(documents_complain(&arguments, path, 0), 0);
	assert_string_equal(messages, "");
	assert_int_equal(documents_complain(&arguments, path, -ENOSPC), -ENOSPC);
	assert_said("No space left on device");
}

TEST_MAIN(NULL, NULL);
