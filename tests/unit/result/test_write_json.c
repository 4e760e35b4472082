/* SPDX-License-Identifier: MIT */
/* The result document, to the letter and by its schema. */
/* covers: src/result/direction_schema.c, src/result/result_json.c, src/result/result_schema.c */
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"
#include "unit/result/validate.h"

TEST_FIXTURE(open_sample, close_sample);

TEST(a_document_is_as_it_should_be)
{
	assert_golden("result.json", written(&result, write_json));
}

TEST(a_document_is_by_the_schema)
{
	char *text = written(&result, write_json);
	bool valid = is_valid(text);

	free(text);
	assert_true(valid);
}

TEST(what_is_empty_is_by_the_schema_too)
{
	struct result_job job = {.name = "", .engine = "null", .numjobs = 1, .submit_share = -1};
	struct result empty;
	bool valid;
	char *text;

	result_init(&empty);
	empty.job_count = 1;
	empty.jobs = &job;
	text = written(&empty, write_json);
	valid = is_valid(text);
	free(text);
	result_free(&empty);
	assert_true(valid);
}

/* Texts come from paths, the kernel and NVMe drives: any bytes. */
TEST(no_text_breaks_the_document)
{
	bool valid;
	char *text;

	result.jobs[0].name = "\x01\"\\\n\t\xff\xc3";
	result.jobs[0].engine_proof.items[0].key = "\x7f \xed\xa0\x80";
	text = written(&result, write_json);
	valid = is_valid(text);
	free(text);
	assert_true(valid);
}

static bool is_valid_with(const char *old, const char *new)
{
	char *text = written(&result, write_json);
	char *at = strstr(text, old);
	char *changed = NULL;
	bool valid;

	assert_non_null(at);
	assert_true(
		asprintf(&changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)) >= 0);
	valid = is_valid(changed);
	free(changed);
	free(text);
	return valid;
}

TEST(the_schema_refuses_what_is_not_ours)
{
	assert_false(is_valid_with("\"seed\":", "\"seeds\":"));
	assert_false(is_valid_with("\"ios\": 100000", "\"ios\": 1.5"));
	assert_false(is_valid_with("\"short_ios\"", "\"extra\": 1, \"short_ios\""));
	assert_false(is_valid_with("\"99.9\":", "\"p99.9\":"));
	assert_false(is_valid_with("[[1349, 370]", "[[4352, 370]"));
	assert_false(is_valid_with("\"geometry\": \"hdr/1ns/2digits\",", ""));
	assert_false(is_valid_with("ringside-result/1", "ringside-result/2"));
	assert_true(is_valid_with("100000", "100001"));
}

TEST_MAIN(NULL, NULL);
