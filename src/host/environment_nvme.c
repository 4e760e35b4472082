/* SPDX-License-Identifier: MIT */
/* What only an NVMe drive itself tells: how its namespace is formatted, and how it is. For root. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "host/environment_facts.h"
#include "host/nvme_device.h"

static const char *format_text(struct fact_list *list, const struct nvme_format *format)
{
	return arena_printf(list->arena, "%u B and %u B metadata%s, protection type %u",
		format->block_bytes, format->metadata_bytes,
		format->metadata_bytes == 0  ? ""
		: format->metadata_is_inline ? " with the data"
					     : " apart",
		format->protection_type);
}

void environment_read_nvme(struct fact_list *list, const char *disk)
{
	AUTO_CLOSE int descriptor =
		open(arena_printf(list->arena, "/dev/%s", disk), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct nvme_format format;
	struct nvme_health health;
	bool has_format = descriptor >= 0 && nvme_device_format(descriptor, &format) == 0;
	bool has_health = descriptor >= 0 && nvme_device_health(descriptor, &health) == 0;

	fact_add(list, FACT_SOFT, has_format ? format_text(list, &format) : NULL,
		"device.%s.format", disk);
	for (unsigned i = 0; i < NVME_READING_COUNT; i++)
		fact_add(list, FACT_SOFT,
			has_health ? arena_printf(list->arena, "%lld",
					     (long long)nvme_health_reading(&health, i))
				   : NULL,
			"now.device.%s.%s", disk, nvme_reading_name(i));
}
