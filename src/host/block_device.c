/* SPDX-License-Identifier: MIT */
/*
 * Block devices as sysfs shows them: Documentation/ABI/stable/sysfs-block in the kernel's source,
 * and Documentation/admin-guide/iostats.rst for the counters.
 */
#include "host/block_device.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/mount_table.h"
#include "host/nvme_names.h"

enum { SECTOR_BYTES = 512 }; /* of sysfs and the counters, whatever the device's block size */

static char *read_attribute(struct arena *arena, const char *folder, const char *name)
{
	return text_read_file(arena, arena_printf(arena, "%s/%s", folder, name));
}

static uint64_t read_number(struct arena *arena, const char *folder, const char *name)
{
	const char *text = read_attribute(arena, folder, name);

	return text ? strtoull(text, NULL, 10) : 0;
}

static dev_t parse_device_number(const char *text)
{
	unsigned major_number, minor_number;

	if (!text || sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return 0;
	return makedev(major_number, minor_number);
}

/* Drives pad their names with blanks. NULL where nothing is left. */
static const char *trim(char *text)
{
	size_t length;

	if (!text)
		return NULL;
	while (isspace((unsigned char)*text))
		text++;
	length = text_trimmed_length(text, strlen(text));
	text[length] = '\0';
	return length ? text : NULL;
}

/* "none [mq-deadline] kyber" */
static const char *chosen_scheduler(struct arena *arena, const char *text)
{
	const char *open = text ? strchr(text, '[') : NULL;
	const char *close = open ? strchr(open, ']') : NULL;

	if (close)
		return arena_strndup(arena, open + 1, (size_t)(close - open - 1));
	return text;
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
	return trim(arena_strndup(arena, page + 4, (size_t)length - 4));
}

static const char *read_serial(struct arena *arena, const char *disk_folder)
{
	const char *serial = trim(read_attribute(arena, disk_folder, "device/serial"));

	if (!serial)
		serial = trim(read_attribute(arena, disk_folder, "serial")); /* virtio_blk */
	return serial ? serial : read_scsi_serial(arena, disk_folder);
}

static void read_queue(struct block_device *device, struct arena *arena, const char *disk_folder)
{
	const char *queue = arena_printf(arena, "%s/queue", disk_folder);
	const char *io_poll = read_attribute(arena, queue, "io_poll");

	device->logical_block_bytes = (uint32_t)read_number(arena, queue, "logical_block_size");
	device->physical_block_bytes = (uint32_t)read_number(arena, queue, "physical_block_size");
	device->is_rotational = read_number(arena, queue, "rotational") != 0;
	device->can_discard = read_number(arena, queue, "discard_max_bytes") != 0;
	device->io_poll = io_poll ? (int)strtol(io_poll, NULL, 10) : -1;
	device->scheduler = chosen_scheduler(arena, read_attribute(arena, queue, "scheduler"));
}

int block_device_read(dev_t number, struct block_device *device, struct arena *arena)
{
	char link[64], resolved[PATH_MAX];
	char *folder, *disk_folder;

	*device = (struct block_device){.number = number, .io_poll = -1};
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(number), minor(number));
	if (!realpath(link, resolved))
		return errno == ENOENT ? -ENODEV : -errno;

	folder = arena_strdup(arena, resolved);
	disk_folder = arena_strdup(arena, resolved);
	device->is_partition = read_attribute(arena, folder, "partition") != NULL;
	if (device->is_partition)
		*strrchr(disk_folder, '/') = '\0';
	device->name = strrchr(folder, '/') + 1;
	device->disk = strrchr(disk_folder, '/') + 1;
	device->disk_number = parse_device_number(read_attribute(arena, disk_folder, "dev"));
	device->bytes = read_number(arena, folder, "size") * SECTOR_BYTES;
	device->sequence = read_number(arena, disk_folder, "diskseq");
	device->is_read_only = read_number(arena, folder, "ro") != 0;
	read_queue(device, arena, disk_folder);
	device->model = trim(read_attribute(arena, disk_folder, "device/model"));
	device->serial = read_serial(arena, disk_folder);
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
	struct arena arena = {0};
	struct mount_table mounts;
	const struct mount_point *mount = NULL;
	dev_t number;

	if (stat(path, &status) < 0)
		return 0;
	if (major(status.st_dev) != 0 && is_known(status.st_dev))
		return status.st_dev;
	if (mount_table_read(&mounts, &arena) == 0)
		mount = mount_table_find(&mounts, path);
	number = mount ? mount->source_device : 0;
	arena_free(&arena);
	return number;
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
	struct arena arena = {0};
	const char *name;
	dev_t number = 0;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(character), minor(character));
	if (!block_device_is_nvme_character(character) || !realpath(path, resolved))
		return 0;
	name = nvme_block_name(strrchr(resolved, '/') + 1, &arena);
	if (name) {
		snprintf(path, sizeof(path), "/sys/class/block/%s/dev", name);
		number = parse_device_number(text_read_file(&arena, path));
	}
	arena_free(&arena);
	return number;
}

int disk_counters_read(const char *name, struct disk_counters *counters)
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
