/* SPDX-License-Identifier: MIT */
/* Files are compared by numbers, by attributes, and last by where the data are. */
#include "host/file_identity.h"

#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/cleanup.h"

/* Not in magic.h. */
#define CONFIGFS_MAGIC 0x62656570
#define FUSECTL_MAGIC  0x65735543
#define UBIFS_MAGIC    0x24051905
#define ZFS_MAGIC      0x2fc12fc1
#define BCACHEFS_MAGIC 0xca451a4e

enum {
	LOOK_LIMIT = 4, /* at a file that changes while it is looked at */
	EXTENT_LIMIT = 64,
	/* An extent of which the address says nothing. */
	EXTENT_WITHOUT_PLACE = FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC |
			       FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_NOT_ALIGNED,
};

struct extents {
	struct fiemap map;
	struct fiemap_extent list[EXTENT_LIMIT];
};

/* Types are those of include/uapi/linux/magic.h in the kernel's source. */
static const struct {
	uint32_t type;
	const char *name;
} commanding[] = {
	{PROC_SUPER_MAGIC, "proc"},
	{SYSFS_MAGIC, "sysfs"},
	{DEBUGFS_MAGIC, "debugfs"},
	{TRACEFS_MAGIC, "tracefs"},
	{SECURITYFS_MAGIC, "securityfs"},
	{SELINUX_MAGIC, "selinuxfs"},
	{SMACK_MAGIC, "smackfs"},
	{CONFIGFS_MAGIC, "configfs"},
	{CGROUP_SUPER_MAGIC, "cgroup"},
	{CGROUP2_SUPER_MAGIC, "cgroup2"},
	{EFIVARFS_MAGIC, "efivarfs"},
	{PSTOREFS_MAGIC, "pstore"},
	{BPF_FS_MAGIC, "bpf"},
	{BINFMTFS_MAGIC, "binfmt_misc"},
	{FUSECTL_MAGIC, "fusectl"},
	{NSFS_MAGIC, "nsfs"},
	{RDTGROUP_SUPER_MAGIC, "resctrl"},
	{XENFS_SUPER_MAGIC, "xenfs"},
};

/* Those whose device number is anonymous, and whose files are their own all the same. */
static const uint32_t owning[] = {BTRFS_SUPER_MAGIC, TMPFS_MAGIC, RAMFS_MAGIC, HUGETLBFS_MAGIC,
	XFS_SUPER_MAGIC, UBIFS_MAGIC, ZFS_MAGIC, BCACHEFS_MAGIC};

const char *file_system_commanding(int64_t type)
{
	for (size_t i = 0; i < sizeof(commanding) / sizeof(commanding[0]); i++) {
		if (commanding[i].type == (uint32_t)type)
			return commanding[i].name;
	}
	return NULL;
}

bool file_system_owns_files(int64_t type, dev_t device)
{
	for (size_t i = 0; i < sizeof(owning) / sizeof(owning[0]); i++) {
		if (owning[i] == (uint32_t)type)
			return true;
	}
	return major(device) != 0;
}

static bool owns_files(int descriptor, dev_t device)
{
	struct statfs status;

	return fstatfs(descriptor, &status) == 0 && file_system_owns_files(status.f_type, device);
}

/* What a file system that shows another's file takes from there; from the server, if there is one.
 */
static bool read_attributes(int descriptor, struct statx *attributes)
{
	return statx(descriptor, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC,
		       STATX_BASIC_STATS | STATX_BTIME, attributes) == 0;
}

static bool is_same_time(const struct statx_timestamp *one, const struct statx_timestamp *other)
{
	return one->tv_sec == other->tv_sec && one->tv_nsec == other->tv_nsec;
}

static bool are_alike(const struct statx *one, const struct statx *other)
{
	bool have_births = one->stx_mask & other->stx_mask & STATX_BTIME;

	return one->stx_size == other->stx_size &&
	       is_same_time(&one->stx_mtime, &other->stx_mtime) &&
	       is_same_time(&one->stx_ctime, &other->stx_ctime) &&
	       (!have_births || is_same_time(&one->stx_btime, &other->stx_btime));
}

/* A file that is written all the time is looked at until it holds still for once. */
static bool have_other_attributes(int one, int other)
{
	struct statx before, between, after;

	for (int i = 0; i < LOOK_LIMIT; i++) {
		if (!read_attributes(one, &before) || !read_attributes(other, &between) ||
			!read_attributes(one, &after))
			return false;
		if (are_alike(&before, &after))
			return !are_alike(&before, &between);
	}
	return false;
}

static bool read_extents(int descriptor, struct extents *extents)
{
	char link[64];

	/* O_PATH is not enough for it, and the file need not have been opened to read. */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	{
		AUTO_CLOSE int reader = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		*extents = (struct extents){.map = {
						    .fm_length = FIEMAP_MAX_OFFSET,
						    .fm_flags = FIEMAP_FLAG_SYNC,
						    .fm_extent_count = EXTENT_LIMIT,
					    }};
		if (reader < 0 || ioctl(reader, FS_IOC_FIEMAP, &extents->map) < 0)
			return false;
	}
	for (uint32_t i = 0; i < extents->map.fm_mapped_extents; i++) {
		if (extents->list[i].fe_flags & EXTENT_WITHOUT_PLACE)
			return false;
	}
	return extents->map.fm_mapped_extents > 0;
}

/* Files that lie in different places are two; those in one place may be on two devices. */
static bool lie_elsewhere(int one, int other)
{
	struct extents a, b;

	return read_extents(one, &a) && read_extents(other, &b) &&
	       a.list[0].fe_logical == b.list[0].fe_logical &&
	       a.list[0].fe_physical != b.list[0].fe_physical;
}

enum file_likeness file_compare(int one, int other)
{
	struct stat a, b;

	if (fstat(one, &a) < 0 || fstat(other, &b) < 0)
		return FILE_MAY_BE_SAME;
	if (a.st_dev == b.st_dev)
		return a.st_ino == b.st_ino ? FILE_IS_SAME : FILE_IS_OTHER;
	if (owns_files(one, a.st_dev) && owns_files(other, b.st_dev))
		return FILE_IS_OTHER;
	if (have_other_attributes(one, other) || lie_elsewhere(one, other))
		return FILE_IS_OTHER;
	return FILE_MAY_BE_SAME;
}
