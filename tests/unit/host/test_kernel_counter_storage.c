/* SPDX-License-Identifier: MIT */
/* Each kind of change is seen, and what is no change is none. */
#include "host/kernel_counter.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

/* The mounts that are watched are those of the namespace of the first call. */
TEST(a_mount_and_its_end_are_changes)
{
	struct fake_tree tree;
	uint64_t before, mounted, after;

	fake_tree_open(&tree);
	if (!enter_private_mounts()) {
		fake_tree_close(&tree, NULL);
		need_mount(false);
	}
	before = kernel_counter_storage_changes();
	if (mount("none", tree.folder, "tmpfs", 0, NULL) < 0) {
		fake_tree_close(&tree, NULL);
		need_mount(false);
	}
	mounted = kernel_counter_storage_changes();
	fake_tree_close(&tree, tree.folder);
	after = kernel_counter_storage_changes();
	assert_true(before != 0);
	assert_true(mounted != before);
	assert_true(after != mounted);
}

TEST(a_loop_device_is_a_change)
{
	uint64_t before = kernel_counter_storage_changes();
	struct loop_device loop;
	bool is_attached = loop_device_open(&loop, 1 << 20);
	uint64_t after = kernel_counter_storage_changes();

	if (is_attached)
		loop_device_close(&loop);
	else
		unlink(loop.file);
	if (!is_attached)
		SKIP_WITHOUT_LOOP_DEVICES();
	assert_true(after != before);
}

/* Other programs may attach something at any moment: of many looks most find nothing new. */
TEST(a_look_is_no_change)
{
	unsigned changes = 0;
	uint64_t last = kernel_counter_storage_changes();

	if (access("/sys/kernel/uevent_seqnum", R_OK) < 0) {
		print_message("skipped: no /sys/kernel/uevent_seqnum\n");
		skip();
	}
	for (int i = 0; i < 1000; i++) {
		uint64_t now = kernel_counter_storage_changes();

		changes += now != last;
		last = now;
	}
	assert_true(changes < 500);
}

TEST_MAIN(NULL, NULL);
