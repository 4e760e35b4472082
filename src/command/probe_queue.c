/* SPDX-License-Identifier: MIT */
/* The settings of a disk's queue as a list, each with what it means for a benchmark. */
#include <stddef.h>

#include "command/probe.h"

struct queue_field {
	const char *name; /* as in sysfs */
	size_t offset;    /* in struct block_queue */
	bool is_text;
	const char *meaning;
};

#define NUMBER(label, member, meaning)                                                             \
	{                                                                                          \
		label, offsetof(struct block_queue, member), false, meaning                        \
	}
#define TEXT(label, member, meaning)                                                               \
	{                                                                                          \
		label, offsetof(struct block_queue, member), true, meaning                         \
	}

static const struct queue_field fields[] = {
	TEXT("scheduler", schedulers, "in brackets the one in use; none is the shortest way"),
	NUMBER("nr_requests", request_count, "requests a queue holds; what is above it waits"),
	NUMBER("hw_queues", hardware_queues, "hardware queues; fewer than CPUs are shared"),
	NUMBER("poll_queues", poll_queues, "the driver's parameter: queues without interrupts"),
	NUMBER("io_poll", io_poll, "1: polled I/O (hipri) is possible"),
	NUMBER("nomerges", no_merges, "0 looks for neighbours to merge, 1 hardly, 2 never"),
	NUMBER("rq_affinity", completion_cpu,
		"completes on 0 any CPU, 1 the submitter's group, 2 the submitter's own"),
	NUMBER("wbt_lat_usec", writeback_throttle_us,
		"buffered writes are held back when reads take longer; 0: off"),
	TEXT("write_cache", write_cache, "write back: fsync has to flush the drive's cache"),
	NUMBER("fua", force_unit_access, "1: a write can go past that cache without a flush"),
	NUMBER("max_sectors_kb", max_sectors_kb, "larger I/Os are split"),
	NUMBER("max_hw_sectors_kb", max_hw_sectors_kb, "what max_sectors_kb may be raised to"),
	NUMBER("read_ahead_kb", read_ahead_kb, "read ahead of buffered sequential reads"),
	NUMBER("iostats", io_statistics, "1: counts in /proc/diskstats, for some ns an I/O"),
	NUMBER("add_random", feeds_entropy, "1: each completion feeds the random pool"),
	NUMBER("loop/dio", loop_is_direct, "1: the loop device's file is read with O_DIRECT"),
};
_Static_assert(sizeof(fields) / sizeof(fields[0]) <= PROBE_SETTINGS_LIMIT, "room for all");

size_t probe_queue_settings(struct probe *probe, struct probe_setting *settings)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *field = (const char *)&probe->queue + fields[i].offset;
		const char *value = NULL;

		if (fields[i].is_text)
			value = *(const char *const *)(const void *)field;
		else if (*(const int64_t *)(const void *)field != BLOCK_QUEUE_UNKNOWN)
			value = arena_printf(&probe->arena, "%lld",
				(long long)*(const int64_t *)(const void *)field);
		settings[count++] =
			(struct probe_setting){fields[i].name, value, fields[i].meaning};
	}
	return count;
}
