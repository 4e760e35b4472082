/* SPDX-License-Identifier: MIT */
/* What several jobs have recorded for one file, as one text. */
#include "run/recording.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

enum { FIXED_BYTES = 1 << 16 };

static void open_part(
	struct recording_part *part, uint64_t start_ns, const char *one, const char *other)
{
	*part = (struct recording_part){.of.start_ns = start_ns};
	assert_int_equal(io_log_open_fixed(&part->of.log, FIXED_BYTES), 0);
	io_log_add_file(&part->of.log, one);
	io_log_add_file(&part->of.log, other);
}

static void add(struct recording_part *part, unsigned op, unsigned file, uint64_t at_us)
{
	io_log_add(&part->of.log,
		&(struct io_log_entry){.op = (uint8_t)op,
			.file = (uint16_t)file,
			.at_ns = at_us * 1000,
			.offset = 4096,
			.length = 512},
		0);
}

static void expect_text(const struct recording_part *parts, const char *expected)
{
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	recording_print(parts, stream);
	fclose(stream);
	assert_string_equal(text, expected);
	free(text);
}

TEST(entries_of_all_are_in_the_order_of_time_and_files_are_one)
{
	struct recording_part parts[2];

	open_part(&parts[0], 1000000, "shared", "a");
	open_part(&parts[1], 1005000, "b", "shared");
	parts[0].next = &parts[1];
	add(&parts[0], IO_LOG_OPEN, 0, 0);
	add(&parts[0], IO_READ, 0, 3);
	add(&parts[0], IO_WRITE, 1, 9);
	add(&parts[0], IO_LOG_CLOSE, 0, 20);
	add(&parts[1], IO_LOG_OPEN, 1, 0);
	add(&parts[1], IO_READ, 1, 2);
	add(&parts[1], IO_LOG_CLOSE, 1, 40);
	expect_text(parts, "fio version 3 iolog\n0 shared add\n0 a add\n0 b add\n"
			   "0 shared open\n3 shared read 4096 512\n7 shared read 4096 512\n"
			   "9 a write 4096 512\n45 shared close\n");
	recording_free(parts);
}

TEST(a_part_that_never_started_and_none_at_all_are_a_heading)
{
	struct recording_part part;

	open_part(&part, 0, "a", "b");
	expect_text(&part, "fio version 3 iolog\n");
	recording_free(&part);
	expect_text(NULL, "fio version 3 iolog\n");
}

TEST_MAIN(NULL, NULL);
