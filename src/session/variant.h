/* SPDX-License-Identifier: MIT */
/* Variants of a job by name: what "io_uring+fixedbufs", "all" and the ladder stand for. */
#ifndef SESSION_VARIANT_H
#define SESSION_VARIANT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct variant {
	const char *name;
	size_t override_count;
	const char *const *overrides; /* "ioengine=io_uring", "fixedbufs=1" */
	bool is_optional;             /* part of a preset: not asked for by name */
	const char *refusal;          /* NULL, or why it is none on no machine */
};

/* "a,b+option+option=value"; a lone option is set to 1. Returns their number. */
size_t variant_list_engines(struct arena *arena, const char *names, struct variant **variants);

/* Every engine; those that move no data are listed with a refusal. */
size_t variant_list_all(struct arena *arena, struct variant **variants);

/* The ladder of io_uring's modes: each rung changes one thing. */
size_t variant_list_ladder(struct arena *arena, struct variant **variants);

/* "iodepth=1,8" as variants "iodepth=1" and "iodepth=8"; 0 when it has no value. */
size_t variant_list_values(struct arena *arena, const char *vary, struct variant **variants);

#endif
