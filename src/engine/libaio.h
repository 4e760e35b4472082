/* SPDX-License-Identifier: MIT */
/* The libaio engine: its options, and how it is opened for a readiness loop. */
#ifndef ENGINE_LIBAIO_H
#define ENGINE_LIBAIO_H

#include <stdbool.h>

#include "engine/rwf.h"

struct libaio_options {
	bool userspace_reap;
	struct rwf_options rwf;
};

/*
 * As the class's open; each completion that reap has to fetch adds 1 to `eventfd`
 * (IOCB_FLAG_RESFD). setup->options is not looked at.
 */
int libaio_open_with_eventfd(const struct engine_setup *setup, int eventfd, struct engine **engine,
	struct engine_report *report);

/* How many wait for reap without an eventfd's notice: trims, and what io_submit refused. */
unsigned libaio_finished_count(const struct engine *engine);

#endif
