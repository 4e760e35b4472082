/* SPDX-License-Identifier: MIT */
/* Results are written whole or not at all: temporary file beside the target, fsync, rename. */
#ifndef BASE_SAVE_FILE_H
#define BASE_SAVE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes `bytes` of `data` to `path`, or leaves what was there as it was. A path that exists and
 * is no regular file (/dev/null, a pipe, /dev/stdout or "-") is written straight; a block device,
 * which is to hold data, never: -EPERM. Returns 0 or -errno.
 */
int save_file(const char *path, const void *data, size_t bytes);

/* Whether the path is one of stdout's names. */
bool save_file_is_stdout(const char *path);

/* 0 when save_file(path) has a chance (the folder exists and can be written), else -errno. */
int save_file_check(const char *path);

#endif
