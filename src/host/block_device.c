/* SPDX-License-Identifier: MIT */
/*
 * Block devices and their queues as sysfs shows them: Documentation/ABI/stable/sysfs-block in the
 * kernel's source.
 */
#include "host/block_device.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/mount_table.h"
#include "host/nvme.h"
#include "host/sysfs.h"

enum {
	SECTOR_BYTES = 512,    /* in sysfs and its counters, whatever the device's block size */
	DEPTH_LIMIT = 16,      /* a partition and its disk count as two */
	PARTITION_LIMIT = 256, /* DISK_MAX_PARTS, linux/genhd.h */
};

/* Drives pad their names with blanks. NULL where nothing is left. */
static const char *trim(struct arena *arena, const char *text)
{
	const char *trimmed = text ? text_trimmed(arena, text, strlen(text)) : "";

	return *trimmed ? trimmed : NULL;
}

/* SCSI's Unit Serial Number page: four bytes of head, then text (SPC-4, 7.8.15). */
static const char *read_scsi_serial(struct arena *arena, const char *disk_folder)
{
	char page[256];
	const char *path = arena_printf(arena, "%s/device/vpd_pg80", disk_folder);
	AUTO_CLOSE int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (descriptor < 0)
		return NULL;
	length = read(descriptor, page, sizeof(page));
	if (length <= 4)
		return NULL;
	return trim(arena, arena_strndup(arena, page + 4, (size_t)length - 4));
}

static const char *read_serial(struct arena *arena, const char *disk_folder)
{
	const char *serial = trim(arena, sysfs_text(arena, "%s/device/serial", disk_folder));

	if (!serial)
		serial = trim(arena, sysfs_text(arena, "%s/serial", disk_folder)); /* virtio_blk */
	return serial ? serial : read_scsi_serial(arena, disk_folder);
}

/* What a disk is called: as long as its sequence number is the same, so is this. */
struct identity {
	dev_t disk;
	uint64_t sequence;
	char *model, *serial;
};

/* virtio_blk asks the device for its serial number whenever the file is read, which takes
 * milliseconds; and a disk is looked at several times before a run. */
static struct identity identities[8];
static size_t identity_count;
static pthread_mutex_t identities_lock = PTHREAD_MUTEX_INITIALIZER;

static bool recall_identity(struct block_device *device, struct arena *arena)
{
	bool is_known = false;

	pthread_mutex_lock(&identities_lock);
	for (size_t i = 0; i < identity_count && !is_known; i++) {
		const struct identity *known = &identities[i];

		is_known =
			known->disk == device->disk_number && known->sequence == device->sequence;
		if (!is_known)
			continue;
		device->model = arena_strdup(arena, known->model);
		device->serial = arena_strdup(arena, known->serial);
	}
	pthread_mutex_unlock(&identities_lock);
	return is_known;
}

static void keep_identity(const struct block_device *device)
{
	pthread_mutex_lock(&identities_lock);
	if (identity_count < sizeof(identities) / sizeof(*identities))
		identities[identity_count++] = (struct identity){
			.disk = device->disk_number,
			.sequence = device->sequence,
			.model = device->model ? strdup(device->model) : NULL,
			.serial = device->serial ? strdup(device->serial) : NULL,
		};
	pthread_mutex_unlock(&identities_lock);
}

static void read_identity(struct block_device *device, struct arena *arena, const char *disk_folder)
{
	if (device->sequence != 0 && recall_identity(device, arena))
		return;
	device->model = trim(arena, sysfs_text(arena, "%s/device/model", disk_folder));
	device->serial = read_serial(arena, disk_folder);
	if (device->sequence != 0)
		keep_identity(device);
}

static void read_queue(struct block_device *device, struct arena *arena, const char *disk_folder)
{
	const char *queue = arena_printf(arena, "%s/queue", disk_folder);

	device->logical_block_bytes =
		(uint32_t)sysfs_number(arena, 0, "%s/logical_block_size", queue);
	device->physical_block_bytes =
		(uint32_t)sysfs_number(arena, 0, "%s/physical_block_size", queue);
	device->is_rotational = sysfs_number(arena, 0, "%s/rotational", queue) != 0;
	device->can_discard = sysfs_number(arena, 0, "%s/discard_max_bytes", queue) != 0;
	device->scheduler = sysfs_chosen(sysfs_text(arena, "%s/scheduler", queue), arena);
}

