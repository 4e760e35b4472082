/* SPDX-License-Identifier: MIT */
/* Plain data: what a worker keeps for fio's logs, which worker_log.h explains. */
#ifndef RUN_LOG_RECORDS_H
#define RUN_LOG_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "replay/io_log.h"

#define WORKER_LOG_NONE UINT64_MAX /* a time that was not taken */

struct worker_log_io {
	uint64_t at_ns; /* of its completion, since the window's start */
	uint64_t lat_ns;
	uint64_t clat_ns;
	uint64_t slat_ns; /* or WORKER_LOG_NONE */
	uint64_t offset;
	uint32_t bytes;
	uint16_t direction; /* enum io_direction */
	uint16_t priority;  /* of ioprio_set(2) */
};

/* lat, clat and slat: means, with log_max_value the greatest; WORKER_LOG_NONE: of no I/O. */
struct worker_log_window {
	uint64_t at_ns; /* its end, since the measured window's start */
	uint64_t duration_ns;
	uint64_t ios;
	uint64_t bytes;
	uint64_t lat_ns;
	uint64_t clat_ns;
	uint64_t slat_ns;
	uint64_t direction; /* enum io_direction */
};

/* Of clat, in bins of fio's that have become `1 << log_hist_coarseness` times as wide. */
struct worker_log_histogram {
	uint64_t at_ns; /* its end */
	uint64_t direction;
	uint64_t counts[];
};

/* Records of one size, one after the other. */
struct worker_log_records {
	char *memory; /* NULL: there are none of this kind */
	size_t record_bytes, used, limit;
	bool is_full; /* one, and all that came after it, found no room */
};

struct worker_log {
	struct worker_log_records ios, windows, histograms;
	unsigned bins; /* of each histogram */
	struct worker_log_state *state;
};

/* write_iolog: what was sent, and when. */
struct worker_recording {
	struct io_log log; /* bytes NULL: there is none */
	uint16_t *files;   /* of the log, by target */
	uint64_t start_ns; /* the log's 0; 0: not started */
};

#endif
