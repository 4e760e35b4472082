/* SPDX-License-Identifier: MIT */
/*
 * LD_PRELOAD: a file system that does not answer. Of the process that HANG_IN=VARIABLE=VALUE is
 * about (as OMPI_COMM_WORLD_RANK=1) the first call of the kind HANG (fsync, pread, unlink) takes
 * HANG_S seconds; HANG_MARK names a file that is made before it. HANG_AT=N: the call of that
 * number. HANG_BEHIND=FILE: calls count from when FILE is there. Signals do not end it. HANG=spread
 * is a message from rank 0 that is passed on by Open MPI.
 * ringside's engines make their calls by syscall(2).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS = 6, TAG_DOWN = 2 /* LINK_DOWN of cluster/link.h */ };

static bool is_meant(void)
{
	const char *wanted = getenv("HANG_IN");
	char name[64] = "";
	size_t length = wanted ? strcspn(wanted, "=") : 0;

	if (length == 0 || length >= sizeof(name) || !wanted[length])
		return false;
	memcpy(name, wanted, length);
	return getenv(name) && strcmp(getenv(name), wanted + length + 1) == 0;
}

static void hang(const char *kind)
{
	static atomic_ulong calls;
	const char *asked = getenv("HANG"), *mark = getenv("HANG_MARK"), *at = getenv("HANG_AT");
	const char *behind = getenv("HANG_BEHIND");
	struct timespec left = {.tv_sec = 600};

	if (behind && access(behind, F_OK) != 0)
		return;
	if (!asked || strcmp(asked, kind) != 0 || !is_meant() ||
		atomic_fetch_add(&calls, 1) + 1 != (at ? strtoul(at, NULL, 10) : 1))
		return;
	if (getenv("HANG_S"))
		left.tv_sec = strtol(getenv("HANG_S"), NULL, 10);
	if (mark)
		close(open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

int fsync(int descriptor)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	hang("fsync");
	return real(descriptor);
}

int unlink(const char *path)
{
	int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");

	hang("unlink");
	return real(path);
}

/* As Open MPI has it: handles are pointers. */
int MPI_Isend(const void *bytes, int count, void *type, int to, int tag, void *comm, void *request)
{
	int (*real)(const void *, int, void *, int, int, void *, void *) = (int (*)(
		const void *, int, void *, int, int, void *, void *))dlsym(RTLD_NEXT, "MPI_Isend");

	if (tag == TAG_DOWN)
		hang("spread");
	return real(bytes, count, type, to, tag, comm, request);
}

long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long arguments[ARGUMENTS];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < ARGUMENTS; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_pread64)
		hang("pread");
	return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
		arguments[5]);
}
