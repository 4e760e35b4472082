/* SPDX-License-Identifier: MIT */
#include "result/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void what_cannot_be_read_is_said(void **state)
{
	char *messages = NULL;
	size_t bytes = 0, length;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	(void)state;
	diag_init(&diag, stream);
	assert_null(document_load("/nonexistent/file", &length, &diag));
	assert_int_equal(errno, ENOENT);
	assert_null(document_load("/", &length, &diag));
	assert_int_equal(errno, EISDIR);
	fclose(stream);
	assert_non_null(strstr(messages, "/nonexistent/file: error: cannot be read: No such file"));
	free(messages);
}

static void the_line_of_a_syntax_error_is_said(void **state)
{
	const char *text = "{\n  \"a\": 1,\n  \"b\": oops\n}\n";
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	(void)state;
	diag_init(&diag, stream);
	assert_null(document_parse("x.json", text, strlen(text), &diag));
	fclose(stream);
	assert_non_null(strstr(messages, "x.json:3:"));
	assert_non_null(strstr(messages, "no JSON from here on"));
	free(messages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_read_is_said),
		cmocka_unit_test(the_line_of_a_syntax_error_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
