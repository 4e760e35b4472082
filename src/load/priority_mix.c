/* SPDX-License-Identifier: MIT */
#include "load/priority_mix.h"

uint16_t priority_mix_draw(struct priority_mix *mix, enum io_direction direction, uint64_t bytes)
{
	const struct priority_spec *spec = &mix->of[direction];
	uint64_t drawn;

	if (spec->count == 0)
		return mix->base;
	drawn = random_below(&mix->random, 100);
	for (size_t i = 0; i < spec->count; i++) {
		const struct priority_share *share = &spec->shares[i];

		if (share->bytes != 0 && share->bytes != bytes)
			continue;
		if (drawn < share->percent)
			return share->priority;
		drawn -= share->percent;
	}
	return mix->base;
}
