/* SPDX-License-Identifier: MIT */
/* Small helpers on strings. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "test.h"

TEST(trailing_blanks_do_not_count)
{
	assert_int_equal(text_trimmed_length("bs \t\r\n", 6), 2);
	assert_int_equal(text_trimmed_length("a b", 3), 3);
	assert_int_equal(text_trimmed_length("  ", 2), 0);
	assert_int_equal(text_trimmed_length("", 0), 0);
	assert_int_equal(text_trimmed_length("abc   x", 5), 3);
}

TEST(prefixes)
{
	assert_true(text_starts_with("global2", "global"));
	assert_true(text_starts_with("x", ""));
	assert_false(text_starts_with("glob", "global"));
	assert_false(text_starts_with("Global", "global"));
}

TEST(distances)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} samples[] = {
		{"iodepth", "iodepth", 0},
		{"iodpth", "iodepth", 1},
		{"iodetph", "iodepth", 1}, /* a swap is one */
		{"iodepthh", "iodepth", 1},
		{"iodapth", "iodepth", 1},
		{"bs", "sb", 1},
		{"", "abc", 3},
		{"abc", "", 3},
		{"", "", 0},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3}, /* no edit between swapped letters */
		{"abcdef", "badcfe", 3},
		{"read", "write", 4},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		assert_int_equal(text_distance(samples[i].a, samples[i].b), samples[i].distance);
		assert_int_equal(text_distance(samples[i].b, samples[i].a), samples[i].distance);
	}
}

TEST(long_names_are_as_far_as_they_are_long)
{
	char longest[64], longer[65];

	memset(longest, 'a', 63);
	longest[63] = '\0';
	memset(longer, 'a', 64);
	longer[64] = '\0';
	assert_int_equal(text_distance(longest, longest), 0);
	assert_int_equal(text_distance(longest, "a"), 62);
	assert_int_equal(text_distance(longer, longest), 64);
}

static void check_split(const char *text, char separator, size_t count, const char *const *expected)
{
	struct arena arena = {0};
	char **pieces;

	assert_int_equal(text_split(&arena, text, separator, &pieces), count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(pieces[i], expected[i]);
	assert_null(pieces[count]);
	arena_free(&arena);
}

TEST(lists_are_split)
{
	check_split("8k,32k,4k", ',', 3, (const char *[]){"8k", "32k", "4k"});
	check_split(" 8k , 32k\t", ',', 2, (const char *[]){"8k", "32k"});
	check_split("", ',', 1, (const char *[]){""});
	check_split(",", ',', 2, (const char *[]){"", ""});
	check_split("a,,b,", ',', 4, (const char *[]){"a", "", "b", ""});
	check_split("one", ':', 1, (const char *[]){"one"});
}

TEST(backslash_takes_the_separator_literally)
{
	check_split("a\\:b:c", ':', 2, (const char *[]){"a:b", "c"});
	check_split("\\:", ':', 1, (const char *[]){":"});
	check_split("a\\b:c\\", ':', 2, (const char *[]){"a\\b", "c\\"});
}

static void check_read(const char *content, size_t bytes, const char *expected)
{
	char path[] = "/tmp/ringside-test-XXXXXX";
	int descriptor = mkstemp(path);
	struct arena arena = {0};

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, content, bytes), bytes);
	close(descriptor);
	assert_string_equal(text_read_file(&arena, path), expected);
	unlink(path);
	arena_free(&arena);
}

TEST(files_are_read_without_their_last_newline)
{
	check_read("tsc\n", 4, "tsc");
	check_read("tsc", 3, "tsc");
	check_read("a\nb\n\n", 5, "a\nb\n");
	check_read("", 0, "");
	check_read("\n", 1, "");
	check_read("ab\0cd\n", 6, "ab");
}

TEST(files_longer_than_a_page_are_read_whole)
{
	enum { LONG_BYTES = 40000 };
	static char content[LONG_BYTES + 1];

	for (size_t bytes = 4095; bytes <= 4097; bytes++) {
		memset(content, 'x', bytes);
		content[bytes] = '\0';
		check_read(content, bytes, content);
	}
	memset(content, 'y', LONG_BYTES);
	content[LONG_BYTES] = '\0';
	check_read(content, LONG_BYTES, content);
}

