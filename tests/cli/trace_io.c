/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into fio and ringside alike: writes a line "OP FILE OFFSET LENGTH" to the file
 * $TRACE_IO for each read (r), write (w), trim (t) and sync (s, d) of a file below the folder
 * $TRACE_FOLDER that the C library is asked for. A call that did less counts for what it did.
 * With TRACE_RAW=1 reads and writes count only when made by syscall(2): ringside's engines make
 * them so, and what it reads besides (samples of the data, say) is no I/O of a job.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void record(char op, int fd, long long offset, long long length)
{
	static int trace = -1;
	static const char *folder;
	char link[64], path[512], line[640];

	if (trace < 0) {
		folder = getenv("TRACE_FOLDER");
		if (!folder || !getenv("TRACE_IO"))
			return;
		trace = open(getenv("TRACE_IO"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t bytes = readlink(link, path, sizeof(path) - 1);

	if (bytes <= 0 || length < 0)
		return;
	path[bytes] = '\0';
	size_t prefix = strlen(folder);

	if (strncmp(path, folder, prefix) != 0 || path[prefix] != '/')
		return;
	int count = snprintf(
		line, sizeof(line), "%c %s %lld %lld\n", op, path + prefix + 1, offset, length);

	if (write(trace, line, (size_t)count) != count)
		abort();
}

static void note(char op, int fd, long long offset, long long length)
{
	if ((op != 'r' && op != 'w') || !getenv("TRACE_RAW"))
		record(op, fd, offset, length);
}

static void *next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (!function)
		abort();
	return function;
}

#define POSITIONED(op, type, name)                                                                 \
	ssize_t name(int fd, type, size_t length, off64_t offset)                                  \
	{                                                                                          \
		ssize_t (*real)(int, type, size_t, off64_t) = next(#name);                         \
		ssize_t done = real(fd, data, length, offset);                                     \
                                                                                                   \
		note(op, fd, offset, done);                                                        \
		return done;                                                                       \
	}
#define VECTOR(op, name)                                                                           \
	ssize_t name(int fd, const struct iovec *parts, int count, off64_t offset)                 \
	{                                                                                          \
		ssize_t (*real)(int, const struct iovec *, int, off64_t) = next(#name);            \
		ssize_t done = real(fd, parts, count, offset);                                     \
                                                                                                   \
		note(op, fd, offset, done);                                                        \
		return done;                                                                       \
	}
#define VECTOR2(op, name)                                                                          \
	ssize_t name(int fd, const struct iovec *parts, int count, off64_t offset, int flags)      \
	{                                                                                          \
		ssize_t (*real)(int, const struct iovec *, int, off64_t, int) = next(#name);       \
		ssize_t done = real(fd, parts, count, offset, flags);                              \
                                                                                                   \
		note(op, fd, offset, done);                                                        \
		return done;                                                                       \
	}
#define CURRENT_VECTOR(op, name)                                                                   \
	ssize_t name(int fd, const struct iovec *parts, int count)                                 \
	{                                                                                          \
		ssize_t (*real)(int, const struct iovec *, int) = next(#name);                     \
		off64_t offset = lseek64(fd, 0, SEEK_CUR);                                         \
		ssize_t done = real(fd, parts, count);                                             \
                                                                                                   \
		if (offset >= 0)                                                                   \
			note(op, fd, offset, done);                                                \
		return done;                                                                       \
	}
#define SYNC(op, name)                                                                             \
	int name(int fd)                                                                           \
	{                                                                                          \
		int (*real)(int) = next(#name);                                                    \
		int error = real(fd);                                                              \
                                                                                                   \
		if (!error)                                                                        \
			note(op, fd, 0, 0);                                                        \
		return error;                                                                      \
	}
#define ALLOCATE(name)                                                                             \
	int name(int fd, int mode, off64_t offset, off64_t length)                                 \
	{                                                                                          \
		int (*real)(int, int, off64_t, off64_t) = next(#name);                             \
		int error = real(fd, mode, offset, length);                                        \
                                                                                                   \
		if (!error && (mode & FALLOC_FL_PUNCH_HOLE))                                       \
			note('t', fd, offset, length);                                             \
		return error;                                                                      \
	}

POSITIONED('r', void *data, pread)
POSITIONED('r', void *data, pread64)
POSITIONED('w', const void *data, pwrite)
POSITIONED('w', const void *data, pwrite64)
VECTOR('r', preadv)
VECTOR('r', preadv64)
VECTOR('w', pwritev)
VECTOR('w', pwritev64)
VECTOR2('r', preadv2)
VECTOR2('r', preadv64v2)
VECTOR2('w', pwritev2)
VECTOR2('w', pwritev64v2)
CURRENT_VECTOR('r', readv)
CURRENT_VECTOR('w', writev)
SYNC('s', fsync)
SYNC('d', fdatasync)
ALLOCATE(fallocate)
ALLOCATE(fallocate64)

int ioctl(int fd, unsigned long request, ...)
{
	int (*real)(int, unsigned long, void *) = next("ioctl");
	va_list list;

	va_start(list, request);
	void *argument = va_arg(list, void *);

	va_end(list);
	int error = real(fd, request, argument);

	if (!error && request == BLKDISCARD) {
		const uint64_t *range = argument;

		note('t', fd, (long long)range[0], (long long)range[1]);
	}
	return error;
}

long syscall(long number, ...)
{
	long (*real)(long, ...) = next("syscall");
	off64_t at = 0;
	va_list list;
	long part[6];

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		part[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_read || number == SYS_write || number == SYS_readv ||
		number == SYS_writev)
		at = lseek64((int)part[0], 0, SEEK_CUR);
	long done = real(number, part[0], part[1], part[2], part[3], part[4], part[5]);

	switch (number) {
	case SYS_pread64:
	case SYS_preadv:
	case SYS_preadv2:
		record('r', (int)part[0], part[3], done);
		break;
	case SYS_pwrite64:
	case SYS_pwritev:
	case SYS_pwritev2:
		record('w', (int)part[0], part[3], done);
		break;
	case SYS_read:
	case SYS_readv:
		record('r', (int)part[0], at, done);
		break;
	case SYS_write:
	case SYS_writev:
		record('w', (int)part[0], at, done);
		break;
	default:
		break;
	}
	return done;
}
