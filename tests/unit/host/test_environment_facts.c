/* SPDX-License-Identifier: MIT */
/* Lists of facts and the readers of small files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/host/fact_check.h"
#include "unit/host/fake_tree.h"

static struct arena arena;
static struct fact_list list;

static int set_up(void **state)
{
	(void)state;
	list = (struct fact_list){.arena = &arena};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void facts_are_kept_in_order_and_apart_by_tier(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++)
		fact_add(&list, i % 3 ? FACT_SOFT : FACT_HARD, arena_printf(&arena, "%d", i),
			"key.%d", i);
	assert_int_equal(list.counts[FACT_HARD], 100);
	assert_int_equal(list.counts[FACT_SOFT], 200);
	assert_string_equal(list.facts[FACT_HARD][0].key, "key.0");
	assert_string_equal(list.facts[FACT_HARD][99].key, "key.297");
	assert_string_equal(list.facts[FACT_SOFT][199].value, "299");
}

static void values_are_trimmed_and_blanks_are_unknown(void **state)
{
	(void)state;
	fact_add(&list, FACT_HARD, "  a b \n", "one");
	fact_add(&list, FACT_HARD, " \n", "two");
	fact_add(&list, FACT_HARD, NULL, "three");
	fact_add(&list, FACT_HARD, "first\nsecond", "four");
	assert_fact(&list, FACT_HARD, "one", "a b");
	assert_fact(&list, FACT_HARD, "two", NULL);
	assert_fact(&list, FACT_HARD, "three", NULL);
	assert_fact(&list, FACT_HARD, "four", "first");
}

static void files_are_read_up_to_the_first_line(void **state)
{
	struct fake_tree tree;

	(void)state;
	fake_tree_open(&tree);
	fake_file(&tree, "value", " 42 \nmore\n");
	fake_file(&tree, "empty", "");
	assert_string_equal(fact_read(&list, "%s/%s", tree.folder, "value"), "42");
	assert_null(fact_read(&list, "%s/empty", tree.folder));
	assert_null(fact_read(&list, "%s/missing", tree.folder));
	assert_null(fact_read(&list, "%s", tree.folder));
	fake_tree_close(&tree, NULL);
}

static void choice_is_what_stands_in_brackets(void **state)
{
	(void)state;
	assert_string_equal(fact_chosen(&list, "always [madvise] never"), "madvise");
	assert_string_equal(fact_chosen(&list, "none"), "none");
	assert_string_equal(fact_chosen(&list, "[broken"), "[broken");
	assert_null(fact_chosen(&list, NULL));
}

static void joined_values_are_each_there_once(void **state)
{
	const char *values = NULL;

	(void)state;
	assert_null(fact_join(&list, NULL, NULL));
	values = fact_join(&list, values, "perf");
	values = fact_join(&list, values, "performance");
	values = fact_join(&list, values, "perf");
	values = fact_join(&list, values, NULL);
	values = fact_join(&list, values, "mance");
	values = fact_join(&list, values, "performance");
	assert_string_equal(values, "perf,performance,mance");
}

static void lines_are_found_by_their_whole_key(void **state)
{
	static const char text[] = "MemTotalLow:  1 kB\nMemTotal:   24731708 kB\n"
				   "model name\t: Some CPU\nMemTotal: 2\nempty:\n";

	(void)state;
	assert_string_equal(fact_line(&list, text, "MemTotal"), "24731708 kB");
	assert_string_equal(fact_line(&list, text, "model name"), "Some CPU");
	assert_null(fact_line(&list, text, "model"));
	assert_null(fact_line(&list, text, "empty"));
	assert_null(fact_line(&list, text, "missing"));
	assert_null(fact_line(&list, NULL, "MemTotal"));
}

/* XXH64 of the empty text with seed 0, by the specification. */
static void hash_is_xxhash(void **state)
{
	(void)state;
	assert_string_equal(fact_hash(&list, ""), "xxh64:ef46db3751d8e999");
	assert_string_not_equal(fact_hash(&list, "S1"), fact_hash(&list, "S2"));
	assert_null(fact_hash(&list, NULL));
}

static void a_secret_needs_its_salt(void **state)
{
	const char *secret = fact_secret(&list, "S1");

	(void)state;
	assert_string_equal(fact_hash_salted(&list, "a", "S1"), fact_hash_salted(&list, "a", "S1"));
	assert_string_not_equal(
		fact_hash_salted(&list, "a", "S1"), fact_hash_salted(&list, "b", "S1"));
	assert_string_not_equal(
		fact_hash_salted(&list, "a", "S1"), fact_hash_salted(&list, "a", "S2"));
	assert_null(fact_secret(&list, NULL));
	assert_int_equal(secret != NULL, fact_read(&list, "/etc/machine-id") != NULL ||
						 fact_read(&list, "/var/lib/dbus/machine-id"));
	if (!secret) {
		print_message("skipped: this machine has no machine-id\n");
		skip();
	}
	assert_string_equal(secret, fact_secret(&list, "S1"));
	assert_string_not_equal(secret, fact_secret(&list, "S2"));
	assert_string_not_equal(secret, fact_hash(&list, "S1"));
}

int main(void)
{
#define WITH_LIST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_LIST(facts_are_kept_in_order_and_apart_by_tier),
		WITH_LIST(values_are_trimmed_and_blanks_are_unknown),
		WITH_LIST(files_are_read_up_to_the_first_line),
		WITH_LIST(choice_is_what_stands_in_brackets),
		WITH_LIST(joined_values_are_each_there_once),
		WITH_LIST(lines_are_found_by_their_whole_key),
		WITH_LIST(hash_is_xxhash),
		WITH_LIST(a_secret_needs_its_salt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
