/* SPDX-License-Identifier: MIT */
/* Queue settings, read from a made-up sysfs. */
#include "host/block_device.h"
#include "test.h"
#include "unit/host/fake_sys.h"

TEST_FIXTURE(open_sys, close_sys);

TEST(settings_of_a_drive_are_read)
{
	struct block_queue queue;

	fake_file(&sys, "block/nvme0n1/queue/scheduler", "[none] mq-deadline\n");
	fake_file(&sys, "block/nvme0n1/queue/write_cache", "write through\n");
	fake_file(&sys, "block/nvme0n1/queue/nr_requests", "1023\n");
	fake_file(&sys, "block/nvme0n1/queue/nomerges", "2\n");
	fake_file(&sys, "block/nvme0n1/queue/rq_affinity", "1\n");
	fake_file(&sys, "block/nvme0n1/queue/wbt_lat_usec", "75000\n");
	fake_file(&sys, "block/nvme0n1/queue/io_poll", "1\n");
	fake_file(&sys, "block/nvme0n1/queue/max_sectors_kb", "128\n");
	fake_file(&sys, "block/nvme0n1/queue/max_hw_sectors_kb", "1024\n");
	fake_file(&sys, "block/nvme0n1/mq/0/cpu_list", "0\n");
	fake_file(&sys, "block/nvme0n1/mq/1/cpu_list", "1\n");
	fake_file(&sys, "block/nvme0n1/mq/10/cpu_list", "2\n");
	fake_file(&sys, "module/nvme/parameters/poll_queues", "2\n");
	mount_sys(state);
	block_queue_read("nvme0n1", &queue, &arena);
	assert_string_equal(queue.driver, "nvme");
	assert_string_equal(queue.schedulers, "[none] mq-deadline");
	assert_string_equal(queue.write_cache, "write through");
	assert_int_equal(queue.request_count, 1023);
	assert_int_equal(queue.no_merges, 2);
	assert_int_equal(queue.completion_cpu, 1);
	assert_int_equal(queue.writeback_throttle_us, 75000);
	assert_int_equal(queue.io_poll, 1);
	assert_int_equal(queue.max_sectors_kb, 128);
	assert_int_equal(queue.max_hw_sectors_kb, 1024);
	assert_int_equal(queue.hardware_queues, 3);
	assert_int_equal(queue.poll_queues, 2);
	assert_null(queue.slaves);
	assert_true(queue.loop_is_direct == BLOCK_QUEUE_UNKNOWN);
	assert_true(queue.read_ahead_kb == BLOCK_QUEUE_UNKNOWN);
}

TEST(disks_below_and_a_loop_device_s_mode_are_read)
{
	struct block_queue queue;

	fake_file(&sys, "block/dm-0/slaves/sdb/dev", "8:16\n");
	fake_file(&sys, "block/dm-0/slaves/sda/dev", "8:0\n");
	fake_file(&sys, "block/loop3/loop/dio", "1\n");
	fake_file(&sys, "block/loop3/queue/nr_requests", "none of your business\n");
	mount_sys(state);
	block_queue_read("dm-0", &queue, &arena);
	assert_string_equal(queue.slaves, "sda, sdb");
	assert_string_equal(queue.driver, "dm");
	assert_true(queue.hardware_queues == BLOCK_QUEUE_UNKNOWN);
	assert_null(queue.nvme_character);
	block_queue_read("loop3", &queue, &arena);
	assert_int_equal(queue.loop_is_direct, 1);
	assert_true(queue.request_count == BLOCK_QUEUE_UNKNOWN);
	block_queue_read("unheard-of", &queue, &arena);
	assert_null(queue.driver);
	assert_true(queue.poll_queues == BLOCK_QUEUE_UNKNOWN);
}

TEST(an_nvme_drive_has_a_character_node)
{
	struct block_queue here, gone;

	fake_file(&sys, "devices/nvme7/nvme7n2/size", "");
	fake_file(&sys, "devices/nvme7/ng7n2/dev", "");
	fake_file(&sys, "devices/nvme7/nvme7n3/size", "");
	fake_file(&sys, "devices/nvme7/ng7n3/dev", "");
	fake_link(&sys, "class/block/nvme7n2", "../../devices/nvme7/nvme7n2");
	fake_link(&sys, "class/block/nvme7n3", "../../devices/nvme7/nvme7n3");
	fake_file(&sys, "ng7n2", ""); /* the tree is /dev, too */
	mount_sys(state);
	need_mount(fake_tree_mount(&sys, "/dev"));
	block_queue_read("nvme7n2", &here, &arena);
	block_queue_read("nvme7n3", &gone, &arena);
	assert_int_equal(umount2("/dev", MNT_DETACH), 0);
	assert_string_equal(here.nvme_character, "/dev/ng7n2");
	assert_null(gone.nvme_character);
}

TEST_MAIN(NULL, NULL);
