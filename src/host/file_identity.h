/* SPDX-License-Identifier: MIT */
/*
 * Whether two open files are one. Device and inode number decide where the file systems number
 * files of their own. An overlay, a FUSE or an NFS shows files of others under numbers of its own;
 * but it shows their times and sizes too, and those of two files differ.
 */
#ifndef HOST_FILE_IDENTITY_H
#define HOST_FILE_IDENTITY_H

enum file_likeness {
	FILE_IS_OTHER,
	FILE_MAY_BE_SAME, /* another cannot be told from it */
	FILE_IS_SAME,
};

/* Of regular files; descriptors by O_PATH will do. */
enum file_likeness file_compare(int one, int other);

#endif
