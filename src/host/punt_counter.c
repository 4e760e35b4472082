/* SPDX-License-Identifier: MIT */
/* A perf counter on a tracepoint. */
#include "host/punt_counter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define TRACEPOINT "/events/io_uring/io_uring_queue_async_work/id"

static long read_number(const char *path)
{
	AUTO_FCLOSE FILE *stream = fopen(path, "re");
	long number;

	return stream && fscanf(stream, "%ld", &number) == 1 ? number : -1;
}

/*
 * Where nobody mounted tracefs: a child mounts it in a mount namespace of its own, reads the
 * number, and takes the mount with it when it ends.
 */
static long read_number_privately(void)
{
	long number = -1;
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNS) == 0 &&
			mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
			mount("tracefs", "/sys/kernel/debug", "tracefs", 0, NULL) == 0)
			number = read_number("/sys/kernel/debug" TRACEPOINT);
		_exit(write(ends[1], &number, sizeof(number)) != sizeof(number));
	}
	close(ends[1]);
	if (child < 0 || read(ends[0], &number, sizeof(number)) != sizeof(number))
		number = -1;
	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return number;
}

/* The kernel's number of the tracepoint, found once. */
static long tracepoint_number(void)
{
	static _Atomic long known; /* 0: not looked for yet; workers that race find the same */
	long number = known;

	if (number != 0)
		return number;
	number = read_number("/sys/kernel/tracing" TRACEPOINT);
	if (number < 0)
		number = read_number("/sys/kernel/debug/tracing" TRACEPOINT);
	if (number < 0 && geteuid() == 0)
		number = read_number_privately();
	known = number;
	return number;
}

int punt_counter_open(void)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attributes),
		.inherit = 1,
	};
	long number = tracepoint_number();
	long descriptor;

	if (number < 0)
		return geteuid() == 0 ? -ENOENT : -EACCES;
	attributes.config = (unsigned long)number;
	descriptor = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return descriptor < 0 ? -errno : (int)descriptor;
}

int64_t punt_counter_read(int descriptor)
{
	uint64_t count;

	if (descriptor < 0 || read(descriptor, &count, sizeof(count)) != sizeof(count))
		return -1;
	return (int64_t)count;
}
