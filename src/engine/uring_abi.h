/* SPDX-License-Identifier: MIT */
/*
 * Parts of the kernel's io_uring that liburing 2.3's header lacks: numbers of the kernel's ABI
 * (include/uapi/linux/io_uring.h, include/uapi/linux/blkdev.h), with the version that brought them.
 */
#ifndef ENGINE_URING_ABI_H
#define ENGINE_URING_ABI_H

#include <stdint.h>
#include <sys/ioctl.h>

enum uring_abi_setup {
	URING_SETUP_NO_MMAP = 1 << 14,            /* 6.5 */
	URING_SETUP_REGISTERED_FD_ONLY = 1 << 15, /* 6.5 */
	URING_SETUP_NO_SQARRAY = 1 << 16,         /* 6.6 */
	URING_SETUP_HYBRID_IOPOLL = 1 << 17,      /* 6.13 */
	URING_SETUP_CQE_MIXED = 1 << 18,          /* 6.18 */
	URING_SETUP_SQE_MIXED = 1 << 19,          /* 6.19 */
	URING_SETUP_SQ_REWIND = 1 << 20,          /* 7.0 */
};

enum uring_abi_feature {
	URING_FEAT_REG_REG_RING = 1 << 13,    /* 6.3 */
	URING_FEAT_RECVSEND_BUNDLE = 1 << 14, /* 6.10 */
	URING_FEAT_MIN_TIMEOUT = 1 << 15,     /* 6.12 */
	URING_FEAT_RW_ATTR = 1 << 16,         /* 6.13 */
	URING_FEAT_NO_IOWAIT = 1 << 17,       /* 6.15 */
};

enum uring_abi_opcode {
	URING_OP_READV_FIXED = 60,  /* 6.15 */
	URING_OP_WRITEV_FIXED = 61, /* 6.15 */
};

/* SEND_ZC: asks for, and is, a notification that says whether the bytes were copied. 6.2 */
enum uring_abi_zero_copy {
	URING_SEND_ZC_REPORT_USAGE = 1 << 3,
};
#define URING_NOTIF_ZC_COPIED (1u << 31)

/* struct io_uring_getevents_arg, whose `min_wait_us` (6.12) older headers call `pad`. */
struct uring_abi_wait {
	uint64_t sigmask;
	uint32_t sigmask_bytes;
	uint32_t min_wait_us;
	uint64_t timeout;
};

/* Discard on a block device by IORING_OP_URING_CMD: start in addr, length in addr3. 6.12 */
#define URING_CMD_BLOCK_DISCARD _IO(0x12, 0)

#endif
