/* SPDX-License-Identifier: MIT */
/* Lists of key and text. */
#include "base/settings.h"
#include "test.h"

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, free_arena);

TEST(what_is_added_stays_in_order_and_is_found)
{
	struct settings list = {0};

	for (int i = 0; i < 300; i++)
		settings_printf(&list, &arena, arena_printf(&arena, "key.%d", i), "%d", 2 * i);
	settings_add(&list, &arena, "none", NULL)->reason = "refused";
	assert_int_equal(list.count, 301);
	assert_string_equal(list.items[0].key, "key.0");
	assert_string_equal(list.items[299].value, "598");
	assert_string_equal(settings_value(&list, "key.7"), "14");
	assert_null(settings_value(&list, "none"));
	assert_string_equal(settings_find(&list, "none")->reason, "refused");
	assert_null(settings_find(&list, "key"));
	assert_null(settings_value(&(struct settings){0}, "key"));
}

/* An array that was not made by settings_add() has no room behind its end. */
TEST(an_array_of_others_is_not_written_behind_its_end)
{
	struct setting items[] = {{.key = "a", .value = "1"}, {.key = "untouched"}};
	struct settings list = {.count = 1, .items = items};

	settings_add(&list, &arena, "b", "2");
	assert_string_equal(items[1].key, "untouched");
	assert_ptr_not_equal(list.items, items);
	assert_string_equal(settings_value(&list, "a"), "1");
	assert_string_equal(settings_value(&list, "b"), "2");
}

TEST(a_copy_shares_nothing)
{
	char key[] = "key", value[] = "value", reason[] = "reason";
	struct settings list = {0}, copy;

	settings_add(&list, &arena, key, value)->reason = reason;
	settings_add(&list, &arena, "empty", NULL)->is_default = true;
	copy = settings_copy(&list, &arena);
	key[0] = value[0] = reason[0] = 'X';
	settings_add(&copy, &arena, "another", "1");
	assert_int_equal(list.count, 2);
	assert_int_equal(copy.count, 3);
	assert_string_equal(copy.items[0].key, "key");
	assert_string_equal(copy.items[0].value, "value");
	assert_string_equal(copy.items[0].reason, "reason");
	assert_null(copy.items[1].value);
	assert_true(copy.items[1].is_default);
}

TEST_MAIN(NULL, NULL);
