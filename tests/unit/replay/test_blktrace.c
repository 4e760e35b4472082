/* SPDX-License-Identifier: MIT */
/* Events of blktrace, in either order of bytes, as entries. */
#include "replay/blktrace.h"

#include <byteswap.h>
#include <errno.h>
#include <linux/blktrace_api.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

enum { READS = BLK_TC_READ, WRITES = BLK_TC_WRITE, DISCARDS = BLK_TC_WRITE | BLK_TC_DISCARD };

static struct trace {
	unsigned char bytes[4096];
	size_t length;
} trace;

static struct io_log result;
static char *messages;
static int rc;

static void add(uint64_t time_ns, uint64_t sector, uint32_t bytes, uint32_t category, uint32_t act)
{
	struct blk_io_trace event = {
		.magic = BLK_IO_TRACE_MAGIC | BLK_IO_TRACE_VERSION,
		.time = time_ns,
		.sector = sector,
		.bytes = bytes,
		.action = act | BLK_TC_ACT(category),
		.device = 200u << 20 | 3,
	};

	memcpy(trace.bytes + trace.length, &event, sizeof(event));
	trace.length += sizeof(event);
}

static void add_queued(uint64_t time_ns, uint64_t sector, uint32_t bytes, uint32_t category)
{
	add(time_ns, sector, bytes, category, __BLK_TA_QUEUE);
}

static void read_with(const struct io_log_changes *changes)
{
	FILE *stream = fmemopen(trace.bytes, trace.length, "r"), *said;
	struct diag diag;
	size_t room;

	said = open_memstream(&messages, &room);
	diag_init(&diag, said);
	assert_int_equal(io_log_open(&result, false), 0);
	result.path = "x.bin";
	rc = blktrace_read(stream, &result, changes, &diag);
	assert_int_equal(rc != 0, diag.error_count > 0);
	fclose(stream);
	fclose(said);
	trace.length = 0;
}

static void tear_down(void)
{
	io_log_close(&result);
	free(messages);
}

static void expect_next(
	struct io_log_cursor *cursor, unsigned op, uint64_t offset, uint32_t length, uint64_t at_ns)
{
	struct io_log_entry entry;

	assert_true(io_log_next(cursor, &entry));
	assert_int_equal(entry.op, op);
	assert_int_equal(entry.offset, offset);
	assert_int_equal(entry.length, length);
	assert_int_equal(entry.at_ns, at_ns);
}

TEST(what_was_queued_is_replayed_at_its_ns)
{
	const struct io_log_changes changes = {.redirect = "there"};
	struct io_log_cursor cursor;

	add(1, 0, 4, BLK_TC_NOTIFY, __BLK_TN_PROCESS);
	add_queued(5000000001, 8, 4096, READS);
	add_queued(5000000123, 16, 8192, WRITES | BLK_TC_SYNC);
	add(5000000200, 16, 8192, WRITES, __BLK_TA_ISSUE);
	add_queued(5000000300, 0, 0, WRITES | BLK_TC_FLUSH);
	add_queued(5000000400, 2048, 1 << 20, DISCARDS);
	add(5000000500, 8, 4096, READS, __BLK_TA_COMPLETE);
	read_with(&changes);
	assert_int_equal(rc, 0);
	cursor = io_log_begin(&result);
	expect_next(&cursor, IO_READ, 4096, 4096, 0);
	expect_next(&cursor, IO_WRITE, 8192, 8192, 122);
	expect_next(&cursor, IO_SYNC, 0, 0, 299);
	expect_next(&cursor, IO_TRIM, 1 << 20, 1 << 20, 399);
	assert_int_equal(io_log_count(&result), 4);
	assert_string_equal(result.files[0].name, "there");
	assert_true(result.files[0].is_first_opened);
	assert_true(result.has_times);
	tear_down();
}

