/* SPDX-License-Identifier: MIT */
/* Documents of all kinds in one page: what was read of them is free again, however it was read. */
#include "command/report_html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "check_report.h"
#include "test.h"

static char *check_text(void)
{
	struct check report;
	char *text;

	report_fill_small(&report);
	text = document_print(&check_document, &report);
	check_free(&report);
	return text;
}

/* For a key of a later version a document is read twice. The sanitizer sees what is lost. */
TEST(a_check_that_is_read_twice_leaves_nothing_behind)
{
	char path[] = "/tmp/ringside-html.XXXXXX", page[64];
	const char *operands[] = {path};
	struct arguments arguments = {.operand_count = 1, .operands = operands};
	char *text = check_text();
	FILE *stream = fdopen(mkstemp(path), "w");

	assert_non_null(stream);
	fprintf(stream, "{\"later\": [{}], %s\n", strchr(text, '{') + 1);
	fclose(stream);
	free(text);
	snprintf(page, sizeof(page), "%s.html", path);
	diag_init(&arguments.diag, stderr);
	assert_int_equal(report_html_files(&arguments, page), EXIT_DONE);
	assert_int_equal(unlink(page), 0);
	unlink(path);
	arena_free(&arguments.arena);
}

TEST_MAIN(NULL, NULL);
