/* SPDX-License-Identifier: MIT */
/* Documents built, printed (valid whatever the input) and parsed without loss. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/random.h"
#include "test.h"

static cJSON *parse(const char *text)
{
	size_t problem;

	return json_parse(text, strlen(text), &problem);
}

/* The document as text, read again. Frees the document. */
static cJSON *reparse(cJSON *document)
{
	char *text = json_print(document);
	cJSON *again = parse(text);

	assert_non_null(again);
	free(text);
	cJSON_Delete(document);
	return again;
}

static void expect_text(cJSON *document, const char *expected)
{
	char *text = json_print(document), *written = NULL;
	size_t length;
	FILE *stream = open_memstream(&written, &length);

	assert_non_null(stream);
	json_write(document, stream);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(text, expected);
	assert_string_equal(written, expected);
	free(text);
	free(written);
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

static unsigned made_count;

static cJSON *make_point(const void *context)
{
	const int *x = context;
	cJSON *point = json_object();

	made_count++;
	json_add_i64(point, "x", *x);
	json_add_item(point, "flat", json_array());
	return point;
}

TEST(what_is_made_later_is_printed_where_it_was_added)
{
	cJSON *document = json_object(), *points = json_add_array(document, "points");
	char *text;

	for (int x = 0; x < 3; x++)
		json_add_later(points, make_point, &x, sizeof(x));
	assert_int_equal(made_count, 0);
	text = json_print_line(document);
	assert_int_equal(made_count, 3);
	assert_string_equal(text, "{\"points\":[{\"x\":0,\"flat\":[]},{\"x\":1,\"flat\":[]},"
				  "{\"x\":2,\"flat\":[]}]}\n");
	free(text);
	expect_text(document, "{\n"
			      "  \"points\": [\n"
			      "    {\n"
			      "      \"x\": 0,\n"
			      "      \"flat\": []\n"
			      "    },\n"
			      "    {\n"
			      "      \"x\": 1,\n"
			      "      \"flat\": []\n"
			      "    },\n"
			      "    {\n"
			      "      \"x\": 2,\n"
			      "      \"flat\": []\n"
			      "    }\n"
			      "  ]\n"
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
	json_add_u64(document, "large", (1ull << 60) + 1);
	json_add_u64(document, "highest", UINT64_MAX);
	document = reparse(document);
	assert_true(json_get_u64(document, "exact", &value));
	assert_int_equal(value, (1ull << 53) - 1);
	assert_true(json_get_u64(document, "large", &value));
	assert_int_equal(value, (1ull << 60) + 1);
	assert_true(json_get_u64(document, "highest", &value));
	assert_int_equal(value, UINT64_MAX);
	cJSON_Delete(document);
}

TEST(values_of_another_kind_are_refused)
{
	cJSON *document = parse("{\"text\": \"5\", \"minus\": -1, \"part\": 0.5, \"null\": null,"
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

TEST(plain_arrays_stand_on_one_line)
{
	cJSON *document = json_object();
	cJSON *counts = json_add_array(document, "counts");

	for (uint64_t i = 1; i <= 2; i++) {
		cJSON *pair = json_add_array(counts, NULL);

		json_add_u64(pair, NULL, i);
		json_add_u64(pair, NULL, 10 * i);
	}
	json_add_array(document, "empty");
	json_add_object(document, "nothing");
	expect_text(document, "{\n"
			      "  \"counts\": [\n"
			      "    [1, 10],\n"
			      "    [2, 20]\n"
			      "  ],\n"
			      "  \"empty\": [],\n"
			      "  \"nothing\": {}\n"
			      "}\n");
}

static void check_text(const char *value, const char *expected)
{
	cJSON *document = json_array();

	json_add_text(document, NULL, value);
	expect_text(document, expected);
}

TEST(special_characters_are_escaped)
{
	check_text("a\"b\\c", "[\"a\\\"b\\\\c\"]\n");
	check_text("a\nb\tc\rd", "[\"a\\nb\\tc\\u000dd\"]\n");
	check_text("\x01\x1f\x7f", "[\"\\u0001\\u001f\\u007f\"]\n");
	check_text("", "[\"\"]\n");
	check_text("/dev/nvme0n1", "[\"/dev/nvme0n1\"]\n");
}

/* They would mark a page, or control a terminal. */
TEST(no_text_that_is_read_has_control_characters)
{
	cJSON *document = parse("[{\"a\\u0001b\": \"\\u0004x\\u001b[2J\\t\\n\\u007f\", \"n\": [1, "
				"18446744073709551615, \"\x06\"]}]");

	assert_non_null(document);
	expect_text(document, "[\n  {\n    \"a?b\": \"?x?[2J\\t\\n?\",\n    \"n\": [1, "
			      "18446744073709551615, \"?\"]\n  }\n]\n");
}

TEST(a_line_has_no_blanks)
{
	cJSON *document = json_object();
	cJSON *inner = json_add_object(document, "a b");
	char *text;

	json_add_double(inner, "x", 0.1);
	json_add_u64(json_add_array(inner, "list"), NULL, UINT64_MAX);
	json_add_text(document, "t", "1, 2: 3");
	text = json_print_line(document);
	assert_string_equal(text, "{\"a b\":{\"x\":0.1,\"list\":[18446744073709551615]},"
				  "\"t\":\"1, 2: 3\"}\n");
	free(text);
	cJSON_Delete(document);
}

TEST(fios_layout_has_a_line_for_each_member)
{
	cJSON *document = json_object();
	cJSON *list = json_add_array(document, "list");
	char *text;

	json_add_u64(list, NULL, 1);
	json_add_u64(list, NULL, 2);
	json_add_object(document, "none");
	json_add_text(document, "t", "a");
	text = json_print_as_fio(document);
	assert_string_equal(text, "{\n  \"list\" : [\n    1,\n    2\n  ],\n  \"none\" : {},\n"
				  "  \"t\" : \"a\"\n}\n");
	free(text);
	cJSON_Delete(document);
}

TEST(utf8_stays)
{
	check_text("\xc2\x80", "[\"\xc2\x80\"]\n");
	check_text("gr\xc3\xb6\xc3\x9f", "[\"gr\xc3\xb6\xc3\x9f\"]\n");
	check_text("\xe0\xa0\x80\xed\x9f\xbf", "[\"\xe0\xa0\x80\xed\x9f\xbf\"]\n");
	check_text("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "[\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"]\n");
}

TEST(other_bytes_become_replacement_characters)
{
	check_text("a\xff"
		   "b",
		"[\"a\xef\xbf\xbd"
		"b\"]\n");
	check_text("\x80", "[\"\xef\xbf\xbd\"]\n");
	check_text("\xc0\x80", "[\"\xef\xbf\xbd\xef\xbf\xbd\"]\n"); /* overlong */
	check_text("\xe0\x9f\xbf", "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]\n");
	check_text("\xed\xa0\x80", "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]\n"); /* surrogate */
	check_text("\xf0\x8f\xbf\xbf", "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]\n");
	check_text("\xf4\x90\x80\x80", "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]\n");
	check_text("\xc3", "[\"\xef\xbf\xbd\"]\n"); /* cut off */
	check_text("\xe2\x82", "[\"\xef\xbf\xbd\xef\xbf\xbd\"]\n");
}

TEST(keys_are_made_valid_too)
{
	cJSON *document = json_object();

	json_add_bool(document, "k\xff\"", true);
	expect_text(document, "{\n  \"k\xef\xbf\xbd\\\"\": true\n}\n");
}

TEST(doubles_are_short_and_exact)
{
	cJSON *document = json_array();

	json_add_double(document, NULL, 0.1);
	json_add_double(document, NULL, 100.25);
	json_add_double(document, NULL, 1.0 / 3);
	json_add_double(document, NULL, 1e300);
	json_add_double(document, NULL, -5);
	json_add_double(document, NULL, 0x1p53 + 2);
	json_add_double(document, NULL, 0x1p51 + 0.5);
	expect_text(document, "[0.1, 100.25, 0.3333333333333333, 1e+300, -5, 9007199254740994,"
			      " 2251799813685248.5]\n");
}

TEST(any_double_reads_back)
{
	struct random random;

	random_init(&random, 7);
	for (int i = 0; i < 20000; i++) {
		uint64_t bits = random_next(&random);
		cJSON *document = json_array();
		double value;
		char *text;

		memcpy(&value, &bits, sizeof(value));
		if (!(value >= -DBL_MAX && value <= DBL_MAX))
			value = random_unit(&random);
		json_add_double(document, NULL, value);
		text = json_print(document);
		assert_true(strtod(text + 1, NULL) == value);
		free(text);
		cJSON_Delete(document);
	}
}

TEST(foreign_items_do_not_break_the_document)
{
	cJSON *document = cJSON_CreateArray();
	cJSON *named = cJSON_CreateObject();

	cJSON_AddItemToArray(document, cJSON_CreateNumber(0.0 / 0.0));
	cJSON_AddNumberToObject(named, "x", 1);
	/* An item that was in an object keeps its name. */
	cJSON_AddItemToArray(document, cJSON_DetachItemFromObject(named, "x"));
	cJSON_Delete(named);
	expect_text(document, "[null, 1]\n");
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
	assert_false(json_get_u64(document, "a", &value));
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

		assert_null(json_parse(text, strlen(text), &problem));
		assert_int_equal(problem, samples[i].problem);
	}
}

TEST(the_length_is_the_end)
{
	cJSON *document;
	size_t problem;

	document = json_parse("[12345]xx", 7, &problem);
	assert_non_null(document);
	cJSON_Delete(document);
	assert_null(json_parse("[12345]", 6, &problem));
	assert_null(json_parse("[1]\0 ", 5, &problem));
}

TEST_MAIN(NULL, NULL);
