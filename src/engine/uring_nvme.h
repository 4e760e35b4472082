/* SPDX-License-Identifier: MIT */
/* Options of the io_uring_cmd engine: those of the ring are io_uring's own. */
#ifndef ENGINE_URING_NVME_H
#define ENGINE_URING_NVME_H

#include "engine/nvme_command.h"
#include "engine/uring_options.h"

struct uring_nvme_options {
	struct uring_options ring; /* first: io_uring's lines of the table bind to it */
	struct nvme_command_options commands;
	int cmd_type;
	bool hipri_insist;
};

extern const struct option_table uring_nvme_option_table;

/* Whether polled passthrough brings a kernel of this release down: "6.1.0-56-amd64" does. */
bool uring_nvme_polling_is_fatal(const char *release);

#endif
