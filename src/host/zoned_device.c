/* SPDX-License-Identifier: MIT */
/* Zones by ioctl(2). */
#include "host/zoned_device.h"

#include <errno.h>
#include <linux/blkzoned.h>
#include <string.h>
#include <sys/ioctl.h>

#include "host/block_device.h"
#include "host/sysfs.h"

enum { SECTOR_SHIFT = 9, REPORT_ZONES = 4096 };

static const char *queue_text(dev_t number, const char *name, struct arena *arena)
{
	struct block_device device;

	if (block_device_find(number, &device, arena) < 0)
		return NULL;
	return sysfs_text(arena, "/sys/block/%s/queue/%s", device.disk, name);
}

enum zoned_model zoned_device_model(dev_t device, struct arena *arena)
{
	const char *text = queue_text(device, "zoned", arena);

	if (text && strcmp(text, "host-managed") == 0)
		return ZONED_HOST_MANAGED;
	return text && strcmp(text, "host-aware") == 0 ? ZONED_HOST_AWARE : ZONED_NONE;
}

uint32_t zoned_device_open_limit(dev_t device, struct arena *arena)
{
	int64_t limit = sysfs_number_of(queue_text(device, "max_open_zones", arena), 0);

	return limit > 0 && limit <= UINT32_MAX ? (uint32_t)limit : 0;
}

static struct zoned_device_zone zone_of(const struct blk_zone *zone, bool has_capacity)
{
	bool is_off = zone->cond == BLK_ZONE_COND_OFFLINE || zone->cond == BLK_ZONE_COND_READONLY;

	return (struct zoned_device_zone){
		.start = zone->start << SECTOR_SHIFT,
		.bytes = zone->len << SECTOR_SHIFT,
		.capacity_bytes = (has_capacity ? zone->capacity : zone->len) << SECTOR_SHIFT,
		.pointer = zone->wp << SECTOR_SHIFT,
		.is_sequential = zone->type == BLK_ZONE_TYPE_SEQWRITE_REQ,
		.is_open = zone->cond == BLK_ZONE_COND_IMP_OPEN ||
			   zone->cond == BLK_ZONE_COND_EXP_OPEN,
		.is_full = zone->cond == BLK_ZONE_COND_FULL || zone->cond == BLK_ZONE_COND_NOT_WP,
		.is_offline = is_off,
	};
}

int zoned_device_report(
	int descriptor, struct zoned_device_zone **zones, size_t *count, struct arena *arena)
{
	size_t bytes = sizeof(struct blk_zone_report) + REPORT_ZONES * sizeof(struct blk_zone);
	struct blk_zone_report *report = arena_alloc(arena, bytes);
	uint32_t total = 0;
	uint64_t sector = 0;

	*count = 0;
	*zones = NULL;
	if (ioctl(descriptor, BLKGETNRZONES, &total) < 0)
		return -errno;
	if (total == 0)
		return -EIO;
	*zones = arena_alloc_array(arena, total, sizeof(**zones));
	while (*count < total) {
		memset(report, 0, bytes);
		report->sector = sector;
		report->nr_zones = REPORT_ZONES;
		if (ioctl(descriptor, BLKREPORTZONE, report) < 0)
			return -errno;
		for (uint32_t i = 0; i < report->nr_zones && *count < total; i++) {
			const struct blk_zone *zone = &report->zones[i];

			(*zones)[(*count)++] = zone_of(zone, report->flags & BLK_ZONE_REP_CAPACITY);
			sector = zone->start + zone->len;
		}
		if (report->nr_zones == 0)
			return -EIO;
	}
	return 0;
}

int zoned_device_pointer(int descriptor, uint64_t start, uint64_t *pointer)
{
	union {
		struct blk_zone_report report;
		char room[sizeof(struct blk_zone_report) + sizeof(struct blk_zone)];
	} one = {.report = {.sector = start >> SECTOR_SHIFT, .nr_zones = 1}};
	struct zoned_device_zone zone;

	if (ioctl(descriptor, BLKREPORTZONE, &one) < 0)
		return -errno;
	if (one.report.nr_zones != 1)
		return -EIO;
	zone = zone_of(&one.report.zones[0], one.report.flags & BLK_ZONE_REP_CAPACITY);
	*pointer = zone.is_full ? zone.start + zone.capacity_bytes : zone.pointer;
	return 0;
}

static int command(int descriptor, unsigned long request, uint64_t start, uint64_t bytes)
{
	struct blk_zone_range range = {
		.sector = start >> SECTOR_SHIFT, .nr_sectors = bytes >> SECTOR_SHIFT};
	int result;

	do {
		result = ioctl(descriptor, request, &range);
	} while (result < 0 && errno == EINTR);
	return result < 0 ? -errno : 0;
}

int zoned_device_reset(int descriptor, uint64_t start, uint64_t bytes)
{
	return command(descriptor, BLKRESETZONE, start, bytes);
}

int zoned_device_finish(int descriptor, uint64_t start, uint64_t bytes)
{
	return command(descriptor, BLKFINISHZONE, start, bytes);
}
