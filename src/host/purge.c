/* SPDX-License-Identifier: MIT */
/* Format, sanitize, discard, punch. */
#include "host/purge.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <time.h>

#include "base/text.h"
#include "host/nvme.h"

enum {
	IDENTIFY_CONTROLLER = 0x01,
	LIST_ACTIVE = 0x02,
	LIST_ALLOCATED = 0x10,
	ADMIN_FORMAT = 0x80,
	ADMIN_SANITIZE = 0x84,
	LOG_SANITIZE = 0x81,
	ERASE_USER_DATA = 1,
	SANITIZE_ERASE_BLOCKS = 2,
	SANITIZE_ERASE_KEY = 4,
	SANITIZE_DONE = 1,
	SANITIZE_RUNS = 2,
	SANITIZE_FAILED = 3,
	FORMAT_TIMEOUT_MS = 3600 * 1000, /* large drives take minutes; none says how many */
	PIECE_SHIFT = 30,                /* discarded at once, so that it can be broken off */
	POLL_NS = 500 * 1000 * 1000,
};

const char *purge_method_name(enum purge_method method)
{
	static const char *const names[] = {"auto", "format", "sanitize", "discard", "punch"};

	return names[method];
}

void purge_abilities_decode(const unsigned char *page, struct purge_abilities *abilities)
{
	enum { OPTIONAL_COMMANDS_AT = 256, SANITIZE_AT = 328, FORMAT_AT = 524 };
	unsigned commands = page[OPTIONAL_COMMANDS_AT], format = page[FORMAT_AT];

	*abilities = (struct purge_abilities){
		.can_format = commands & 1u << 1,
		.lists_allocated = commands & 1u << 3,
		.formats_all = format & (1u << 0 | 1u << 1),
		.can_erase_key = page[SANITIZE_AT] & 1u << 0,
		.can_erase_blocks = page[SANITIZE_AT] & 1u << 1,
	};
}

/* Namespaces of the drive, attached or not; 0: it does not say. */
static unsigned count_namespaces(int descriptor, const struct purge_abilities *abilities)
{
	unsigned char page[NVME_IDENTIFY_BYTES];
	unsigned count = 0;

	if (nvme_identify(descriptor, abilities->lists_allocated ? LIST_ALLOCATED : LIST_ACTIVE, 0,
		    page) != 0)
		return 0;
	for (size_t at = 0; at < NVME_IDENTIFY_BYTES; at += sizeof(uint32_t)) {
		uint32_t number;

		memcpy(&number, page + at, sizeof(number));
		count += number != 0;
	}
	return count;
}

/* NULL, or why the drive has no such command, or it would reach too far. */
static const char *why_not_by_command(int descriptor, const struct block_device *device,
	enum purge_method method, struct arena *arena)
{
	unsigned char page[NVME_IDENTIFY_BYTES];
	struct purge_abilities abilities;
	unsigned count;
	int error;

	if (!text_starts_with(device->name, "nvme"))
		return "is no NVMe drive";
	if (device->is_partition)
		return "is a partition: the command would take the whole drive";
	error = nvme_identify(descriptor, IDENTIFY_CONTROLLER, 0, page);
	if (error != 0)
		return arena_printf(arena, "cannot be asked: %s", text_errno_name(error));
	purge_abilities_decode(page, &abilities);
	if (method == PURGE_FORMAT && !abilities.can_format)
		return "has no Format command";
	if (method == PURGE_SANITIZE && !abilities.can_erase_blocks && !abilities.can_erase_key)
		return "has no Sanitize command by block erase or by key";
	if (method == PURGE_FORMAT && !abilities.formats_all)
		return NULL;
	count = count_namespaces(descriptor, &abilities);
	if (count == 1)
		return NULL;
	return count == 0
		       ? "does not say whether it has other namespaces, which would be erased too"
		       : arena_printf(arena,
				 "has %u namespaces, and the command would erase them all", count);
}

static const char *why_not(int descriptor, const struct block_device *device,
	enum purge_method method, struct arena *arena)
{
	switch (method) {
	case PURGE_FORMAT:
	case PURGE_SANITIZE:
		return why_not_by_command(descriptor, device, method, arena);
	case PURGE_DISCARD:
		return device->can_discard ? NULL : "does not take discards";
	default:
		return "is a device: holes are punched into files";
	}
}

