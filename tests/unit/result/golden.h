/* SPDX-License-Identifier: MIT */
/*
 * Golden files: what a writer must write, to the byte, in tests/unit/result/golden/. After a change
 * that is meant, UPDATE_GOLDEN=1 before the test's name writes them anew, and `git diff` shows what
 * became of them. Included after cmocka.h.
 */
#ifndef TESTS_UNIT_RESULT_GOLDEN_H
#define TESTS_UNIT_RESULT_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/result_fields.h"
#include "test.h"

#define GOLDEN_FOLDER "tests/unit/result/golden/"

/*
 * What `write` makes of `result`; malloc'd. Not inlined: GCC 12 would take the stream's pointer to
 * `text` for one that dangles.
 */
__attribute__((noinline, unused)) static char *written(
	const struct result *result, int (*write)(const struct result *result, FILE *stream))
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(write(result, stream), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

/* The writer behind --format=NAME; NULL where the list has none of that name. */
static inline int (*format_named(const char *name))(const struct result *result, FILE *stream)
{
	const struct document_writer *writer = result_formats.writers;

	while (writer->name && strcmp(writer->name, name) != 0)
		writer++;
	return writer->name ? DOCUMENT_FUNCTION(const struct result, writer) : NULL;
}

static inline char *golden_read(const char *name)
{
	char path[256];
	char *text = NULL;
	size_t bytes = 0;
	FILE *file;

	snprintf(path, sizeof(path), GOLDEN_FOLDER "%s", name);
	file = fopen(path, "re");
	if (!file)
		fail_msg("%s cannot be read: tests run from the top of the tree", path);
	if (getdelim(&text, &bytes, '\0', file) < 0)
		fail_msg("%s is empty", path);
	fclose(file);
	return text;
}

static inline void golden_write(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), GOLDEN_FOLDER "%s", name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The first line that differs says more than two documents. */
static inline void assert_same_lines(const char *name, const char *actual, const char *expected)
{
	const char *line = actual;
	size_t length;
	int number = 1;

	while (*actual && *actual == *expected) {
		if (*actual == '\n') {
			number++;
			line = actual + 1;
		}
		actual++;
		expected++;
	}
	if (*actual == *expected)
		return;
	length = (size_t)(actual - line);
	expected -= length;
	fail_msg("%s:%d is\n%.*s\nand should be\n%.*s", name, number, (int)strcspn(line, "\n"),
		line, (int)strcspn(expected, "\n"), expected);
}

/* Frees `text`. */
static inline void assert_golden(const char *name, char *text)
{
	char *expected;

	if (getenv("UPDATE_GOLDEN"))
		golden_write(name, text);
	expected = golden_read(name);
	assert_same_lines(name, text, expected);
	free(expected);
	free(text);
}

#endif
