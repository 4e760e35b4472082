/* SPDX-License-Identifier: MIT */
/* Any text is a number with a unit, or an error with a reason; what is read is written back exact.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what, const char *text)
{
	if (!claim) {
		fprintf(stderr, "%s: '%s'\n", what, text);
		abort();
	}
}

static void check_size(const char *text)
{
	char written[UNITS_TEXT_BYTES];
	const char *problem = NULL;
	uint64_t size, again;

	if (units_parse_size(text, &size, &problem) < 0) {
		must(problem, "a refused size has no reason", text);
		return;
	}
	units_format_exact_size(written, size);
	must(units_parse_size(written, &again, &problem) == 0 && again == size,
		"a size does not read back", text);
}

static void check_time(const char *text)
{
	char written[UNITS_TEXT_BYTES];
	const char *problem = NULL;
	uint64_t time_ns, again;

	if (units_parse_time(text, NS_PER_S, &time_ns, &problem) < 0) {
		must(problem, "a refused time has no reason", text);
		return;
	}
	units_format_exact_time(written, time_ns);
	must(units_parse_time(written, 1, &again, &problem) == 0 && again == time_ns,
		"a time does not read back", text);
}

static void check_others(const char *text)
{
	char written[UNITS_TEXT_BYTES];
	const char *problem = NULL;
	struct extent extent;
	uint64_t count;
	double value;

	if (units_parse_count(text, &count, &problem) < 0)
		must(problem, "a refused count has no reason", text);
	problem = NULL;
	if (units_parse_extent(text, &extent, &problem) < 0)
		must(problem, "a refused extent has no reason", text);
	else
		must(!extent.is_percent || extent.percent <= 100, "an extent is too large", text);
	problem = NULL;
	if (units_parse_double(text, &value, &problem) < 0) {
		must(problem, "a refused number has no reason", text);
		return;
	}
	units_format_bytes(written, value);
	units_format_count(written, value);
	units_format_time(written, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text = malloc(bytes + 1);

	if (!text)
		return 0;
	memcpy(text, data, bytes);
	text[bytes] = '\0';
	check_size(text);
	check_time(text);
	check_others(text);
	free(text);
	return 0;
}
