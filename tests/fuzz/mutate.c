/* SPDX-License-Identifier: MIT */
/* A place is chosen, and what stands there is replaced by something of its kind. */
#include "fuzz/mutate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "job/job.h"
#include "job/job_unsupported.h"

enum { VALUE_LIMIT = 8192, WORD_BYTES = 256, OWN_SHARE = 8 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct edit {
	uint8_t *data;
	size_t bytes, limit;
	struct random random;
};

/* [start, end) of the data. */
struct span {
	size_t start, end;
};

static size_t below(struct edit *edit, size_t limit)
{
	return limit ? (size_t)random_below(&edit->random, limit) : 0;
}

static const char *one_of(struct edit *edit, const char *const *words, size_t count)
{
	return words[below(edit, count)];
}

/* Where it would be too long it is left as it is. */
static void put(struct edit *edit, struct span span, const void *text, size_t length)
{
	size_t rest = edit->bytes - span.end;

	if (span.start + length + rest > edit->limit)
		return;
	memmove(edit->data + span.start + length, edit->data + span.end, rest);
	memcpy(edit->data + span.start, text, length);
	edit->bytes = span.start + length + rest;
}

static void put_copy(struct edit *edit, struct span to, struct span from)
{
	uint8_t copy[VALUE_LIMIT];
	size_t length = from.end - from.start;

	if (length > sizeof(copy))
		return;
	memcpy(copy, edit->data + from.start, length);
	put(edit, to, copy, length);
}

static const char *const values[] = {"0", "1", "-1", "2", "4k", "512", "4096", "4k-64k", "1m", "1g",
	"1%", "50%", "100%", "18446744073709551615", "9223372036854775808", "1e9", "0.5", "1s",
	"10ms", "500us", "read", "write", "randread", "randwrite", "rw", "randrw", "trim",
	"randtrim", "copy", "stat", "openread", "psync", "sync", "io_uring", "libaio", "null",
	"mmap", "posixaio", "threads", "epoll", "io_uring_cmd", "io_uring_nop", "syscall",
	"copy_file_range", "zipf:1.1", "pareto:0.3", "normal:50", "zoned:60/10:40/90", "random",
	"zoned_abs:1m/50:2m/50", "4k/50:64k/50", "/dev/zero", "file", "a:b:c", "file\\:1",
	"${SIZE}", "${UNSET}", "$ncpus", "$pagesize*2", "(4k+4k)*2", "1:2", "1,2,3", ",,", "0-3",
	"none", "all", "EIO", "EIO:ENOSPC", "0xdeadbeef", "\"text\"", "'x'", "p99<1ms",
	"iops>=1000", "10,90", "linear", "poisson", "", " ", "# x", "; x", "nan", "inf", "1/0",
	"\xc3\xa4", "\x1b[1m"};

/* Keys of the option table, and now and then one of fio that is refused. */
static const char *random_key(struct edit *edit)
{
	static struct arena arena;
	static const char *foreign[512];
	static size_t foreign_count;
	size_t count = 0;

	while (job_option_table.options[count].name)
		count++;
	while (foreign_count == 0 || foreign[foreign_count - 1]) {
		foreign[foreign_count] = job_foreign_name(foreign_count, &arena);
		foreign_count++;
	}
	if (below(edit, 16) == 0)
		return foreign[below(edit, foreign_count - 1)];
	return job_option_table.options[below(edit, count)].name;
}

static const char *random_value(struct edit *edit, const char *key)
{
	const struct option *option = job_option_table.options;
	size_t choices = 0;

	while (option->name && strcmp(option->name, key) != 0)
		option++;
	if (!option->name || below(edit, 4) == 0)
		return one_of(edit, values, COUNT(values));
	while (option->choices && option->choices[choices].text)
		choices++;
	if (choices > 0)
		return option->choices[below(edit, choices)].text;
	if (option->value_default && below(edit, 4) == 0)
		return option->value_default;
	return one_of(edit, values, COUNT(values));
}

static struct span line_at(const struct edit *edit, size_t at, char separator)
{
	struct span span = {at, at};

