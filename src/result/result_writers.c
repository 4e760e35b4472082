/* SPDX-License-Identifier: MIT */
/* Every --format. */
#include <string.h>

#include "result/result.h"

const struct result_writer result_writers[] = {
	{"text", "for people: a screen a job, then the jobs side by side", write_text},
	{"summary", "for people: the jobs side by side, one table", write_summary},
	{"json", "all that is known, by the schema of `ringside help schema`", result_write_json},
	{"markdown", "tables for a pull request or a report", write_markdown},
	{"csv", "a row for each job and direction, full precision", write_csv},
	{"fio-json", "the layout of fio's --output-format=json+, for its readers", write_fio_json},
	{"hdr-log", "a histogram log, for the tools of HdrHistogram", write_hdr_log},
	{NULL, NULL, NULL},
};

const struct result_writer *result_writer_find(const char *name)
{
	for (const struct result_writer *writer = result_writers; writer->name; writer++) {
		if (strcmp(writer->name, name) == 0)
			return writer;
	}
	return NULL;
}
