/* SPDX-License-Identifier: MIT */
/* Options of zones. */

#include "job/job_option_rows.h"
#include "load/zone_table.h"

static const struct option_choice zone_modes[] = {
	{"none", ZONES_NONE, "no zones"},
	{"strided", ZONES_STRIDED, "one zone after the other"},
	{"zbd", ZONES_ZBD, "zones of a zoned block device, each written in order"},
	{NULL, 0, NULL},
};

const struct option job_options_zone[] = {
	RARE(CHOICE, "zonemode", zones.mode, WORKLOAD, "none", "zones that I/O keeps to",
		.choices = zone_modes,
		.detail = "strided: I/O, random or sequential, stays within zonerange until\n"
			  "zonesize bytes were done there, then goes on to the next such range,\n"
			  "zoneskip bytes behind it, up to the end of the file or device; there\n"
			  "the first follows again. So size is how much is done, not where: by a\n"
			  "zoneskip of three times zonesize a quarter of a device is read, all\n"
			  "over it. A zonerange that is no multiple of bs ends a random job of\n"
			  "fio where no block is left; here the next zone follows. A\n"
			  "random_distribution other than random is of each zone, where fio's\n"
			  "leads out of it. Of several files each has zones of its own; fio\n"
			  "counts their bytes together, and with openfiles above 1 it leaves\n"
			  "zonemode out.\n"
			  "zbd: a write goes to the write pointer of the zone that its offset is\n"
			  "in, a zone that is full is reset before, a read goes to what was\n"
			  "written, a trim of a whole zone resets it. Zones are those of a zoned\n"
			  "block device; on other devices and files zonesize makes them, all\n"
			  "empty. offset and size of a job that writes are cut to whole zones.\n"
			  "While a job has I/O in a zone other jobs wait for it. On a zoned\n"
			  "device one write is in flight in each zone, whatever iodepth says; fio\n"
			  "sends more, which needs an I/O scheduler that keeps their order. A\n"
			  "sequential write leaves a zone whose rest is less than a block; fio\n"
			  "3.33 resets it, and stays there for ever."),
	RARE(SIZE, "zonesize", zones.size_bytes, WORKLOAD, NULL, "bytes to do in a zone",
		.detail = "strided: more than zonerange: the zone is gone through more than\n"
			  "once; less: its end is left out. zbd: the size of a zone, which a\n"
			  "zoned device knows by itself."),
	RARE(SIZE, "zonerange", zones.range_bytes, WORKLOAD, NULL,
		"size of a zone; default: zonesize"),
	RARE(EXTENT, "zoneskip", zones.skip, WORKLOAD, NULL, "bytes between two zones",
		.syntax = "SIZE|Nz",
		.detail = "zbd: sequential jobs skip so many, a multiple of the zone size. At\n"
			  "the end of size they go on at its start; those that only read, with\n"
			  "read_beyond_wp, at the end of the target."),
	RARE(SIZE, "zonecapacity", zones.capacity_bytes, WORKLOAD, NULL,
		"zbd: what can be written of a zone; default: zonesize",
		.detail = "A zoned device knows it by itself."),
	RARE(BOOL, "read_beyond_wp", zones.read_beyond_pointer, WORKLOAD, "0",
		"zbd: reads may go where nothing was written",
		.detail = "A zoned device answers them without its medium."),
	RARE(BOOL, "write_zone_remainder", zones.write_remainder, WORKLOAD, "0",
		"zbd: what is left of a zone is written, though less than a block",
		.detail = "An option of later versions of fio; it implies norandommap. Without it\n"
			  "such a zone is finished when it is left, as by those versions."),
	RARE(BOOL, "recover_zbd_write_error", zones.recover_error, WORKLOAD, "0",
		"zbd: after a failed write the drive's write pointer is read",
		.detail = "An option of later versions of fio, for continue_on_error: without it "
			  "the\n"
			  "next write goes to where the failed one would have."),
	RARE(COUNT, "max_open_zones", zones.max_open, WORKLOAD, "0",
		"zbd: zones of a target written at once; 0: the device's limit",
		.max = ZONE_OPEN_LIMIT,
		.detail = "Writes to other zones go to one of those that are open, until one is\n"
			  "full. Zones that were open before the run and are too many are\n"
			  "finished, which keeps their data; fio resets them."),
	RARE(COUNT, "job_max_open_zones", zones.job_max_open, WORKLOAD, "0",
		"zbd: the same for each clone; 0: no limit of its own", .max = ZONE_OPEN_LIMIT),
	RARE(BOOL, "ignore_zone_limits", zones.ignore_limits, WORKLOAD, "0",
		"zbd: max_open_zones may be more than the device says"),
	RARE(DOUBLE, "zone_reset_threshold", zones.reset_threshold, WORKLOAD, "0",
		"zbd: share of size with data from which on zones are reset, 0 to 1"),
	RARE(DOUBLE, "zone_reset_frequency", zones.reset_frequency, WORKLOAD, "0",
		"zbd: resets for each write from then on, 0 to 1; 0: none"),
	{.name = NULL},
};
