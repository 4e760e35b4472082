/* SPDX-License-Identifier: MIT */
/*
 * Whether two open files are one. Device and inode number decide where the file systems number
 * files of their own. An overlay, a FUSE or an NFS shows files of others under numbers of its own;
 * but it shows their times and sizes too, and those of two files differ.
 */
#ifndef HOST_FILE_IDENTITY_H
#define HOST_FILE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum file_likeness {
	FILE_IS_OTHER,
	FILE_MAY_BE_SAME, /* nothing shows that they are two */
	FILE_IS_SAME,
};

/* Regular files; descriptors opened by O_PATH are enough. */
enum file_likeness file_compare(int one, int other);

/*
 * File systems are known by the type that statfs(2) reports, which holds in every mount namespace.
 * The name of one whose files command the kernel or report on it ("sysfs"): they are no
 * storage. NULL: any other.
 */
const char *file_system_commanding(int64_t type);

/*
 * Whether st_dev and st_ino say which file it is. They do not where one file system shows the
 * files of another (overlay, FUSE, NFS, …) under an anonymous device number of its own.
 */
bool file_system_owns_files(int64_t type, dev_t device);

#endif
