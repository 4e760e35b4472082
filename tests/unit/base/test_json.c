/* SPDX-License-Identifier: MIT */
/* Building documents and reading values back, in memory and through text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "test.h"

/* The document as text, read again by cJSON. Frees the document. */
static cJSON *reparse(cJSON *document)
{
	char *text = json_print(document);
	cJSON *again = cJSON_Parse(text);

	assert_non_null(again);
	free(text);
	cJSON_Delete(document);
	return again;
}

static void expect_text(cJSON *document, const char *expected)
{
	char *text = json_print(document);

	assert_string_equal(text, expected);
	free(text);
	cJSON_Delete(document);
}

TEST(keys_keep_their_order)
{
	cJSON *document = json_object();

	json_add_bool(document, "z", true);
	json_add_bool(document, "a", false);
	json_add_null(document, "m");
	json_add_text(document, "b", "text");
	expect_text(document, "{\n"
			      "  \"z\": true,\n"
			      "  \"a\": false,\n"
			      "  \"m\": null,\n"
			      "  \"b\": \"text\"\n"
			      "}\n");
}

TEST(counters_are_whole_numbers_to_the_last_digit)
{
	static const uint64_t values[] = {0, 1, 1ull << 31, 1ull << 32, 999999999999999,
		1000000000000001, (1ull << 53) - 1, 1ull << 53, (1ull << 53) + 1,
		12345678901234567890u, UINT64_MAX};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		cJSON *document = json_array();
		char expected[40];

		json_add_u64(document, NULL, values[i]);
		snprintf(expected, sizeof(expected), "[%llu]\n", (unsigned long long)values[i]);
		expect_text(document, expected);
	}
}

TEST(signed_counters_are_whole_numbers_too)
{
	cJSON *document = json_array();

	json_add_i64(document, NULL, -5);
	json_add_i64(document, NULL, INT64_MIN);
	json_add_i64(document, NULL, INT64_MAX);
	json_add_i64(document, NULL, -(1ll << 53) - 1);
	expect_text(
		document, "[-5, -9223372036854775808, 9223372036854775807, -9007199254740993]\n");
}

TEST(what_is_no_number_is_null)
{
	cJSON *document = json_array();

	json_add_double(document, NULL, NAN);
	json_add_double(document, NULL, INFINITY);
	json_add_double(document, NULL, -INFINITY);
	json_add_double(document, NULL, 0.5);
	json_add_text(document, NULL, NULL);
	expect_text(document, "[null, null, null, 0.5, null]\n");
}

TEST(counters_read_back_from_memory)
{
	cJSON *document = json_object();
	uint64_t value = 0;
	double number = 0;

	json_add_u64(document, "small", 42);
	json_add_u64(document, "large", UINT64_MAX - 1);
	json_add_i64(document, "negative", INT64_MIN);
	assert_true(json_get_u64(document, "small", &value));
	assert_int_equal(value, 42);
	assert_true(json_get_u64(document, "large", &value));
	assert_int_equal(value, UINT64_MAX - 1);
	assert_false(json_get_u64(document, "negative", &value));
	assert_true(json_get_double(document, "negative", &number));
	assert_true(number == -0x1p63);
	assert_true(json_get_double(document, "large", &number));
	assert_true(number == 0x1p64);
	cJSON_Delete(document);
}

TEST(counters_read_back_from_text)
{
	cJSON *document = json_object();
	uint64_t value = 0;

	json_add_u64(document, "exact", (1ull << 53) - 1);
	json_add_u64(document, "nearest", (1ull << 60) + 1);
	json_add_u64(document, "highest", UINT64_MAX);
	document = reparse(document);
	assert_true(json_get_u64(document, "exact", &value));
	assert_int_equal(value, (1ull << 53) - 1);
	assert_true(json_get_u64(document, "nearest", &value));
	assert_int_equal(value, 1ull << 60);
	assert_true(json_get_u64(document, "highest", &value));
	assert_int_equal(value, UINT64_MAX);
	cJSON_Delete(document);
}

TEST(values_of_another_kind_are_refused)
{
	cJSON *document =
		cJSON_Parse("{\"text\": \"5\", \"minus\": -1, \"part\": 0.5, \"null\": null,"
			    " \"huge\": 1e30, \"Key\": 5, \"minus_zero\": -0}");
	uint64_t value = 7;
	double number = 7;

	assert_non_null(document);
	assert_false(json_get_u64(document, "text", &value));
	assert_false(json_get_u64(document, "minus", &value));
	assert_false(json_get_u64(document, "part", &value));
	assert_false(json_get_u64(document, "null", &value));
	assert_false(json_get_u64(document, "huge", &value));
	assert_false(json_get_u64(document, "missing", &value));
	assert_false(json_get_u64(document, "key", &value));
	assert_false(json_get_double(document, "text", &number));
	assert_false(json_get_double(document, "missing", &number));
	assert_false(json_get_u64(NULL, "text", &value));
	assert_int_equal(value, 7);
	assert_true(number == 7);
	assert_true(json_get_u64(document, "minus_zero", &value));
	assert_int_equal(value, 0);
	assert_null(json_get_text(document, "minus"));
	assert_null(json_get_text(document, "missing"));
	assert_string_equal(json_get_text(document, "text"), "5");
	cJSON_Delete(document);
}

TEST(containers_nest)
{
	cJSON *document = json_object();
	cJSON *jobs = json_add_array(document, "jobs");
	cJSON *job = json_add_object(jobs, NULL);
	cJSON *moved = json_object();

	json_add_u64(job, "iops", 5);
	json_add_u64(moved, "id", 2);
	json_add_item(jobs, NULL, moved);
	expect_text(document, "{\n"
			      "  \"jobs\": [\n"
			      "    {\n"
			      "      \"iops\": 5\n"
			      "    },\n"
			      "    {\n"
			      "      \"id\": 2\n"
			      "    }\n"
			      "  ]\n"
			      "}\n");
}

TEST_MAIN(NULL, NULL);
