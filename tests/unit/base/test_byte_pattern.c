/* SPDX-License-Identifier: MIT */
/* buffer_pattern as fio writes it: what its bytes are, and what is refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/byte_pattern.h"
#include "test.h"

static void check_bytes(const char *text, const char *bytes, size_t length)
{
	struct byte_pattern pattern;
	const char *problem = NULL;

	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), 0);
	assert_null(problem);
	assert_int_equal(pattern.length, length);
	assert_memory_equal(pattern.bytes, bytes, length);
}

#define BYTES(literal) literal, sizeof(literal) - 1

/* The first are the examples of fio's lib/pattern.c; the others were tried with fio 3.33. */
TEST(numbers_and_texts_are_read_as_fio_reads_them)
{
	static const struct {
		const char *text;
		const char *bytes;
		size_t length;
	} cases[] = {
		{"\"abcd\"", BYTES("abcd")},
		{"-1024", BYTES("\x00\xfc\xff\xff")},
		{"66", BYTES("\x42")},
		{"0xFF0X1", BYTES("\xff\x01")},
		{"%o", BYTES("\0\0\0\0\0\0\0\0")},
		{"\"123\"0xFFeeCC", BYTES("123\xff\xee\xcc")},
		{"-100xab\"1\"%o\"2\"", BYTES("\xf6\xff\xff\xff\xab"
					      "1\0\0\0\0\0\0\0\0"
					      "2")},
		{"0xfefefefefefefefefefe", BYTES("\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe")},
		{"0xdeadbeef", BYTES("\xde\xad\xbe\xef")},
		{"0xabc", BYTES("\x0a\xbc")},
		{"0xff0x14", BYTES("\xff\x14")},
		{"1000", BYTES("\xe8\x03")},
		{"-1", BYTES("\xff\xff\xff\xff")},
		{"0", BYTES("\0")},
		{"256", BYTES("\0\1")},
		{"2147483647", BYTES("\xff\xff\xff\x7f")},
		{"-2147483648", BYTES("\0\0\0\x80")},
		{"\"ab\"0xff-12", BYTES("ab\xff\xf4\xff\xff\xff")},
		{"5\"x\"\"\"7", BYTES("\5x\7")},
		{"\"0x41%o\"", BYTES("0x41%o")},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_bytes(cases[i].text, cases[i].bytes, cases[i].length);
}

TEST(what_is_no_pattern_is_refused_with_its_reason)
{
	static const struct {
		const char *text;
		int error;
		const char *problem;
	} cases[] = {
		{"", -EINVAL, "empty"},
		{"\"\"", -EINVAL, "empty"},
		{"abc", -EINVAL, "neither"},
		{"0x", -EINVAL, "hexadecimal digits"},
		{"0xg", -EINVAL, "hexadecimal digits"},
		{"0xffg", -EINVAL, "neither"},
		{"12 13", -EINVAL, "neither"},
		{"-", -EINVAL, "neither"},
		{"--1", -EINVAL, "neither"},
		{"\"open", -EINVAL, "closing \""},
		{"%", -EINVAL, "after %"},
		{"%d", -EINVAL, "after %"},
		{"2147483648", -ERANGE, "32 bits"},
		{"-2147483649", -ERANGE, "32 bits"},
		{"99999999999999999999999", -ERANGE, "32 bits"},
		{"'/dev/null'", -EINVAL, "cannot be read"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct byte_pattern pattern;
		const char *problem = NULL;

		assert_int_equal(
			byte_pattern_parse(cases[i].text, &pattern, &problem), cases[i].error);
		assert_non_null(problem);
		assert_non_null(strstr(problem, cases[i].problem));
	}
}

TEST(places_of_offsets_are_known)
{
	struct byte_pattern pattern;
	const char *problem;

	assert_int_equal(byte_pattern_parse("%o0xdeadbeef%o\"a\"%o", &pattern, &problem), 0);
	assert_int_equal(pattern.length, 29);
	assert_int_equal(pattern.offset_count, 3);
	assert_int_equal(pattern.offset_at[0], 0);
	assert_int_equal(pattern.offset_at[1], 12);
	assert_int_equal(pattern.offset_at[2], 21);
}

TEST(bytes_of_a_file_are_taken_as_far_as_there_is_room)
{
	char path[] = "/tmp/ringside-test-XXXXXX", text[100];
	int file = mkstemp(path);
	struct byte_pattern pattern;
	const char *problem = NULL;

	assert_int_equal(write(file, "a\0b\n", 4), 4);
	snprintf(text, sizeof(text), "0xff'%s'\"z\"", path);
	check_bytes(text,
		"\xff"
		"a\0b\nz",
		6);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(write(file, "c", 1), 1);
	close(file);
	snprintf(text, sizeof(text), "\"it's\"'%s'", path);
	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), 0);
	assert_int_equal(pattern.length, 512);
	assert_memory_equal(pattern.bytes, "it'sa\0b\nccc", 11);
	snprintf(text, sizeof(text), "'%s'1", path);
	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), -ERANGE);
	unlink(path);
	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), -EINVAL);
	assert_string_equal(problem, "the file that it names cannot be read");
	assert_int_equal(byte_pattern_parse("'/dev/zero'", &pattern, &problem), -EINVAL);
	assert_int_equal(byte_pattern_parse("'x", &pattern, &problem), -EINVAL);
	assert_string_equal(problem, "the closing ' is missing");
}

TEST(pattern_has_at_most_512_bytes)
{
	char text[2 + 2 * 513 + 1];
	struct byte_pattern pattern;
	const char *problem = NULL;

	memset(text, 'a', sizeof(text));
	memcpy(text, "0x", 2);
	text[2 + 2 * 512] = '\0';
	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), 0);
	assert_int_equal(pattern.length, 512);
	text[2 + 2 * 512] = 'a';
	text[2 + 2 * 513] = '\0';
	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), -ERANGE);
	assert_string_equal(problem, "longer than 512 bytes");
	/* As many %o as there is room for fit into the table of their places. */
	for (int i = 0; i < 64; i++)
		memcpy(text + 2 * i, "%o", 3);
	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), 0);
	assert_int_equal(pattern.offset_count, 64);
	assert_int_equal(pattern.offset_at[63], 504);
	memcpy(text + 128, "%o", 3);
	assert_int_equal(byte_pattern_parse(text, &pattern, &problem), -ERANGE);
}

TEST_MAIN(NULL, NULL);
