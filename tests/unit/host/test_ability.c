/* SPDX-License-Identifier: MIT */

#include "host/ability.h"
#include "test.h"

TEST(answers_stay_in_the_order_they_were_added)
{
	struct arena arena = {0};
	struct ability_list list = {0};
	char name[] = "first";
	struct ability *first, *second;

	assert_null(ability_find(&list, "first"));
	first = ability_add(&list, &arena, name, ABILITY_NO);
	second = ability_add(&list, &arena, "second", ABILITY_YES);
	ability_add(&list, &arena, "second", ABILITY_UNKNOWN);
	name[0] = 'F';
	assert_int_equal(list.count, 3);
	assert_ptr_equal(list.first, first);
	assert_ptr_equal(first->next, second);
	assert_ptr_equal(ability_find(&list, "second"), second);
	assert_ptr_equal(ability_find(&list, "first"), first);
	assert_null(ability_find(&list, "third"));
	arena_free(&arena);
}

TEST(each_answer_has_its_word)
{
	assert_string_equal(ability_answer_name(ABILITY_NO), "no");
	assert_string_equal(ability_answer_name(ABILITY_YES), "yes");
	assert_string_equal(ability_answer_name(ABILITY_UNKNOWN), "unknown");
}

TEST_MAIN(NULL, NULL);
