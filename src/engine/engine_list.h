/* SPDX-License-Identifier: MIT */
/* Every engine, one line each, in the order `help engines` shows: engine_NAME is its class. */
#ifndef ENGINE_ENGINE_LIST_H
#define ENGINE_ENGINE_LIST_H

#include "engine/engine.h"

#define ENGINE_LIST(ENGINE)                                                                        \
	ENGINE(null)                                                                               \
	ENGINE(sync)                                                                               \
	ENGINE(psync)                                                                              \
	ENGINE(pvsync2)                                                                            \
	ENGINE(mmap)                                                                               \
	ENGINE(posixaio)                                                                           \
	ENGINE(threads)                                                                            \
	ENGINE(libaio)                                                                             \
	ENGINE(epoll)                                                                              \
	ENGINE(poll)                                                                               \
	ENGINE(select)                                                                             \
	ENGINE(io_uring)                                                                           \
	ENGINE(io_uring_cmd)                                                                       \
	ENGINE(nvme_ioctl)

#define ENGINE_DECLARE(name) extern const struct engine_class engine_##name;
ENGINE_LIST(ENGINE_DECLARE)

#endif
