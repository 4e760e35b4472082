/* SPDX-License-Identifier: MIT */
/* Traces as one: by their times, which are scaled, and several times over. */
#include "replay/blktrace_merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/blktrace.h"
#include "test.h"

static char folder[] = "/tmp/ringside-merge.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink("a");
	unlink("b");
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

/* Events at these times (0 ends them), of sectors from `sector` on; completions between them. */
static void write_trace(const char *path, uint64_t sector, const uint64_t *times_ns)
{
	FILE *stream = fopen(path, "w");
	struct blk_io_trace event = {.magic = BLK_IO_TRACE_MAGIC | BLK_IO_TRACE_VERSION,
		.bytes = 512,
		.device = 200u << 20 | 3};

	assert_non_null(stream);
	for (; *times_ns != 0; times_ns++, sector++) {
		event.time = *times_ns;
		event.sector = sector;
		event.action = __BLK_TA_QUEUE | BLK_TC_ACT(BLK_TC_READ);
		event.pdu_len = 3;
		fwrite(&event, sizeof(event), 1, stream);
		fputs("pdu", stream);
		event.pdu_len = 0;
		event.action = __BLK_TA_COMPLETE | BLK_TC_ACT(BLK_TC_READ);
		fwrite(&event, sizeof(event), 1, stream);
	}
	fclose(stream);
}

/* "12@500 ...": sectors and times. */
static const char *merged(const struct blktrace_source *sources, size_t count, int expected)
{
	static char text[512];
	char *bytes = NULL;
	size_t length, at = 0;
	FILE *into = open_memstream(&bytes, &length), *nowhere = fopen("/dev/null", "w");
	struct diag diag;

	diag_init(&diag, nowhere);
	assert_int_equal(blktrace_merge(sources, count, into, &diag), expected);
	assert_int_equal(diag.error_count > 0, expected != 0);
	fclose(into);
	fclose(nowhere);
	*text = '\0';
	for (size_t i = 0; i < length / sizeof(struct blk_io_trace); i++) {
		struct blk_io_trace event;

		memcpy(&event, bytes + i * sizeof(event), sizeof(event));
		assert_true(blktrace_is_queued(&event));
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%llu@%llu ",
			(unsigned long long)event.sector, (unsigned long long)event.time);
	}
	free(bytes);
	return text;
}

TEST(ios_are_in_the_order_of_their_times)
{
	const struct blktrace_source both[] = {{"a", 100, 1}, {"b", 100, 1}};

	write_trace("a", 10, (const uint64_t[]){100, 300, 500, 0});
	write_trace("b", 20, (const uint64_t[]){50, 300, 301, 0});
	assert_string_equal(merged(both, 2, 0), "20@50 10@100 11@300 21@300 22@301 12@500 ");
}

TEST(times_are_scaled_and_passes_follow_one_another)
{
	const struct blktrace_source both[] = {{"a", 50, 2}, {"b", 100, 1}};

	write_trace("a", 10, (const uint64_t[]){100, 200, 0});
	write_trace("b", 20, (const uint64_t[]){60, 160, 0});
	assert_string_equal(merged(both, 2, 0), "10@50 20@60 11@100 10@150 21@160 11@200 ");
}

TEST(what_is_no_trace_is_refused)
{
	const struct blktrace_source both[] = {{"a", 100, 1}, {"b", 100, 1}};
	const struct blktrace_source missing = {"nowhere", 100, 1};
	FILE *stream = fopen("b", "w");

	fputs("fio version 3 iolog\n", stream);
	fclose(stream);
	write_trace("a", 10, (const uint64_t[]){100, 200, 0});
	assert_string_equal(merged(both, 2, -EINVAL), "");
	assert_string_equal(merged(&missing, 1, -ENOENT), "");
}

TEST_MAIN(make_folder, remove_folder);