/* block_device_find(), with the folders of the device and of its disk. */
static int find(dev_t number, struct block_device *device, char **folder, char **disk_folder,
	struct arena *arena)
{
	*device = (struct block_device){.number = number, .disk_number = number};
	*folder = *disk_folder = sysfs_follow(sysfs_block_folder(number, arena), arena);
	if (!*folder)
		return errno == ENOENT ? -ENODEV : -errno;
	device->is_partition = access(arena_printf(arena, "%s/partition", *folder), F_OK) == 0;
	if (device->is_partition) {
		*disk_folder = arena_strdup(arena, *folder);
		*strrchr(*disk_folder, '/') = '\0';
		device->disk_number = sysfs_device(arena, "%s/dev", *disk_folder);
	}
	device->name = strrchr(*folder, '/') + 1;
	device->disk = strrchr(*disk_folder, '/') + 1;
	return 0;
}

int block_device_find(dev_t number, struct block_device *device, struct arena *arena)
{
	char *folder, *disk_folder;

	return find(number, device, &folder, &disk_folder, arena);
}

int block_device_read(dev_t number, struct block_device *device, struct arena *arena)
{
	char *folder, *disk_folder;
	int error = find(number, device, &folder, &disk_folder, arena);

	if (error < 0)
		return error;
	device->bytes = (uint64_t)sysfs_number(arena, 0, "%s/size", folder) * SECTOR_BYTES;
	device->sequence = (uint64_t)sysfs_number(arena, 0, "%s/diskseq", disk_folder);
	device->is_read_only = sysfs_number(arena, 0, "%s/ro", folder) != 0;
	read_queue(device, arena, disk_folder);
	read_identity(device, arena, disk_folder);
	return 0;
}

static bool is_node_of(int descriptor, dev_t number)
{
	struct stat status;

	return fstat(descriptor, &status) == 0 && S_ISBLK(status.st_mode) &&
	       status.st_rdev == number;
}

int block_device_open(const char *path, dev_t number, int flags)
{
	AUTO_CLOSE int node = open(path, O_PATH | O_CLOEXEC);
	char link[64];
	int descriptor;

	if (node < 0)
		return -errno;
	if (!is_node_of(node, number))
		return -ENODEV;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", node);
	descriptor = open(link, O_RDONLY | O_CLOEXEC | flags);
	if (descriptor < 0 && errno == ENOENT) /* no /proc is mounted */
		descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);
	if (descriptor < 0)
		return -errno;
	if (is_node_of(descriptor, number))
		return descriptor;
	close(descriptor);
	return -ENODEV;
}

static bool is_known(dev_t number)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(number), minor(number));
	return access(path, F_OK) == 0;
}

/* Without an arena: asked from the hot loop's error path. */
static bool has_leaving_state(dev_t number, const char *folder)
{
	/* NVMe's "deleting", "deleting (no IO)" and "dead"; SCSI's "cancel" and "deleted". */
	static const char *const states[] = {"delet", "dead", "cancel"};
	char path[96], state[32];
	ssize_t length;
	int descriptor;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s/state", major(number), minor(number),
		folder);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	length = read(descriptor, state, sizeof(state) - 1);
	close(descriptor);
	state[length > 0 ? length : 0] = '\0';
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (text_starts_with(state, states[i]))
			return true;
	}
	return false;
}

bool block_device_is_leaving(dev_t number)
{
	if (!is_known(number))
		return access("/sys/dev/block", F_OK) == 0;
	return has_leaving_state(number, "device") || has_leaving_state(number, "../device");
}

dev_t block_device_under(const char *path)
{
	struct stat status;
	AUTO_ARENA struct arena arena = {0};
	struct mount_table mounts;
	const struct mount_point *mount = NULL;

	if (stat(path, &status) < 0)
		return 0;
	if (major(status.st_dev) != 0 && is_known(status.st_dev))
		return status.st_dev;
	if (mount_table_read(&mounts, &arena) == 0)
		mount = mount_table_find(&mounts, path);
	return mount ? mount->source_device : 0;
}

bool block_device_is_nvme_character(dev_t character)
{
	char path[64], resolved[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/subsystem", major(character),
		minor(character));
	return realpath(path, resolved) && strcmp(strrchr(resolved, '/'), "/nvme-generic") == 0;
}

dev_t block_device_behind_nvme_character(dev_t character)
{
	char path[PATH_MAX], resolved[PATH_MAX];
	AUTO_ARENA struct arena arena = {0};
	const char *name;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(character), minor(character));
	if (!block_device_is_nvme_character(character) || !realpath(path, resolved))
		return 0;
	name = nvme_block_name(strrchr(resolved, '/') + 1, &arena);
	return name ? sysfs_device(&arena, "/sys/class/block/%s/dev", name) : 0;
}

