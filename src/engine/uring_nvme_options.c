/* SPDX-License-Identifier: MIT */
/*
 * The options of io_uring_cmd: its own, and those of io_uring that concern the ring. The latter are
 * taken over from io_uring's table when the program starts, so that they are written down once.
 */
#include <string.h>

#include "engine/uring_nvme.h"

enum { OPTIONS_LIMIT = 32 };

static const char *const ring_options[] = {
	"fixedbufs",
	"registerfiles",
	"registerring",
	"single_issuer",
	"defer_taskrun",
	"coop_taskrun",
	"sqthread_poll",
	"sqthread_poll_cpu",
	"sqthread_poll_idle",
	"hipri",
	"hybrid_iopoll",
	NULL,
};

static const struct option_choice cmd_types[] = {
	{"nvme", 0, "NVMe, the only kind there is"},
	{NULL, 0, NULL},
};

static const struct option own_options[] = {
	{
		.name = "cmd_type",
		OPTION_BIND_CHOICE(struct uring_nvme_options, cmd_type),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "nvme",
		.choices = cmd_types,
		.help = "kind of commands, as fio has it",
	},
	{
		.name = "hipri_insist",
		OPTION_BIND_FLAG(struct uring_nvme_options, hipri_insist),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "hipri although this kernel crashes at the first failing command",
		.detail = "Before Linux 6.2 polled passthrough reads freed memory when a command "
			  "fails, or when the process is killed: not on a machine you need.",
	},
	NVME_COMMAND_OPTIONS(struct uring_nvme_options, commands),
	{.name = NULL},
};

static struct option options[OPTIONS_LIMIT];

const struct option_table uring_nvme_option_table = {
	.options = options,
	.struct_bytes = sizeof(struct uring_nvme_options),
};

_Static_assert(offsetof(struct uring_nvme_options, ring) == 0, "io_uring's lines bind to it");
_Static_assert(sizeof(ring_options) / sizeof(ring_options[0]) +
			       sizeof(own_options) / sizeof(own_options[0]) <=
		       OPTIONS_LIMIT,
	"room for all, and for the end");

__attribute__((constructor)) static void take_over_ring_options(void)
{
	size_t count = 0;

	for (size_t i = 0; ring_options[i]; i++)
		options[count++] = *option_find(&uring_option_table, ring_options[i]);
	memcpy(&options[count], own_options, sizeof(own_options));
}
