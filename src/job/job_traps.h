/* SPDX-License-Identifier: MIT */
/* Values that ringside reads as they say, and fio otherwise: worth a warning to who runs both. */
#ifndef JOB_JOB_TRAPS_H
#define JOB_JOB_TRAPS_H

#include "base/diag.h"
#include "job/job_file.h"
#include "option/option.h"

/*
 * "5sec" (fio: 5 us) and "4KiB" (fio: 4000 bytes). The second is warned of once:
 * *has_warned_of_units.
 */
void job_traps_warn(const struct job_entry *entry, const struct option *option,
	bool *has_warned_of_units, struct diag *diag);

#endif
