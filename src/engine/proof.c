/* SPDX-License-Identifier: MIT */
/* Text for engine_report.proof. */
#include "engine/proof.h"

const char *proof_list(struct arena *arena, const struct proof_count *counts, size_t count)
{
	const char *list = NULL;

	for (size_t i = 0; i < count; i++) {
		if (counts[i].count > 0)
			list = arena_printf(arena, "%s%s%s %llu", list ? list : "",
				list ? ", " : "", counts[i].name,
				(unsigned long long)counts[i].count);
	}
	return list ? list : "none";
}

const char *proof_trim_call(const struct target *targets, unsigned count)
{
	unsigned block_count = 0;

	for (unsigned i = 0; i < count; i++)
		block_count += targets[i].kind == TARGET_BLOCK;
	if (block_count == 0)
		return "fallocate PUNCH_HOLE";
	return block_count == count ? "ioctl BLKDISCARD" : "ioctl BLKDISCARD or fallocate";
}
