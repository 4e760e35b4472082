/* SPDX-License-Identifier: MIT */
/*
 * NVMe statuses as errors: a command that a drive refused has no errno, so that its status (type
 * and code, 11 bits) is kept as a number above all errno values. Results then carry either kind,
 * and text_errno_name() and text_errno_symbol() say both.
 */
#ifndef BASE_NVME_STATUS_H
#define BASE_NVME_STATUS_H

#include <stdbool.h>

enum nvme_status_range {
	NVME_STATUS_MASK = 0x7ff, /* without "more" and "do not retry" */
	NVME_STATUS_ERROR = 0x10000,
};

/* Of the driver, not of the drive: include/linux/nvme.h, NVME_SC_HOST_ABORTED_CMD. */
enum { NVME_STATUS_HOST_ABORTED = 0x371 };

/* The error of a status as the kernel hands it out: a CQE's positive result, an ioctl's. */
static inline int nvme_status_error(int status)
{
	return NVME_STATUS_ERROR + (status & NVME_STATUS_MASK);
}

static inline bool nvme_status_is_error(int error)
{
	return error >= NVME_STATUS_ERROR && error <= NVME_STATUS_ERROR + NVME_STATUS_MASK;
}

/*
 * "NVME_UNRECOVERED_READ" and "unrecovered read error"; NULL where there is no name for it. Status
 * codes of the NVM Express Base Specification, figure "Status Code".
 */
const char *nvme_status_symbol(int error);
const char *nvme_status_words(int error);

/* The error that has this symbol, "NVME_STATUS_0x2C1" included; 0: none. */
int nvme_status_of_symbol(const char *symbol);

#endif
