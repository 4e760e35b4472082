/* SPDX-License-Identifier: MIT */
/*
 * What only an NVMe drive itself tells: its health and how a namespace is formatted, by admin
 * commands through ioctl(2). They are for root (CAP_SYS_ADMIN); others get -EACCES or -EPERM.
 */
#ifndef HOST_NVME_DEVICE_H
#define HOST_NVME_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/* Identify Namespace, NVM Command Set Specification 4.1.5.1. */
struct nvme_format {
	uint32_t block_bytes;
	uint32_t metadata_bytes;  /* with each block */
	bool metadata_is_inline;  /* at the end of each block, not in a buffer of its own */
	unsigned protection_type; /* end-to-end protection, 1 to 3; 0: none */
	unsigned index;           /* of `count` formats that the drive has */
	unsigned count;
};

/* SMART / Health Information log page, NVM Express Base Specification 5.16.1.3. */
struct nvme_health {
	unsigned critical_warnings;
	int temperature_celsius;
	unsigned spare_percent;
	unsigned percentage_used;
	uint64_t media_errors;
	uint64_t error_log_entries;
	uint64_t warning_temperature_minutes; /* since it was made */
	uint64_t critical_temperature_minutes;
	uint64_t throttle_count; /* changes to a lower power state for heat, light and heavy */
};

/* `descriptor` of /dev/ngXnY or of the block device. 0 or -errno (also -EIO: refused). */
int nvme_device_format(int descriptor, struct nvme_format *format);
int nvme_device_health(int descriptor, struct nvme_health *health);

/* From the 4096 and 512 bytes that the drive answers. */
void nvme_format_decode(const unsigned char *page, struct nvme_format *format);
void nvme_health_decode(const unsigned char *page, struct nvme_health *health);

/* The readings of a health log, one by one: "temperature_celsius" and its value. */
enum { NVME_READING_COUNT = 9 };
const char *nvme_reading_name(unsigned index);
int64_t nvme_health_reading(const struct nvme_health *health, unsigned index);

enum { NVME_WARNING_COUNT = 6 };
/* What bit `bit` of critical_warnings means: "the spare blocks are used up". */
const char *nvme_warning_words(unsigned bit);

#endif
