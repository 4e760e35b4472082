/* SPDX-License-Identifier: MIT */
/* Rules of zonemode, for job_rules.c. */
#ifndef JOB_JOB_ZONE_RULES_H
#define JOB_JOB_ZONE_RULES_H

#include "job/job.h"

/* Sizes that count zones (size=2z) become bytes, where zonesize says how large one is. */
void job_zone_rules_resolve(struct job *job, struct arena *arena);

/* The same for zones of a device, which has told how large they are. What is too large for 64 bits
 * remains a count. */
void job_zone_rules_count(struct job *job, uint64_t zone_bytes, struct arena *arena);

/* What cannot be run, or is done otherwise than by fio. Reported, each option once. */
void job_zone_rules_check(const struct job *job, struct diag *diag);

#endif
