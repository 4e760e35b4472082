/* SPDX-License-Identifier: MIT */
/* Facts about the devices below the targets, through partitions, dm, md and loop, to the disks. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "host/block_device.h"
#include "host/block_stack.h"
#include "host/environment_facts.h"
#include "host/mount_table.h"

enum {
	DEVICE_LIMIT = 64,
	DEPTH_LIMIT = 8,
};

struct storage {
	struct fact_list *list;
	struct mount_table mounts;
	size_t device_count;
	dev_t devices[DEVICE_LIMIT]; /* described already */
};

static const char *number_text(struct fact_list *list, uint64_t number)
{
	return arena_printf(list->arena, "%llu", (unsigned long long)number);
}

static const char *device_folder(struct fact_list *list, dev_t number)
{
	return arena_printf(list->arena, "/sys/dev/block/%u:%u", major(number), minor(number));
}

/* Settings of the request queue: queue/NAME of the whole disk. */
static void read_queue(struct fact_list *list, const char *disk, const char *folder)
{
	static const char *const names[] = {"scheduler", "nr_requests", "nomerges", "rq_affinity",
		"wbt_lat_usec", "io_poll", "write_cache", "fua", "max_sectors_kb", "read_ahead_kb",
		"rotational", "iostats", "add_random"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		fact_add(list, FACT_SOFT,
			fact_chosen(list, fact_read(list, "%s/queue/%s", folder, names[i])),
			"device.%s.%s", disk, names[i]);
}

static const char *count_hardware_queues(struct fact_list *list, const char *folder)
{
	DIR *entries = opendir(arena_printf(list->arena, "%s/mq", folder));
	unsigned count = 0;

	if (!entries)
		return NULL;
	for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
		count += entry->d_name[0] != '.';
	closedir(entries);
	return number_text(list, count);
}

static const char *link_state(struct fact_list *list, const char *pci, const char *which)
{
	const char *speed = pci ? fact_read(list, "%s/%s_link_speed", pci, which) : NULL;
	const char *width = pci ? fact_read(list, "%s/%s_link_width", pci, which) : NULL;

	if (!speed || !width || text_starts_with(speed, "Unknown"))
		return NULL;
	return arena_printf(list->arena, "%s x%s", speed, width);
}

/* How many interrupts the controller has, and the CPUs that take them: "0,1,2-3". */
static void read_interrupts(struct fact_list *list, const char *disk, const char *controller)
{
	const char *pci =
		controller ? block_stack_folder_above(controller, "msi_irqs", list->arena) : NULL;
	DIR *entries = pci ? opendir(arena_printf(list->arena, "%s/msi_irqs", pci)) : NULL;
	const char *cpus = NULL;
	unsigned count = 0;

	for (struct dirent *entry = entries ? readdir(entries) : NULL; entry;
		entry = readdir(entries)) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		cpus = fact_join(list, cpus,
			fact_read(list, "/proc/irq/%s/effective_affinity_list", entry->d_name));
	}
	if (entries)
		closedir(entries);
	fact_add(list, FACT_SOFT, count ? number_text(list, count) : NULL, "device.%s.interrupts",
		disk);
	fact_add(list, FACT_SOFT, cpus, "device.%s.interrupt_cpus", disk);
}

/* What the controller's own folder tells. */
static void read_controller(struct fact_list *list, const char *disk, const char *controller)
{
	static const char *const files[][2] = {
		{"firmware_rev", "firmware"},
		{"transport", "transport"},
		{"numa_node", "numa_node"},
		{"power/pm_qos_latency_tolerance_us", "latency_tolerance_us"},
	};
	const char *pci =
		controller ? block_stack_folder_above(controller, "current_link_speed", list->arena)
			   : NULL;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		fact_add(list, FACT_SOFT,
			controller ? fact_read(list, "%s/%s", controller, files[i][0]) : NULL,
			"device.%s.%s", disk, files[i][1]);
	fact_add(list, FACT_SOFT, link_state(list, pci, "current"), "device.%s.pci_link", disk);
	fact_add(list, FACT_SOFT, link_state(list, pci, "max"), "device.%s.pci_link_max", disk);
}

