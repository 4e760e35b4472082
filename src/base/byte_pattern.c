/* SPDX-License-Identifier: MIT */
/* Patterns of bytes, as job files give them. */
#include "base/byte_pattern.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

void byte_pattern_put(
	const struct byte_pattern *pattern, uint8_t *to, size_t bytes, uint64_t offset)
{
	uint64_t little_endian = htole64(offset);
	size_t done = pattern->length < bytes ? pattern->length : bytes;

	memcpy(to, pattern->bytes, done);
	for (size_t i = 0; i < pattern->offset_count; i++) {
		size_t at = pattern->offset_at[i];
		size_t room = at < done ? done - at : 0;

		memcpy(to + at, &little_endian,
			room < sizeof(little_endian) ? room : sizeof(little_endian));
	}
	while (done < bytes) {
		size_t more = done < bytes - done ? done : bytes - done;

		memcpy(to + done, to, more);
		done += more;
	}
}

struct pattern_reader {
	const char *text; /* what is left */
	struct byte_pattern *pattern;
	const char *problem;
};

static int fail(struct pattern_reader *reader, int error, const char *problem)
{
	reader->problem = problem;
	return error;
}

static int add_bytes(struct pattern_reader *reader, const void *bytes, size_t count)
{
	struct byte_pattern *pattern = reader->pattern;

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

static int read_offset(struct pattern_reader *reader)
{
	static const uint8_t zeros[sizeof(uint64_t)];
	struct byte_pattern *pattern = reader->pattern;
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

/* What is there, as far as there is room: the first bytes of a longer file. */
static ssize_t load_file(const char *path, void *to, size_t room)
{
	/* Nothing that would be waited for. */
	int file AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	if (file < 0 || fstat(file, &status) < 0 || !S_ISREG(status.st_mode))
		return -1;
	return read(file, to, room);
}

static int read_file(struct pattern_reader *reader)
{
	struct byte_pattern *pattern = reader->pattern;
	size_t room = sizeof(pattern->bytes) - pattern->length;
	const char *start = reader->text + 1;
	const char *end = strchr(start, '\'');
	char path[PATH_MAX];
	ssize_t got;

	if (!end)
		return fail(reader, -EINVAL, "the closing ' is missing");
	if ((size_t)(end - start) >= sizeof(path))
		return fail(reader, -ERANGE, "its path is too long");
	if (room == 0)
		return fail(reader, -ERANGE, "longer than 512 bytes");
	memcpy(path, start, (size_t)(end - start));
	path[end - start] = '\0';
	got = load_file(path, pattern->bytes + pattern->length, room);
	if (got < 0)
		return fail(reader, -EINVAL, "the file that it names cannot be read");
	pattern->length += (size_t)got;
	reader->text = end + 1;
	return 0;
}

static int read_piece(struct pattern_reader *reader)
{
	switch (*reader->text) {
	case '\'':
		return read_file(reader);
	case '"':
		return read_text(reader);
	case '%':
		return read_offset(reader);
	default:
		return begins_hexadecimal(reader->text) ? read_hexadecimal(reader)
							: read_decimal(reader);
	}
}

int byte_pattern_parse(const char *text, struct byte_pattern *pattern, const char **problem)
{
	struct pattern_reader reader = {.text = text, .pattern = pattern};
	int error = 0;

	*pattern = (struct byte_pattern){0};
	while (error == 0 && *reader.text)
		error = read_piece(&reader);
	if (error == 0 && pattern->length == 0)
		error = fail(&reader, -EINVAL, "empty");
	if (error != 0)
		*problem = reader.problem;
	return error;
}
