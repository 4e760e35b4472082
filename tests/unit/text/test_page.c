/* SPDX-License-Identifier: MIT */
/* Wrapping, and what reaches the terminal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "text/page.h"

static const struct page_options plain = {.is_utf8 = true, .columns = 60};

static FILE *stream;
static char *written;

static void open_page(struct page *page, const struct page_options *options)
{
	static size_t bytes;

	stream = open_memstream(&written, &bytes);
	assert_non_null(stream);
	page_open(page, options, stream);
}

/* Of so many columns. */
static void open_plain(struct page *page, unsigned columns)
{
	open_page(page, &(struct page_options){.is_utf8 = true, .columns = columns});
}

static char *close_page(struct page *page)
{
	assert_int_equal(page_close(page), 0);
	fclose(stream);
	return written;
}

/* What the page shows of `text`. */
static void assert_shown(const char *text, const struct page_options *options, const char *expected)
{
	struct page page;
	char *shown;

	open_page(&page, options);
	fputs(text, page.stream);
	shown = close_page(&page);
	assert_string_equal(shown, expected);
	free(shown);
}

TEST(marks_are_colours_or_nothing)
{
	struct page_options coloured = {.is_utf8 = true, .is_coloured = true, .columns = 60};
	const char *text = PAGE_BOLD "a" PAGE_DIM "b" PAGE_YELLOW "c" PAGE_RED "d" PAGE_PLAIN "\n";

	assert_shown(text, &plain, "abcd\n");
	assert_shown(text, &coloured, "\033[1ma\033[2mb\033[33mc\033[31md\033[0m\n");
}

TEST(a_sign_of_two_characters_keeps_its_column)
{
	struct page_options ascii = {.columns = 60};

	assert_shown("IOPS    ±  vs\n118  5.3%   ~\n", &ascii, "IOPS   +-  vs\n118  5.3%   ~\n");
	assert_shown("    ±\n", &ascii, "   +-\n");
}

TEST(ascii_has_something_for_each_sign_of_ours)
{
	struct page_options ascii = {.columns = 60};

	assert_shown("5 µs – … × é 日\n", &ascii, "5 us - ~ x ? ??\n");
	assert_shown("noise ±5 %, ± 3\n", &ascii, "noise +-5 %, +- 3\n");
	assert_shown("5 µs – … × é 日\n", &plain, "5 µs – … × é 日\n");
}

TEST(nothing_controls_the_terminal)
{
	assert_shown("a\033[2Jb\tc\rd\177e\n", &plain, "a?[2Jb?c?d?e\n");
	assert_shown("\xc2\x9b"
		     "31m \xc2\xa0\n",
		&plain, "?31m \xc2\xa0\n");
	assert_shown("\xff \xc3( \xe2\x82\n", &plain, "? ?( ??\n");
}

TEST(lines_end_without_blanks)
{
	assert_shown("a  b   \n  \nc " PAGE_PLAIN " \n", &plain, "a  b\n\nc\n");
}

TEST(width_is_in_columns_of_a_terminal)
{
	assert_int_equal(page_width("5 µs – " PAGE_BOLD "x" PAGE_PLAIN), 8);
	assert_int_equal(page_width(""), 0);
	assert_int_equal(page_width("漢字 😀"), 7);
	assert_int_equal(page_width("e\u0301"), 1);
}

TEST(what_is_cut_has_no_half_of_a_wide_character)
{
	char cut[64];

	assert_string_equal(page_cut(cut, sizeof(cut), "漢字かな", 8), "漢字かな");
	assert_string_equal(page_cut(cut, sizeof(cut), "漢字かな", 7), "漢字か…");
	assert_string_equal(page_cut(cut, sizeof(cut), "漢字かな", 6), "漢字…");
}

TEST(long_texts_are_cut_with_dots)
{
	char cut[64];

	assert_string_equal(page_cut(cut, sizeof(cut), "µµµµ", 4), "µµµµ");
	assert_string_equal(page_cut(cut, sizeof(cut), "µµµµµ", 4), "µµµ…");
	assert_string_equal(page_cut(cut, sizeof(cut), "abc", 1), "…");
}

TEST(phrases_wrap_under_the_text)
{
	struct page page;
	char *shown;

	open_plain(&page, 40);
	page_line(&page, PAGE_DIM, "cost");
	page_phrase(&page, ",", "1.00 cores");
	page_phrase(&page, ",", "%d µs CPU/IO", 5);
	page_phrase(&page, ",", "user 310 ns");
	page_line_end(&page);
	shown = close_page(&page);
	assert_string_equal(shown, "  cost      1.00 cores, 5 µs CPU/IO,\n"
				   "            user 310 ns\n");
	free(shown);
}

