/* SPDX-License-Identifier: MIT */
/* Preloaded into t/io_uring, which wants to know how large its files are: to it /dev/zero is a
 * regular file. fstat() is called before the first I/O only. Sizes are those of the bench's files.
 */
#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { ZERO_MAJOR = 1, ZERO_MINOR = 5, FILE_BYTES = 64 << 20 };

int fstat(int descriptor, struct stat *found)
{
	int (*real)(int, struct stat *) = dlsym(RTLD_NEXT, "fstat");
	int result = real(descriptor, found);

	if (result == 0 && S_ISCHR(found->st_mode) &&
		found->st_rdev == makedev(ZERO_MAJOR, ZERO_MINOR)) {
		found->st_mode = S_IFREG | (found->st_mode & ~S_IFMT);
		found->st_size = FILE_BYTES;
	}
	return result;
}

/* The same by the name that programs of _FILE_OFFSET_BITS=64 call. */
int fstat64(int descriptor, struct stat64 *found)
{
	return fstat(descriptor, (struct stat *)found);
}
