/* SPDX-License-Identifier: MIT */
/* A result as lines: each is a document, and together they are all of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

TEST_FIXTURE(open_sample, close_sample);

/* The document of line `index`, from 0 on; the caller deletes it. */
static cJSON *line_of(const char *text, unsigned index)
{
	size_t problem;
	cJSON *line;

	while (index-- > 0)
		text = strchr(text, '\n') + 1;
	line = json_parse(text, strcspn(text, "\n"), &problem);
	assert_non_null(line);
	return line;
}

TEST(each_interval_is_a_line_and_the_run_is_the_last)
{
	char *text = written(&result, format_named("jsonl"));
	uint64_t value;
	cJSON *line;

	for (unsigned i = 0; i < 5; i++) {
		line = line_of(text, i);
		assert_string_equal(json_get_text(line, "schema"), "ringside-interval/1");
		assert_string_equal(json_get_text(line, "job"), "rand-read");
		assert_true(json_get_u64(line, "start_ns", &value));
		assert_int_equal(value, i * 100 * NS_PER_MS);
		assert_true(json_get_u64(line, "started_ns", &value));
		assert_int_equal(value, result.jobs[0].started_ns);
		assert_int_equal(cJSON_HasObjectItem(line, "read"), i != 3);
		cJSON_Delete(line);
	}
	line = line_of(text, 5);
	assert_string_equal(json_get_text(line, "schema"), "ringside-result/1");
	cJSON_Delete(line);
	assert_string_equal(strchr(strstr(text, "\"ringside-result/1\""), '\n'), "\n");
	free(text);
}

TEST(the_line_of_a_run_is_its_document)
{
	char *text = written(&result, format_named("json-line"));
	struct result again;
	struct diag diag;
	char *line;

	diag_init(&diag, stderr);
	assert_int_equal(result_read_memory("r.json", text, strlen(text), &again, &diag), 0);
	line = written(&again, result_write_line);
	assert_string_equal(line, text);
	result_free(&again);
	free(line);
	free(text);
}

TEST(a_full_disk_is_told)
{
	FILE *full = fopen("/dev/full", "we");

	assert_non_null(full);
	assert_int_equal(result_write_lines(&result, full), -ENOSPC);
	fclose(full);
}

TEST_MAIN(NULL, NULL);
