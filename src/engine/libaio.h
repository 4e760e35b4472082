/* SPDX-License-Identifier: MIT */
/* Options of the libaio engine; its table is the class's. */
#ifndef ENGINE_LIBAIO_H
#define ENGINE_LIBAIO_H

#include <stdbool.h>

struct libaio_options {
	bool userspace_reap;
};

#endif
