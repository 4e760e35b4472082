/* SPDX-License-Identifier: MIT */
/* Files of every kind: loaded, known by what they hold, and what is said of one in a wrong place.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/document.h"
#include "test.h"

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

static const struct {
	const char *text;
	enum document_type type;
	const char *noun, *use; /* what a report of it has; NULL: it is none that is known */
} cases[] = {
	{"{\"schema\": \"ringside-result/1\"}", DOCUMENT_RESULT, "a ringside result",
		"`ringside report F`"},
	{"{\"schema\": \"ringside-comparison/9\"}", DOCUMENT_COMPARISON, "a comparison",
		"`ringside report F`"},
	{"{\"schema\": \"ringside-check/1\"}", DOCUMENT_CHECK, "the report of a check",
		"`ringside report F`"},
	{"{\"seed\": 1, \"schema\": \"ringside-baseline/1\"}", DOCUMENT_BASELINE, "a baseline",
		"`ringside check JOB --baseline=F`"},
	{"{\"schema\": \"ringside-history/1\"}\n{\"schema\": \"ringside-history/1\"}\n",
		DOCUMENT_HISTORY, "a history of checks", "`ringside history F`"},
	{"{\"schema\": \"ringside-history/1\"}\n{\"sch", DOCUMENT_HISTORY, "a history of checks",
		"`ringside history F`"},
	{"{\"schema\": \"ringside-probe/1\"}", DOCUMENT_PROBE, "the document of a probe",
		"`ringside probe TARGET`"},
	{"fio: a note\n{\"fio version\": \"fio-3.33\"}", DOCUMENT_FIO, "a fio result",
		"`ringside report F`"},
	{"\n # nightly\n\t; old\n[global]\nrw=read\n", DOCUMENT_JOB_FILE, "a job file",
		"`ringside run F`"},
	{"{\"schema\": \"poem/1\"}", DOCUMENT_UNKNOWN, NULL, NULL},
	/* Its reader says why it is none. */
	{"{\"schema\": \"ringside-result/1\"", DOCUMENT_RESULT, "a ringside result",
		"`ringside report F`"},
	{"{\"seed\": 1, \"schema\": \"ringside-result/1\"", DOCUMENT_UNKNOWN, NULL, NULL},
	{"rw=read\n[a]\n", DOCUMENT_UNKNOWN, NULL, NULL},
	{"", DOCUMENT_UNKNOWN, NULL, NULL},
};

TEST(every_file_is_known_by_what_it_holds)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			document_type_of(cases[i].text, strlen(cases[i].text)), cases[i].type);
}

TEST(what_is_in_the_wrong_place_is_named_with_its_use)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t bytes;
		char *said;
		FILE *stream = open_memstream(&said, &bytes);
		struct diag diag;

		assert_non_null(stream);
		diag_init(&diag, stream);
		if (cases[i].noun)
			document_refuse(cases[i].type, "F", "a drawing", &diag);
		fclose(stream);
		if (cases[i].noun) {
			assert_int_equal(diag.error_count, 1);
			assert_non_null(strstr(said, "F: error: this is "));
			assert_non_null(strstr(said, cases[i].noun));
			assert_non_null(strstr(said, "; a drawing is needed here\nhint: "));
			assert_non_null(strstr(said, cases[i].use));
		}
		free(said);
	}
}

TEST_MAIN(NULL, NULL);
