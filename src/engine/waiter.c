/* SPDX-License-Identifier: MIT */
/* Waiting for descriptors: epoll keeps the set in the kernel, poll and select hand it over anew. */
#include "engine/readiness.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

int waiter_open(
	struct waiter *waiter, enum waiter_way way, unsigned count, struct engine_report *report)
{
	*waiter = (struct waiter){.way = way, .count = count, .epoll = -1, .has_pwait2 = true};
	waiter->entries = arena_alloc_array(report->arena, count, sizeof(*waiter->entries));
	for (unsigned i = 0; i < count; i++)
		waiter->entries[i].fd = -1;
	if (way != WAITER_EPOLL)
		return 0;
	waiter->events = arena_alloc_array(report->arena, count, sizeof(*waiter->events));
	waiter->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (waiter->epoll >= 0)
		return 0;
	return engine_refuse(report, -errno, NULL, "epoll_create1: %s", strerror(errno));
}

void waiter_close(struct waiter *waiter)
{
	if (waiter->epoll >= 0)
		close(waiter->epoll);
	waiter->epoll = -1;
}

/* The events of an entry are passed to epoll when they change. */
static int tell_epoll(
	struct waiter *waiter, unsigned index, const struct pollfd *before, short events)
{
	/* EPOLLIN and EPOLLOUT are POLLIN and POLLOUT. */
	struct epoll_event event = {.events = (uint32_t)events, .data.u32 = index};
	int descriptor = waiter->entries[index].fd;
	int operation = EPOLL_CTL_MOD;

	if (events == before->events && (events == 0 || descriptor == before->fd))
		return 0;
	if (events == 0)
		operation = EPOLL_CTL_DEL;
	else if (before->events == 0 || descriptor != before->fd)
		operation = EPOLL_CTL_ADD;
	waiter->syscalls++;
	return epoll_ctl(waiter->epoll, operation, descriptor, &event) < 0 ? -errno : 0;
}

int waiter_set(struct waiter *waiter, unsigned index, int descriptor, short events)
{
	struct pollfd *entry = &waiter->entries[index];
	struct pollfd before = *entry;
	int result = 0;

	if (waiter->way == WAITER_SELECT && descriptor >= FD_SETSIZE)
		return -EBADF;
	entry->fd = descriptor;
	entry->events = events;
	if (waiter->way == WAITER_POLL && events == 0)
		entry->fd = -1; /* poll reports errors and hang-ups unasked. */
	if (waiter->way == WAITER_EPOLL)
		result = tell_epoll(waiter, index, &before, events);
	if (result < 0)
		*entry = before;
	return result;
}

/* Before 5.11 there is no epoll_pwait2: then in whole milliseconds, rather too long than short. */
static int wait_by_epoll(struct waiter *waiter, const struct timespec *timeout)
{
	int count = -1;
	int64_t ms = -1;

	if (waiter->has_pwait2) {
		count = epoll_pwait2(
			waiter->epoll, waiter->events, (int)waiter->count, timeout, NULL);
		waiter->has_pwait2 = count >= 0 || errno != ENOSYS;
	}
	if (!waiter->has_pwait2) {
		if (timeout)
			ms = timeout->tv_sec * 1000 + (timeout->tv_nsec + 999999) / 1000000;
		count = epoll_wait(waiter->epoll, waiter->events, (int)waiter->count,
			ms > INT_MAX ? INT_MAX : (int)ms);
	}
	for (int i = 0; i < count; i++)
		waiter->entries[waiter->events[i].data.u32].revents =
			(short)waiter->events[i].events;
	return count;
}

static int wait_by_poll(struct waiter *waiter, const struct timespec *timeout)
{
	return ppoll(waiter->entries, waiter->count, timeout, NULL);
}

static int fill_sets(const struct waiter *waiter, fd_set *reads, fd_set *writes)
{
	int highest = -1;

	FD_ZERO(reads);
	FD_ZERO(writes);
	for (unsigned i = 0; i < waiter->count; i++) {
		const struct pollfd *entry = &waiter->entries[i];

		if (entry->events & POLLIN)
			FD_SET(entry->fd, reads);
		if (entry->events & POLLOUT)
			FD_SET(entry->fd, writes);
		if (entry->events && entry->fd > highest)
			highest = entry->fd;
	}
	return highest;
}

static int wait_by_select(struct waiter *waiter, const struct timespec *timeout)
{
	fd_set reads, writes;
	int highest = fill_sets(waiter, &reads, &writes);
	int count = pselect(highest + 1, &reads, &writes, NULL, timeout, NULL);
	int ready = 0;

	if (count < 0)
		return count;
	for (unsigned i = 0; i < waiter->count; i++) {
		struct pollfd *entry = &waiter->entries[i];

		if ((entry->events & POLLIN) && FD_ISSET(entry->fd, &reads))
			entry->revents |= POLLIN;
		if ((entry->events & POLLOUT) && FD_ISSET(entry->fd, &writes))
			entry->revents |= POLLOUT;
		ready += entry->revents != 0;
	}
	return ready;
}

int waiter_wait(struct waiter *waiter, int64_t timeout_ns)
{
	const struct timespec bounded = clock_timespec((uint64_t)timeout_ns);
	const struct timespec *timeout = timeout_ns < 0 ? NULL : &bounded;
	int count;

	for (unsigned i = 0; i < waiter->count; i++)
		waiter->entries[i].revents = 0;
	waiter->syscalls++;
	waiter->waits++;
	if (waiter->way == WAITER_EPOLL)
		count = wait_by_epoll(waiter, timeout);
	else if (waiter->way == WAITER_POLL)
		count = wait_by_poll(waiter, timeout);
	else
		count = wait_by_select(waiter, timeout);
	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	return count;
}

const char *waiter_call_name(const struct waiter *waiter)
{
	static const char *const names[] = {
		[WAITER_EPOLL] = "epoll_wait", [WAITER_POLL] = "poll", [WAITER_SELECT] = "select"};

	return names[waiter->way];
}
