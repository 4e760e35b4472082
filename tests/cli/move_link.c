/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a program, moves a link under its hands: before the $AT-th call of open(2) that
 * is about $LINK, by that name or as something that is open, $NEXT is renamed over it. Leaves a
 * file $MOVED behind when it did so.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int count;

static void look(const char *path)
{
	const char *link = getenv("LINK");

	if (!link || (strcmp(path, link) != 0 && strncmp(path, "/proc/self/fd/", 14) != 0))
		return;
	if (++count != strtol(getenv("AT"), NULL, 10))
		return;
	if (rename(getenv("NEXT"), link) == 0)
		close((int)syscall(
			SYS_openat, AT_FDCWD, getenv("MOVED"), O_CREAT | O_WRONLY, 0600));
}

static int open_for_real(const char *path, int flags, mode_t mode)
{
	look(path);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define REPLACE(name)                                                                              \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list arguments;                                                                 \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(arguments, flags);                                                        \
		mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;                            \
		va_end(arguments);                                                                 \
		return open_for_real(path, flags, mode);                                           \
	}

REPLACE(open)
REPLACE(open64)
REPLACE(__open_2)
REPLACE(__open64_2)
