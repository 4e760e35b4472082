/* SPDX-License-Identifier: MIT */
/* Where fio's units differ. */
#include "job/job_traps.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What fio's get_mult_time (parse.c) knows; after "us" and "ms" it takes any letters. */
static bool fio_knows_time_unit(const char *unit)
{
	static const char *const exact[] = {"", "s", "m", "h", "d", NULL};

	for (const char *const *known = exact; *known; known++) {
		if (strcasecmp(*known, unit) == 0)
			return true;
	}
	return strncasecmp(unit, "us", 2) == 0 || strncasecmp(unit, "ms", 2) == 0;
}

static void warn_of_time(const struct job_entry *entry, struct diag *diag)
{
	const char *unit = entry->value + strspn(entry->value, "0123456789.");
	int number_length = (int)(unit - entry->value);

	if (!isdigit((unsigned char)*entry->value) || fio_knows_time_unit(unit))
		return;
	diag_warning(diag, &entry->value_place, "%s=%s: fio reads this as %.*s microseconds",
		entry->key, entry->value, number_length, entry->value);
	diag_hint(diag, "ringside takes it as it says; both know d, h, m, s, ms and us");
}

static bool begins_number(const char *value, const char *digit)
{
	return digit == value || strchr(",:-/", digit[-1]) != NULL;
}

/* "KiB", "MiB", … behind a number that stands by itself. */
static bool has_iec_unit(const char *value)
{
	for (const char *c = value; *c; c++) {
		const char *unit = c + strspn(c, "0123456789.");

		if (!isdigit((unsigned char)*c) || !begins_number(value, c))
			continue;
		if (*unit && strchr("kKmMgGtTpP", *unit) && strncasecmp(unit + 1, "ib", 2) == 0 &&
			!isalnum((unsigned char)unit[3]))
			return true;
	}
	return false;
}

static void warn_of_units(const struct job_entry *entry, struct diag *diag)
{
	diag_warning(diag, &entry->value_place,
		"%s=%s: fio reads KiB, MiB, GiB as powers of 1000, ringside as powers of 1024",
		entry->key, entry->value);
	diag_hint(diag, "k, m, g are powers of 1024 in both");
}

void job_traps_warn(const struct job_entry *entry, const struct option *option,
	bool *has_warned_of_units, struct diag *diag)
{
	if (!entry->value)
		return;
	switch (option->type) {
	case OPTION_TIME:
		warn_of_time(entry, diag);
		break;
	case OPTION_SIZE:
	case OPTION_EXTENT:
	case OPTION_CUSTOM:
		if (*has_warned_of_units || !has_iec_unit(entry->value))
			break;
		*has_warned_of_units = true;
		warn_of_units(entry, diag);
		break;
	default:
		break;
	}
}
