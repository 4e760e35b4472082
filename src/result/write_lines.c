/* SPDX-License-Identifier: MIT */
/* A result as lines of JSON: each interval of each job, and at the end the whole document. */
#include <errno.h>
#include <stdlib.h>

#include "base/stream.h"
#include "result/result_fields.h"

static int write_line(const struct document_kind *kind, const void *structure, FILE *stream)
{
	cJSON *document = document_make(kind, structure);
	char *text = json_print_line(document);

	errno = 0;
	fputs(text, stream);
	free(text);
	cJSON_Delete(document);
	return stream_finish(stream);
}

int result_write_interval(const struct result_interval_line *line, FILE *stream)
{
	return write_line(&result_interval_document, line, stream);
}

int result_write_line(const struct result *result, FILE *stream)
{
	return write_line(&result_document, result, stream);
}

static int write_job(const struct result *result, size_t index, FILE *stream)
{
	const struct result_job *job = &result->jobs[index];
	int error = 0;

	for (size_t i = 0; i < job->series.count && error == 0; i++) {
		const struct result_interval_line line = {
			.job = job->name,
			.index = index,
			.started_ns = job->started_ns,
			.interval = job->series.intervals[i],
		};

		error = result_write_interval(&line, stream);
	}
	return error;
}

int result_write_lines(const struct result *result, FILE *stream)
{
	int error = 0;

	for (size_t i = 0; i < result->job_count && error == 0; i++)
		error = write_job(result, i, stream);
	return error == 0 ? result_write_line(result, stream) : error;
}
