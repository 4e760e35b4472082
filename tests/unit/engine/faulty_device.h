/* SPDX-License-Identifier: MIT */
/* A block device of a test's own that fails. It goes away with the test, however that ends. */
#ifndef TESTS_ENGINE_FAULTY_DEVICE_H
#define TESTS_ENGINE_FAULTY_DEVICE_H

#include <linux/dm-ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "test.h"
#include "unit/engine/rig.h"

/* What device-mapper is told of a device that is made of two parts. */
struct device_map {
	struct dm_ioctl head;
	struct device_map_part {
		struct dm_target_spec spec;
		char parameters[32];
	} parts[2];
};

static inline int device_map_call(
	int control, unsigned long request, unsigned flags, struct device_map *map)
{
	map->head.version[0] = DM_VERSION_MAJOR;
	map->head.data_size = sizeof(*map);
	map->head.data_start = offsetof(struct device_map, parts);
	map->head.target_count = 2;
	map->head.flags = flags;
	map->head.event_nr = 0;
	map->head.dev = 0; /* The name says which. */
	return ioctl(control, request, map) < 0 ? -errno : 0;
}

/* The first sectors are those of `device`, each of the others is EIO. */
static inline void device_map_plan(
	struct device_map *map, dev_t device, uint64_t good_sectors, uint64_t bad_sectors)
{
	static unsigned count; /* The one before may not be gone yet. */
	struct device_map_part *good = &map->parts[0], *bad = &map->parts[1];

	snprintf(
		map->head.name, sizeof(map->head.name), "ringside-faulty-%d-%u", getpid(), count++);
	good->spec = (struct dm_target_spec){
		.length = good_sectors, .next = sizeof(*good), .target_type = "linear"};
	bad->spec = (struct dm_target_spec){
		.sector_start = good_sectors, .length = bad_sectors, .target_type = "error"};
	snprintf(good->parameters, sizeof(good->parameters), "%u:%u 0", major(device),
		minor(device));
}

/* It goes when the last descriptor of it is closed. A descriptor or -errno. */
static inline int device_open_mapped(
	dev_t device, uint64_t bytes, uint64_t good_bytes, char path[64])
{
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct device_map map = {.head.flags = 0};
	int result = -errno;

	if (control < 0)
		return result;
	device_map_plan(&map, device, good_bytes >> 9, (bytes - good_bytes) >> 9);
	result = device_map_call(control, DM_DEV_CREATE, 0, &map);
	if (result == 0) {
		snprintf(path, 64, "/dev/dm-%u", minor(map.head.dev));
		result = device_map_call(control, DM_TABLE_LOAD, 0, &map);
		if (result == 0) /* Suspend, without its flag, is resume. */
			result = device_map_call(control, DM_DEV_SUSPEND, 0, &map);
		if (result == 0) {
			result = open(path, O_RDWR | O_CLOEXEC);
			result = result < 0 ? -errno : result;
		}
		assert_int_equal(
			device_map_call(control, DM_DEV_REMOVE, DM_DEFERRED_REMOVE, &map), 0);
	}
	close(control);
	return result;
}

/*
 * A device of `bytes` that has lost all but the first `good_bytes`; what lies behind can neither be
 * read nor written: EIO. It is a loop device whose backing is cut and may not grow again
 * (memfd_create(2), F_SEAL_GROW), or where the loop driver then reads zeroes (Linux 6.1), one of
 * device-mapper's. Returns a descriptor, or -errno where it cannot be made.
 */
static inline int device_open_faulty(uint64_t bytes, uint64_t good_bytes, char path[64])
{
	int backing = memfd_create("ringside-faulty", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat status;
	char byte;
	int device;

	assert_true(backing >= 0);
	assert_int_equal(ftruncate(backing, (off_t)bytes), 0);
	device = rig_attach_loop(backing, path);
	assert_int_equal(ftruncate(backing, (off_t)good_bytes), 0);
	assert_int_equal(fcntl(backing, F_ADD_SEALS, F_SEAL_GROW), 0);
	close(backing);
	if (device >= 0 && pread(device, &byte, 1, (off_t)good_bytes) > 0) {
		int mapped;

		assert_int_equal(fstat(device, &status), 0);
		mapped = device_open_mapped(status.st_rdev, bytes, good_bytes, path);
		close(device);
		return mapped;
	}
	return device;
}

#endif
