/* SPDX-License-Identifier: MIT */
#include "result/document.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TEST(what_cannot_be_read_is_said)
{
	char *messages = NULL;
	size_t bytes = 0, length;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_null(document_load("/nonexistent/file", &length, &diag));
	assert_int_equal(errno, ENOENT);
	assert_null(document_load("/", &length, &diag));
	assert_int_equal(errno, EISDIR);
	fclose(stream);
	assert_non_null(strstr(messages, "/nonexistent/file: error: cannot be read: No such file"));
	free(messages);
}

TEST(the_line_of_a_syntax_error_is_said)
{
	const char *text = "{\n  \"a\": 1,\n  \"b\": oops\n}\n";
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_null(document_parse("x.json", text, strlen(text), &diag));
	fclose(stream);
	assert_non_null(strstr(messages, "x.json:3:"));
	assert_non_null(strstr(messages, "no JSON from here on"));
	free(messages);
}

TEST_MAIN(NULL, NULL);
