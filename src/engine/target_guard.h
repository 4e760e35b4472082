/* SPDX-License-Identifier: MIT */
/*
 * Between a target's name and what is open: opened first, then looked at, then asked about, so that
 * a name that leads elsewhere by now brings nothing.
 */
#ifndef ENGINE_TARGET_GUARD_H
#define ENGINE_TARGET_GUARD_H

#include <stdbool.h>

#include "engine/target.h"

/*
 * Opens what the target's path leads to with `mode` of open(2). Nothing is opened that is not of
 * the target's kind, or is another device: -ESTALE. With O_CREAT a file that is missing is made;
 * then *is_created is set. A descriptor or -errno.
 */
int target_guard_open(struct target *target, int mode, bool *is_created);

/* Asks the write guard about an open file or a claimed device. 0, or -EBUSY, told to target->guard.
 */
int target_guard_ask(struct target *target, int descriptor);

/* -ESTALE, told to target->guard: it is not what was looked at. */
int target_guard_refuse_another(struct target *target);

#endif
