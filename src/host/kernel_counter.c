/* SPDX-License-Identifier: MIT */
/* Counters by file in sysfs and procfs, and by perf on a tracepoint. */
#include "host/kernel_counter.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/block_device.h"
#include "host/sysfs.h"

#define TRACEPOINT "/events/io_uring/io_uring_queue_async_work/id"

enum { NUMBER_LIMIT = 1024 }; /* of interrupts */

int kernel_counter_disk(const char *name, struct disk_counters *counters)
{
	char path[PATH_MAX];
	AUTO_FCLOSE FILE *stream = NULL;
	int count;

	snprintf(path, sizeof(path), "/sys/class/block/%s/stat", name);
	stream = fopen(path, "re");
	if (!stream)
		return errno == ENOENT ? -ENODEV : -errno;
	count = fscanf(stream,
		"%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		" %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		&counters->read_ios, &counters->read_merges, &counters->read_sectors,
		&counters->read_ticks_ms, &counters->write_ios, &counters->write_merges,
		&counters->write_sectors, &counters->write_ticks_ms, &counters->in_flight,
		&counters->io_ticks_ms, &counters->in_queue_ms);
	return count == 11 ? 0 : -EIO;
}

/* "nvme0q0" and "virtio1-config": not for I/O. */
static bool is_for_io(const char *name, size_t length)
{
	static const char *const others[] = {"q0", "-config", "-control"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t bytes = strlen(others[i]);

		if (length >= bytes && strncmp(name + length - bytes, others[i], bytes) == 0)
			return false;
	}
	return true;
}

/* " 24:   12   33  PCI-MSIX-0000:00:04.0  1-edge  nvme0q1": 45. */
static int64_t sum_line(const char *counts, const char *end)
{
	const char *name = end;
	int64_t sum = 0;

	while (name > counts && name[-1] != ' ')
		name--;
	if (!is_for_io(name, (size_t)(end - name)))
		return 0;
	for (;;) {
		char *next;
		long long count = strtoll(counts, &next, 10);

		if (next == counts || next > end || (*next != ' ' && next != end))
			return sum;
		sum += count;
		counts = next;
	}
}

static bool is_listed(const char *const *numbers, const char *number, size_t length)
{
	for (; *numbers; numbers++) {
		if (strlen(*numbers) == length && strncmp(*numbers, number, length) == 0)
			return true;
	}
	return false;
}

int64_t kernel_counter_interrupt_sum(const char *table, const char *const *numbers)
{
	int64_t sum = 0;

	while (*table) {
		const char *number = table + strspn(table, " ");
		const char *end = table + strcspn(table, "\n");
		size_t length = strcspn(number, ":\n");

		if (number[length] == ':' && is_listed(numbers, number, length))
			sum += sum_line(number + length + 1, end);
		table = *end ? end + 1 : end;
	}
	return sum;
}

struct number_list {
	const char *numbers[NUMBER_LIMIT + 1];
	size_t count;
	struct arena *arena;
};

/* Those of the PCI function that a controller is, or stands on. Whether it has any. */
static bool add_numbers(struct number_list *list, const char *controller)
{
	const char *function = sysfs_folder_above(controller, "msi_irqs", list->arena);
	char **names = function ? sysfs_entries(list->arena, NULL, "%s/msi_irqs", function) : NULL;
	size_t before = list->count;

	for (; names && *names && list->count < NUMBER_LIMIT; names++)
		list->numbers[list->count++] = *names;
	return list->count > before;
}

static bool add_disk_numbers(struct number_list *list, dev_t disk)
{
	const char *controllers[BLOCK_DEVICE_WIDTH_LIMIT];
	size_t count =
		block_device_controllers(disk, controllers, BLOCK_DEVICE_WIDTH_LIMIT, list->arena);
	bool has_all = count > 0;

	for (size_t i = 0; i < count; i++)
		has_all = add_numbers(list, controllers[i]) && has_all;
	return has_all;
}

/* Those of all the disks that a device stands on, or none. */
static void add_device_numbers(struct number_list *list, dev_t device)
{
	struct block_device disks[BLOCK_DEVICE_WIDTH_LIMIT];
	size_t count = block_device_disks(device, disks, BLOCK_DEVICE_WIDTH_LIMIT, list->arena);
	size_t before = list->count;
	bool has_all = true;

	for (size_t i = 0; i < count; i++)
		has_all = add_disk_numbers(list, disks[i].number) && has_all;
	if (!has_all)
		list->count = before;
	list->numbers[list->count] = NULL;
}

int64_t kernel_counter_interrupts(const dev_t *devices, size_t count, struct arena *arena)
{
	struct number_list *list = ARENA_NEW(arena, struct number_list);
	const char *table = text_read_file(arena, "/proc/interrupts");

	list->arena = arena;
	for (size_t i = 0; i < count; i++)
		add_device_numbers(list, devices[i]);
	return table && list->count > 0 ? kernel_counter_interrupt_sum(table, list->numbers)
					: INTERRUPTS_UNKNOWN;
}

static long read_tracepoint(const char *path)
{
	AUTO_FCLOSE FILE *stream = fopen(path, "re");
	long number;

	return stream && fscanf(stream, "%ld", &number) == 1 ? number : -1;
}

/*
 * Where nobody mounted tracefs: a child mounts it in a mount namespace of its own, reads the
 * number, and takes the mount with it when it ends.
 */
static long read_tracepoint_privately(void)
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
			number = read_tracepoint("/sys/kernel/debug" TRACEPOINT);
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
	number = read_tracepoint("/sys/kernel/tracing" TRACEPOINT);
	if (number < 0)
		number = read_tracepoint("/sys/kernel/debug/tracing" TRACEPOINT);
	if (number < 0 && geteuid() == 0)
		number = read_tracepoint_privately();
	known = number;
	return number;
}

int kernel_counter_open_punts(void)
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

int64_t kernel_counter_punts(int descriptor)
{
	uint64_t count;

	if (descriptor < 0 || read(descriptor, &count, sizeof(count)) != sizeof(count))
		return -1;
	return (int64_t)count;
}

/*
 * The kernel numbers its uevents; a loop device, dm and md send one when they are attached.
 * /proc/self/mountinfo and /proc/swaps say by poll(2) that they have changed: proc(5).
 */
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

uint64_t kernel_counter_storage_changes(void)
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
