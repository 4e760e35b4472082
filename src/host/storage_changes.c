/* SPDX-License-Identifier: MIT */
/*
 * The kernel numbers its uevents; a loop device, dm and md send one when they are attached.
 * /proc/self/mountinfo and /proc/swaps say by poll(2) that they have changed: proc(5).
 */
#include "host/storage_changes.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
	bool is_open;
	int uevents;
	struct pollfd tables[2];
	uint64_t seen_uevents;
	uint64_t number;
} changes = {.number = 1};
static pthread_mutex_t changes_lock = PTHREAD_MUTEX_INITIALIZER;

static void open_all(void)
{
	static const char *const tables[] = {"/proc/self/mountinfo", "/proc/swaps"};

	changes.uevents = open("/sys/kernel/uevent_seqnum", O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		changes.tables[i] = (struct pollfd){
			.fd = open(tables[i], O_RDONLY | O_CLOEXEC), .events = POLLPRI};
	changes.is_open = true;
}

/* Whether something is another than at the last look, or may be. */
static bool look(void)
{
	char text[32];
	ssize_t length = pread(changes.uevents, text, sizeof(text) - 1, 0);
	uint64_t uevents;

	/* A kernel without swap has no table of it. */
	if (length <= 0 || changes.tables[0].fd < 0 || poll(changes.tables, 2, 0) != 0)
		return true;
	text[length] = '\0';
	uevents = strtoull(text, NULL, 10);
	if (uevents == changes.seen_uevents)
		return false;
	changes.seen_uevents = uevents;
	return true;
}

uint64_t storage_changes(void)
{
	uint64_t number;

	pthread_mutex_lock(&changes_lock);
	if (!changes.is_open)
		open_all();
	if (look())
		changes.number++;
	number = changes.number;
	pthread_mutex_unlock(&changes_lock);
	return number;
}
