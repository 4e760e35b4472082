/* SPDX-License-Identifier: MIT */
/* Every format of a result. */
#include "result/result.h"

#define WRITE(function) DOCUMENT_WRITE(const struct result, function)

static const struct document_writer result_writers[] = {
	{"text", NULL, WRITE(write_text)},
	{"summary", NULL, WRITE(write_summary)},
	{"json", "JSON", WRITE(result_write_json)},
	{"csv", "CSV", WRITE(write_csv)},
	{"markdown", "Markdown", WRITE(write_markdown)},
	{"fio-json", "JSON in fio's layout", WRITE(write_fio_json)},
	{"hdr-log", "a histogram log (HdrHistogram)", WRITE(write_hdr_log)},
	{NULL, NULL, NULL},
};

static int write_result(const struct document_writer *writer, void *document, FILE *stream)
{
	return DOCUMENT_FUNCTION(const struct result, writer)(document, stream);
}

const struct document_formats result_formats = {"a result", result_writers, write_result};
