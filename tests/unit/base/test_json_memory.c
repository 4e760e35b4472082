/* SPDX-License-Identifier: MIT */
/* Documents in blocks: whole whatever goes first, and nothing is left of them (that is seen by the
 * leak sanitizer). */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_memory.h"
#include "test.h"

enum { DOCUMENTS = 40, MEMBERS = 3000, LONG_TEXT = 300 * 1000 };

static int use_blocks(void **state)
{
	(void)state;
	json_memory_use_blocks();
	return 0;
}

TEST_FIXTURE(use_blocks, NULL);

/* Of several blocks; `number` makes it unlike others. */
static cJSON *new_document(unsigned number)
{
	cJSON *document = json_object();

	for (unsigned i = 0; i < MEMBERS; i++) {
		char key[32], text[32];

		snprintf(key, sizeof(key), "%u of %u", i, number);
		snprintf(text, sizeof(text), "%*u", (int)(i % 20), number);
		json_add_text(document, key, text);
	}
	return document;
}

static void assert_is(const cJSON *document, unsigned number)
{
	cJSON *same = new_document(number);
	char *found = json_print(document), *expected = json_print(same);

	assert_string_equal(found, expected);
	free(found);
	free(expected);
	cJSON_Delete(same);
}

TEST(documents_stay_whole_whichever_goes_first)
{
	cJSON *documents[DOCUMENTS] = {0};

	for (unsigned i = 0; i < 4 * DOCUMENTS; i++) {
		cJSON **document = &documents[i * 7 % DOCUMENTS];

		cJSON_Delete(*document);
		*document = new_document(i * 7 % DOCUMENTS);
	}
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		assert_is(documents[i], i);
		cJSON_Delete(documents[i]);
	}
}

TEST(what_is_parsed_is_what_was_printed)
{
	cJSON *document = new_document(1), *again;
	char *text = json_print(document);
	size_t problem;

	again = json_parse(text, strlen(text), &problem);
	assert_non_null(again);
	cJSON_Delete(document);
	assert_is(again, 1);
	cJSON_Delete(again);
	free(text);
}

TEST(a_part_outlives_the_document_that_it_was_taken_from)
{
	cJSON *first = new_document(1), *second = json_object();

	json_add_item(second, "moved", cJSON_DetachItemViaPointer(first, first->child->next));
	cJSON_Delete(first);
	cJSON_Delete(new_document(2));
	assert_string_equal(json_get_text(second, "moved"), "1");
	cJSON_Delete(second);
}

TEST(long_texts_and_large_numbers_have_room)
{
	cJSON *document = json_object(), *again;
	char *long_text = calloc(1, LONG_TEXT), *printed;
	uint64_t number = 0;
	size_t problem;

	assert_non_null(long_text);
	memset(long_text, 'x', LONG_TEXT - 1);
	for (int i = 0; i < 3; i++)
		json_add_text(document, i == 0 ? "0" : i == 1 ? "1" : "2", long_text + i);
	json_add_u64(document, "number", UINT64_MAX);
	printed = json_print(document);
	again = json_parse(printed, strlen(printed), &problem);
	cJSON_Delete(document);
	assert_string_equal(json_get_text(again, "0"), long_text);
	assert_string_equal(json_get_text(again, "2"), long_text + 2);
	assert_true(json_get_u64(again, "number", &number));
	assert_true(number == UINT64_MAX);
	cJSON_Delete(again);
	free(printed);
	free(long_text);
}

TEST(what_is_no_json_leaves_nothing)
{
	cJSON *document = new_document(3);
	char *text = json_print(document);
	size_t problem;

	assert_null(json_parse(text, strlen(text) - 3, &problem));
	assert_in_range(problem, strlen(text) - 10, strlen(text));
	assert_is(document, 3);
	cJSON_Delete(document);
	free(text);
}

TEST_MAIN(NULL, NULL);
