/* SPDX-License-Identifier: MIT */
/*
 * What jobs of a run have recorded for one write_iolog, as one text: entries of all of them in the
 * order of time, each file added once, opened by the first and closed by the last who has it open.
 */
#ifndef RUN_RECORDING_H
#define RUN_RECORDING_H

#include <stdio.h>

#include "run/log_records.h"

struct recording_part {
	struct recording_part *next;
	struct worker_recording of; /* the part's own, with its log */
};

/* Times count from the earliest start of all. Parts that never started have nothing to say. */
void recording_print(const struct recording_part *parts, FILE *stream);

void recording_free(struct recording_part *parts); /* their logs */

#endif
