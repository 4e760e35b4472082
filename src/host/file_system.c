/* SPDX-License-Identifier: MIT */
/* The types are those of include/uapi/linux/magic.h in the kernel's source. */
#include "host/file_system.h"

#include <linux/magic.h>
#include <stddef.h>
#include <sys/sysmacros.h>

/* Not in magic.h. */
#define CONFIGFS_MAGIC 0x62656570
#define FUSECTL_MAGIC  0x65735543
#define UBIFS_MAGIC    0x24051905
#define ZFS_MAGIC      0x2fc12fc1
#define BCACHEFS_MAGIC 0xca451a4e

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
