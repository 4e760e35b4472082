/* SPDX-License-Identifier: MIT */
/* --threshold read.iops=3%: how much worse a gate lets its figure get. */
#ifndef CHECK_THRESHOLD_H
#define CHECK_THRESHOLD_H

#include "base/arena.h"
#include "base/diag.h"
#include "check/baseline.h"

/* "read.iops=3%", "randread.read.lat.p99=12.5%". 0, or -EINVAL, reported. */
int threshold_parse(const char *text, struct baseline_threshold *threshold, struct arena *arena,
	struct diag *diag);

#endif
