/* SPDX-License-Identifier: MIT */
/*
 * fio's logs (write_bw_log, write_iops_log, write_lat_log, write_hist_log) as series: those that
 * fio or ringside wrote. A log has no head: what is in it, its name says, and files of one name
 * belong to one job ("x_bw.1.log", "x_lat.1.log"). Source: fio iolog.c (flush_samples,
 * flush_hist_samples), and its manual's "log file formats".
 *
 * What a log does not say stays unknown: an average has no percentiles, a log of bandwidth no IOPS.
 */
#ifndef RESULT_FIO_LOG_H
#define RESULT_FIO_LOG_H

#include "base/diag.h"
#include "document/document.h"
#include "measure/sparse_histogram.h"

enum fio_log_kind {
	FIO_LOG_BW,
	FIO_LOG_IOPS,
	FIO_LOG_LAT,
	FIO_LOG_CLAT,
	FIO_LOG_SLAT,
	FIO_LOG_HISTOGRAM, /* of clat */
	FIO_LOG_KIND_COUNT,
};

enum { FIO_LOG_DIRECTIONS = 3 }; /* read, write, trim */

/* Times from here on, 1987, are since 1970, not since the start (log_unix_epoch). */
#define FIO_LOG_EPOCH_LEAST_MS (UINT64_C(1) << 39)

struct fio_log_bin {
	uint64_t ns; /* its middle */
	uint64_t count;
};

/* An I/O, or what was in the time since the line before it. */
struct fio_log_line {
	uint64_t time_ms;
	uint64_t start_ms; /* of an average, of a histogram: when its time begins */
	uint64_t value;    /* KiB/s; I/Os per second, or 1; ns */
	uint64_t bytes;    /* of an I/O */
	unsigned direction;
	size_t bin_count;
	const struct fio_log_bin *bins;
};

struct fio_log {
	const char *path;
	const char *prefix; /* "folder/x" of "folder/x_bw.1.log" */
	unsigned number;    /* 1; 0: a log of all jobs */
	enum fio_log_kind kind;
	bool is_averaged; /* log_avg_msec: a line is not an I/O */
	size_t count;
	struct fio_log_line *lines;
	struct fio_log *next;
};

/* All zero is empty. */
struct fio_logs {
	struct arena arena;
	size_t count;
	struct fio_log *first, **last;
};

/* Whether this is the name of such a log, a compressed one too. */
bool fio_log_has_name(const char *path);

/* Adds a file's text. 0, or -EINVAL: reported, each of the first lines that are wrong with its
 * place. */
int fio_logs_add(struct fio_logs *logs, const char *path, const char *text, size_t length,
	struct diag *diag);

/* The same of a file; also -errno of reading it. */
int fio_logs_load(struct fio_logs *logs, const char *path, struct diag *diag);

void fio_logs_free(struct fio_logs *logs);

/* fio_log_show.c: what the logs say of their jobs, as a document (FIO_LOG_SCHEMA). The caller
 * deletes it. */
#define FIO_LOG_SCHEMA "ringside-fio-logs/1"
cJSON *fio_logs_document(const struct fio_logs *logs);

extern const struct document_formats fio_log_formats; /* of const struct fio_logs */

#endif
