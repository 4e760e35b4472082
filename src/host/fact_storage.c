/* SPDX-License-Identifier: MIT */
/*
 * Facts about storage: the file systems that target files are on and how the files lie there; the
 * devices below, through partitions, dm, md and loop, to the disks; and what NVMe drives say.
 */
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/block_device.h"
#include "host/fact.h"
#include "host/mount_table.h"
#include "host/nvme.h"
#include "host/sysfs.h"

enum {
	MOUNT_LIMIT = 16,
	FILE_LIMIT = 8, /* a job of a thousand files is described by some of them */
	DEVICE_LIMIT = 64,
	DEPTH_LIMIT = 8,
};

/* The mount of a file, or of the folder it was in when it is gone. */
static const struct mount_point *mount_of(
	const struct mount_table *mounts, const char *path, struct arena *arena)
{
	const struct mount_point *mount = mount_table_find(mounts, path);

	return mount ? mount : mount_table_find(mounts, text_folder_of(path, arena));
}

static void read_mount(struct fact_list *list, const struct mount_point *mount, const char *type)
{
	struct statvfs status;
	const char *free_percent = NULL;

	if (statvfs(mount->folder, &status) == 0 && status.f_blocks)
		free_percent = arena_printf(list->arena, "%.1f",
			100.0 * (double)status.f_bavail / (double)status.f_blocks);
	fact_add(list, FACT_HARD, type, "mount.%s.type", mount->folder);
	fact_add(list, FACT_SOFT, mount->source, "mount.%s.source", mount->folder);
	fact_add(list, FACT_SOFT, mount->options, "mount.%s.options", mount->folder);
	fact_add(list, FACT_SOFT, free_percent, "now.mount.%s.free_percent", mount->folder);
}

/* How many extents the file system says the file has; NULL where it says nothing. */
static const char *count_extents(struct fact_list *list, int descriptor)
{
	struct fiemap map = {.fm_length = FIEMAP_MAX_OFFSET};

	if (ioctl(descriptor, FS_IOC_FIEMAP, &map) < 0)
		return NULL;
	return arena_printf(list->arena, "%u", map.fm_mapped_extents);
}

/* "nocow,dax": what makes the file another than a plain one; "none". */
static const char *list_attributes(struct fact_list *list, int descriptor)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} attributes[] = {
		{STATX_ATTR_COMPRESSED, "compressed"},
		{STATX_ATTR_ENCRYPTED, "encrypted"},
		{STATX_ATTR_VERITY, "verity"},
		{STATX_ATTR_DAX, "dax"},
	};
	const char *names = NULL;
	struct statx status;
	int flags;

	if (statx(descriptor, "", AT_EMPTY_PATH, 0, &status) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		if (status.stx_attributes & attributes[i].bit)
			names = fact_join(list, names, attributes[i].name);
	}
	if (ioctl(descriptor, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_NOCOW_FL))
		names = fact_join(list, names, "nocow");
	return names ? names : "none";
}

