/* SPDX-License-Identifier: MIT */
/* Long series: what is left of them, and that what is left is a result. */
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "test.h"

static cJSON *parsed(const char *text)
{
	size_t problem;
	cJSON *json = json_parse(text, strlen(text), &problem);

	assert_non_null(json);
	return json;
}

static const char series[] =
	"{\"schema\":\"ringside-result/1\",\"jobs\":[{\"name\":\"a\",\"series\":{"
	"\"interval_ns\":10,\"longest_gap\":{\"start_ns\":1,\"duration_ns\":2},\"intervals\":["
	"{\"start_ns\":0,\"duration_ns\":10,\"in_flight\":3,\"read\":{\"ios\":4,\"bytes\":5,"
	"\"errors\":0,\"lat_ns\":{\"count\":4,\"min\":7,\"max\":300,\"p50\":8,\"p99\":9,"
	"\"p99_9\":11,\"counts\":[[7,1],[31,2],[278,1]]}}},"
	"{\"start_ns\":10,\"duration_ns\":12,\"in_flight\":1}]}},{\"name\":\"b\","
	"\"series\":null}]}";

static const char columns[] =
	"{\"interval_ns\":10,\"longest_gap\":{\"start_ns\":1,\"duration_ns\":2},"
	"\"duration_ns\":[10,12],\"in_flight\":[3,1],\"map_step\":1,\"map_row_bits\":5,"
	"\"read\":{\"ios\":[4,null],\"bytes\":[5,null],\"errors\":[0,null],\"min\":[7,null],"
	"\"max\":[300,null],\"p50\":[8,null],\"p99\":[9,null],\"p99_9\":[11,null],"
	"\"map\":[[0,3,8,1],[]]}}";

TEST(intervals_become_columns)
{
	cJSON *document = parsed(series);
	cJSON *job;
	char *text;

	assert_true(html_shorten(document));
	job = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "jobs"), 0);
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(job, "series")));
	text = json_print_line(cJSON_GetObjectItem(job, "series_columns"));
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, columns);
	free(text);
	cJSON_Delete(document);
}

/* Documents that are written have them as text, those that were read as arrays. */
TEST(histograms_are_taken_as_text_and_as_arrays)
{
	cJSON *document = parsed(series);
	cJSON *job = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "jobs"), 0);
	cJSON *intervals = cJSON_GetObjectItem(cJSON_GetObjectItem(job, "series"), "intervals");
	cJSON *read = cJSON_GetObjectItem(cJSON_GetArrayItem(intervals, 0), "read");
	char *text;

	cJSON_ReplaceItemInObjectCaseSensitive(cJSON_GetObjectItem(read, "lat_ns"), "counts",
		cJSON_CreateRaw("[[7,1],[31,2],[278,1]]"));
	assert_true(html_shorten(document));
	text = json_print_line(cJSON_GetObjectItem(job, "series_columns"));
	assert_non_null(strstr(text, "\"map\":[[0,3,8,1],[]]"));
	free(text);
	cJSON_Delete(document);
}

TEST(what_has_no_series_stays)
{
	cJSON *result = parsed("{\"schema\":\"ringside-result/1\",\"jobs\":[{\"series\":null}]}");
	cJSON *other = parsed("{\"schema\":\"ringside-curve/1\",\"jobs\":[{\"series\":"
			      "{\"intervals\":[{\"duration_ns\":1}]}}]}");

	assert_false(html_shorten(result));
	assert_false(html_shorten(other));
	cJSON_Delete(result);
	cJSON_Delete(other);
}

TEST_MAIN(NULL, NULL);
