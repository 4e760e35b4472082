/* SPDX-License-Identifier: MIT */
/* Any bytes are a history, with warnings for what is none of it, or an error that is said. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/history.h"
#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	FILE *nowhere = fopen("/dev/null", "w");
	struct history history;
	struct diag diag;
	size_t shown;
	int error;

	must(nowhere, "/dev/null does not open");
	diag_init(&diag, nowhere);
	error = history_read_memory("fuzz", (const char *)data, bytes, &history, &diag);
	must((error != 0) == (diag.error_count != 0), "an error that is not said, or none that is");
	if (error == 0)
		must(history_show(&history, NULL, nowhere, &shown) == 0, "it is not shown");
	history_free(&history);
	fclose(nowhere);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_json(data, bytes, limit, seed);
}
