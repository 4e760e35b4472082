/* SPDX-License-Identifier: MIT */
#include "result/fio_number.h"

#include <inttypes.h>
#include <stdio.h>

static int count_digits(uint64_t value)
{
	int count = 1;

	while ((value /= 10) > 0)
		count++;
	return count;
}

char *fio_number(char text[FIO_NUMBER_BYTES], uint64_t value, int digits, enum fio_number_base base,
	const char *unit)
{
	static const char *const prefixes[][6] = {
		[FIO_NUMBER_DECIMAL] = {"", "k", "M", "G", "T", "P"},
		[FIO_NUMBER_BINARY] = {"", "Ki", "Mi", "Gi", "Ti", "Pi"},
	};
	uint64_t thousand = base == FIO_NUMBER_BINARY ? 1024 : 1000;
	uint64_t rest = 0;
	char decimals[32];
	int prefix = 0, room;

	for (; count_digits(value) > digits && prefix < 5; prefix++) {
		rest = value % thousand;
		value /= thousand;
	}
	/* A point and at least one digit behind it need the room of two. */
	room = digits - count_digits(value) - 1;
	if (prefix == 0 || room < 1) {
		value += prefix > 0 && rest >= thousand / 2;
		snprintf(text, FIO_NUMBER_BYTES, "%" PRIu64 "%s%s", value, prefixes[base][prefix],
			unit);
		return text;
	}
	snprintf(decimals, sizeof(decimals), "%.*f", room, (double)rest / (double)thousand);
	value += decimals[0] == '1';
	snprintf(text, FIO_NUMBER_BYTES, "%" PRIu64 "%s%s%s", value, decimals + 1,
		prefixes[base][prefix], unit);
	return text;
}
