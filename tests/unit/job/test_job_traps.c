/* SPDX-License-Identifier: MIT */
/* job_traps.c: what fio reads otherwise. */
#include "job_rig.h"
#include "test.h"

static unsigned warnings_of(const char *option)
{
	struct job_rig rig;
	char text[128];
	unsigned count;

	snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", option);
	rig_job(&rig, text);
	count = rig.diag.warning_count;
	rig_free(&rig);
	return count;
}

TEST(times_that_fio_takes_for_microseconds)
{
	static const char *const traps[] = {"runtime=5sec", "runtime=1min", "runtime=2hours",
		"runtime=500ns", "startdelay=1second", "runtime=1day"};
	static const char *const plain[] = {"runtime=5", "runtime=5s", "runtime=5S", "runtime=1m",
		"runtime=2h", "runtime=1d", "runtime=500ms", "runtime=500msec", "runtime=9us",
		"runtime=9usec"};

	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		assert_int_equal(warnings_of(traps[i]), 1);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		assert_int_equal(warnings_of(plain[i]), 0);
}

TEST(sizes_that_fio_takes_for_powers_of_1000)
{
	static const char *const traps[] = {"bs=4KiB", "io_size=1mib", "bsrange=1k-4KiB",
		"bssplit=4KiB/50:8k/50", "offset=1GiB", "bs=4k,8KiB"};
	static const char *const plain[] = {"bs=4k", "bs=4ki", "bs=4kb", "filename=test4kib",
		"filename=4kibs", "description=4KiB", "filename=/4kib.tmp"};

	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		assert_int_equal(warnings_of(traps[i]), 1);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(warnings_of(plain[i]), 0);
}

TEST(units_are_warned_of_once)
{
	assert_int_equal(warnings_of("bs=4KiB\nio_size=1MiB\noffset=2MiB"), 1);
	assert_int_equal(warnings_of("runtime=5sec\nramp_time=5sec"), 2);
}

TEST_MAIN(NULL, NULL);
