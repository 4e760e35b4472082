/* SPDX-License-Identifier: MIT */
/*
 * LD_PRELOAD: a device that lies. SPOIL=lose drops the write number SPOIL_AT, SPOIL=tear writes
 * half of it, SPOIL=misdirect writes it one block further on; each says that all is well.
 * SPOIL=unread fails all reads from number SPOIL_AT on.
 * ringside's engines make their calls by syscall(2).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ARGUMENTS = 6 };

long syscall(long number, ...)
{
	static long (*real)(long, ...);
	static unsigned long writes, reads;
	const char *how = getenv("SPOIL"), *at = getenv("SPOIL_AT");
	long arguments[ARGUMENTS];
	va_list list;

	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	va_start(list, number);
	for (int i = 0; i < ARGUMENTS; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_pread64 && how && at && strcmp(how, "unread") == 0 &&
		++reads >= strtoul(at, NULL, 10)) {
		errno = EIO;
		return -1;
	}
	if (number != SYS_pwrite64 || !how || !at || strcmp(how, "unread") == 0 ||
		++writes != strtoul(at, NULL, 10))
		return real(number, arguments[0], arguments[1], arguments[2], arguments[3],
			arguments[4], arguments[5]);
	if (strcmp(how, "tear") == 0)
		(void)real(number, arguments[0], arguments[1], arguments[2] / 2, arguments[3]);
	else if (strcmp(how, "misdirect") == 0)
		(void)real(number, arguments[0], arguments[1], arguments[2],
			arguments[3] + arguments[2]);
	return arguments[2];
}
