/* SPDX-License-Identifier: MIT */
/* Options of zones. */

#include "job/job_option_rows.h"

static const struct option_choice zone_modes[] = {
	{"none", ZONES_NONE, "no zones"},
	{"strided", ZONES_STRIDED, "one zone after the other"},
	{NULL, 0, NULL},
};

const struct option job_options_zone[] = {
	CHOICE("zonemode", zones.mode, WORKLOAD, "none", "zones that I/O keeps to",
		.choices = zone_modes,
		.detail =
			"strided: I/O, random or sequential, stays within zonerange until "
			"zonesize\n"
			"bytes were done there, then goes on to the next such range, zoneskip\n"
			"bytes behind it, up to the end of the file or device; there the first\n"
			"follows again. So size is how much is done, not where: a quarter of a\n"
			"device is read all over it by zoneskip three times as large as zonesize.\n"
			"A zonerange that is no multiple of bs ends a random job of fio where no\n"
			"block is left; here the next zone follows. A random_distribution other\n"
			"than random is of each zone, where fio's leads out of it. Of several\n"
			"files each has zones of its own; fio counts their bytes together, and\n"
			"with openfiles above 1 it leaves zonemode out."),
	SIZE("zonesize", zones.size_bytes, WORKLOAD, NULL, "bytes to do in a zone",
		.detail =
			"More than zonerange: the zone is gone through more than once. Less: its\n"
			"end is left out."),
	SIZE("zonerange", zones.range_bytes, WORKLOAD, NULL, "size of a zone; default: zonesize"),
	EXTENT("zoneskip", zones.skip, WORKLOAD, NULL, "bytes between two zones",
		.syntax = "SIZE|Nz"),
	{.name = NULL},
};
