/* SPDX-License-Identifier: MIT */
/* Numbers as fio's text has them: so many digits and a prefix, "12.4k", "1984KiB", "50.8MB/s". */
#ifndef RESULT_FIO_NUMBER_H
#define RESULT_FIO_NUMBER_H

#include <stdint.h>

enum { FIO_NUMBER_BYTES = 48, FIO_NUMBER_DIGITS = 4 };

enum fio_number_base {
	FIO_NUMBER_DECIMAL, /* k, M, … of 1000 */
	FIO_NUMBER_BINARY,  /* Ki, Mi, … of 1024 */
};

/* With `digits` at most, where the smallest prefix allows that. Returns text. */
char *fio_number(char text[FIO_NUMBER_BYTES], uint64_t value, int digits, enum fio_number_base base,
	const char *unit);

#endif
