/* SPDX-License-Identifier: MIT */
/* Documents in parts are what json_parse makes of them, or are not taken at all. */
#include <stdlib.h>
#include <string.h>

#include "base/json_parts.h"
#include "test.h"

/* Opens all parts and puts each in its place: the document; NULL: none. */
static cJSON *parse_in_parts(const char *text, size_t length)
{
	struct json_parts parts;
	cJSON *document = json_parts_parse(&parts, text, length);
	cJSON *member, *item, *next;

	cJSON_ArrayForEach (member, document) {
		for (item = cJSON_IsArray(member) ? member->child : NULL; item; item = next) {
			cJSON *part =
				json_parts_has(&parts, item) ? json_parts_open(&parts, item) : NULL;

			next = item->next;
			if (part)
				assert_true(cJSON_ReplaceItemViaPointer(member, item, part));
		}
	}
	if (!json_parts_are_json(&parts)) {
		cJSON_Delete(document);
		document = NULL;
	}
	json_parts_free(&parts);
	return document;
}

/* Where it is taken in parts it is the same; true when it was taken. */
static bool check(const char *text, size_t length)
{
	/* Of its length alone, so that the sanitizer sees what is read behind it. */
	char *copy = memcpy(malloc(length + !length), text, length);
	size_t problem;
	cJSON *whole = json_parse(copy, length, &problem);
	cJSON *in_parts = parse_in_parts(copy, length);
	char *expected = whole ? json_print(whole) : NULL;
	char *found = in_parts ? json_print(in_parts) : NULL;
	bool is_taken = in_parts;

	if (is_taken && !expected)
		fail_msg("no JSON: %.*s", (int)length, text);
	if (is_taken)
		assert_string_equal(found, expected);
	free(expected);
	free(found);
	free(copy);
	cJSON_Delete(whole);
	cJSON_Delete(in_parts);
	return is_taken;
}

static const struct {
	const char *text;
	bool is_taken;
} samples[] = {
	{"{\"a\":[{\"x\":1},{\"x\":2}]}", true},
	{"\xef\xbb\xbf {\"a\" : [ {\"x\":[1,{\"y\":[]}]} , {} ]\t}\r\n ", true},
	{"{\"a\":[{\"x\":18446744073709551615}],\"b\":9007199254740993}", true},
	{"{\"a\":[{\"x\":\"\x01\"}],\"\x02\":\"\x03\"}", true},
	{"{\"a\":[{\"x\":\"]}{[\\\"\\\\\"}],\"\\\"[{\":\"{[\"}", true},
	{"{\"a\":[1,{\"x\":1},[{}],\"{}\",{\"x\":2}],\"b\":{\"c\":[{}]},\"d\":[{\"x\":3}]}", true},
	{"{\"a\":[{\"x\":1}],\"a\":[{\"x\":2}],\"j\\u006fb\":[{\"j\\u006fb\":null}]}", true},
	{"{\"a\":[{\"x\":1}],\"b\":{\"c\":{\"d\":{}}}}", true},
	{"{\"a\":[{\"x\":1},{\"x\":2]}", false},
	{"{\"a\":[{\"x\":1]]}", false},
	{"{\"a\":[{\"x\":1}],\"b\":[{\"x\":}]}", false},
	{"{\"a\":[{\"x\":1}5]}", false},
	{"{\"a\":[5{\"x\":1}]}", false},
	{"{\"a\":[{\"x\":1}{\"x\":1}]}", false},
	{"{\"a\":[{\"x\":1},]}", false},
	{"{\"a\":[{\"x\":1}]} x", false},
	{"{\"a\":[{\"x\":1}]}}", false},
	{"{\"a\":[{\"x\":1}]", false},
	{"}{\"a\":[{\"x\":1}]}", false},
	{"{\"a\":[{\"x\":\"1}]}", false},
	{"{\"a\":[{\"x\":\"1\\", false},
	{"{\"a\":[\"\\\"{\"}]}", false},
	/* Without parts it is left to json_parse. */
	{"{\"a\":[],\"b\":[1,2],\"c\":{\"d\":[{}]}}", false},
	{"[[{\"x\":1}]]", false},
	{"[{\"a\":[{\"x\":1}]}]", false},
	{"{\"a\":{\"b\":{}}}", false},
	{"7", false},
	{"", false},
};

TEST(documents_in_parts_are_what_they_are_whole)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (check(samples[i].text, strlen(samples[i].text)) != samples[i].is_taken)
			fail_msg("%s", samples[i].text);
	}
}

TEST(nothing_is_taken_for_json_that_is_none)
{
	static const char others[] = "\"\\{}[],:0-ex \n\0\x01\xff";

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		size_t length = strlen(samples[i].text);
		char *text = strdup(samples[i].text);

		for (size_t at = 0; at < length; at++) {
			check(text, at);
			for (size_t k = 0; k < sizeof(others); k++) {
				text[at] = others[k];
				check(text, length);
			}
			text[at] = samples[i].text[at];
		}
		free(text);
	}
}

TEST(a_part_alone_is_a_node_at_a_time)
{
	const char *text = "{\"a\":[{\"x\":1},{\"x\":[{}]}],\"b\":{}}";
	struct json_parts parts;
	cJSON *document = json_parts_parse(&parts, text, strlen(text));
	const cJSON *array = cJSON_GetObjectItem(document, "a");
	cJSON *part;

	assert_int_equal(parts.count, 2);
	assert_null(cJSON_GetArrayItem(array, 0)->child);
	assert_null(cJSON_GetArrayItem(array, 1)->child);
	assert_false(json_parts_has(&parts, cJSON_GetObjectItem(document, "b")));
	part = json_parts_open(&parts, cJSON_GetArrayItem(array, 1));
	assert_false(json_parts_has(&parts, cJSON_GetObjectItem(part, "x")->child));
	assert_false(json_parts_are_json(&parts)); /* the first is not known yet */
	cJSON_Delete(part);
	part = json_parts_open(&parts, cJSON_GetArrayItem(array, 0));
	assert_int_equal(cJSON_GetObjectItem(part, "x")->valueint, 1);
	assert_true(json_parts_are_json(&parts));
	cJSON_Delete(part);
	cJSON_Delete(document);
	json_parts_free(&parts);
}

/* cJSON's limit is for the whole document, and a part alone would be less deep. */
TEST(what_is_too_deep_is_left_to_the_parser)
{
	for (size_t depth = 1; depth < 1100; depth += depth < 110 || depth > 990 ? 1 : 40) {
		char *text = NULL;
		size_t bytes;
		FILE *stream = open_memstream(&text, &bytes);

		fputs("{\"a\":[{\"x\":", stream);
		for (size_t i = 0; i < depth; i++)
			fputc('[', stream);
		for (size_t i = 0; i < depth; i++)
			fputc(']', stream);
		fputs("}]}", stream);
		fclose(stream);
		assert_int_equal(check(text, bytes), depth + 3 <= 100);
		free(text);
	}
}

TEST(many_parts_keep_their_order)
{
	enum { COUNT = 1000 };
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	fputs("{\"a\":[", stream);
	for (int i = 0; i < COUNT; i++)
		fprintf(stream, "%s{\"x\":%d}", i ? "," : "", i);
	fputs("]}", stream);
	fclose(stream);
	assert_true(check(text, bytes));
	free(text);
}

TEST_MAIN(NULL, NULL);