static void read_disk(struct fact_list *list, const struct block_device *device)
{
	const char *disk = device->name;
	const char *folder = device_folder(list, device->number);
	const char *controller = NULL; /* Of several paths the first. */

	(void)block_stack_controllers(device->number, &controller, 1, list->arena);
	fact_add(list, FACT_HARD, device->model, "device.%s.model", disk);
	fact_add(list, FACT_HARD, number_text(list, device->bytes), "device.%s.bytes", disk);
	fact_add(list, FACT_HARD, number_text(list, device->logical_block_bytes),
		"device.%s.logical_block_bytes", disk);
	fact_add(list, FACT_HARD, number_text(list, device->physical_block_bytes),
		"device.%s.physical_block_bytes", disk);
	fact_add(list, FACT_SOFT, fact_secret(list, device->serial), "device.%s.serial", disk);
	read_controller(list, disk, controller);
	fact_add(list, FACT_SOFT, count_hardware_queues(list, folder), "device.%s.hardware_queues",
		disk);
	if (text_starts_with(disk, "nvme"))
		environment_read_nvme(list, disk);
	read_queue(list, disk, folder);
	read_interrupts(list, disk, controller);
}

/* "crypt", "raid1", "on ext4": what a device that stands on others is; NULL: a disk. */
static const char *kind_of_stack(struct storage *storage, const char *folder, const char *backing)
{
	struct fact_list *list = storage->list;
	const struct mount_point *mount;
	const char *kind = fact_read(list, "%s/md/level", folder);

	if (kind)
		return kind;
	kind = fact_read(list, "%s/dm/uuid", folder); /* "LVM-…", "CRYPT-LUKS2-…", "mpath-…" */
	if (kind)
		return arena_strndup(list->arena, kind, strcspn(kind, "-"));
	if (access(arena_printf(list->arena, "%s/dm", folder), F_OK) == 0)
		return "dm";
	mount = backing ? mount_table_find(&storage->mounts, backing) : NULL;
	return mount ? arena_printf(list->arena, "file on %s", mount->type) : NULL;
}

/* Whether the device has not been described yet; it is then taken for described. */
static bool remember(struct storage *storage, dev_t number)
{
	for (size_t i = 0; i < storage->device_count; i++) {
		if (storage->devices[i] == number)
			return false;
	}
	if (storage->device_count == DEVICE_LIMIT)
		return false;
	storage->devices[storage->device_count++] = number;
	return true;
}

/* Describes a device and what it stands on. Returns its chain: "dm-0 (CRYPT) > nvme0n1p3". */
static const char *read_device(struct storage *storage, dev_t number, unsigned depth)
{
	struct fact_list *list = storage->list;
	struct block_device device, disk;
	const char *folder, *backing, *kind, *chain, *separator = " > ";
	dev_t below[BLOCK_STACK_WIDTH_LIMIT];
	size_t count;

	if (depth == DEPTH_LIMIT || block_device_read(number, &device, list->arena) < 0 ||
		block_device_read(device.disk_number, &disk, list->arena) < 0)
		return NULL;
	folder = device_folder(list, disk.number);
	backing = fact_read(list, "%s/loop/backing_file", folder);
	kind = kind_of_stack(storage, folder, backing);
	chain = kind ? arena_printf(list->arena, "%s (%s)", device.name, kind) : device.name;
	count = block_stack_below(disk.number, below, BLOCK_STACK_WIDTH_LIMIT, list->arena);
	for (size_t i = 0; i < count; i++) {
		const char *rest = read_device(storage, below[i], depth + 1);

		if (rest)
			chain = arena_printf(list->arena, "%s%s%s", chain, separator, rest);
		separator = " + ";
	}
	if (remember(storage, disk.number)) {
		read_disk(list, &disk);
		fact_add(list, FACT_HARD, kind ? chain : "none", "device.%s.stands_on", disk.name);
	}
	if (device.is_partition && remember(storage, device.number))
		fact_add(list, FACT_HARD, number_text(list, device.bytes), "device.%s.bytes",
			device.name);
	return chain;
}

void environment_read_storage(
	struct fact_list *list, const struct environment_target *targets, size_t target_count)
{
	struct storage storage = {.list = list};

	/* Without it a loop device's file is on an unknown file system. */
	(void)mount_table_read(&storage.mounts, list->arena);
	for (size_t i = 0; i < target_count; i++) {
		dev_t device = targets[i].block_device;
		bool is_repeated = i > 0 && device == targets[i - 1].block_device;

		if (device && !is_repeated)
			read_device(&storage, device, 0);
	}
}
