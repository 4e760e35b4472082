/* SPDX-License-Identifier: MIT */
/*
 * attach_wq: rings of this process that share one poll thread. The first one makes it; later ones
 * name any ring that is there. A ring may go while the others use the thread.
 */
#ifndef ENGINE_URING_SHARE_H
#define ENGINE_URING_SHARE_H

#include "engine/uring.h"

/* Held from asking for the descriptor until the ring is made and has joined. */
void uring_share_lock(void);
void uring_share_unlock(void);

/* A ring whose thread can be shared, or -1: there is none yet. Under the lock. */
int uring_share_descriptor(void);

/* Under the lock. */
void uring_share_join(struct uring *uring);

/* Before the ring is closed; takes the lock itself. Safe for a ring that has not joined. */
void uring_share_leave(struct uring *uring);

#endif
