/* SPDX-License-Identifier: MIT */
/*
 * fio's JSON and json+ documents, read as results, shown, and what writing them takes. What fio
 * says in another way than we do stands beside the result: percentiles without buckets, and rates
 * over each direction's own run time. Source: fio stat.c (show_thread_status_json,
 * add_ddir_status_json).
 */
#ifndef RESULT_FIO_H
#define RESULT_FIO_H

#include <stddef.h>

#include "base/diag.h"
#include "document/document.h"
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
	cJSON *json;          /* as it was read: what a page draws */
	const char *path;     /* of its file */
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

/* fio_latency.c: latencies as fio's JSON and its logs have them. */

enum {
	FIO_STEP_BITS = 6, /* 64 bins an octave */
	FIO_GROUPS = 29,
	FIO_BINS = FIO_GROUPS << FIO_STEP_BITS, /* fio stat.h FIO_IO_U_PLAT_NR */
};

unsigned fio_latency_bin(uint64_t value_ns);

/* A number as fio prints doubles: six decimals, always; what is not known is 0.000000. */
void fio_latency_add_double(cJSON *object, const char *key, double value);

/* min, max, mean, stddev, N; of a histogram these, too, bins not alone. */
struct fio_latency_parts {
	bool percentiles;
	bool bins; /* json+ */
};
void fio_latency_add(cJSON *object, const char *key, const struct result_job *job,
	const struct result_latency *latency, struct fio_latency_parts parts);

/*
 * What goes for clat and slat: theirs where clat has percentiles, which fio's readers look for in
 * clat_ns, and the two add up to lat; else lat and nothing, which do.
 */
const struct result_latency *fio_latency_of_completion(const struct result_direction *direction);
const struct result_latency *fio_latency_of_submission(const struct result_direction *direction);

/*
 * *rest is what of `all` is not `part`, which is in it; `buckets` is room for its histogram. Least
 * and greatest are those of all, or edges of buckets.
 */
void fio_latency_subtract(struct result_latency *rest, struct histogram *buckets,
	const struct result_latency *all, const struct result_latency *part);

#endif
