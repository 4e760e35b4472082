/* SPDX-License-Identifier: MIT */
/* What a page says of a curve is what the text output says. */
#include <string.h>

#include "curve/curve_report.h"
#include "curve/curve_words.h"
#include "sample_curve.h"

static void lists_are(const cJSON *list, const char **lines)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list) {
		assert_non_null(*lines);
		assert_string_equal(item->valuestring, *lines++);
	}
	assert_null(*lines);
}

TEST(a_page_has_the_sentences_of_the_text_output)
{
	struct curve curve;
	struct arena arena = {0};
	cJSON *words;

	sample_curve(&curve);
	words = curve_page_words(&curve);
	assert_string_equal(json_get_text(words, "title"), curve_words_title(&curve, &arena));
	assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(words, "found")) > 0);
	lists_are(cJSON_GetObjectItem(words, "found"), curve_words_findings(&curve, &arena));
	lists_are(cJSON_GetObjectItem(words, "notes"), curve_words_notes(&curve, &arena));
	assert_non_null(strstr(json_get_text(words, "text"), "saturated from"));
	assert_non_null(strstr(json_get_text(words, "again"), "ringside curve my.job"));
	cJSON_Delete(words);
	arena_free(&arena);
	curve_free(&curve);
}

TEST_MAIN(NULL, NULL);