	while (span.start > 0 && edit->data[span.start - 1] != (uint8_t)separator)
		span.start--;
	while (span.end < edit->bytes && edit->data[span.end] != (uint8_t)separator)
		span.end++;
	if (span.end < edit->bytes)
		span.end++;
	return span;
}

static struct span any_line(struct edit *edit, char separator)
{
	return line_at(edit, below(edit, edit->bytes), separator);
}

static void write_line(struct edit *edit, char separator, char line[WORD_BYTES])
{
	static const char *const sections[] = {"[a]", "[b]", "[global]", "[device]", "[a b]", "[]"};
	const char *dashes = separator ? "" : "--";
	const char *key = random_key(edit);

	if (separator && below(edit, 8) == 0)
		snprintf(line, WORD_BYTES, "%s", one_of(edit, sections, COUNT(sections)));
	else if (below(edit, 16) == 0)
		snprintf(line, WORD_BYTES, "%s%s", dashes, key);
	else
		snprintf(line, WORD_BYTES, "%s%s=%s", dashes, key, random_value(edit, key));
}

static void insert_line(struct edit *edit, char separator)
{
	struct span line = any_line(edit, separator);
	char text[WORD_BYTES];
	size_t length;

	write_line(edit, separator, text);
	length = strlen(text);
	text[length++] = separator;
	put(edit, (struct span){line.start, line.start}, text, length);
}

/* The value of a line, or the key before it. */
static void change_half(struct edit *edit, char separator)
{
	struct span line = any_line(edit, separator);
	const uint8_t *equals;
	size_t at;

	if (line.end > line.start && edit->data[line.end - 1] == (uint8_t)separator)
		line.end--;
	equals = memchr(edit->data + line.start, '=', line.end - line.start);
	if (!equals)
		return;
	at = (size_t)(equals - edit->data);
	if (below(edit, 4) == 0) {
		const char *key = random_key(edit);

		put(edit, (struct span){line.start + (separator ? 0 : 2), at}, key, strlen(key));
	} else {
		char key[WORD_BYTES];
		const char *value;

		snprintf(key, sizeof(key), "%.*s", (int)(at - line.start),
			(const char *)edit->data + line.start);
		value = random_value(edit, separator || strlen(key) < 2 ? key : key + 2);
		put(edit, (struct span){at + 1, line.end}, value, strlen(value));
	}
}

size_t mutate_lines(uint8_t *data, size_t bytes, size_t limit, unsigned seed, char separator)
{
	struct edit edit = {.data = data, .bytes = bytes, .limit = limit};

	random_init(&edit.random, seed);
	if (below(&edit, OWN_SHARE) == 0)
		return LLVMFuzzerMutate(data, bytes, limit);
	for (size_t i = below(&edit, 3) + 1; i > 0; i--) {
		struct span line = any_line(&edit, separator);
		struct span other = any_line(&edit, separator);

		switch (below(&edit, 8)) {
		case 0:
			put(&edit, line, "", 0);
			break;
		case 1:
			put_copy(&edit, (struct span){line.start, line.start}, other);
			break;
		case 2:
			put_copy(&edit, line, other);
			break;
		case 3:
		case 4:
			insert_line(&edit, separator);
			break;
		default:
			change_half(&edit, separator);
		}
	}
	return edit.bytes;
}

/* Strings, numbers, names and what brackets enclose: where one begins, and its end. */
static size_t value_end(const struct edit *edit, size_t at)
{
	const uint8_t *data = edit->data;
	size_t depth = 0;

	for (; at < edit->bytes; at++) {
		bool was_text = data[at] == '"';

		if (was_text) {
			for (at++; at < edit->bytes && data[at] != '"'; at++)
				at += data[at] == '\\';
		} else if (data[at] == '{' || data[at] == '[') {
			depth++;
			continue;
		} else if (data[at] == '}' || data[at] == ']') {
			depth -= depth > 0;
			was_text = true;
		} else if (depth == 0 && strchr(",:\n ", data[at])) {
			return at;
		}
		if (was_text && depth == 0)
			return at < edit->bytes ? at + 1 : edit->bytes;
	}
	return edit->bytes;
}

/* The next value from `at` on; from its key on where it has one and that is wanted. */
static bool find_value(const struct edit *edit, size_t at, bool with_key, struct span *span)
{
	while (at < edit->bytes && edit->data[at] != ':' && (with_key || edit->data[at] != '['))
		at++;
	if (at >= edit->bytes)
		return false;
	span->start = at + 1;
	while (span->start < edit->bytes && strchr(" \n", edit->data[span->start]))
		span->start++;
	span->end = value_end(edit, span->start);
	if (!with_key)
		return span->end > span->start;
	span->start = at;
	while (span->start > 0 && !strchr("{,\n", edit->data[span->start - 1]))
		span->start--;
	return true;
}

static const char *const json_values[] = {"0", "1", "-1", "2", "0.5", "1e-9", "1e15", "1e308",
	"18446744073709551615", "9007199254740993", "4294967296", "null", "true", "false", "\"\"",
	"\"x\"", "[]", "{}", "[0]", "[[0, 1]]", "[[1349, 370]]", "{\"a\": 1}",
	"{\"50\": 100, \"99\": 50}", "\"2025-11-21T13:14:15Z\"", "\"randread\"", "\"psync\"",
	"\"improved\"", "\"iops\"", "\"EIO\""};

static void change_value(struct edit *edit)
{
	struct span to, from;
	const char *text = one_of(edit, json_values, COUNT(json_values));

	if (!find_value(edit, below(edit, edit->bytes), false, &to))
		return;
	switch (below(edit, 4)) {
	case 0:
		if (find_value(edit, below(edit, edit->bytes), false, &from))
			put_copy(edit, to, from);
		break;
	case 1: /* One digit. */
		to.start += below(edit, to.end - to.start);
		if (edit->data[to.start] >= '0' && edit->data[to.start] <= '9')
			edit->data[to.start] = (uint8_t)('0' + below(edit, 10));
		break;
	default:
		put(edit, to, text, strlen(text));
	}
}

size_t mutate_json(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	struct edit edit = {.data = data, .bytes = bytes, .limit = limit};
	struct span one, other;

	random_init(&edit.random, seed);
	if (below(&edit, OWN_SHARE) == 0)
		return LLVMFuzzerMutate(data, bytes, limit);
	for (size_t i = below(&edit, 2) + 1; i > 0; i--) {
		size_t choice = below(&edit, 8);

		if (choice > 1) {
			change_value(&edit);
		} else if (find_value(&edit, below(&edit, edit.bytes), true, &one) &&
			   find_value(&edit, below(&edit, edit.bytes), true, &other)) {
			if (choice == 0) { /* A member with the comma behind it goes. */
				one.end += one.end < edit.bytes && data[one.end] == ',';
				put(&edit, one, "", 0);
			} else {
				put_copy(&edit, one, other);
			}
		}
	}
	return edit.bytes;
}
