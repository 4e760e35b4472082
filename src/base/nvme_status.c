/* SPDX-License-Identifier: MIT */
/* Names and words of NVMe statuses: status code type in bits 8 to 10, status code below. */
#include "base/nvme_status.h"

#include <stdlib.h>
#include <string.h>

struct status_name {
	int status;
	const char *symbol;
	const char *words;
};

static const struct status_name names[] = {
	/* Generic command status. */
	{0x001, "NVME_INVALID_OPCODE", "the drive does not have this command"},
	{0x002, "NVME_INVALID_FIELD", "a field of the command is invalid"},
	{0x004, "NVME_DATA_TRANSFER", "the data could not be transferred"},
	{0x005, "NVME_POWER_LOSS", "aborted by a power loss"},
	{0x006, "NVME_INTERNAL", "internal error of the drive"},
	{0x007, "NVME_ABORT_REQUESTED", "aborted, as the driver asked"},
	{0x008, "NVME_QUEUE_DELETED", "aborted: its queue was deleted"},
	{0x00b, "NVME_INVALID_NAMESPACE", "invalid namespace or its format"},
	{0x00c, "NVME_COMMAND_SEQUENCE", "a command out of sequence"},
	{0x015, "NVME_OPERATION_DENIED", "the drive denies the operation"},
	{0x01c, "NVME_SANITIZE_FAILED", "a sanitize operation has failed before"},
	{0x01d, "NVME_SANITIZE_IN_PROGRESS", "a sanitize operation is in progress"},
	{0x020, "NVME_WRITE_PROTECTED", "the namespace is write protected"},
	{0x021, "NVME_COMMAND_INTERRUPTED", "the drive broke it off; it may be sent again"},
	{0x022, "NVME_TRANSIENT_TRANSPORT", "transient transport error"},
	{0x080, "NVME_LBA_RANGE", "a block address beyond the end of the namespace"},
	{0x081, "NVME_CAPACITY_EXCEEDED", "the namespace's capacity is exceeded"},
	{0x082, "NVME_NOT_READY", "the namespace is not ready"},
	{0x083, "NVME_RESERVATION_CONFLICT", "reserved by another host"},
	{0x084, "NVME_FORMAT_IN_PROGRESS", "the namespace is being formatted"},
	/* Command specific status. */
	{0x180, "NVME_CONFLICTING_ATTRIBUTES", "conflicting attributes"},
	{0x181, "NVME_INVALID_PROTECTION", "invalid protection information"},
	{0x182, "NVME_READ_ONLY_RANGE", "an attempt to write to a read-only range"},
	{0x183, "NVME_COMMAND_SIZE_LIMIT", "more blocks or ranges than the drive takes at once"},
	{0x1b8, "NVME_ZONE_BOUNDARY", "beyond the end of its zone"},
	{0x1b9, "NVME_ZONE_FULL", "the zone is full"},
	{0x1ba, "NVME_ZONE_READ_ONLY", "the zone is read-only"},
	{0x1bb, "NVME_ZONE_OFFLINE", "the zone is offline"},
	{0x1bc, "NVME_ZONE_INVALID_WRITE", "not at the zone's write pointer"},
	{0x1bd, "NVME_TOO_MANY_ACTIVE_ZONES", "too many active zones"},
	{0x1be, "NVME_TOO_MANY_OPEN_ZONES", "too many open zones"},
	/* Media and data integrity errors. */
	{0x280, "NVME_WRITE_FAULT", "write fault"},
	{0x281, "NVME_UNRECOVERED_READ", "unrecovered read error"},
	{0x282, "NVME_GUARD_CHECK", "end-to-end guard check error"},
	{0x283, "NVME_APPLICATION_TAG_CHECK", "end-to-end application tag check error"},
	{0x284, "NVME_REFERENCE_TAG_CHECK", "end-to-end reference tag check error"},
	{0x285, "NVME_COMPARE_FAILED", "compare failure"},
	{0x286, "NVME_ACCESS_DENIED", "access denied: the namespace is locked"},
	{0x287, "NVME_UNWRITTEN_BLOCK", "deallocated or unwritten block"},
	/* Path related status; the last two are the driver's own. */
	{0x300, "NVME_INTERNAL_PATH", "internal path error"},
	{0x301, "NVME_PATH_LOST", "this path has lost the namespace for good"},
	{0x302, "NVME_PATH_INACCESSIBLE", "the namespace cannot be accessed by this path"},
	{0x303, "NVME_PATH_TRANSITION", "the path's access state is just changing"},
	{0x360, "NVME_CONTROLLER_PATH", "controller pathing error"},
	{0x370, "NVME_HOST_PATH", "host pathing error"},
	{NVME_STATUS_HOST_ABORTED, "NVME_HOST_ABORTED",
		"the driver aborted the command: its time limit, or a controller reset"},
	{0, NULL, NULL},
};

static const struct status_name *find(int error)
{
	const struct status_name *name = names;

	if (!nvme_status_is_error(error))
		return NULL;
	while (name->symbol && name->status != error - NVME_STATUS_ERROR)
		name++;
	return name->symbol ? name : NULL;
}

const char *nvme_status_symbol(int error)
{
	const struct status_name *name = find(error);

	return name ? name->symbol : NULL;
}

const char *nvme_status_words(int error)
{
	const struct status_name *name = find(error);

	return name ? name->words : NULL;
}

int nvme_status_of_symbol(const char *symbol)
{
	static const char numbered[] = "NVME_STATUS_0x";
	long status;

	for (const struct status_name *name = names; name->symbol; name++) {
		if (strcmp(name->symbol, symbol) == 0)
			return nvme_status_error(name->status);
	}
	if (strncmp(symbol, numbered, sizeof(numbered) - 1) != 0)
		return 0;
	status = strtol(symbol + sizeof(numbered) - 1, NULL, 16);
	return status > 0 && status <= NVME_STATUS_MASK ? nvme_status_error((int)status) : 0;
}
