/* SPDX-License-Identifier: MIT */
/*
 * Waiting for descriptors to become ready, in the three ways that programs do it: epoll(7),
 * poll(2), select(2). Entries are numbered from 0; each is a descriptor and what is waited for.
 */
#ifndef ENGINE_WAITER_H
#define ENGINE_WAITER_H

#include <poll.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/engine_kit.h"

struct epoll_event;

enum waiter_way { WAITER_EPOLL, WAITER_POLL, WAITER_SELECT };

struct waiter {
	enum waiter_way way;
	unsigned count;
	struct pollfd *entries; /* events: what is waited for; revents: what is ready */
	int epoll;              /* WAITER_EPOLL; else -1 */
	struct epoll_event *events;
	bool has_pwait2;
	uint64_t syscalls; /* all that it made */
	uint64_t waits;    /* of them: that wait */
};

/*
 * Makes one of `count` entries. 0 or -errno with report->problem. waiter_close also after a
 * failure; safe twice.
 */
int waiter_open(
	struct waiter *waiter, enum waiter_way way, unsigned count, struct engine_report *report);
void waiter_close(struct waiter *waiter);

/*
 * Entry `index` is `descriptor`, waiting for `events` (POLLIN, POLLOUT; 0: nothing, not even
 * errors). 0 or -errno: -EPERM from epoll for a file, -EBADF from select for a descriptor that is
 * beyond its set.
 */
int waiter_set(struct waiter *waiter, unsigned index, int descriptor, short events);

/*
 * Waits until one is ready or `timeout_ns` (-1: none) ran out; ready entries have revents set, the
 * others 0. Returns their number, 0: none in time or a signal came; or -errno.
 */
int waiter_wait(struct waiter *waiter, int64_t timeout_ns);

/* "epoll_wait", "poll", "select". */
const char *waiter_call_name(const struct waiter *waiter);

#endif
