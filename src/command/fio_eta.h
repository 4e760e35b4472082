/* SPDX-License-Identifier: MIT */
/* fio's line of what jobs do at the moment, on stdout: --eta, --eta-interval, --eta-newline. */
#ifndef COMMAND_FIO_ETA_H
#define COMMAND_FIO_ETA_H

#include <stdbool.h>
#include <stdio.h>

#include "run/live.h"

struct fio_eta {
	FILE *stream;
	uint64_t newline_ns; /* lines stay after so long; 0: each takes the place of the last */
	uint64_t stayed_ns;  /* elapsed, when one was left to stay */
	bool ends_line;      /* before the next one */
	bool is_open;        /* the last one has no end yet */
	int columns;         /* of the last one */
};

/* A line, over the last one. */
void fio_eta_tell(struct fio_eta *eta, const struct live_figures *figures);

/* Before anything else is printed there: ends the line. */
void fio_eta_close(struct fio_eta *eta);

#endif