/* A path that is wider than the page stays whole. */
TEST(words_wrap_under_their_first)
{
	struct page page;
	char *shown;

	open_plain(&page, 21);
	fputs("name", page.stream);
	page_words(&page, 4, 8, " µ µs  defg hijk lm /a/path/that/is/long n");
	fputc('\n', page.stream);
	fputs("x", page.stream);
	page_words(&page, 1, 8, "");
	fputc('\n', page.stream);
	shown = close_page(&page);
	assert_string_equal(shown, "name    µ µs defg\n"
				   "        hijk lm\n"
				   "        /a/path/that/is/long\n"
				   "        n\n"
				   "x\n");
	free(shown);
}

TEST(a_line_without_parts_is_not_shown)
{
	struct page page;
	char *shown;

	open_plain(&page, 40);
	page_line(&page, PAGE_DIM, "cost");
	page_line_end(&page);
	page_line(&page, PAGE_DIM, "depth");
	assert_true(page.is_line_empty);
	page_phrase(&page, ",", "1");
	assert_false(page.is_line_empty);
	page_line_end(&page);
	shown = close_page(&page);
	assert_string_equal(shown, "  depth     1\n");
	free(shown);
}

TEST(a_note_is_a_line_of_one_text)
{
	struct page page;
	char *shown;

	open_plain(&page, 40);
	page_note(&page, PAGE_DIM, "notes", "100 %s of what is to be said in so many words");
	shown = close_page(&page);
	assert_string_equal(shown, "  notes     100 %s of what is to be\n"
				   "            said in so many words\n");
	free(shown);
}

TEST(a_label_may_be_longer_than_its_column)
{
	struct page page;
	char *shown;

	open_plain(&page, 40);
	page_line(&page, PAGE_DIM, "a-long-label");
	page_phrase(&page, ",", "text");
	page_line_end(&page);
	shown = close_page(&page);
	assert_string_equal(shown, "  a-long-label text\n");
	free(shown);
}

/* Every line of a page of any width, whatever is on it. */
TEST(no_line_is_too_long)
{
	static const char *const phrases[] = {"a", "some words that make a sentence of its own",
		"/a/path/that/is/longer/than/any/line/could/ever/be/and/then/some/more/of/it",
		"µµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµ", "b c d"};

	for (unsigned columns = 30; columns < 80; columns++) {
		struct page page;
		char *shown, *rest = NULL;

		open_plain(&page, columns);
		page_line(&page, PAGE_DIM, "label");
		for (int i = 0; i < 40; i++)
			page_phrase(&page, ",", "%s", phrases[i * 7 % 5]);
		page_line_end(&page);
		shown = close_page(&page);
		for (char *line = strtok_r(shown, "\n", &rest); line;
			line = strtok_r(NULL, "\n", &rest))
			assert_true(page_width(line) <= columns);
		free(shown);
	}
}

TEST(a_stream_that_is_full_is_an_error)
{
	FILE *full = fopen("/dev/full", "w");
	struct page page;

	assert_non_null(full);
	page_open(&page, &plain, full);
	fputs("text\n", page.stream);
	assert_int_equal(page_close(&page), -ENOSPC);
	fclose(full);
}

TEST(markdown_signs_are_escaped)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *into = open_memstream(&text, &bytes);

	page_markdown(into, "*", "a_b*c|d\ne`<i>[x]\\ #~" PAGE_PLAIN, "|");
	fclose(into);
	assert_string_equal(text, "*a\\_b\\*c\\|d e\\`\\<i\\>\\[x\\]\\\\ \\#\\~|");
	free(text);
}

static void expect_code(const char *text, const char *expected)
{
	char *code = NULL;
	size_t bytes = 0;
	FILE *into = open_memstream(&code, &bytes);

	page_markdown_code(into, text);
	fclose(into);
	assert_string_equal(code, expected);
	free(code);
}

TEST(a_span_of_code_is_one_whatever_is_in_it)
{
	expect_code("ringside run 'a|b_c'", "`ringside run 'a|b_c'`");
	expect_code("a`b", "`` a`b ``");
	expect_code("``a``` `", "```` ``a``` ` ````");
	expect_code("a\nb\033[2J", "`a?b?[2J`");
	expect_code("µ", "`µ`");
}

TEST_MAIN(NULL, NULL);