/* What a loop device's file is on; 0: it is none. */
static dev_t below_loop(const char *folder, struct arena *arena)
{
	const char *backing = sysfs_text(arena, "%s/loop/backing_file", folder);
	struct stat status;

	if (!backing || stat(backing, &status) < 0)
		return 0;
	return S_ISBLK(status.st_mode) ? status.st_rdev : block_device_under(backing);
}

size_t block_device_below(dev_t disk, dev_t *below, size_t room, struct arena *arena)
{
	const char *folder = sysfs_block_folder(disk, arena);
	char **slaves = sysfs_entries(arena, NULL, "%s/slaves", folder);
	size_t count = 0;

	for (; slaves && *slaves && count < room; slaves++) {
		below[count] = sysfs_device(arena, "%s/slaves/%s/dev", folder, *slaves);
		count += below[count] != 0;
	}
	if (count < room) {
		below[count] = below_loop(folder, arena);
		count += below[count] != 0;
	}
	return count;
}

struct disk_list {
	struct block_device *disks;
	size_t count, room;
	struct arena *arena;
};

static void add_disk(struct disk_list *list, const struct block_device *disk)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->disks[i].number == disk->number)
			return;
	}
	if (list->count < list->room)
		list->disks[list->count++] = *disk;
}

static void descend(struct disk_list *list, dev_t number, unsigned depth)
{
	struct block_device device;
	dev_t below[BLOCK_DEVICE_WIDTH_LIMIT];
	size_t count;

	if (depth == DEPTH_LIMIT || block_device_find(number, &device, list->arena) < 0)
		return;
	if (device.is_partition) {
		descend(list, device.disk_number, depth + 1);
		return;
	}
	count = block_device_below(number, below, BLOCK_DEVICE_WIDTH_LIMIT, list->arena);
	for (size_t i = 0; i < count; i++)
		descend(list, below[i], depth + 1);
	if (count == 0)
		add_disk(list, &device);
}

size_t block_device_disks(
	dev_t number, struct block_device *disks, size_t room, struct arena *arena)
{
	struct disk_list list = {.disks = disks, .room = room, .arena = arena};

	descend(&list, number, 0);
	return list.count;
}

/* Controllers stand in the subsystem's folder beside namespaces, which have no transport. */
static size_t controllers_of_subsystem(
	const char *subsystem, const char **folders, size_t room, struct arena *arena)
{
	char resolved[PATH_MAX];
	size_t count = 0;
	glob_t paths;

	if (glob(arena_printf(arena, "%s/nvme[0-9]*/transport", subsystem), 0, NULL, &paths) != 0)
		return 0;
	for (size_t i = 0; i < paths.gl_pathc && count < room; i++) {
		*strrchr(paths.gl_pathv[i], '/') = '\0';
		if (realpath(paths.gl_pathv[i], resolved))
			folders[count++] = arena_strdup(arena, resolved);
	}
	globfree(&paths);
	return count;
}

size_t block_device_controllers(dev_t disk, const char **folders, size_t room, struct arena *arena)
{
	const char *folder = room > 0 ? sysfs_follow(sysfs_block_folder(disk, arena), arena) : NULL;
	const char *driving =
		folder ? sysfs_follow(arena_printf(arena, "%s/device", folder), arena) : NULL;

	if (!driving)
		return 0;
	if (text_starts_with(strrchr(driving, '/'), "/nvme-subsys"))
		return controllers_of_subsystem(driving, folders, room, arena);
	folders[0] = driving;
	return 1;
}

const char *block_device_node(const char *name, struct arena *arena)
{
	char *path = arena_printf(arena, "/dev/%s", name);

	for (char *mark = strchr(path, '!'); mark; mark = strchr(mark, '!'))
		*mark = '/';
	return path;
}

size_t block_device_partitions(
	const struct block_device *disk, struct block_device **partitions, struct arena *arena)
{
	const char *folder = sysfs_block_folder(disk->number, arena);
	char **names = disk->is_partition ? NULL : sysfs_entries(arena, NULL, "%s", folder);
	size_t count = 0;

	*partitions = NULL;
	if (!names)
		return 0;
	*partitions = arena_alloc_array(arena, PARTITION_LIMIT, sizeof(**partitions));
	for (; *names && count < PARTITION_LIMIT; names++) {
		dev_t number;

		if (access(arena_printf(arena, "%s/%s/partition", folder, *names), F_OK) < 0)
			continue;
		number = sysfs_device(arena, "%s/%s/dev", folder, *names);
		if (block_device_find(number, &(*partitions)[count], arena) == 0)
			count++;
	}
	return count;
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
