/* SPDX-License-Identifier: MIT */
/* What fio measured, shown: no more than fio states, in units and figures as of our own results. */
#ifndef RESULT_FIO_SHOW_H
#define RESULT_FIO_SHOW_H

#include "document/formats.h"
#include "result/fio_read.h"

extern const struct document_formats fio_show_formats; /* of struct fio_document */

#endif
