/* SPDX-License-Identifier: MIT */
/* A disk's queue settings, from /sys/block. */
#include "host/block_queue.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "host/block_stack.h"
#include "host/nvme_names.h"

static int64_t read_number(struct arena *arena, const char *folder, const char *name)
{
	const char *text = text_read_file(arena, arena_printf(arena, "%s/%s", folder, name));
	char *end = NULL;
	int64_t number = text ? strtoll(text, &end, 10) : 0;

	return text && end != text ? number : BLOCK_QUEUE_UNKNOWN;
}

/* The driver, where the disk's name tells it: its module has the number of poll queues. */
static const char *driver_of(const char *disk)
{
	static const struct {
		const char *prefix;
		const char *driver;
	} drivers[] = {
		{"nvme", "nvme"},
		{"nullb", "null_blk"},
		{"vd", "virtio_blk"},
		{"sd", "sd"},
		{"loop", "loop"},
		{"zram", "zram"},
		{"ublkb", "ublk_drv"},
		{"dm-", "dm"},
		{"md", "md"},
		{"pmem", "pmem"},
		{"ram", "brd"},
		{"xvd", "xen_blkfront"},
		{"nbd", "nbd"},
	};

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (text_starts_with(disk, drivers[i].prefix))
			return drivers[i].driver;
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a folder, sorted: "sda, sdb"; NULL where there are none. Sets *count. */
static const char *list_folder(struct arena *arena, const char *folder, int64_t *count)
{
	enum { LIMIT = 1024 };
	const char *names[LIMIT];
	const char *list = NULL;
	size_t found = 0;
	DIR *entries = opendir(folder);

	*count = entries ? 0 : BLOCK_QUEUE_UNKNOWN;
	if (!entries)
		return NULL;
	for (struct dirent *e = readdir(entries); e && found < LIMIT; e = readdir(entries)) {
		if (e->d_name[0] != '.')
			names[found++] = arena_strdup(arena, e->d_name);
	}
	closedir(entries);
	qsort(names, found, sizeof(names[0]), by_name);
	for (size_t i = 0; i < found; i++)
		list = list ? arena_printf(arena, "%s, %s", list, names[i]) : names[i];
	*count = (int64_t)found;
	return list;
}

/* /dev/nvme0n1 has /dev/ng0n1 (Linux 5.13). */
static const char *nvme_character(const char *disk, struct arena *arena)
{
	const char *name = nvme_character_name(disk, arena);
	const char *path = name ? arena_printf(arena, "/dev/%s", name) : NULL;

	return path && access(path, F_OK) == 0 ? path : NULL;
}

static void read_settings(struct block_queue *queue, struct arena *arena, const char *folder)
{
	const char *settings = arena_printf(arena, "%s/queue", folder);

	queue->schedulers = text_read_file(arena, arena_printf(arena, "%s/scheduler", settings));
	queue->write_cache = text_read_file(arena, arena_printf(arena, "%s/write_cache", settings));
	queue->request_count = read_number(arena, settings, "nr_requests");
	queue->no_merges = read_number(arena, settings, "nomerges");
	queue->completion_cpu = read_number(arena, settings, "rq_affinity");
	queue->writeback_throttle_us = read_number(arena, settings, "wbt_lat_usec");
	queue->io_poll = read_number(arena, settings, "io_poll");
	queue->max_sectors_kb = read_number(arena, settings, "max_sectors_kb");
	queue->max_hw_sectors_kb = read_number(arena, settings, "max_hw_sectors_kb");
	queue->read_ahead_kb = read_number(arena, settings, "read_ahead_kb");
	queue->force_unit_access = read_number(arena, settings, "fua");
	queue->io_statistics = read_number(arena, settings, "iostats");
	queue->feeds_entropy = read_number(arena, settings, "add_random");
}

void block_queue_read(const char *disk, struct block_queue *queue, struct arena *arena)
{
	const char *folder = arena_printf(arena, "/sys/block/%s", disk);
	const char *parameters;
	int64_t slave_count;

	*queue = (struct block_queue){.disk = disk, .driver = driver_of(disk)};
	read_settings(queue, arena, folder);
	list_folder(arena, arena_printf(arena, "%s/mq", folder), &queue->hardware_queues);
	queue->slaves = list_folder(arena, arena_printf(arena, "%s/slaves", folder), &slave_count);
	queue->loop_is_direct = read_number(arena, folder, "loop/dio");
	parameters = arena_printf(
		arena, "/sys/module/%s/parameters", queue->driver ? queue->driver : "none");
	queue->poll_queues = read_number(arena, parameters, "poll_queues");
	queue->nvme_character = nvme_character(disk, arena);
}

/* An NVMe drive takes up the parameter when its driver finds it anew: "echo 2 >…"; NULL: no PCI. */
static const char *reprobe_command(const char *disk, struct arena *arena)
{
	const char *number = text_read_file(arena, arena_printf(arena, "/sys/block/%s/dev", disk));
	const char *controller, *function = NULL;
	unsigned major_number, minor_number;

	if (number && sscanf(number, "%u:%u", &major_number, &minor_number) == 2 &&
		block_stack_controllers(
			makedev(major_number, minor_number), &controller, 1, arena) == 1)
		function = block_stack_folder_above(controller, "msi_irqs", arena);
	if (!function)
		return NULL;
	return arena_printf(arena,
		"echo 2 >/sys/module/nvme/parameters/poll_queues && for f in unbind bind; do "
		"echo %s >/sys/bus/pci/drivers/nvme/$f; done",
		strrchr(function, '/') + 1);
}

const char *block_queue_polling_cure(const struct block_queue *queue, struct arena *arena)
{
	const char *command = NULL;

	if (!queue || !queue->driver || queue->poll_queues == BLOCK_QUEUE_UNKNOWN)
		return "take a drive whose driver has poll queues: NVMe, virtio_blk, null_blk";
	if (strcmp(queue->driver, "nvme") == 0)
		command = reprobe_command(queue->disk, arena);
	if (command)
		return arena_printf(arena,
			"boot with nvme.poll_queues=2 on the kernel's command line, or, where the "
			"drive is not in use, as root: %s",
			command);
	return arena_printf(arena,
		"boot with %s.poll_queues=2 on the kernel's command line, or, where none of its "
		"disks is in use, load the module %s with poll_queues=2",
		queue->driver, queue->driver);
}
