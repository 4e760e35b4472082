/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are a recorded log (fio's text, or a file of blktrace) or an error that is said. What
 * was read comes back entry by entry, and its sums are those of the entries.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "fuzz/mutate.h"
#include "replay/blktrace.h"
#include "replay/io_log_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { EVENT_BYTES = 48 };

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static void check_entries(const struct io_log *log)
{
	struct io_log_cursor cursor = io_log_begin(log);
	uint64_t counts[IO_LOG_OP_COUNT] = {0}, bytes[IO_LOG_OP_COUNT] = {0}, last_ns = 0;
	struct io_log_entry entry;

	while (io_log_next(&cursor, &entry)) {
		must(entry.op < IO_LOG_OP_COUNT, "an operation that there is not");
		must(entry.file < log->file_count || entry.op == IO_LOG_WAIT, "no such file");
		must(entry.at_ns >= last_ns, "time goes back");
		must(entry.op > IO_TRIM ||
				entry.offset + entry.length <= log->files[entry.file].end,
			"an I/O beyond the end");
		must(entry.op > IO_WRITE || entry.length <= log->greatest_lengths[entry.op],
			"an I/O above the greatest");
		counts[entry.op]++;
		bytes[entry.op] += entry.length;
		last_ns = entry.at_ns;
	}
	must(cursor.next == cursor.end, "bytes that are no entry");
	must(memcmp(counts, log->counts, sizeof(counts)) == 0, "counts that differ");
	must(memcmp(bytes, log->byte_counts, sizeof(bytes)) == 0, "bytes that differ");
}

static void read_log(
	const uint8_t *data, size_t bytes, const struct io_log_changes *changes, bool is_trace)
{
	FILE *stream = fmemopen((void *)(uintptr_t)data, bytes, "r");
	FILE *nowhere = fopen("/dev/null", "w");
	struct io_log log;
	struct diag diag;
	int error;

	must(stream && nowhere, "a stream does not open");
	diag_init(&diag, nowhere);
	must(io_log_open(&log, false) == 0, "no memory");
	log.path = "fuzz";
	error = is_trace ? blktrace_read(stream, &log, changes, &diag)
			 : io_log_text_read(stream, &log, changes, &diag);
	must((error != 0) == (diag.error_count != 0), "an error that is not said, or none that is");
	check_entries(&log);
	io_log_close(&log);
	fclose(stream);
	fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const struct io_log_changes some = {.redirect = "there",
		.scale = 7,
		.align = 4096,
		.time_scale_percent = 33,
		.skips = IO_BIT(DIRECTION_TRIM)};
	const struct io_log_changes none = {.drops_times = bytes % 2 == 0};
	bool is_trace;

	if (bytes == 0)
		return 0;
	is_trace = blktrace_begins_with(data[0]);
	read_log(data, bytes, &none, is_trace);
	read_log(data, bytes, &some, is_trace);
	return 0;
}

/* A word of a text becomes another, or a field of an event another number. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	static const char *const words[] = {"read", "write", "trim", "sync", "datasync", "wait",
		"add", "open", "close", "0", "4096", "18446744073709551615", "-1", "4294967295",
		"\n", "a", "fio version 3 iolog\n", "1 a read 0 512\n", "2 a close\n"};
	const char *word = words[0];
	struct random random;
	size_t at, length, end;

	random_init(&random, seed);
	if (bytes == 0 || random_below(&random, 8) == 0)
		return LLVMFuzzerMutate(data, bytes, limit);
	at = random_below(&random, bytes);
	if (blktrace_begins_with(data[0]) && bytes >= EVENT_BYTES) {
		data[at] = (uint8_t)random_next(&random);
		return random_below(&random, 16) == 0 ? at + 1 : bytes;
	}
	while (at > 0 && !strchr(" \n", data[at - 1]))
		at--;
	for (end = at; end < bytes && !strchr(" \n", data[end]);)
		end++;
	word = words[random_below(&random, sizeof(words) / sizeof(words[0]))];
	length = strlen(word);
	if (bytes - (end - at) + length > limit)
		return bytes;
	memmove(data + at + length, data + end, bytes - end);
	memcpy(data + at, word, length);
	return bytes - (end - at) + length;
}
