/* SPDX-License-Identifier: MIT */
/* Names of NVMe nodes in a made-up sysfs. */
#include <sys/sysmacros.h>

#include "host/nvme.h"
#include "test.h"
#include "unit/host/fake_sys.h"

#define PCI       "devices/pci0000:00/0000:00:03.0/nvme/"
#define SUBSYSTEM "devices/virtual/nvme-subsystem/nvme-subsys2/"

static void add_controller(const char *name, unsigned number)
{
	fake_link(
		&sys, arena_printf(&arena, PCI "%s/subsystem", name), "../../../../../class/nvme");
	fake_link(&sys, arena_printf(&arena, "class/nvme/%s", name),
		arena_printf(&arena, "../../" PCI "%s", name));
	fake_link(&sys, arena_printf(&arena, "dev/char/242:%u", number),
		arena_printf(&arena, "../../" PCI "%s", name));
}

static void add_node(const char *class, const char *folder, const char *name)
{
	fake_file(&sys, arena_printf(&arena, "%s%s/uevent", folder, name), "");
	fake_link(&sys, arena_printf(&arena, "class/%s/%s", class, name),
		arena_printf(&arena, "../../%s%s", folder, name));
}

TEST_FIXTURE(open_sys, close_sys);

/* As Linux 6.1 names a drive that was open when it was unplugged, and plugged in again. */
TEST(both_nodes_are_found_though_their_numbers_differ)
{
	add_node("block", PCI "nvme4/", "nvme3n2");
	add_node("nvme-generic", PCI "nvme4/", "ng4n2");
	add_node("block", PCI "nvme4/", "nvme3n12");
	mount_sys(state);
	assert_string_equal(nvme_character_name("nvme3n2", &arena), "ng4n2");
	assert_string_equal(nvme_block_name("ng4n2", &arena), "nvme3n2");
	assert_null(nvme_character_name("nvme3n12", &arena));
	assert_null(nvme_character_name("nvme4n2", &arena));
	assert_null(nvme_character_name("nvme3n2p1", &arena));
	assert_null(nvme_block_name("null", &arena));
}

TEST(a_namespace_of_several_paths_has_its_nodes_in_the_subsystem)
{
	add_controller("nvme1", 1);
	add_node("block", PCI "nvme1/", "nvme2c1n1");
	add_node("block", SUBSYSTEM, "nvme2n1");
	add_node("nvme-generic", SUBSYSTEM, "ng2n1");
	mount_sys(state);
	assert_string_equal(nvme_character_name("nvme2n1", &arena), "ng2n1");
	assert_string_equal(nvme_block_name("ng2n1", &arena), "nvme2n1");
	assert_null(nvme_character_name("nvme2c1n1", &arena));
}

TEST(a_controller_is_known_and_its_first_namespace)
{
	const char *block;

	add_controller("nvme0", 0);
	add_node("block", PCI "nvme0/", "nvme0n10");
	add_node("block", PCI "nvme0/", "nvme0n2");
	add_node("nvme-generic", PCI "nvme0/", "ng0n2");
	fake_link(&sys, PCI "nvme0/ng0n2/subsystem", "../../../../../../class/nvme-generic");
	fake_link(&sys, "dev/char/243:0", "../../" PCI "nvme0/ng0n2");
	add_controller("nvme1", 1);
	add_node("block", PCI "nvme1/", "nvme2c1n1");
	add_controller("nvme5", 5);
	mount_sys(state);
	assert_true(nvme_is_controller(makedev(242, 0), &block, &arena));
	assert_string_equal(block, "nvme0n2");
	assert_true(nvme_is_controller(makedev(242, 1), &block, &arena));
	assert_string_equal(block, "nvme2n1");
	assert_true(nvme_is_controller(makedev(242, 5), &block, &arena));
	assert_null(block);
	assert_false(nvme_is_controller(makedev(243, 0), &block, &arena));
	assert_false(nvme_is_controller(makedev(1, 3), &block, &arena));
}

TEST_MAIN(NULL, NULL);
