/* SPDX-License-Identifier: MIT */
/*
 * What logs of one job say together, on intervals of one length. An average counts in each interval
 * by the time of its own that lies there, so that sums stay what they were. NAN: not known.
 */
#ifndef RESULT_FIO_LOG_SERIES_H
#define RESULT_FIO_LOG_SERIES_H

#include "report/html.h"
#include "result/fio_log.h"
#include "result/result_direction.h"

enum fio_log_column {
	FIO_LOG_COLUMN_IOS,
	FIO_LOG_COLUMN_BYTES,
	FIO_LOG_COLUMN_MEAN, /* latencies, ns */
	FIO_LOG_COLUMN_MIN,
	FIO_LOG_COLUMN_MAX,
	FIO_LOG_COLUMN_P50,
	FIO_LOG_COLUMN_P99,
	FIO_LOG_COLUMN_P99_9,
	FIO_LOG_COLUMN_COUNT,
};

struct fio_log_latency {
	bool is_known;
	double mean_ns;
	struct result_latency all; /* has buckets where single latencies are known, else nothing */
};

struct fio_log_direction {
	bool is_there;
	double ios, bytes;
	enum fio_log_kind source; /* of the latencies in the columns; FIO_LOG_KIND_COUNT: none */
	bool has_percentiles;     /* the columns have more than the mean */
	struct fio_log_latency latencies[FIO_LOG_KIND_COUNT]; /* LAT, CLAT, SLAT */
	double *columns[FIO_LOG_COLUMN_COUNT];
	uint64_t *map; /* with percentiles: map_count columns of HTML_MAP_ROWS counts */
};

struct fio_log_job {
	const char *name;
	const struct fio_log *of[FIO_LOG_KIND_COUNT]; /* NULL: there is none */
	uint64_t start_ms, end_ms, interval_ms;
	size_t count; /* of intervals */
	size_t map_step, map_count;
	bool has_averages; /* of any log */
	struct fio_log_direction directions[FIO_LOG_DIRECTIONS];
};

/* The job that `number` of the logs are of, from 0 on; false: there are not so many. */
bool fio_log_job_make(
	const struct fio_logs *logs, size_t number, struct fio_log_job *job, struct arena *arena);

/* How long an interval is: the last one may be shorter. */
uint64_t fio_log_interval_ms(const struct fio_log_job *job, size_t index);

#endif
