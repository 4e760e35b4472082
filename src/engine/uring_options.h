/* SPDX-License-Identifier: MIT */
/* Options of the engines io_uring and io_uring_cmd. */
#ifndef ENGINE_URING_OPTIONS_H
#define ENGINE_URING_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/nvme.h"
#include "engine/rwf.h"
#include "option/option.h"

/* For what the engine does by itself where the kernel allows it. */
enum uring_wish {
	URING_AUTO = -1, /* refused by the kernel: reported, and done without */
	URING_NO = 0,
	URING_YES = 1, /* refused by the kernel: open fails */
};

struct uring_cpu {
	bool is_set;
	unsigned number;
};

struct uring_options {
	bool fixedbufs;
	bool registerfiles;
	bool nonvectored;
	int registerring; /* enum uring_wish, as the next three */
	int single_issuer;
	int defer_taskrun;
	int coop_taskrun;
	bool sqthread_poll;
	struct uring_cpu sqthread_poll_cpu;
	uint64_t sqthread_poll_idle_ns; /* 0: the kernel's own, one second */
	bool attach_wq;
	bool hipri;
	bool hybrid_iopoll;
	bool eventfd;
	uint32_t min_wait_us;
	struct rwf_options rwf;
	uint32_t force_async; /* every n-th I/O; 0: none */
	bool linked_copy;
	uint32_t iowq_max_workers; /* 0: the kernel's own limit */
	/* Of the echo server (uring_echo.h). */
	bool multishot_accept, multishot_recv, link_recv, send_zc;
	uint32_t recv_buffers;      /* provided ones; 0: enough for all connections */
	uint64_t recv_buffer_bytes; /* of each; 0: as much as a connection of its own would have */
};

struct uring_nvme_options {
	struct uring_options ring; /* first: io_uring's lines of the table bind to it */
	struct nvme_command_options commands;
	int cmd_type;
	bool hipri_insist;
};

enum { URING_DEPTH_LIMIT = 32768 }; /* IORING_MAX_ENTRIES in the kernel's io_uring/io_uring.c */

extern const struct option_table uring_option_table;
extern const struct option_table uring_nop_option_table;
extern const struct option_table uring_nvme_option_table;

#endif
