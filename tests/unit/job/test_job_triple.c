/* SPDX-License-Identifier: MIT */
/* Lists for read, write and trim: the mechanism, and block sizes. */
#include "job/job_values.h"
#include "job_rig.h"
#include "test.h"

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

static const struct block_size_spec *spec_of(
	struct job_rig *rig, const char *text, enum io_direction direction)
{
	return &rig_job(rig, text)->block_sizes.of[direction];
}

TEST(bs_is_fixed)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nbs=8k,32k,\n", DIRECTION_READ);
	assert_int_equal(spec[0].min_bytes, 8192);
	assert_int_equal(spec[0].max_bytes, 8192);
	assert_int_equal(spec[0].share_count, 0);
	assert_int_equal(spec[1].max_bytes, 32768);
	assert_int_equal(spec[2].max_bytes, 4096);
	rig_free(&rig);
}

TEST(bsrange_goes_before_bs)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nrw=rw\nbsrange=1k-4k,\nbs=8k\n", DIRECTION_READ);
	assert_int_equal(spec[0].min_bytes, 1024);
	assert_int_equal(spec[0].max_bytes, 4096);
	assert_int_equal(spec[1].min_bytes, 8192);
	assert_int_equal(spec[1].max_bytes, 8192);
	rig_free(&rig);
}

TEST(bssplit_goes_before_both)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nbssplit=64k/25:4k/75\nbsrange=1k-4k\nbs=8k\n",
		DIRECTION_WRITE);
	assert_int_equal(spec->min_bytes, 4096);
	assert_int_equal(spec->max_bytes, 65536);
	assert_int_equal(spec->share_count, 2);
	assert_int_equal(spec->shares[0].bytes, 65536);
	assert_true(spec->shares[0].percent == 25);
	assert_true(spec->shares[1].percent == 75);
	rig_free(&rig);
}

TEST(sizes_that_never_come_are_left_out)
{
	const struct block_size_spec *spec;
	struct job_rig rig;

	spec = spec_of(&rig, "[a]\nsize=1m\nbssplit=1k/0:4k/100:1m/0\n", DIRECTION_READ);
	assert_int_equal(spec->share_count, 1);
	assert_int_equal(spec->min_bytes, 4096);
	assert_int_equal(spec->max_bytes, 4096);
	rig_free(&rig);
}

TEST(a_split_has_64_sizes_at_most)
{
	char text[1024] = "[a]\nsize=1m\nbssplit=";
	struct job_rig rig;

	for (int i = 0; i < 64; i++)
		snprintf(text + strlen(text), 8, i < 63 ? "4k/1:" : "4k");
	assert_int_equal(spec_of(&rig, text, DIRECTION_READ)->share_count, 64);
	rig_free(&rig);
	snprintf(text + strlen(text), 8, ":4k");
	rig_read(&rig, text);
	assert_non_null(strstr(rig.messages, "more than 64 sizes"));
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
