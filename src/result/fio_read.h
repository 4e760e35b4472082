/* SPDX-License-Identifier: MIT */
/*
 * fio's JSON and json+ documents as results. What fio says in another way than we do stands
 * beside the result: percentiles without buckets, and rates over each direction's own run time.
 * Source: fio stat.c (show_thread_status_json, add_ddir_status_json).
 */
#ifndef RESULT_FIO_READ_H
#define RESULT_FIO_READ_H

#include <stddef.h>

#include "base/diag.h"
#include "base/json.h"
#include "result/result.h"

struct fio_percentile {
	double percent;
	double ns;
};

struct fio_percentiles { /* ascending */
	size_t count;
	const struct fio_percentile *items;
};

struct fio_direction {
	double iops; /* as fio states it; NAN where the direction did nothing */
	double bytes_per_second;
	struct fio_percentiles lat;
	struct fio_percentiles clat;
};

struct fio_job {
	struct fio_direction directions[DIRECTION_COUNT];
};

struct fio_document {
	struct result result; /* latencies have buckets where the document has bins (json+) */
	struct fio_job *jobs; /* one for each of result.jobs */
};

/*
 * `text` may begin with lines that are not JSON: fio prints notes before the document. As
 * result_read_memory otherwise; fio_document_free in either case.
 */
int fio_read_memory(const char *path, const char *text, size_t length,
	struct fio_document *document, struct diag *diag);
void fio_document_free(struct fio_document *document);

/* The latency that `percent` of the I/Os did not exceed, as stated; NAN where it is not. */
double fio_percentile_of(const struct fio_percentiles *percentiles, double percent);

/*
 * The same of a direction, by its bins where the document has them: of lat where fio has
 * percentiles of it, else of clat, which for most engines is the same but for the start.
 */
double fio_latency_percentile(const struct result_direction *direction,
	const struct fio_direction *stated, double percent);

/* fio_show.c: no more than fio states, in units and figures as of our own results. */
extern const struct document_formats fio_show_formats;

#endif
