/* SPDX-License-Identifier: MIT */
/* Hints from made-up findings. */
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

/* A machine and an NVMe drive that have nothing to be said against. */
static void make_perfect(void)
{
	probe = (struct probe){
		.limits = {.cpu_count = 4, .governor = "performance", .idle_exit_us = -1},
		.has_target = true,
		.target = {.path = "/dev/nvme0n1", .kind = TARGET_BLOCK},
		.has_device = true,
		.device = {.name = "nvme0n1", .disk = "nvme0n1", .scheduler = "none"},
		.queue =
			{
				.disk = "nvme0n1",
				.driver = "nvme",
				.schedulers = "[none]",
				.no_merges = 2,
				.completion_cpu = 2,
				.writeback_throttle_us = 0,
				.io_poll = 1,
				.hardware_queues = 4,
				.poll_queues = 2,
				.loop_is_direct = BLOCK_QUEUE_UNKNOWN,
			},
	};
	ability_add(&probe.machine, &probe.arena, "registered buffers", ABILITY_YES);
	ability_add(&probe.machine, &probe.arena, "libaio I/Os", ABILITY_YES);
}

static const struct probe_hint *find(const char *part_of_command)
{
	for (const struct probe_hint *hint = probe.hints; hint; hint = hint->next) {
		if (strstr(hint->command, part_of_command))
			return hint;
	}
	return NULL;
}

TEST_FIXTURE(NULL, free_probe);

TEST(where_all_is_well_nothing_is_said)
{
	make_perfect();
	probe_add_hints(&probe);
	assert_null(probe.hints);
}

TEST(each_fault_has_its_command)
{
	make_perfect();
	probe.device.scheduler = "bfq";
	probe.queue.schedulers = "none [bfq]";
	probe.queue.io_poll = 0;
	probe.queue.writeback_throttle_us = 2000;
	probe.queue.feeds_entropy = 1;
	probe.queue.no_merges = 0;
	probe.queue.completion_cpu = 1;
	probe.queue.hardware_queues = 1;
	probe.limits.governor = "powersave";
	probe.limits.deepest_idle_state = "C6";
	probe.limits.idle_exit_us = 133;
	probe_add_hints(&probe);
	assert_non_null(find("echo none > /sys/block/nvme0n1/queue/scheduler"));
	assert_non_null(find("nvme.poll_queues=2"));
	assert_non_null(find("echo 0 > /sys/block/nvme0n1/queue/wbt_lat_usec"));
	assert_non_null(find("echo 0 > /sys/block/nvme0n1/queue/add_random"));
	assert_non_null(find("echo 2 > /sys/block/nvme0n1/queue/nomerges"));
	assert_non_null(find("echo 2 > /sys/block/nvme0n1/queue/rq_affinity"));
	assert_non_null(find("frequency-set -g performance"));
	assert_non_null(find("idle-set"));
}

/* Just good enough: no hint; and the bounds are those of the sentences. */
TEST(what_is_good_enough_is_left)
{
	make_perfect();
	probe.queue.hardware_queues = 1; /* shared by CPUs, but completed by the submitter's */
	probe.queue.completion_cpu = 2;
	probe.limits.deepest_idle_state = "C1";
	probe.limits.idle_exit_us = 50;
	probe_add_hints(&probe);
	assert_null(probe.hints);
	probe.limits.idle_exit_us = 51;
	probe_add_hints(&probe);
	assert_non_null(find("idle-set"));
}

TEST(limits_that_stop_an_engine_are_named)
{
	make_perfect();
	for (struct ability *a = probe.machine.first; a; a = a->next) {
		a->answer = ABILITY_NO;
		a->cure = a->name;
	}
	probe_add_hints(&probe);
	assert_string_equal(find("libaio I/Os")->effect, "large");
	assert_string_equal(find("registered buffers")->effect, "medium");
}

TEST(the_largest_effect_comes_first)
{
	static const char *const effects[] = {"large", "large", "medium", "medium", "small"};
	size_t count = 0;

	make_perfect();
	probe.queue.no_merges = 0;
	probe.queue.writeback_throttle_us = 2000;
	probe.queue.io_poll = 0;
	probe.limits.governor = "powersave";
	probe.uring.error = -1;
	probe.uring.reason = "io_uring is switched off";
	probe.uring.cure = "sysctl -w kernel.io_uring_disabled=0";
	probe_add_hints(&probe);
	for (const struct probe_hint *hint = probe.hints; hint; hint = hint->next)
		assert_string_equal(hint->effect, effects[count++]);
	assert_int_equal(count, 5);
	assert_string_equal(probe.hints->command, probe.uring.cure);
}

TEST(a_rotating_disk_keeps_its_scheduler)
{
	make_perfect();
	probe.device.scheduler = "mq-deadline";
	probe.device.is_rotational = true;
	probe.queue.driver = "sd";
	probe_add_hints(&probe);
	assert_null(probe.hints);
	probe.queue.driver = "virtio_blk"; /* It only says so. */
	probe_add_hints(&probe);
	assert_non_null(find("scheduler"));
}

TEST(a_loop_device_s_cache_is_seen)
{
	make_perfect();
	probe.queue.disk = "loop7";
	probe.queue.loop_is_direct = 0;
	probe_add_hints(&probe);
	assert_string_equal(probe.hints->command, "losetup --direct-io=on /dev/loop7");
	assert_null(probe.hints->next);
}

TEST_MAIN(NULL, NULL);
