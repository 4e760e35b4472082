/* SPDX-License-Identifier: MIT */
/* File systems by the type that statfs(2) reports: of whatever namespace, no mount table is asked.
 */
#ifndef HOST_FILE_SYSTEM_H
#define HOST_FILE_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The name of a file system whose files command the kernel or report on it ("sysfs"): they are no
 * storage. NULL: another one.
 */
const char *file_system_commanding(int64_t type);

/*
 * Whether st_dev and st_ino say which file it is. They do not where one file system shows the
 * files of another (overlay, FUSE, NFS, …) under an anonymous device number of its own.
 */
bool file_system_owns_files(int64_t type, dev_t device);

#endif
