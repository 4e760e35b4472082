/* SPDX-License-Identifier: MIT */
/* The rings of this process that share one poll thread. */
#include "engine/uring_share.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct uring *sharing; /* linked by next_sharing */

void uring_share_lock(void)
{
	pthread_mutex_lock(&lock);
}

void uring_share_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

int uring_share_descriptor(void)
{
	return sharing ? sharing->ring.ring_fd : -1;
}

void uring_share_join(struct uring *uring)
{
	uring->next_sharing = sharing;
	sharing = uring;
}

void uring_share_leave(struct uring *uring)
{
	pthread_mutex_lock(&lock);
	for (struct uring **link = &sharing; *link; link = &(*link)->next_sharing) {
		if (*link == uring) {
			*link = uring->next_sharing;
			break;
		}
	}
	pthread_mutex_unlock(&lock);
}
