/* SPDX-License-Identifier: MIT */
/* Tested claims for their readers. All writers return 0 or -errno of the stream. */
#ifndef CLAIM_CLAIM_REPORT_H
#define CLAIM_CLAIM_REPORT_H

#include <stdbool.h>

#include "claim/claims.h"
#include "text/page.h"

/*
 * Text is one screen; of a single claim, and where it is wide, with every point, the figures of all
 * contenders and notes. Markdown is a page to be kept: what each claim says, what was measured,
 * the verdict and why, and the machine.
 */
#define CLAIM_WRITER_LIST(WRITER)                                                                  \
	WRITER("text", NULL, claim_report_text)                                                    \
	WRITER("wide", NULL, claim_report_wide)                                                    \
	WRITER("json", "JSON", claim_report_json)                                                  \
	WRITER("markdown", "Markdown", claim_report_markdown)

#define CLAIM_WRITER_DECLARE(name, as, function)                                                   \
	int function(const struct claims *claims, FILE *stream);
CLAIM_WRITER_LIST(CLAIM_WRITER_DECLARE)

int claim_report_text_with(const struct claims *claims, bool is_wide,
	const struct page_options *options, FILE *stream);

extern const struct document_formats claim_formats;

#endif
