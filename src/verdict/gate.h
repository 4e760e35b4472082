/* SPDX-License-Identifier: MIT */
/*
 * The gates that need no statistics of differences: figures that are the same every time, and
 * limits that a job file sets (assert=read.iops>=500k). The other kinds are judged by regress.h.
 */
#ifndef VERDICT_GATE_H
#define VERDICT_GATE_H

#include <stddef.h>

#include "measure/estimate.h"
#include "verdict/metric.h"
#include "verdict/outcome.h"

enum gate_kind {
	GATE_EXACT,    /* system calls per I/O, bytes: judged as they are */
	GATE_PAIRED,   /* against a reference in the same session */
	GATE_RELATIVE, /* today's ratio to the reference against stored ratios: other machines too
			*/
	GATE_ABSOLUTE, /* today's figure against stored ones: this machine only */
	GATE_ASSERTED, /* a limit in the job file */
	GATE_KIND_COUNT,
};

/* "exact", "paired", "relative", "absolute", "asserted". */
const char *gate_kind_name(enum gate_kind kind);

/*
 * Exact: values in the metric's own unit. FAIL when it worsened by more than `fraction` of the
 * stored value and by more than `absolute`; IMPROVED mirrored. INCONCLUSIVE where one is missing.
 */
enum outcome gate_exact(
	const struct metric *metric, double stored, double today, double fraction, double absolute);

enum gate_relation { GATE_AT_LEAST, GATE_AT_MOST };

/*
 * Asserted: PASS when the whole interval keeps the limit (scaled, as the level is), FAIL when
 * none of it does. One trial is no interval, and enough only for metrics that are exact.
 */
enum outcome gate_asserted(const struct metric *metric, const struct estimate *level,
	enum gate_relation relation, double limit);

#endif
