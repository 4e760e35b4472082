/* SPDX-License-Identifier: MIT */
/* A disk's queue settings, from /sys/block. */
#include "host/block_queue.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "host/block_device.h"
#include "host/nvme.h"
#include "host/sysfs.h"

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

/* /dev/nvme0n1 has /dev/ng0n1 (Linux 5.13). */
static const char *nvme_character(const char *disk, struct arena *arena)
{
	const char *name = nvme_character_name(disk, arena);
	const char *path = name ? arena_printf(arena, "/dev/%s", name) : NULL;

	return path && access(path, F_OK) == 0 ? path : NULL;
}

static void read_settings(struct block_queue *queue, struct arena *arena, const char *folder)
{
	const struct {
		const char *name;
		int64_t *value;
	} numbers[] = {
		{"nr_requests", &queue->request_count},
		{"nomerges", &queue->no_merges},
		{"rq_affinity", &queue->completion_cpu},
		{"wbt_lat_usec", &queue->writeback_throttle_us},
		{"io_poll", &queue->io_poll},
		{"max_sectors_kb", &queue->max_sectors_kb},
		{"max_hw_sectors_kb", &queue->max_hw_sectors_kb},
		{"read_ahead_kb", &queue->read_ahead_kb},
		{"fua", &queue->force_unit_access},
		{"iostats", &queue->io_statistics},
		{"add_random", &queue->feeds_entropy},
	};

	queue->schedulers = sysfs_text(arena, "%s/queue/scheduler", folder);
	queue->write_cache = sysfs_text(arena, "%s/queue/write_cache", folder);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i].value = sysfs_number(
			arena, BLOCK_QUEUE_UNKNOWN, "%s/queue/%s", folder, numbers[i].name);
}

/* "sda, sdb"; NULL: no names. */
static const char *join(char *const *names, struct arena *arena)
{
	const char *list = NULL;

	for (; names && *names; names++)
		list = list ? arena_printf(arena, "%s, %s", list, *names) : *names;
	return list;
}

void block_queue_read(const char *disk, struct block_queue *queue, struct arena *arena)
{
	const char *folder = arena_printf(arena, "/sys/block/%s", disk);
	size_t count;

	*queue = (struct block_queue){.disk = disk, .driver = driver_of(disk)};
	read_settings(queue, arena, folder);
	queue->hardware_queues = sysfs_entries(arena, &count, "%s/mq", folder)
					 ? (int64_t)count
					 : BLOCK_QUEUE_UNKNOWN;
	queue->slaves = join(sysfs_entries(arena, NULL, "%s/slaves", folder), arena);
	queue->loop_is_direct = sysfs_number(arena, BLOCK_QUEUE_UNKNOWN, "%s/loop/dio", folder);
	queue->poll_queues = sysfs_number(arena, BLOCK_QUEUE_UNKNOWN,
		"/sys/module/%s/parameters/poll_queues", queue->driver ? queue->driver : "none");
	queue->nvme_character = nvme_character(disk, arena);
}

/* An NVMe drive takes up the parameter when its driver finds it anew: "echo 2 >…"; NULL: no PCI. */
static const char *reprobe_command(const char *disk, struct arena *arena)
{
	dev_t number = sysfs_device(arena, "/sys/block/%s/dev", disk);
	const char *controller, *function = NULL;

	if (number && block_device_controllers(number, &controller, 1, arena) == 1)
		function = sysfs_folder_above(controller, "msi_irqs", arena);
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
