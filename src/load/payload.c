/* SPDX-License-Identifier: MIT */
/* Buffer contents, and the patterns that a job file gives for them. */
#include "load/payload.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

enum {
	SECTOR_BYTES = 512, /* the smallest block of a device: each has to be unlike others */
	LINE_BYTES = 64,
	PAGE_BYTES = 4096,
};

static bool has_pattern(const struct payload_spec *spec)
{
	return spec->pattern && spec->pattern->length > 0;
}

void payload_init(struct payload *payload, const struct payload_spec *spec)
{
	bool is_fixed = spec->compress_percent >= 100 ||
			(spec->compress_percent == 0 && (has_pattern(spec) || spec->is_zero));
	bool shows_pattern = has_pattern(spec) && (is_fixed || spec->compress_percent > 0);
	bool refills = spec->refills || (shows_pattern && spec->pattern->offset_count > 0);

	if (is_fixed)
		refills = refills || spec->reads_too;
	else
		refills = refills || spec->compress_percent > 0 || spec->dedupe_percent > 0;
	*payload = (struct payload){.spec = spec, .is_fixed = is_fixed};
	if (refills)
		payload->action = PAYLOAD_REFILL;
	else if (!is_fixed && spec->scrambles)
		payload->action = PAYLOAD_SCRAMBLE;
	payload->changes_each_write = payload->action != PAYLOAD_KEEP;
	random_init(&payload->random, spec->seed);
	payload->stamp = random_next(&payload->random);
	payload->repeated_seed = random_next(&payload->random);
}

/* wyrand (Wang Yi, wyhash): a word does not wait for the last one, so that words overlap. */
static inline uint64_t next_word(uint64_t *state)
{
	unsigned __int128 product;

	*state += 0xa0761d6478bd642f;
	product = (unsigned __int128)*state * (*state ^ 0xe7037ed1a0b428db);
	return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static void put_random(uint64_t *state, uint8_t *to, size_t bytes)
{
	uint64_t now = *state;
	uint64_t word;

	for (; bytes >= sizeof(word); bytes -= sizeof(word), to += sizeof(word)) {
		word = next_word(&now);
		memcpy(to, &word, sizeof(word));
	}
	if (bytes > 0) {
		word = next_word(&now);
		memcpy(to, &word, bytes);
	}
	*state = now;
}

static void put_pattern(
	const struct payload_pattern *pattern, uint8_t *to, size_t bytes, uint64_t offset)
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

static void put_fixed(const struct payload *payload, uint8_t *to, size_t bytes, uint64_t offset)
{
	if (has_pattern(payload->spec))
		put_pattern(payload->spec->pattern, to, bytes, offset);
	else
		memset(to, 0, bytes);
}

/* The seed of a content: one that no write had yet, or the last one again. */
static uint64_t choose_seed(struct payload *payload)
{
	unsigned percent = payload->spec->dedupe_percent;

	if (percent == 0 || random_below(&payload->random, 100) >= percent)
		payload->repeated_seed = random_next(&payload->random);
	return payload->repeated_seed;
}

static void put_content(struct payload *payload, uint8_t *to, size_t bytes, uint64_t offset)
{
	unsigned random_percent = 100 - payload->spec->compress_percent;
	uint64_t state;

	if (payload->is_fixed) {
		put_fixed(payload, to, bytes, offset);
		return;
	}
	state = choose_seed(payload);
	if (random_percent == 100) {
		put_random(&state, to, bytes);
		return;
	}
	while (bytes > 0) {
		size_t chunk = bytes < PAYLOAD_COMPRESS_CHUNK ? bytes : PAYLOAD_COMPRESS_CHUNK;
		size_t random_bytes = chunk * random_percent / 100;

		put_random(&state, to, random_bytes);
		put_fixed(payload, to + random_bytes, chunk - random_bytes, offset);
		to += chunk;
		bytes -= chunk;
	}
}

void payload_fill(struct payload *payload, void *buffer, size_t bytes)
{
	put_content(payload, buffer, bytes, 0);
}

/*
 * Two words in each sector: where it goes, and a stamp that no other write of this payload has.
 * They share a cache line, always the same one of a buffer, but another for the next buffer:
 * so the lines of many buffers are in many sets of the first cache, and stay there.
 */
static void scramble(struct payload *payload, uint8_t *to, size_t bytes, uint64_t offset)
{
	uint64_t stamp = payload->stamp += 0x9e3779b97f4a7c15;
	uint8_t *line = to + ((uintptr_t)to / PAGE_BYTES * LINE_BYTES) % SECTOR_BYTES;

	if (bytes < SECTOR_BYTES) {
		memcpy(to, &stamp, bytes < sizeof(stamp) ? bytes : sizeof(stamp));
		return;
	}
	for (size_t at = 0; at + SECTOR_BYTES <= bytes; at += SECTOR_BYTES) {
		uint64_t place = offset + at;

		memcpy(line + at, &place, sizeof(place));
		memcpy(line + at + sizeof(place), &stamp, sizeof(stamp));
	}
}

void payload_change(struct payload *payload, void *buffer, size_t bytes, uint64_t offset)
{
	if (payload->action == PAYLOAD_SCRAMBLE)
		scramble(payload, buffer, bytes, offset);
	else
		put_content(payload, buffer, bytes, offset);
}

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
		return fail(reader, -EINVAL, "neither 0x…, a number, \"text\" nor %o");
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
