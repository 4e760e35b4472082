/* SPDX-License-Identifier: MIT */
/* The text that a comparison of sample_record.h gives, for tests to look into. */
#ifndef TESTS_REPORT_TEXT_H
#define TESTS_REPORT_TEXT_H

#include <string.h>

#include "sample_record.h"
#include "session/report.h"

/* malloc'd. */
static char *text_of(struct record *record, bool is_wide, struct write_text_options options)
{
	char *text;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(report_text_with(record, is_wide, &options, stream), 0);
	fclose(stream);
	return text;
}

static const struct write_text_options plain = {.is_utf8 = true, .columns = 100};

static inline void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("missing: %s\n%s", part, text);
	assert_non_null(strstr(text, part));
}

#endif
