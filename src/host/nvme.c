/* SPDX-License-Identifier: MIT */
/* NVMe drives: the names of their nodes, Identify Namespace and the health log. */
#include "host/nvme.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <linux/nvme_ioctl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "base/text.h"
#include "host/sysfs.h"

enum {
	ADMIN_GET_LOG_PAGE = 0x02,
	ADMIN_IDENTIFY = 0x06,
	IDENTIFY_NAMESPACE = 0x00,
	LOG_HEALTH = 0x02,
	KELVIN_OF_0_CELSIUS = 273,
};
#define EVERY_NAMESPACE 0xffffffffu

/* "nvme3n2": 2; 0: it is no name of that kind, such as the path "nvme3c1n2". */
static unsigned namespace_number(const char *name, const char *prefix)
{
	unsigned drive, number;
	int length = 0;

	if (!text_starts_with(name, prefix) || !isdigit((unsigned char)name[strlen(prefix)]))
		return 0;
	return sscanf(name + strlen(prefix), "%un%u%n", &drive, &number, &length) == 2 &&
			       name[strlen(prefix) + (size_t)length] == '\0'
		       ? number
		       : 0;
}

/* Both nodes of a namespace stand in one folder: its controller's, or its subsystem's. */
static const char *find_beside(const char *class, const char *name, const char *prefix,
	const char *wanted, struct arena *arena)
{
	char folder[PATH_MAX];
	unsigned number = namespace_number(name, prefix);
	char **entries;

	if (number == 0 || !realpath(arena_printf(arena, "/sys/class/%s/%s", class, name), folder))
		return NULL;
	*strrchr(folder, '/') = '\0';
	entries = sysfs_entries(arena, NULL, "%s", folder);
	while (entries && *entries && namespace_number(*entries, wanted) != number)
		entries++;
	return entries ? *entries : NULL;
}

const char *nvme_character_name(const char *block, struct arena *arena)
{
	return find_beside("block", block, "nvme", "ng", arena);
}

const char *nvme_block_name(const char *character, struct arena *arena)
{
	return find_beside("nvme-generic", character, "ng", "nvme", arena);
}

/* "nvme3c1n2", one path to a namespace: "nvme3n2"; else `name` itself. */
static const char *without_path(const char *name, struct arena *arena)
{
	unsigned subsystem, path, number;

	if (sscanf(name, "nvme%uc%un%u", &subsystem, &path, &number) != 3)
		return name;
	return arena_printf(arena, "nvme%un%u", subsystem, number);
}

bool nvme_is_controller(dev_t character, const char **block, struct arena *arena)
{
	const char *folder =
		arena_printf(arena, "/sys/dev/char/%u:%u", major(character), minor(character));
	char class[PATH_MAX];
	unsigned lowest = UINT_MAX;
	char **entries;

	*block = NULL;
	if (!realpath(arena_printf(arena, "%s/subsystem", folder), class) ||
		strcmp(strrchr(class, '/'), "/nvme") != 0)
		return false;
	entries = sysfs_entries(arena, NULL, "%s", folder);
	for (; entries && *entries; entries++) {
		const char *name = without_path(*entries, arena);
		unsigned number = namespace_number(name, "nvme");

		if (number == 0 || number >= lowest)
			continue;
		lowest = number;
		*block = name;
	}
	return true;
}

static int64_t read_le(const unsigned char *page, unsigned offset, unsigned bytes)
{
	uint64_t value = 0;

	memcpy(&value, page + offset, bytes);
	return (int64_t)le64toh(value);
}

int nvme_admin_send(int descriptor, struct nvme_admin_cmd *command)
{
	int status = ioctl(descriptor, NVME_IOCTL_ADMIN_CMD, command);

	if (status < 0)
		return -errno;
	return status == 0 ? 0 : -EIO;
}

int nvme_identify(int descriptor, unsigned what, uint32_t namespace, unsigned char *page)
{
	struct nvme_admin_cmd command = {
		.opcode = ADMIN_IDENTIFY,
		.nsid = namespace,
		.addr = (uintptr_t)page,
		.data_len = NVME_IDENTIFY_BYTES,
		.cdw10 = what,
		.timeout_ms = NVME_ADMIN_TIMEOUT_MS,
	};

	return nvme_admin_send(descriptor, &command);
}

