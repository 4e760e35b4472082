/* SPDX-License-Identifier: MIT */
/*
 * NVMe commands for the I/Os of io_uring_cmd and nvme_ioctl. Source: NVM Command Set Specification,
 * chapter 3; their carrier: include/uapi/linux/nvme_ioctl.h.
 */
#ifndef ENGINE_NVME_H
#define ENGINE_NVME_H

#include <errno.h>
#include <linux/nvme_ioctl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/nvme_status.h"
#include "engine/engine_kit.h"

enum nvme_opcode {
	NVME_FLUSH = 0x00,
	NVME_WRITE = 0x01,
	NVME_READ = 0x02,
	NVME_WRITE_UNCORRECTABLE = 0x04,
	NVME_WRITE_ZEROES = 0x08,
	NVME_DATASET_MANAGEMENT = 0x09,
	NVME_VERIFY = 0x0c,
};

/* Part of an engine's options; its lines in the table are NVME_COMMAND_OPTIONS. */
struct nvme_command_options {
	int write_mode; /* enum nvme_opcode: what a write of the job is */
	bool readfua;
	bool writefua;
};

/* One namespace, by target. */
struct nvme_namespace {
	uint32_t id;
	unsigned block_shift;
};

/* Dataset management's list of ranges, of one range; little-endian. */
struct nvme_range {
	uint32_t attributes, block_count;
	uint64_t first_block;
};

/* The parts of commands. Lives in setup->arena. */
struct nvme_commands {
	struct nvme_namespace *namespaces; /* by target */
	struct nvme_range *ranges;         /* by slot: of its trim */
	struct nvme_command_options options;
};

/*
 * Looks at each target: that it is /dev/ngXnY, its number and block size, that one command may
 * carry setup->buffer_bytes. 0, or -errno with report->problem and hint.
 */
int nvme_commands_init(struct nvme_commands *commands, const struct nvme_command_options *options,
	const struct engine_setup *setup, struct engine_report *report);

/* A slot's command without what nvme_commands_aim sets. */
void nvme_commands_encode(const struct nvme_commands *commands, const struct slot *slot,
	enum io_op op, struct nvme_uring_cmd *command);

/* Namespace, place and length of a slot's I/O. */
static inline void nvme_commands_aim(const struct nvme_commands *commands, const struct slot *slot,
	struct nvme_uring_cmd *command)
{
	const struct nvme_namespace *namespace = &commands->namespaces[slot->target];
	uint64_t first = slot->offset >> namespace->block_shift;
	uint32_t count = slot->length >> namespace->block_shift;

	command->nsid = namespace->id;
	if (slot->op <= IO_WRITE) {
		command->cdw10 = (uint32_t)first;
		command->cdw11 = (uint32_t)(first >> 32);
		command->cdw12 |= count - 1;
		command->data_len = command->addr != 0 ? slot->length : 0;
	} else if (slot->op == IO_TRIM) {
		struct nvme_range *range = &commands->ranges[slot->index];

		range->block_count = htole32(count);
		range->first_block = htole64(first);
	}
}

/*
 * slot->result of a command that ended with `status`: -errno, 0, or an NVMe status. The driver's
 * EINTR is no signal: it has cancelled the command.
 */
static inline int32_t nvme_commands_result(const struct slot *slot, int status)
{
	if (__builtin_expect(status == 0, 1))
		return slot->op <= IO_TRIM ? (int32_t)(slot->length & INT32_MAX) : 0;
	if (status > 0)
		return -nvme_status_error(status);
	return status == -EINTR ? -nvme_status_error(NVME_STATUS_HOST_ABORTED) : status;
}

/* Commands by name ("READ", "WRITE ZEROES") for the proof. */
void nvme_commands_count(const struct nvme_commands *commands, const uint64_t counts[IO_OP_COUNT],
	struct engine_count named[IO_OP_COUNT]);

extern const struct option_choice nvme_write_modes[];

#define NVME_COMMAND_OPTIONS(structure, part)                                                      \
	ENGINE_PART_OPTION(CHOICE, structure, part, write_mode, "write",                           \
		.choices = nvme_write_modes,                                                       \
		.help = "NVMe command that a write of the job sends"),                             \
		ENGINE_PART_OPTION(FLAG, structure, part, readfua, "0",                            \
			.help = "read from the medium, past the drive's cache (FUA)"),             \
		ENGINE_PART_OPTION(FLAG, structure, part, writefua, "0",                           \
			.help = "a write is on the medium when it is done (FUA)")

#endif
