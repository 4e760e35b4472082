/* SPDX-License-Identifier: MIT */
/* Admin commands of NVMe drives: Identify Namespace and the health log. */
#include "host/nvme_device.h"

#include <endian.h>
#include <errno.h>
#include <linux/nvme_ioctl.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
	ADMIN_GET_LOG_PAGE = 0x02,
	ADMIN_IDENTIFY = 0x06,
	LOG_HEALTH = 0x02,
	HEALTH_BYTES = 512,
	IDENTIFY_BYTES = 4096,
	TIMEOUT_MS = 5000,
	KELVIN_OF_0_CELSIUS = 273,
};
#define EVERY_NAMESPACE 0xffffffffu

static uint64_t read_le(const unsigned char *page, unsigned offset, unsigned bytes)
{
	uint64_t value = 0;

	memcpy(&value, page + offset, bytes);
	return le64toh(value);
}

static int send_admin(int descriptor, struct nvme_admin_cmd *command)
{
	int status;

	command->timeout_ms = TIMEOUT_MS;
	status = ioctl(descriptor, NVME_IOCTL_ADMIN_CMD, command);
	if (status < 0)
		return -errno;
	return status == 0 ? 0 : -EIO;
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
		.index = index,
		.count = page[COUNT_AT] + 1u,
	};
}

int nvme_device_format(int descriptor, struct nvme_format *format)
{
	unsigned char page[IDENTIFY_BYTES];
	struct nvme_admin_cmd command = {
		.opcode = ADMIN_IDENTIFY,
		.addr = (uintptr_t)page,
		.data_len = sizeof(page),
	};
	int namespace = ioctl(descriptor, NVME_IOCTL_ID);
	int error;

	if (namespace < 0)
		return -errno;
	command.nsid = (uint32_t) namespace;
	error = send_admin(descriptor, &command);
	if (error == 0)
		nvme_format_decode(page, format);
	return error;
}

void nvme_health_decode(const unsigned char *page, struct nvme_health *health)
{
	*health = (struct nvme_health){
		.critical_warnings = page[0],
		.temperature_celsius = (int)read_le(page, 1, 2) - KELVIN_OF_0_CELSIUS,
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
	unsigned char page[HEALTH_BYTES];
	struct nvme_admin_cmd command = {
		.opcode = ADMIN_GET_LOG_PAGE,
		.nsid = EVERY_NAMESPACE,
		.addr = (uintptr_t)page,
		.data_len = sizeof(page),
		.cdw10 = LOG_HEALTH | (HEALTH_BYTES / 4 - 1) << 16,
	};
	int error = send_admin(descriptor, &command);

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

const char *nvme_reading_name(unsigned index)
{
	static const char *const names[NVME_READING_COUNT] = {"critical_warnings",
		"temperature_celsius", "spare_percent", "percentage_used", "media_errors",
		"error_log_entries", "warning_temperature_minutes", "critical_temperature_minutes",
		"throttle_count"};

	return names[index];
}

int64_t nvme_health_reading(const struct nvme_health *health, unsigned index)
{
	const int64_t readings[NVME_READING_COUNT] = {
		health->critical_warnings,
		health->temperature_celsius,
		health->spare_percent,
		health->percentage_used,
		(int64_t)health->media_errors,
		(int64_t)health->error_log_entries,
		(int64_t)health->warning_temperature_minutes,
		(int64_t)health->critical_temperature_minutes,
		(int64_t)health->throttle_count,
	};

	return readings[index];
}
