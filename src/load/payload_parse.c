/* SPDX-License-Identifier: MIT */
/* fio's buffer_pattern as text: numbers, strings, files and offsets in a row. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "load/payload.h"

struct pattern_reader {
	const char *text; /* what is left */
	struct payload_pattern *pattern;
	const char *problem;
};

static int fail(struct pattern_reader *reader, int error, const char *problem)
{
	reader->problem = problem;
	return error;
}

static int add_bytes(struct pattern_reader *reader, const void *bytes, size_t count)
{
	struct payload_pattern *pattern = reader->pattern;

	if (count > sizeof(pattern->bytes) - pattern->length)
		return fail(reader, -ERANGE, "longer than 512 bytes");
	memcpy(pattern->bytes + pattern->length, bytes, count);
	pattern->length += count;
	return 0;
}

static bool begins_hexadecimal(const char *text)
{
	return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

static unsigned digit_value(char digit)
{
	return isdigit((unsigned char)digit) ? (unsigned)(digit - '0')
					     : (unsigned)(tolower((unsigned char)digit) - 'a') + 10;
}

/* An odd number of digits has its first digit in a byte of its own, as in fio. */
static int read_hexadecimal(struct pattern_reader *reader)
{
	const char *digits = reader->text + 2;
	size_t count = 0;
	size_t i = 0;
	int error;

	/* In "0xff0x14" the second 0 belongs to the next number. */
	while (isxdigit((unsigned char)digits[count]) && !begins_hexadecimal(digits + count))
		count++;
	if (count == 0)
		return fail(reader, -EINVAL, "no hexadecimal digits after 0x");
	while (i < count) {
		size_t width = (count - i) % 2 == 1 ? 1 : 2;
		uint8_t byte = (uint8_t)digit_value(digits[i]);

		if (width == 2)
			byte = (uint8_t)(byte << 4 | digit_value(digits[i + 1]));
		error = add_bytes(reader, &byte, 1);
		if (error != 0)
			return error;
		i += width;
	}
	reader->text = digits + count;
	return 0;
}

static int read_decimal(struct pattern_reader *reader)
{
	const char *digits = reader->text;
	bool is_negative = *digits == '-';
	uint8_t bytes[sizeof(uint32_t)];
	int64_t value = 0;
	uint32_t left;
	size_t count = 0;

	digits += *digits == '-' || *digits == '+';
	if (!isdigit((unsigned char)*digits))
		return fail(reader, -EINVAL, "neither 0x…, a number, \"text\", 'file' nor %o");
	/* In "-100xab" the second 0 belongs to the next number. */
	do {
		value = value * 10 + (*digits++ - '0');
		if (value > INT_MAX + (int64_t)is_negative)
			return fail(reader, -ERANGE, "a decimal number beyond 32 bits");
	} while (isdigit((unsigned char)*digits) && !begins_hexadecimal(digits));
	left = (uint32_t)(is_negative ? -value : value);
	do {
		bytes[count++] = (uint8_t)left;
		left >>= 8;
	} while (left > 0);
	reader->text = digits;
	return add_bytes(reader, bytes, count);
}

static int read_text(struct pattern_reader *reader)
{
	const char *start = reader->text + 1;
	const char *end = strchr(start, '"');

	if (!end)
		return fail(reader, -EINVAL, "the closing \" is missing");
	reader->text = end + 1;
	return add_bytes(reader, start, (size_t)(end - start));
}

static int read_file(struct pattern_reader *reader)
{
	struct payload_pattern *pattern = reader->pattern;
	const char *start = reader->text + 1;
	const char *end = strchr(start, '\'');
	AUTO_FCLOSE FILE *file = NULL;
	char path[PATH_MAX];
	size_t count;

	if (!end)
		return fail(reader, -EINVAL, "the closing ' of a file name is missing");
	if ((size_t)(end - start) >= sizeof(path))
		return fail(reader, -EINVAL, "the name of a file is too long");
	memcpy(path, start, (size_t)(end - start));
	path[end - start] = '\0';
	file = fopen(path, "re");
	if (!file)
		return fail(reader, -EINVAL, "the file in single quotes cannot be opened");
	count = fread(pattern->bytes + pattern->length, 1, sizeof(pattern->bytes) - pattern->length,
		file);
	if (ferror(file))
		return fail(reader, -EINVAL, "the file in single quotes cannot be read");
	pattern->length += count;
	reader->text = end + 1;
	return 0;
}

static int read_offset(struct pattern_reader *reader)
{
	static const uint8_t zeros[sizeof(uint64_t)];
	struct payload_pattern *pattern = reader->pattern;
	size_t at = pattern->length;
	int error;

	if (reader->text[1] != 'o')
		return fail(reader, -EINVAL, "after % only o (the offset) is known");
	error = add_bytes(reader, zeros, sizeof(zeros));
	if (error != 0)
		return error;
	pattern->offset_at[pattern->offset_count++] = (uint16_t)at;
	reader->text += 2;
	return 0;
}

static int read_piece(struct pattern_reader *reader)
{
	switch (*reader->text) {
	case '"':
		return read_text(reader);
	case '\'':
		return read_file(reader);
	case '%':
		return read_offset(reader);
	default:
		return begins_hexadecimal(reader->text) ? read_hexadecimal(reader)
							: read_decimal(reader);
	}
}

int payload_parse_pattern(const char *text, struct payload_pattern *pattern, const char **problem)
{
	struct pattern_reader reader = {.text = text, .pattern = pattern};
	int error = 0;

	*pattern = (struct payload_pattern){0};
	while (error == 0 && *reader.text)
		error = read_piece(&reader);
	if (error == 0 && pattern->length == 0)
		error = fail(&reader, -EINVAL, "empty");
	if (error != 0)
		*problem = reader.problem;
	return error;
}
