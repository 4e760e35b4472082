/* SPDX-License-Identifier: MIT */
/* The JSON Schema of a kind of documents, for validators. */
#ifndef TESTS_SCHEMA_TEXT_H
#define TESTS_SCHEMA_TEXT_H

#include "document/document.h"
#include "test.h"

/* malloc'd. Inlined it makes gcc 12 see a dangling pointer. */
static __attribute__((noinline, unused)) char *schema_text(const struct document_kind *kind)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(document_write_schema(kind, stream), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

#endif
