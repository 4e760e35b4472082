/* SPDX-License-Identifier: MIT */
/* job_triple.c: lists for read, write and trim. */
#include "job_rig.h"
#include "test.h"

#include "job/job_triple.h"

/* Items are single letters; "x" is refused at its second letter. */
static int parse_letter(
	const char *text, void *item, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	if (text[1] != '\0')
		return job_refuse(problem, "not one letter", NULL, 1, 0);
	*(char *)item = *text;
	return 0;
}

static const char *print_letter(const void *item, struct arena *arena)
{
	char letter = *(const char *)item;

	return letter == '-' ? NULL : arena_printf(arena, "%c", letter);
}

TEST(items_go_to_their_directions)
{
	static const char *const lists[][3] = {
		/* written, becomes (out of "---"), printed */
		{"a", "aaa", "a"},
		{"a,b", "abb", "a,b,b"},
		{"a,b,", "ab-", "a,b,"},
		{"a,", "a--", "a,,"},
		{",b", "-bb", ",b,b"},
		{",,c", "--c", ",,c"},
		{"a,b,c", "abc", "a,b,c"},
		{" a , b ", "abb", "a,b,b"},
		{"a,a,a", "aaa", "a"},
	};
	struct arena arena = {0};
	struct option_problem problem;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char items[] = "---", again[] = "---";
		const char *printed;

		assert_int_equal(
			job_triple_parse(lists[i][0], items, 1, parse_letter, &arena, &problem), 0);
		assert_string_equal(items, lists[i][1]);
		printed = job_triple_print(items, 1, print_letter, &arena);
		assert_string_equal(printed, lists[i][2]);
		assert_int_equal(
			job_triple_parse(printed, again, 1, parse_letter, &arena, &problem), 0);
		assert_string_equal(again, items);
	}
	assert_null(job_triple_print("---", 1, print_letter, &arena));
	arena_free(&arena);
}

TEST(problems_are_placed_in_the_whole_list)
{
	static const struct {
		const char *list;
		const char *what;
		size_t at, length;
	} bad[] = {
		{"a,xx", "not one letter", 3, 1},
		{"a,xx,c", "not one letter", 3, 1},
		{"xxx", "not one letter", 1, 2},
		{"a,b,c,d", "more than three values", 6, 1},
		{"a,b,c,", "more than three values", 6, 0},
		{",,", "no value in the list", 0, 0},
	};
	struct arena arena = {0};
	struct option_problem problem;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char items[] = "---";

		assert_int_equal(
			job_triple_parse(bad[i].list, items, 1, parse_letter, &arena, &problem),
			-EINVAL);
		assert_string_equal(problem.what, bad[i].what);
		assert_int_equal(problem.at, bad[i].at);
		assert_int_equal(problem.length, bad[i].length);
	}
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
