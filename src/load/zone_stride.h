/* SPDX-License-Identifier: MIT */
/*
 * zonemode=strided: I/O stays in a zone until zone_bytes were done there, then goes on to the next
 * one. Zones lie range_bytes + skip_bytes apart, from the region's offset to the end of the target,
 * where the first follows again. Where zone_bytes is more than the range, a zone is gone through
 * more than once; where it is less, its end is left out. As fio's setup_strided_zone_mode, but for
 * what the help of zonemode says.
 */
#ifndef LOAD_ZONE_STRIDE_H
#define LOAD_ZONE_STRIDE_H

#include "load/pattern.h"

struct zone_stride_spec {
	uint64_t zone_bytes;  /* zonesize: to do before the next zone; 0: there are no zones */
	uint64_t range_bytes; /* zonerange, of a zone: > 0 */
	uint64_t skip_bytes;  /* zoneskip, between two of them */
	uint64_t end_offset;  /* of the target; not below the end of the region */
	bool repeats_trims;   /* trimwrite: each trim is followed by a write that nobody asks for */
};

/*
 * A pattern for pattern_place, pattern_room and pattern_restart, not for pattern_next. The region
 * of `spec` says where zones begin and, by its size, how large one can be. A pass ends at the end
 * of the target where a block no longer fits; random ones are drawn from what fits.
 */
struct pattern *zone_stride_new(struct arena *arena, const struct pattern_spec *spec,
	const struct zone_stride_spec *stride);

/* How far from the region's offset zones lead in a pass of so many bytes. */
uint64_t zone_stride_span(const struct zone_stride_spec *stride, const struct pattern_spec *spec,
	uint64_t pass_bytes);

/* The bytes that a pattern can touch. */
static inline uint64_t zone_stride_bytes(const struct pattern_spec *spec)
{
	return spec->span_bytes != 0 ? spec->span_bytes : spec->region_bytes;
}

#endif
