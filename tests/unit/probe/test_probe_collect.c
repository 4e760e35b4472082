/* SPDX-License-Identifier: MIT */
/* Answers about a machine from made-up limits, and the settings of a made-up queue. */
#include <errno.h>
#include <string.h>

#include "probe/probe.h"
#include "test.h"

static struct probe probe;

static int free_probe(void **state)
{
	(void)state;
	probe_free(&probe);
	return 0;
}

static const struct ability *answer(const char *name, struct host_limits limits)
{
	probe_free(&probe);
	probe = (struct probe){.limits = limits};
	probe_answer_limits(&probe);
	return ability_find(&probe.machine, name);
}

TEST_FIXTURE(NULL, free_probe);

TEST(libaio_needs_room_for_one_more)
{
	const char *name = "libaio I/Os";
	const struct ability *a = answer(name, (struct host_limits){.aio_limit = -1});

	assert_int_equal(a->answer, ABILITY_NO);
	assert_non_null(strstr(a->cure, "CONFIG_AIO"));
	a = answer(name, (struct host_limits){.aio_used = 65535, .aio_limit = 65536});
	assert_int_equal(a->answer, ABILITY_YES);
	assert_non_null(strstr(a->reason, "65535 of 65536"));
	a = answer(name, (struct host_limits){.aio_used = 65536, .aio_limit = 65536});
	assert_int_equal(a->answer, ABILITY_NO);
	assert_non_null(strstr(a->cure, "fs.aio-max-nr"));
}

TEST(a_poll_thread_needs_a_second_cpu)
{
	const char *name = "a CPU for SQPOLL";

	assert_int_equal(answer(name, (struct host_limits){.cpu_count = 1})->answer, ABILITY_NO);
	assert_int_equal(answer(name, (struct host_limits){.cpu_count = 2})->answer, ABILITY_YES);
}

TEST(locked_memory_is_enough_or_not)
{
	const char *name = "registered buffers";
	struct host_limits limits = {.locked_bytes = 64 << 10};

	assert_int_equal(answer(name, limits)->answer, ABILITY_NO);
	limits.locked_bytes = UINT64_MAX;
	assert_int_equal(answer(name, limits)->answer, ABILITY_YES);
	limits = (struct host_limits){.locked_bytes = 64 << 10, .may_lock_memory = true};
	assert_int_equal(answer(name, limits)->answer, ABILITY_YES);
}

/* Everything, user mode only, nothing; the cure is the kernel's switch or the machine's. */
TEST(counters_are_there_in_part_or_not_at_all)
{
	static const struct {
		int user, kernel;
		enum ability_answer answer;
		const char *reason, *cure;
	} cases[] = {
		{0, 0, ABILITY_YES, "in user mode and the kernel", NULL},
		{0, -EACCES, ABILITY_YES, "in user mode only: kernel.perf_event_paranoid is 2",
			"sysctl -w kernel.perf_event_paranoid=1"},
		{-ENOENT, -ENOENT, ABILITY_NO, "no performance counters", "vPMU"},
		{-EPERM, -EPERM, ABILITY_NO, "seccomp", "--cap-add=PERFMON"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ability *a;

		probe_free(&probe);
		probe = (struct probe){.limits.perf_event_paranoid = 2,
			.counter_errors = {cases[i].user, cases[i].kernel}};
		probe_answer_limits(&probe);
		a = ability_find(&probe.machine, "CPU counters");
		assert_int_equal(a->answer, cases[i].answer);
		assert_non_null(strstr(a->reason, cases[i].reason));
		if (cases[i].cure)
			assert_non_null(strstr(a->cure, cases[i].cure));
		else
			assert_null(a->cure);
	}
}

static const struct probe_setting *find(
	const struct probe_setting *settings, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	}
	fail_msg("no %s", name);
	return NULL;
}

TEST(what_is_not_known_of_a_queue_has_no_value)
{
	const struct block_queue queue = {
		.schedulers = "[none]", .request_count = 1023, .io_poll = BLOCK_QUEUE_UNKNOWN};
	struct probe_setting settings[PROBE_SETTINGS_LIMIT];
	size_t count = probe_queue_settings(&queue, settings, &probe.arena);

	assert_string_equal(find(settings, count, "scheduler")->value, "[none]");
	assert_string_equal(find(settings, count, "nr_requests")->value, "1023");
	assert_string_equal(find(settings, count, "nomerges")->value, "0");
	assert_null(find(settings, count, "io_poll")->value);
	assert_null(find(settings, count, "write_cache")->value);
}

TEST_MAIN(NULL, NULL);