TEST(another_order_of_bytes_is_the_same)
{
	const struct io_log_changes changes = {.redirect = "there"};
	struct io_log_cursor cursor;
	struct blk_io_trace event;

	add_queued(7, 8, 4096, READS);
	memcpy(&event, trace.bytes, sizeof(event));
	event.magic = bswap_32(event.magic);
	event.time = bswap_64(event.time);
	event.sector = bswap_64(event.sector);
	event.bytes = bswap_32(event.bytes);
	event.action = bswap_32(event.action);
	event.device = bswap_32(event.device);
	event.pdu_len = bswap_16(6);
	memcpy(trace.bytes, &event, sizeof(event));
	memcpy(trace.bytes + sizeof(event), "abcdef", 6);
	memcpy(trace.bytes + sizeof(event) + 6, &event, sizeof(event));
	memcpy(trace.bytes + 2 * sizeof(event) + 6, "abcdef", 6);
	trace.length = 2 * sizeof(event) + 12;
	assert_true(blktrace_begins_with(trace.bytes[0]));
	read_with(&changes);
	assert_int_equal(rc, 0);
	cursor = io_log_begin(&result);
	expect_next(&cursor, IO_READ, 4096, 4096, 0);
	expect_next(&cursor, IO_READ, 4096, 4096, 0);
	tear_down();
}

/* The most between two completions of a direction, less what was merged. */
TEST(the_depth_is_that_of_the_trace)
{
	const struct io_log_changes changes = {.redirect = "there"};

	for (int i = 0; i < 5; i++)
		add_queued((uint64_t)i + 1, 8, 512, READS);
	add(9, 8, 512, READS, __BLK_TA_BACKMERGE);
	add(10, 8, 512, READS, __BLK_TA_COMPLETE);
	for (int i = 0; i < 3; i++)
		add_queued((uint64_t)i + 20, 8, 512, READS);
	add(30, 8, 512, READS, __BLK_TA_COMPLETE);
	read_with(&changes);
	assert_int_equal(result.depth, 4);
	tear_down();
	add_queued(1, 8, 512, READS);
	read_with(&changes);
	assert_int_equal(result.depth, 1);
	tear_down();
}

TEST(options_change_offsets_and_sizes)
{
	const struct io_log_changes changes = {.redirect = "there",
		.scale = 2,
		.align = 4096,
		.skips = IO_BIT(DIRECTION_WRITE) | IO_BIT(DIRECTION_TRIM)};
	struct io_log_cursor cursor;

	add_queued(10, 20, 512, READS);
	add_queued(20, 20, 512, WRITES);
	add_queued(30, 20, 512, DISCARDS);
	add_queued(40, 0, 5000, READS);
	read_with(&changes);
	cursor = io_log_begin(&result);
	expect_next(&cursor, IO_READ, 4096, 4096, 0);
	expect_next(&cursor, IO_READ, 0, 8192, 30);
	assert_int_equal(io_log_count(&result), 2);
	tear_down();
}

static void expect_error(const char *text)
{
	static const struct io_log_changes none;

	read_with(&none);
	assert_int_equal(rc, -EINVAL);
	if (!strstr(messages, text))
		fail_msg("not said: %s\n%s", text, messages);
	tear_down();
}

TEST(what_is_no_trace_has_an_error)
{
	add_queued(1, 8, 512, READS);
	expect_error("event 1: there is no block device 200:3 here");
	add_queued(1, 8, 512, READS);
	trace.length -= 7;
	expect_error("event 1: the file ends within it");
	add(1, 8, 512, READS, __BLK_TA_ISSUE);
	trace.bytes[0] = 6;
	expect_error("event 1: another version");
	add(1, 8, 512, READS, __BLK_TA_ISSUE);
	add(1, 8, 512, READS, __BLK_TA_ISSUE);
	trace.bytes[sizeof(struct blk_io_trace) + 2] = 0;
	expect_error("event 2: no event of blktrace begins so");
	add(1, 8, 512, READS, __BLK_TA_ISSUE);
	expect_error("there is no I/O in the trace");
	add(1, 8, 512, READS, __BLK_TA_ISSUE);
	trace.bytes[sizeof(struct blk_io_trace) - 2] = 9;
	expect_error("event 1: the file ends within what belongs to it");
}

TEST(events_of_no_bytes_are_counted)
{
	const struct io_log_changes changes = {.redirect = "there"};

	add_queued(1, 8, 0, READS);
	add_queued(2, 8, 512, READS);
	read_with(&changes);
	assert_int_equal(rc, 0);
	assert_non_null(strstr(messages, "1 events of no bytes are passed over"));
	assert_int_equal(io_log_count(&result), 1);
	tear_down();
}

TEST_MAIN(NULL, NULL);
