/* SPDX-License-Identifier: MIT */
/*
 * A system call in place: what it returns, or -errno. For io_uring's one call of a turn: by way of
 * a library it costs two more pages of code and one of data (its stub, its table), which a machine
 * that empties its TLB at each call (page-table isolation) has to look up anew every time.
 */
#ifndef BASE_SYSTEM_CALL_H
#define BASE_SYSTEM_CALL_H

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline __attribute__((always_inline)) long system_call(
	long number, long a, long b, long c, long d, long e, long f)
{
	long result;
#if defined(__x86_64__)
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;
	register long sixth __asm__("r9") = f;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
#else
	result = syscall(number, a, b, c, d, e, f);
	return result < 0 ? -errno : result;
#endif
}

#endif
