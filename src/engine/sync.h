/* SPDX-License-Identifier: MIT */
#ifndef ENGINE_SYNC_H
#define ENGINE_SYNC_H

#include <stdbool.h>

/* Whether a kernel of this release ("6.1.0-56-amd64") polls for no preadv2(2). */
bool sync_ignores_hipri(const char *release);

#endif
