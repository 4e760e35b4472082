/* SPDX-License-Identifier: MIT */
/*
 * Copying to and from mapped files. A page that cannot be read (EIO), written (ENOSPC) or is not
 * there any more (truncated file) is a SIGBUS: here it becomes a result.
 */
#ifndef ENGINE_BUS_GUARD_H
#define ENGINE_BUS_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/* Takes over SIGBUS for the process; faults that are not of a copy go where they went before. */
void bus_guard_install(void);

/* memcpy; false when a page was not to be had, and then an unknown part is copied. */
bool bus_guard_copy(void *to, const void *from, size_t bytes);

#endif
