/* SPDX-License-Identifier: MIT */
/* What the types of this machine's file systems, and made-up ones, are taken for. */
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "host/file_identity.h"
#include "test.h"

static int64_t type_at(const char *path)
{
	struct statfs status;

	assert_int_equal(statfs(path, &status), 0);
	return status.f_type;
}

TEST(files_that_command_the_kernel_are_known_by_type)
{
	assert_string_equal(file_system_commanding(type_at("/proc")), "proc");
	assert_string_equal(file_system_commanding(type_at("/sys")), "sysfs");
	assert_null(file_system_commanding(type_at("/tmp")));
	assert_null(file_system_commanding(type_at("/dev")));
	/* statfs(2) may have it with its sign: 0xf97cff8c. */
	assert_string_equal(file_system_commanding((int32_t)SELINUX_MAGIC), "selinuxfs");
	assert_string_equal(file_system_commanding(SELINUX_MAGIC), "selinuxfs");
}

TEST(anonymous_numbers_are_trusted_where_files_are_its_own)
{
	static const struct {
		int64_t type;
		unsigned major;
		bool owns;
	} rows[] = {
		{EXT4_SUPER_MAGIC, 8, true},
		{XFS_SUPER_MAGIC, 259, true},
		{BTRFS_SUPER_MAGIC, 0, true}, /* a subvolume */
		{TMPFS_MAGIC, 0, true},
		{OVERLAYFS_SUPER_MAGIC, 0, false},
		{FUSE_SUPER_MAGIC, 0, false},
		{NFS_SUPER_MAGIC, 0, false},
		{V9FS_MAGIC, 0, false},
		{0x12345678, 0, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(file_system_owns_files(rows[i].type, makedev(rows[i].major, 40)),
			rows[i].owns);
}

TEST_MAIN(NULL, NULL);
