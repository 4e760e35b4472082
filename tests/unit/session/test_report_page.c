/* SPDX-License-Identifier: MIT */
/* What a page says of a comparison is what the text output says. */
#include <stdlib.h>
#include <string.h>

#include "report_text.h"
#include "test.h"

/* The words of the only table; `words` is deleted by the caller. */
static const cJSON *table_of(const cJSON *words)
{
	const cJSON *points = cJSON_GetObjectItem(words, "points");
	const cJSON *tables = cJSON_GetObjectItem(cJSON_GetArrayItem(points, 0), "tables");

	assert_int_equal(cJSON_GetArraySize(points), 1);
	assert_int_equal(cJSON_GetArraySize(tables), 1);
	return cJSON_GetArrayItem(tables, 0);
}

static void claim_is(const char *claim, const char *top)
{
	cJSON *words = report_page_words(&record);
	const cJSON *table = table_of(words);
	const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(table, "top"), 0);

	assert_string_equal(json_get_text(table, "claim"), claim);
	if (top)
		assert_string_equal(first->valuestring, top);
	else
		assert_null(first);
	cJSON_Delete(words);
}

/* Both are in the same order, and complete; notes that the text output wraps are compared whole. */
static void lists_are(const cJSON *list, const char **lines)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list) {
		assert_non_null(*lines);
		assert_string_equal(item->valuestring, *lines++);
	}
	assert_null(*lines);
}

TEST_FIXTURE(open_record, close_record);

TEST(a_page_has_the_sentences_of_the_text_output)
{
	cJSON *words = report_page_words(&record);
	const cJSON *table = table_of(words);
	struct arena arena = {0};
	struct view view;

	view_make(&view, &record, &record.points[0], &arena);
	lists_are(cJSON_GetObjectItem(table, "words"), report_words(&view));
	lists_are(cJSON_GetObjectItem(table, "notes"), report_notes(&view));
	assert_string_equal(json_get_text(table, "title"), report_title(&view));
	assert_string_equal(
		json_get_text(words, "again"), "ringside compare --engines 'a,b c' --seed=77");
	assert_non_null(strstr(json_get_text(words, "text"), "▲ +20.0% ["));
	arena_free(&arena);
	cJSON_Delete(words);
}

TEST(a_page_claims_what_the_words_claim)
{
	claim_is("wins", "fast");
	remake_record(4);
	claim_is("exploratory", "fast");
	remake_record(0);
	claim_is("nothing", NULL);
}

TEST_MAIN(NULL, NULL);
