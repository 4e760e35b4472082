/* SPDX-License-Identifier: MIT */
/*
 * The part of a request that says in which of fio's formats a result is printed. All that were
 * asked for go to one place, in fio's order, whenever there is something to print: at the end, and
 * while the run goes on (--status-interval).
 */
#ifndef COMMAND_FIO_OUTPUT_H
#define COMMAND_FIO_OUTPUT_H

#include "command/command.h"
#include "result/fio_style.h"

enum fio_format { /* bits, in the order they are printed */
	FIO_FORMAT_TERSE = 1,
	FIO_FORMAT_JSON = 2,
	FIO_FORMAT_BINS = 4, /* with FIO_FORMAT_JSON: json+ */
	FIO_FORMAT_NORMAL = 8,
};

struct fio_output {
	uint32_t formats; /* 0: none was asked for */
	uint32_t terse_version;
};

/* --output-format, --minimal, --append-terse, --terse-version; bound to struct fio_output. */
extern const struct option fio_output_options[];

#define FIO_OUTPUT_PART(request, member)                                                           \
	COMMAND_PART(request, member, struct fio_output, fio_output_options)

/* Where it goes: stdout at once, a file whole, each time with what was there before. */
struct fio_printer {
	struct arguments *arguments;
	const struct fio_output *output;
	const char *path; /* NULL: stdout */
	char *text;       /* so far, of a file; the stream's */
	size_t bytes;
	FILE *stream; /* NULL: stdout */
	int error;    /* of the first write that failed, reported */
};

void fio_printer_open(struct fio_printer *printer, struct arguments *arguments,
	const struct fio_output *output, const char *path);
/* What was printed to fio_printer_stream since, or the formats of a result, goes out. 0 or -errno.
 */
FILE *fio_printer_stream(struct fio_printer *printer);
int fio_printer_flush(struct fio_printer *printer);
int fio_printer_write(
	struct fio_printer *printer, const struct result *result, const struct fio_idle *idle);
void fio_printer_close(struct fio_printer *printer);

#endif
