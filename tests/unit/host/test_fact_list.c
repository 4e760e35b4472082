/* SPDX-License-Identifier: MIT */
/* Lists of facts and the readers of small files. */
#include "test.h"
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

TEST_FIXTURE(set_up, tear_down);

TEST(facts_are_kept_in_order_and_apart_by_tier)
{
	for (int i = 0; i < 300; i++)
		fact_add(&list, i % 3 ? FACT_SOFT : FACT_HARD, arena_printf(&arena, "%d", i),
			"key.%d", i);
	assert_int_equal(list.tiers[FACT_HARD].count, 100);
	assert_int_equal(list.tiers[FACT_SOFT].count, 200);
	assert_string_equal(list.tiers[FACT_HARD].items[0].key, "key.0");
	assert_string_equal(list.tiers[FACT_HARD].items[99].key, "key.297");
	assert_string_equal(list.tiers[FACT_SOFT].items[199].value, "299");
}

TEST(values_are_trimmed_and_blanks_are_unknown)
{
	fact_add(&list, FACT_HARD, "  a b \n", "one");
	fact_add(&list, FACT_HARD, " \n", "two");
	fact_add(&list, FACT_HARD, NULL, "three");
	fact_add(&list, FACT_HARD, "first\nsecond", "four");
	assert_fact(&list, FACT_HARD, "one", "a b");
	assert_fact(&list, FACT_HARD, "two", NULL);
	assert_fact(&list, FACT_HARD, "three", NULL);
	assert_fact(&list, FACT_HARD, "four", "first");
}

TEST(files_are_read_up_to_the_first_line)
{
	struct fake_tree tree;

	fake_tree_open(&tree);
	fake_file(&tree, "value", " 42 \nmore\n");
	fake_file(&tree, "empty", "");
	assert_string_equal(fact_read(&list, "%s/%s", tree.folder, "value"), "42");
	assert_null(fact_read(&list, "%s/empty", tree.folder));
	assert_null(fact_read(&list, "%s/missing", tree.folder));
	assert_null(fact_read(&list, "%s", tree.folder));
	fake_tree_close(&tree, NULL);
}

TEST(joined_values_are_each_there_once)
{
	const char *values = NULL;

	assert_null(fact_join(&list, NULL, NULL));
	values = fact_join(&list, values, "perf");
	values = fact_join(&list, values, "performance");
	values = fact_join(&list, values, "perf");
	values = fact_join(&list, values, NULL);
	values = fact_join(&list, values, "mance");
	values = fact_join(&list, values, "performance");
	assert_string_equal(values, "perf,performance,mance");
}

TEST(lines_are_found_by_their_whole_key)
{
	static const char text[] = "MemTotalLow:  1 kB\nMemTotal:   24731708 kB\n"
				   "model name\t: Some CPU\nMemTotal: 2\nempty:\n";

	assert_string_equal(fact_line(&list, text, "MemTotal"), "24731708 kB");
	assert_string_equal(fact_line(&list, text, "model name"), "Some CPU");
	assert_null(fact_line(&list, text, "model"));
	assert_null(fact_line(&list, text, "empty"));
	assert_null(fact_line(&list, text, "missing"));
	assert_null(fact_line(&list, NULL, "MemTotal"));
}

/* XXH64 of the empty text with seed 0, by the specification. */
TEST(hash_is_xxhash)
{
	assert_string_equal(fact_hash(&list, ""), "xxh64:ef46db3751d8e999");
	assert_string_not_equal(fact_hash(&list, "S1"), fact_hash(&list, "S2"));
	assert_null(fact_hash(&list, NULL));
}

TEST(a_secret_needs_its_salt)
{
	const char *secret = fact_secret(&list, "S1");

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

TEST_MAIN(NULL, NULL);