int nvme_log_read(int descriptor, unsigned log, unsigned char *page)
{
	struct nvme_admin_cmd command = {
		.opcode = ADMIN_GET_LOG_PAGE,
		.nsid = EVERY_NAMESPACE,
		.addr = (uintptr_t)page,
		.data_len = NVME_LOG_BYTES,
		.cdw10 = log | (NVME_LOG_BYTES / 4 - 1) << 16,
		.timeout_ms = NVME_ADMIN_TIMEOUT_MS,
	};

	return nvme_admin_send(descriptor, &command);
}

void nvme_format_decode(const unsigned char *page, struct nvme_format *format)
{
	enum { COUNT_AT = 25, CURRENT_AT = 26, PROTECTION_AT = 29, FORMATS_AT = 128 };
	unsigned current = page[CURRENT_AT];
	unsigned index = (current & 0xf) | (current >> 5 & 0x3) << 4;
	const unsigned char *entry = page + FORMATS_AT + 4 * index;

	*format = (struct nvme_format){
		.metadata_bytes = (uint32_t)read_le(entry, 0, 2),
		.block_bytes = entry[2] < 32 ? 1u << entry[2] : 0,
		.metadata_is_inline = current & 0x10,
		.protection_type = page[PROTECTION_AT] & 0x7,
		.protection_is_first = page[PROTECTION_AT] & 0x8,
		.index = index,
		.count = page[COUNT_AT] + 1u,
	};
}

static int identify_namespace(int descriptor, unsigned char page[NVME_IDENTIFY_BYTES])
{
	int namespace = ioctl(descriptor, NVME_IOCTL_ID);

	if (namespace < 0)
		return -errno;
	return nvme_identify(descriptor, IDENTIFY_NAMESPACE, (uint32_t) namespace, page);
}

int nvme_device_format(int descriptor, struct nvme_format *format)
{
	unsigned char page[NVME_IDENTIFY_BYTES];
	int error = identify_namespace(descriptor, page);

	if (error == 0)
		nvme_format_decode(page, format);
	return error;
}

int nvme_device_usage(int descriptor, uint64_t *blocks, uint64_t *used)
{
	enum { SIZE_AT = 0, USED_AT = 16 };
	unsigned char page[NVME_IDENTIFY_BYTES];
	int error = identify_namespace(descriptor, page);

	if (error != 0)
		return error;
	*blocks = (uint64_t)read_le(page, SIZE_AT, 8);
	*used = (uint64_t)read_le(page, USED_AT, 8);
	return 0;
}

void nvme_health_decode(const unsigned char *page, struct nvme_health *health)
{
	*health = (struct nvme_health){
		.critical_warnings = page[0],
		.temperature_celsius = read_le(page, 1, 2) - KELVIN_OF_0_CELSIUS,
		.spare_percent = page[3],
		.percentage_used = page[5],
		.media_errors = read_le(page, 160, 8),
		.error_log_entries = read_le(page, 176, 8),
		.warning_temperature_minutes = read_le(page, 192, 4),
		.critical_temperature_minutes = read_le(page, 196, 4),
		.throttle_count = read_le(page, 216, 4) + read_le(page, 220, 4),
	};
}

int nvme_device_health(int descriptor, struct nvme_health *health)
{
	unsigned char page[NVME_LOG_BYTES];
	int error = nvme_log_read(descriptor, LOG_HEALTH, page);

	if (error == 0)
		nvme_health_decode(page, health);
	return error;
}

const char *nvme_warning_words(unsigned bit)
{
	static const char *const words[NVME_WARNING_COUNT] = {
		"the spare blocks fall below their threshold",
		"the temperature is beyond a threshold",
		"its reliability is degraded by media or internal errors",
		"the media are read-only",
		"its backup for volatile memory has failed",
		"its persistent memory region is read-only or unreliable",
	};

	return bit < NVME_WARNING_COUNT ? words[bit] : NULL;
}

#define READING(member)                                                                            \
	{                                                                                          \
#member, offsetof(struct nvme_health, member)                                      \
	}

static const struct {
	const char *name;
	size_t at;
} readings[NVME_READING_COUNT] = {
	READING(critical_warnings),
	READING(temperature_celsius),
	READING(spare_percent),
	READING(percentage_used),
	READING(media_errors),
	READING(error_log_entries),
	READING(warning_temperature_minutes),
	READING(critical_temperature_minutes),
	READING(throttle_count),
};

const char *nvme_reading_name(unsigned index)
{
	return readings[index].name;
}

int64_t nvme_health_reading(const struct nvme_health *health, unsigned index)
{
	return *(const int64_t *)(const void *)((const char *)health + readings[index].at);
}