int purge_choose(int descriptor, const struct block_device *device, enum purge_method asked,
	enum purge_method *method, const char **reason, struct arena *arena)
{
	*method = asked == PURGE_AUTO ? PURGE_FORMAT : asked;
	*reason = why_not(descriptor, device, *method, arena);
	if (*reason && asked == PURGE_AUTO) {
		const char *first = *reason;

		*method = PURGE_DISCARD;
		*reason = why_not(descriptor, device, *method, arena);
		if (*reason)
			*reason = arena_printf(arena, "%s, and it %s", first, *reason);
	}
	return *reason ? -EOPNOTSUPP : 0;
}

static int format(int descriptor)
{
	struct nvme_format now;
	int namespace = ioctl(descriptor, NVME_IOCTL_ID);
	int error = namespace < 0 ? -errno : nvme_device_format(descriptor, &now);
	struct nvme_admin_cmd command = {
		.opcode = ADMIN_FORMAT,
		.nsid = (uint32_t) namespace,
		.timeout_ms = FORMAT_TIMEOUT_MS,
	};

	if (error != 0)
		return error;
	command.cdw10 = (now.index & 0xf) | (unsigned)now.metadata_is_inline << 4 |
			now.protection_type << 5 | (unsigned)now.protection_is_first << 8 |
			ERASE_USER_DATA << 9 | (now.index >> 4 & 0x3) << 12;
	return nvme_admin_send(descriptor, &command);
}

static int read_sanitize_log(int descriptor, double *share, unsigned *status)
{
	unsigned char page[NVME_LOG_BYTES];
	int error = nvme_log_read(descriptor, LOG_SANITIZE, page);

	if (error != 0)
		return error;
	*share = (double)(page[0] | page[1] << 8) / 65536;
	*status = page[2] & 0x7;
	return 0;
}

/* One that runs already, since a preparation was broken off, is waited for. */
static int sanitize(int descriptor, const struct purge_follower *follower)
{
	unsigned char page[NVME_IDENTIFY_BYTES];
	struct purge_abilities abilities;
	struct nvme_admin_cmd command = {
		.opcode = ADMIN_SANITIZE, .timeout_ms = NVME_ADMIN_TIMEOUT_MS};
	double share = 0;
	unsigned status = 0;
	int error = nvme_identify(descriptor, IDENTIFY_CONTROLLER, 0, page);

	if (error == 0)
		error = read_sanitize_log(descriptor, &share, &status);
	if (error == 0 && status != SANITIZE_RUNS) {
		purge_abilities_decode(page, &abilities);
		command.cdw10 =
			abilities.can_erase_blocks ? SANITIZE_ERASE_BLOCKS : SANITIZE_ERASE_KEY;
		error = nvme_admin_send(descriptor, &command);
		status = SANITIZE_RUNS;
	}
	while (error == 0 && status == SANITIZE_RUNS) {
		const struct timespec pause = {.tv_nsec = POLL_NS};

		(void)nanosleep(&pause, NULL); /* A signal makes it shorter, as is wanted. */
		error = read_sanitize_log(descriptor, &share, &status);
		if (error == 0 && !follower->look(follower->context, share))
			return -EINTR;
	}
	return error == 0 && status == SANITIZE_FAILED ? -EIO : error;
}

static int clear_piece(int descriptor, enum purge_method method, uint64_t start, uint64_t bytes)
{
	uint64_t range[2] = {start, bytes};
	int result = method == PURGE_DISCARD
			     ? ioctl(descriptor, BLKDISCARD, range)
			     : fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				       (off_t)start, (off_t)bytes);

	return result < 0 ? -errno : 0;
}

static int clear(int descriptor, enum purge_method method, uint64_t bytes,
	const struct purge_follower *follower)
{
	const uint64_t piece = UINT64_C(1) << PIECE_SHIFT;

	for (uint64_t at = 0; at < bytes; at += piece) {
		int error = clear_piece(descriptor, method, at, MIN(piece, bytes - at));

		if (error != 0)
			return error;
		if (!follower->look(
			    follower->context, (double)MIN(at + piece, bytes) / (double)bytes))
			return -EINTR;
	}
	return 0;
}

int purge_run(int descriptor, enum purge_method method, uint64_t bytes,
	const struct purge_follower *follower)
{
	switch (method) {
	case PURGE_FORMAT:
		return follower->look(follower->context, 0) ? format(descriptor) : -EINTR;
	case PURGE_SANITIZE:
		return sanitize(descriptor, follower);
	default:
		return clear(descriptor, method, bytes, follower);
	}
}
