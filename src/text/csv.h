/* SPDX-License-Identifier: MIT */
/* Fields of CSV, by RFC 4180. */
#ifndef TEXT_CSV_H
#define TEXT_CSV_H

#include <math.h>
#include <stdio.h>

static inline void csv_put_text(const char *text, FILE *stream)
{
	fputc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', stream);
		fputc(*text, stream);
	}
	fputc('"', stream);
}

/* With the comma before it; empty: not known. */
static inline void csv_put_number(double value, FILE *stream)
{
	if (isfinite(value))
		fprintf(stream, ",%.10g", value);
	else
		fputc(',', stream);
}

#endif
