/* SPDX-License-Identifier: MIT */
/* A curve for its readers. All return 0 or -errno of the stream. */
#ifndef CURVE_CURVE_REPORT_H
#define CURVE_CURVE_REPORT_H

#include <stdio.h>

#include "curve/curve.h"
#include "text/grid.h"

/* Writers. The wide text has a table of all figures for each line. */
#define CURVE_WRITER_LIST(WRITER)                                                                  \
	WRITER("text", NULL, curve_write_text)                                                     \
	WRITER("wide", NULL, curve_write_wide)                                                     \
	WRITER("json", "JSON with every trial, also after each block", curve_write_json)           \
	WRITER("csv", "CSV, a row for each line and load", curve_write_csv)                        \
	WRITER("markdown", "Markdown", curve_write_markdown)                                       \
	WRITER("html", "a page with pictures", curve_write_html)
#define CURVE_WRITER_DECLARE(name, as, function)                                                   \
	int function(const struct curve *curve, FILE *stream);
CURVE_WRITER_LIST(CURVE_WRITER_DECLARE)

/* What a page with pictures says beside them; the caller deletes it. */
cJSON *curve_page_words(const struct curve *curve);

int curve_write_text_with(
	const struct curve *curve, bool is_wide, const struct page_options *options, FILE *stream);

extern const struct document_formats curve_formats;

#endif
