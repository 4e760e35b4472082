/* SPDX-License-Identifier: MIT */
/* Numbers that no double holds, and what is no document. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/exact_json.h"
#include "test.h"

static cJSON *parse(const char *text)
{
	size_t problem;

	return exact_json_parse(text, strlen(text), &problem);
}

static void assert_reads_back(const char *text)
{
	cJSON *document = parse(text);
	char *printed;

	assert_non_null(document);
	printed = json_print(document);
	assert_string_equal(printed, text);
	free(printed);
	cJSON_Delete(document);
}

TEST(large_numbers_keep_their_last_digit)
{
	static const uint64_t values[] = {0, 9007199254740991, 9007199254740992, 9007199254740993,
		UINT64_MAX - 1, UINT64_MAX};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		cJSON *made = json_object();
		uint64_t value = 1;
		cJSON *document;
		char *text;

		json_add_u64(made, "a", 7);
		json_add_u64(made, "b", values[i]);
		text = json_print(made);
		document = parse(text);
		assert_non_null(document);
		assert_true(json_get_u64(document, "a", &value));
		assert_true(value == 7);
		assert_true(json_get_u64(document, "b", &value));
		assert_true(value == values[i]);
		free(text);
		cJSON_Delete(document);
		cJSON_Delete(made);
	}
}

TEST(they_are_found_wherever_they_stand)
{
	assert_reads_back("[1, 18446744073709551615, -2, 18446744073709551614]\n");
	assert_reads_back("18446744073709551615\n");
	assert_reads_back("{\n"
			  "  \"9007199254740993\": 9007199254740995,\n"
			  "  \"b\": {\n"
			  "    \"c\": [0.5, -1, 9007199254740997],\n"
			  "    \"d\": \"9007199254740999\",\n"
			  "    \"\\\"1\": null,\n"
			  "    \"\\\\\": 9007199254741001\n"
			  "  },\n"
			  "  \"e\": [true, 1e+300, 9007199254741003]\n"
			  "}\n");
}

TEST(many_are_found_too)
{
	char text[64 * 20 + 8] = "[";
	size_t length = 1;

	for (int i = 0; i < 63; i++)
		length += (size_t)snprintf(
			text + length, sizeof(text) - length, "%d0071992547409931, ", i + 1);
	snprintf(text + length, sizeof(text) - length, "5]\n");
	assert_reads_back(text);
}

TEST(what_is_beyond_64_bits_is_no_whole_number)
{
	cJSON *document = parse("{\"a\": 18446744073709551616, \"b\": 99999999999999999999999}");
	uint64_t value;

	assert_non_null(document);
	assert_true(cJSON_IsNumber(cJSON_GetObjectItem(document, "a")));
	assert_false(json_get_u64(document, "b", &value));
	cJSON_Delete(document);
}

TEST(what_is_no_document_says_where)
{
	static const struct {
		const char *text;
		size_t problem;
	} samples[] = {
		{"", 0}, {"{\"a\": }", 6}, {"[1, 2", 4}, {"[1] x", 3}, {"nul", 0}, {"[1]\n]", 3}};
	size_t problem;

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const char *text = samples[i].text;

		assert_null(exact_json_parse(text, strlen(text), &problem));
		assert_int_equal(problem, samples[i].problem);
	}
}

TEST(the_length_is_the_end)
{
	cJSON *document;
	size_t problem;

	document = exact_json_parse("[12345]xx", 7, &problem);
	assert_non_null(document);
	cJSON_Delete(document);
	assert_null(exact_json_parse("[12345]", 6, &problem));
	assert_null(exact_json_parse("[1]\0 ", 5, &problem));
}

TEST_MAIN(NULL, NULL);
