/* SPDX-License-Identifier: MIT */
/* What fio takes on its command line alone, beside the options of jobs. */
#ifndef COMMAND_FIO_FLAGS_H
#define COMMAND_FIO_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

struct fio_flag {
	const char *name;
	bool is_harmless; /* accepted with a note: what it asks for changes no result */
	const char *why;  /* it is accepted or not */
	const char *instead;
};

/* NULL: fio has no such flag, or ringside has it too. */
const struct fio_flag *fio_flag_find(const char *name, size_t length);

#endif
