/* SPDX-License-Identifier: MIT */
/* How every writer ends. */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include <errno.h>
#include <stdio.h>

/* 0 when all that was written to `stream` has left us, else -errno. Set errno to 0 before writing.
 */
static inline int stream_finish(FILE *stream)
{
	if (fflush(stream) == 0 && !ferror(stream))
		return 0;
	return errno ? -errno : -EIO;
}

#endif
