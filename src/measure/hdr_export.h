/* SPDX-License-Identifier: MIT */
/*
 * A histogram as HdrHistogram's tools read it: the V2 encoding, deflated, in base64, as it stands
 * in the lines of a histogram log ("HISTFAAA…"). The geometry is the same, so nothing is lost but
 * how far values lie beyond 2^40 ns.
 */
#ifndef MEASURE_HDR_EXPORT_H
#define MEASURE_HDR_EXPORT_H

#include "base/arena.h"
#include "measure/histogram.h"

/* The text, from `arena`. */
char *hdr_export(const struct histogram *histogram, struct arena *arena);

#endif
