/* SPDX-License-Identifier: MIT */
/* Any bytes are a result of fio or an error that is said; what is read is consistent. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"
#include "result/fio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static void check_latency(const struct result_latency *latency)
{
	const struct latency_summary *s = &latency->summary;

	must(s->min_ns <= s->max_ns, "a least latency above the greatest");
	if (latency->histogram) {
		must(latency->histogram->summary.count > 0, "buckets without an I/O");
		must(histogram_percentile(latency->histogram, 99) <=
				latency->histogram->summary.max_ns,
			"a percentile above the greatest latency");
	}
}

static void check_job(const struct result_job *job, const struct fio_job *stated)
{
	must(job->name && job->engine, "a job without name or engine");
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		const struct fio_direction *direction = &stated->directions[i];

		check_latency(&job->directions[i].slat);
		check_latency(&job->directions[i].clat);
		check_latency(&job->directions[i].lat);
		must(!(direction->iops < 0), "IOPS below 0");
		for (size_t p = 0; p < direction->lat.count; p++)
			must(direction->lat.items[p].ns >= 0, "a latency below 0");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct fio_document document;
	FILE *nowhere = fopen("/dev/null", "w");
	struct diag diag;
	int error;

	must(nowhere, "/dev/null does not open");
	diag_init(&diag, nowhere);
	error = fio_read_memory("fuzz", (const char *)data, bytes, &document, &diag);
	must((error != 0) == (diag.error_count != 0), "an error that is not said, or none that is");
	for (size_t i = 0; error == 0 && i < document.result.job_count; i++)
		check_job(&document.result.jobs[i], &document.jobs[i]);
	fio_document_free(&document);
	fclose(nowhere);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_json(data, bytes, limit, seed);
}