static const char *direct_alignment(struct fact_list *list, int descriptor)
{
	struct statx status;

	if (statx(descriptor, "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) < 0 ||
		!(status.stx_mask & STATX_DIOALIGN))
		return NULL;
	return arena_printf(list->arena, "offset %u memory %u", status.stx_dio_offset_align,
		status.stx_dio_mem_align);
}

/* Whether there was a file to describe. */
static bool read_file(struct fact_list *list, const char *path)
{
	AUTO_CLOSE int descriptor = -1;
	struct stat status;
	double allocated = 100; /* of a small file it would be more: blocks are whole */

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	if (512 * status.st_blocks < status.st_size)
		allocated = 100.0 * 512 * (double)status.st_blocks / (double)status.st_size;
	fact_add(list, FACT_SOFT, arena_printf(list->arena, "%lld", (long long)status.st_size),
		"file.%s.bytes", path);
	fact_add(list, FACT_SOFT, arena_printf(list->arena, "%.0f", allocated),
		"file.%s.allocated_percent", path);
	fact_add(list, FACT_SOFT, count_extents(list, descriptor), "file.%s.extents", path);
	fact_add(list, FACT_SOFT, list_attributes(list, descriptor), "file.%s.attributes", path);
	fact_add(list, FACT_SOFT, direct_alignment(list, descriptor), "file.%s.direct_alignment",
		path);
	return true;
}

/* Whether a target before, of `count`, is on the same file system: asked of thousands of files. */
static bool is_file_system_known(
	const struct fact_target *const *known, size_t count, const struct fact_target *target)
{
	for (size_t i = 0; i < count; i++) {
		if (known[i]->block_device == target->block_device &&
			strcmp(known[i]->file_system, target->file_system) == 0)
			return true;
	}
	return false;
}

void fact_read_files(struct fact_list *list, const struct fact_target *targets, size_t target_count)
{
	const struct fact_target *known[MOUNT_LIMIT];
	const char *files[FILE_LIMIT];
	size_t known_count = 0, file_count = 0;
	struct mount_table mounts;

	if (mount_table_read(&mounts, list->arena) < 0)
		return;
	for (size_t i = 0; i < target_count; i++) {
		const struct fact_target *target = &targets[i];

		if (!target->file_system)
			continue;
		if (known_count < MOUNT_LIMIT &&
			!is_file_system_known(known, known_count, target)) {
			const struct mount_point *mount =
				mount_of(&mounts, target->path, list->arena);

			known[known_count++] = target;
			if (mount)
				read_mount(list, mount, target->file_system);
		}
		if (file_count < FILE_LIMIT && !text_is_listed(target->path, files, file_count) &&
			read_file(list, target->path))
			files[file_count++] = target->path;
	}
}

static const char *format_text(struct fact_list *list, const struct nvme_format *format)
{
	return arena_printf(list->arena, "%u B and %u B metadata%s, protection type %u",
		format->block_bytes, format->metadata_bytes,
		format->metadata_bytes == 0  ? ""
		: format->metadata_is_inline ? " with the data"
					     : " apart",
		format->protection_type);
}

void fact_read_nvme(struct fact_list *list, const char *disk)
{
	AUTO_CLOSE int descriptor =
		open(arena_printf(list->arena, "/dev/%s", disk), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct nvme_format format;
	struct nvme_health health;
	bool has_format = descriptor >= 0 && nvme_device_format(descriptor, &format) == 0;
	bool has_health = descriptor >= 0 && nvme_device_health(descriptor, &health) == 0;

	fact_add(list, FACT_SOFT, has_format ? format_text(list, &format) : NULL,
		"device.%s.format", disk);
	for (unsigned i = 0; i < NVME_READING_COUNT; i++)
		fact_add(list, FACT_SOFT,
			has_health ? arena_printf(list->arena, "%lld",
					     (long long)nvme_health_reading(&health, i))
				   : NULL,
			"now.device.%s.%s", disk, nvme_reading_name(i));
}

struct storage {
	struct fact_list *list;
	size_t device_count;
	dev_t devices[DEVICE_LIMIT]; /* described already */
};

static const char *number_text(struct fact_list *list, uint64_t number)
{
	return arena_printf(list->arena, "%llu", (unsigned long long)number);
}

/* Settings of the request queue: queue/NAME of the whole disk. */
static void read_queue(struct fact_list *list, const char *disk, const char *folder)
{
	static const char *const names[] = {"scheduler", "nr_requests", "nomerges", "rq_affinity",
		"wbt_lat_usec", "io_poll", "write_cache", "fua", "max_sectors_kb", "read_ahead_kb",
		"rotational", "iostats", "add_random"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		fact_add(list, FACT_SOFT,
			sysfs_chosen(fact_read(list, "%s/queue/%s", folder, names[i]), list->arena),
			"device.%s.%s", disk, names[i]);
}

static const char *count_hardware_queues(struct fact_list *list, const char *folder)
{
	size_t count;

	return sysfs_entries(list->arena, &count, "%s/mq", folder) ? number_text(list, count)
								   : NULL;
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
		controller ? sysfs_folder_above(controller, "msi_irqs", list->arena) : NULL;
	char **numbers = pci ? sysfs_entries(list->arena, NULL, "%s/msi_irqs", pci) : NULL;
	const char *cpus = NULL;
	size_t count = 0;

	for (; numbers && numbers[count]; count++)
		cpus = fact_join(list, cpus,
			fact_read(list, "/proc/irq/%s/effective_affinity_list", numbers[count]));
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
		controller ? sysfs_folder_above(controller, "current_link_speed", list->arena)
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
	const char *folder = sysfs_block_folder(device->number, list->arena);
	const char *controller = NULL; /* Of several paths the first. */

	(void)block_device_controllers(device->number, &controller, 1, list->arena);
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
		fact_read_nvme(list, disk);
	read_queue(list, disk, folder);
	read_interrupts(list, disk, controller);
}

/* "file on ext4": what a loop device stands on; NULL: it is on an unknown file system. */
static const char *kind_of_file(struct fact_list *list, const char *backing)
{
	const struct mount_point *mount = NULL;
	struct mount_table mounts;

	if (mount_table_read(&mounts, list->arena) == 0)
		mount = mount_table_find(&mounts, backing);
	return mount ? arena_printf(list->arena, "file on %s", mount->type) : NULL;
}

/* "crypt", "raid1", "on ext4": what a device that stands on others is; NULL: a disk. */
static const char *kind_of_stack(struct fact_list *list, const char *folder, const char *backing)
{
	const char *kind = fact_read(list, "%s/md/level", folder);

	if (kind)
		return kind;
	kind = fact_read(list, "%s/dm/uuid", folder); /* "LVM-…", "CRYPT-LUKS2-…", "mpath-…" */
	if (kind)
		return arena_strndup(list->arena, kind, strcspn(kind, "-"));
	if (access(arena_printf(list->arena, "%s/dm", folder), F_OK) == 0)
		return "dm";
	return backing ? kind_of_file(list, backing) : NULL;
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

/* The whole disk, which mostly is the device itself. */
static int read_whole(
	struct block_device *disk, const struct block_device *part, struct arena *arena)
{
	if (part->is_partition)
		return block_device_read(part->disk_number, disk, arena);
	*disk = *part;
	return 0;
}

/* Describes a device and what it stands on. Returns its chain: "dm-0 (CRYPT) > nvme0n1p3". */
static const char *read_device(struct storage *storage, dev_t number, unsigned depth)
{
	struct fact_list *list = storage->list;
	struct block_device device, disk;
	const char *folder, *backing, *kind, *chain, *separator = " > ";
	dev_t below[BLOCK_DEVICE_WIDTH_LIMIT];
	size_t count;

	if (depth == DEPTH_LIMIT || block_device_read(number, &device, list->arena) < 0 ||
		read_whole(&disk, &device, list->arena) < 0)
		return NULL;
	folder = sysfs_block_folder(disk.number, list->arena);
	backing = fact_read(list, "%s/loop/backing_file", folder);
	kind = kind_of_stack(list, folder, backing);
	chain = kind ? arena_printf(list->arena, "%s (%s)", device.name, kind) : device.name;
	count = block_device_below(disk.number, below, BLOCK_DEVICE_WIDTH_LIMIT, list->arena);
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

void fact_read_storage(
	struct fact_list *list, const struct fact_target *targets, size_t target_count)
{
	struct storage storage = {.list = list};

	for (size_t i = 0; i < target_count; i++) {
		dev_t device = targets[i].block_device;
		bool is_repeated = i > 0 && device == targets[i - 1].block_device;

		if (device && !is_repeated)
			read_device(&storage, device, 0);
	}
}
