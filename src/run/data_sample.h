/* SPDX-License-Identifier: MIT */
/*
 * What the blocks that a job has read contain, by a sample taken after it: a drive answers reads of
 * blocks that were never written or were trimmed without its media, with zeros as a rule, and may
 * keep no more than a note of blocks of one value.
 */
#ifndef RUN_DATA_SAMPLE_H
#define RUN_DATA_SAMPLE_H

#include "run/plan.h"

/* Adds to planned->found of the jobs that only read files and devices. Takes 0.1 s a job at most.
 */
void data_sample_take(struct plan *plan);

#endif
