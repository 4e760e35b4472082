/* SPDX-License-Identifier: MIT */
/* Every engine, and what can be said of any of them. */
#ifndef ENGINE_ENGINE_LIST_H
#define ENGINE_ENGINE_LIST_H

#include "engine/engine.h"

/* Every engine, one line each, in the order `help engines` shows: engine_NAME is its class. */
#define ENGINE_LIST(ENGINE)                                                                        \
	ENGINE(null)                                                                               \
	ENGINE(syscall)                                                                            \
	ENGINE(sync)                                                                               \
	ENGINE(psync)                                                                              \
	ENGINE(vsync)                                                                              \
	ENGINE(pvsync)                                                                             \
	ENGINE(pvsync2)                                                                            \
	ENGINE(copy_file_range)                                                                    \
	ENGINE(sendfile)                                                                           \
	ENGINE(mmap)                                                                               \
	ENGINE(posixaio)                                                                           \
	ENGINE(threads)                                                                            \
	ENGINE(libaio)                                                                             \
	ENGINE(epoll)                                                                              \
	ENGINE(poll)                                                                               \
	ENGINE(select)                                                                             \
	ENGINE(io_uring)                                                                           \
	ENGINE(io_uring_nop)                                                                       \
	ENGINE(io_uring_cmd)                                                                       \
	ENGINE(nvme_ioctl)

#define ENGINE_DECLARE(name) extern const struct engine_class engine_##name;
ENGINE_LIST(ENGINE_DECLARE)

/* All of them, NULL-terminated. */
extern const struct engine_class *const engines[];

/* By name or alias ("psync", "sync"); NULL when there is none. */
const struct engine_class *engine_find(const char *name);

/* How its I/O gets to the device: "passthrough", "direct" or "buffered". `class` may be NULL. */
const char *engine_access_name(const struct engine_class *class, bool is_direct);

/*
 * The sum of what two workers proved under `name`, where it consists of counts: "pread 4, fsync 1"
 * and "pread 5" make "pread 9, fsync 1"; "3" and "4" make "7". NULL where it is something else.
 */
const char *engine_proof_add(
	struct arena *arena, const char *name, const char *value, const char *other);

#endif