TEST(files_that_cannot_be_read_are_null)
{
	struct arena arena = {0};

	assert_null(text_read_file(&arena, "/nowhere/at/all"));
	assert_null(text_read_file(&arena, "/tmp"));
	arena_free(&arena);
}

TEST(procfs_files_of_size_zero_have_content)
{
	struct arena arena = {0};
	char *text = text_read_file(&arena, "/proc/self/stat");

	assert_non_null(text);
	assert_int_equal(strtol(text, NULL, 10), getpid());
	assert_string_equal(text_read_file(&arena, "/proc/sys/kernel/ostype"), "Linux");
	arena_free(&arena);
}

TEST(errors_have_words_and_a_name)
{
	assert_string_equal(text_errno_name(ENOSPC), "No space left on device (ENOSPC)");
	assert_string_equal(text_errno_name(-EINVAL), "Invalid argument (EINVAL)");
	assert_string_equal(text_errno_name(99999), "Unknown error 99999");
}

TEST(an_error_without_a_name_reads_back)
{
	assert_int_equal(text_errno_of_symbol("E512"), 512);
	assert_int_equal(text_errno_of_symbol(text_errno_symbol(4095)), 4095);
	assert_int_equal(text_errno_of_symbol("EIO"), EIO);
	assert_int_equal(text_errno_of_symbol("E512x"), 0);
	assert_int_equal(text_errno_of_symbol("E-5"), 0);
	assert_int_equal(text_errno_of_symbol("E"), 0);
}

TEST(a_guess_is_the_nearest_within_a_third)
{
	static const char *const candidates[] = {"iodepth", "iodepth_batch", "rw", "size"};
	static const struct {
		const char *name, *nearest;
	} samples[] = {
		{"iodpth", "iodepth"},
		{"IODEPTH", "iodepth"},
		{"iodepth_bath", "iodepth_batch"},
		{"sizes", "size"},
		{"rv", NULL}, /* one letter of two */
		{"verify", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct text_guess guess = {.name = samples[i].name};

		for (size_t c = 0; c < sizeof(candidates) / sizeof(candidates[0]); c++)
			text_guess(&guess, candidates[c]);
		if (samples[i].nearest)
			assert_string_equal(guess.nearest, samples[i].nearest);
		else
			assert_null(guess.nearest);
	}
}

TEST(the_first_of_equally_near_candidates_is_the_guess)
{
	struct text_guess guess = {.name = "read"};

	text_guess(&guess, "ready");
	text_guess(&guess, "reads");
	assert_string_equal(guess.nearest, "ready");
	text_guess(&guess, "read");
	assert_string_equal(guess.nearest, "read");
}

TEST(a_list_has_a_text_or_not)
{
	static const char *const list[] = {"rw", "bs"};

	assert_true(text_is_listed("bs", list, 2));
	assert_false(text_is_listed("bs", list, 1));
	assert_false(text_is_listed("b", list, 2));
}

TEST(paths_have_a_folder_a_name_and_a_stem)
{
	struct arena arena = {0};

	assert_string_equal(text_folder_of("a/b", &arena), "a");
	assert_string_equal(text_folder_of("b", &arena), ".");
	assert_string_equal(text_folder_of("/b", &arena), "/");
	assert_string_equal(text_name_of("a/b"), "b");
	assert_string_equal(text_name_of("b"), "b");
	assert_string_equal(text_stem_of("jobs/mixed.job", &arena), "mixed");
	assert_string_equal(text_stem_of("jobs/.job", &arena), ".job");
	assert_string_equal(text_stem_of("a.d/job", &arena), "job");
	arena_free(&arena);
}

TEST(a_hash_goes_on_where_another_ended)
{
	uint64_t hash = text_hash(0, "a");

	assert_true(hash == 0xaf63dc4c8601ec8c); /* as FNV-1a has it */
	assert_true(hash != text_hash(0, "b"));
	assert_true(text_hash(hash, "b") != text_hash(hash, "c"));
	assert_true(text_hash(0, NULL) == text_hash(0, ""));
}

TEST_MAIN(NULL, NULL);
