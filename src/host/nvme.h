/* SPDX-License-Identifier: MIT */
/*
 * NVMe drives: their nodes by the names in sysfs, and what only the drive itself knows, its health
 * and how a namespace is formatted.
 */
#ifndef HOST_NVME_H
#define HOST_NVME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

/*
 * A controller is nvme0, a namespace of it nvme0n1 for blocks and ng0n1 for commands. The numbers
 * of the two may differ: a drive that was unplugged while something held it open comes back as
 * nvme3n2 and ng4n2.
 */

/* The node for commands of the namespace "nvme0n1", or NULL. */
const char *nvme_character_name(const char *block, struct arena *arena);

/* The block device of the namespace "ng0n1", or NULL. */
const char *nvme_block_name(const char *character, struct arena *arena);

/*
 * Whether a character device is a controller, /dev/nvme0; then *block is its first namespace, of
 * several paths the one device for all, or NULL.
 */
bool nvme_is_controller(dev_t character, const char **block, struct arena *arena);

/* Identify Namespace, NVM Command Set Specification 4.1.5.1. */
struct nvme_format {
	uint32_t block_bytes;
	uint32_t metadata_bytes;  /* with each block */
	bool metadata_is_inline;  /* at the end of each block, not in a buffer of its own */
	unsigned protection_type; /* end-to-end protection, 1 to 3; 0: none */
	bool protection_is_first; /* its bytes are the first of the metadata, not the last */
	unsigned index;           /* of `count` formats that the drive has */
	unsigned count;
};

/* SMART / Health Information log page, NVM Express Base Specification 5.16.1.3. */
struct nvme_health {
	int64_t critical_warnings; /* bits */
	int64_t temperature_celsius;
	int64_t spare_percent;
	int64_t percentage_used;
	int64_t media_errors;
	int64_t error_log_entries;
	int64_t warning_temperature_minutes; /* since it was made */
	int64_t critical_temperature_minutes;
	int64_t throttle_count; /* changes to a lower power state for heat, light and heavy */
};

/*
 * Admin commands by ioctl(2), for root (CAP_SYS_ADMIN). `descriptor` is of /dev/ngXnY or of the
 * block device. 0 or -errno (-EACCES, -EPERM: not root; -EIO: refused).
 */
enum { NVME_IDENTIFY_BYTES = 4096, NVME_LOG_BYTES = 512, NVME_ADMIN_TIMEOUT_MS = 5000 };
struct nvme_passthru_cmd; /* struct nvme_admin_cmd of linux/nvme_ioctl.h */

int nvme_admin_send(int descriptor, struct nvme_passthru_cmd *command);

/* `what`: the CNS of Identify; `namespace` 0: of the drive. */
int nvme_identify(int descriptor, unsigned what, uint32_t namespace, unsigned char *page);
int nvme_log_read(int descriptor, unsigned log, unsigned char *page);
int nvme_device_format(int descriptor, struct nvme_format *format);
/* Logical blocks of the namespace, and those that it keeps data of (NUSE); a drive that does not
 * count says that it uses all of them. */
int nvme_device_usage(int descriptor, uint64_t *blocks, uint64_t *used);
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
