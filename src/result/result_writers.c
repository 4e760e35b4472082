/* SPDX-License-Identifier: MIT */
/* The formats of a result, out of their list. */
#include "result/result.h"

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct result, function)},

static const struct document_writer writers[] = {RESULT_WRITER_LIST(WRITER){NULL, NULL, NULL}};

static int write_result(const struct document_writer *writer, void *document, FILE *stream)
{
	return DOCUMENT_FUNCTION(const struct result, writer)(document, stream);
}

const struct document_formats result_formats = {"a result", writers, write_result};
