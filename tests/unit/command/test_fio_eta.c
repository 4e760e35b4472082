/* SPDX-License-Identifier: MIT */
/* fio's line of the moment, to the letter. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "command/fio_eta.h"
#include "test.h"

static char *text;
static size_t bytes;
static struct fio_eta eta;

static void start(uint64_t newline_ns)
{
	eta = (struct fio_eta){.stream = open_memstream(&text, &bytes), .newline_ns = newline_ns};
	assert_non_null(eta.stream);
}

static void expect(const char *expected)
{
	fclose(eta.stream);
	assert_string_equal(text, expected);
	free(text);
}

static struct live_figures figures_at(uint64_t elapsed_s, uint64_t left_s)
{
	struct live_figures figures = {.running = 2,
		.files = 3,
		.states = "r(2),P(1)",
		.elapsed_ns = elapsed_s * NS_PER_S,
		.left_ns = left_s == UINT64_MAX ? UINT64_MAX : left_s * NS_PER_S};

	return figures;
}

TEST(a_line_has_what_jobs_do)
{
	struct live_figures figures = figures_at(1, 3);

	start(0);
	figures.bytes_per_second[DIRECTION_READ] = 8172 << 10;
	figures.ios_per_second[DIRECTION_READ] = 2043;
	figures.bytes_per_second[DIRECTION_TRIM] = 1 << 20;
	figures.ios_per_second[DIRECTION_TRIM] = 12345;
	fio_eta_tell(&eta, &figures);
	fio_eta_close(&eta);
	fio_eta_close(&eta);
	expect("Jobs: 2 (f=3): [r(2),P(1)][25.0%][r=8172KiB/s,t=1024KiB/s]"
	       "[r=2043,t=12.3k IOPS][eta 00m:03s]\r\n");
}

TEST(what_is_unknown_is_said)
{
	struct live_figures figures = figures_at(1, UINT64_MAX);

	start(0);
	figures.asked_ios = 300;
	fio_eta_tell(&eta, &figures);
	expect("Jobs: 2 (f=3), 0-300 IOPS: [r(2),P(1)][-.-%][eta --]\r");
}

TEST(times_have_their_units)
{
	struct live_figures figures = figures_at(0, 3 * 86400 + 3600 + 62);

	start(0);
	figures.asked_bytes = 16 << 20;
	fio_eta_tell(&eta, &figures);
	figures.left_ns = 3700 * NS_PER_S;
	fio_eta_tell(&eta, &figures); /* shorter: the rest of the last one is wiped out */
	expect("Jobs: 2 (f=3), 0B/s-16.0MiB/s: [r(2),P(1)][0.0%][eta 03d:01h:01m:02s]\r"
	       "Jobs: 2 (f=3), 0B/s-16.0MiB/s: [r(2),P(1)][0.0%][eta 01h:01m:40s]    \r");
}

TEST(lines_stay_after_so_long)
{
	start(2 * NS_PER_S);
	for (uint64_t s = 1; s <= 5; s++) {
		struct live_figures figures = figures_at(s, 5 - s);

		fio_eta_tell(&eta, &figures);
	}
	fio_eta_close(&eta);
	expect("Jobs: 2 (f=3): [r(2),P(1)][20.0%][eta 00m:04s]\r"
	       "Jobs: 2 (f=3): [r(2),P(1)][40.0%][eta 00m:03s]\r\n"
	       "Jobs: 2 (f=3): [r(2),P(1)][60.0%][eta 00m:02s]\r"
	       "Jobs: 2 (f=3): [r(2),P(1)][80.0%][eta 00m:01s]\r\n"
	       "Jobs: 2 (f=3): [r(2),P(1)][100.0%][eta 00m:00s]\r\n");
}

TEST_MAIN(NULL, NULL);
