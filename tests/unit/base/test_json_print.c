/* SPDX-License-Identifier: MIT */
/* Documents as text: valid whatever the input, and every number reads back the same. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/random.h"
#include "test.h"

static void expect(cJSON *document, const char *expected)
{
	char *text = json_print(document);

	assert_string_equal(text, expected);
	free(text);
	cJSON_Delete(document);
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
	expect(document, "{\n"
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
	expect(document, expected);
}

TEST(special_characters_are_escaped)
{
	check_text("a\"b\\c", "[\"a\\\"b\\\\c\"]\n");
	check_text("a\nb\tc\rd", "[\"a\\nb\\tc\\u000dd\"]\n");
	check_text("\x01\x1f\x7f", "[\"\\u0001\\u001f\\u007f\"]\n");
	check_text("", "[\"\"]\n");
	check_text("/dev/nvme0n1", "[\"/dev/nvme0n1\"]\n");
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
	expect(document, "{\n  \"k\xef\xbf\xbd\\\"\": true\n}\n");
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
	expect(document, "[0.1, 100.25, 0.3333333333333333, 1e+300, -5, 9007199254740994,"
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
	expect(document, "[null, 1]\n");
}

TEST_MAIN(NULL, NULL);
