/* SPDX-License-Identifier: MIT */
/* What fio measured, shown: no more than fio states, in units and figures as of our own results. */
#ifndef RESULT_FIO_SHOW_H
#define RESULT_FIO_SHOW_H

#include <stdio.h>

#include "result/fio_read.h"

struct fio_writer {
	const char *name;                                                /* of --format */
	int (*write)(const struct fio_document *document, FILE *stream); /* 0 or -errno */
};
extern const struct fio_writer fio_writers[]; /* text first; ends with name NULL */

#endif
