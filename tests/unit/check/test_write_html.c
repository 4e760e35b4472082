/* SPDX-License-Identifier: MIT */
/* What a page says of a check is what the text output says. */
#include <stdlib.h>
#include <string.h>

#include "check/check_text.h"
#include "check_report.h"

TEST(a_page_has_the_texts_of_every_gate)
{
	struct check report;
	cJSON *words;
	const cJSON *gates, *first, *last;

	report_fill_small(&report);
	words = check_page_words(&report);
	gates = cJSON_GetObjectItem(words, "gates");
	assert_int_equal(cJSON_GetArraySize(gates), (int)report.gate_count);
	first = cJSON_GetArrayItem(gates, 0);
	assert_string_equal(json_get_text(first, "before"), "2.00×");
	assert_string_equal(json_get_text(first, "now"), "1.84×");
	assert_string_equal(json_get_text(first, "change"), "-7.8 %");
	assert_string_equal(json_get_text(first, "bounds"), "[-9.1, -6.4]");
	assert_string_equal(json_get_text(first, "limit"), "-5 %");
	assert_string_equal(json_get_text(first, "sees"), "3.1 %");
	last = cJSON_GetArrayItem(gates, (int)report.gate_count - 1);
	assert_string_equal(json_get_text(last, "before"), "");
	assert_string_equal(json_get_text(last, "limit"), "<= 200 µs");
	cJSON_Delete(words);
	check_free(&report);
}

TEST(a_page_has_the_title_the_counts_and_the_notes)
{
	struct check report;
	cJSON *words;
	const cJSON *notes, *note;

	report_fill_small(&report);
	words = check_page_words(&report);
	assert_string_equal(json_get_text(words, "title"), "night against b.json (1 session)");
	assert_string_equal(
		json_get_text(words, "counts"), "1 regression, 1 inconclusive, 1 improved, 1 pass");
	notes = cJSON_GetObjectItem(words, "notes");
	note = cJSON_GetArrayItem(notes, cJSON_GetArraySize(notes) - 1);
	assert_string_equal(note->valuestring, "a note");
	assert_non_null(strstr(json_get_text(words, "text"), "night"));
	report_has(&report, check_write_html, "a note");
	cJSON_Delete(words);
	check_free(&report);
}

TEST_MAIN(NULL, NULL);
