/* SPDX-License-Identifier: MIT */
/* What holds a contender back: links, CPUs, the cgroup. */
#include <string.h>

#include "near.h"
#include "sample_record.h"
#include "session/ceiling.h"
#include "test.h"

TEST(links_in_bytes_per_second)
{
	assert_near(ceiling_of_link("8.0 GT/s PCIe x4"), 3.938e9, 1e6);
	assert_near(ceiling_of_link("2.5 GT/s PCIe x1"), 250e6, 1);
	assert_near(ceiling_of_link("32.0 GT/s PCIe x16"), 63.0e9, 0.1e9);
	assert_true(isnan(ceiling_of_link("Unknown x4")));
	assert_true(isnan(ceiling_of_link("8.0 GT/s PCIe")));
	assert_true(isnan(ceiling_of_link("8.0 GT/s PCIe x0")));
}

/* What is said of "fast": 120000 I/Os of 4 KiB a second, 492 MB/s, with 2 cores. */
static void expect_sentence(const char *key, const char *value, bool is_direct, const char *options,
	const char *expected)
{
	struct result_setting fact = {key, value, NULL};
	struct result_setting option = {options, "1", NULL};
	struct record record;
	struct arena arena = {0};
	struct view view;
	const char *sentence;

	sample_record(&record, 6);
	record.environment.soft = (struct result_settings){1, &fact};
	record.points[0].contenders[SAMPLE_FAST].is_direct = is_direct;
	if (options)
		record.points[0].contenders[SAMPLE_FAST].options =
			(struct result_settings){1, &option};
	view_make(&view, &record, &record.points[0], &arena);
	sentence = ceiling_sentence(&view, SAMPLE_FAST);
	if (!expected)
		assert_null(sentence);
	else if (!sentence || strncmp(sentence, expected, strlen(expected)) != 0)
		fail_msg("%s: \"%s\" and not \"%s\"", value, sentence ? sentence : "nothing",
			expected);
	record_free(&record);
	arena_free(&arena);
}

TEST(what_is_said)
{
	static const char link[] = "device.nvme0n1.pci_link";

	expect_sentence(link, "5.0 GT/s PCIe x1", true, NULL,
		"limited by the drive's PCIe link: fast moves 46");
	expect_sentence(
		link, "2.5 GT/s PCIe x1", true, NULL, "warning: faster than the drive's PCIe link");
	expect_sentence(link, "2.5 GT/s PCIe x1", false, "hipri", NULL); /* from the page cache */
	expect_sentence(link, "8.0 GT/s PCIe x4", true, "hipri", NULL);
	expect_sentence(link, "8.0 GT/s PCIe x4", true, NULL, "limited by the CPU: fast's thread");
	expect_sentence("cpus_allowed", "0-1", true, "sqthread_poll",
		"limited by the CPUs: fast uses 2.00 of 2");
	expect_sentence("cpus_allowed", "0-3", true, "sqthread_poll", NULL);
	expect_sentence("cgroup.io_max", "8:0 rbps=1000", true, "sqthread_poll",
		"perhaps limited by the cgroup's io.max: 8:0 rbps=1000");
	expect_sentence("cgroup.io_max", "none", true, "sqthread_poll", NULL);
}

TEST_MAIN(NULL, NULL);
