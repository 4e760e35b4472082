/* SPDX-License-Identifier: MIT */
/*
 * `ringside prepare`: a drive or a file is brought into a known state before it is measured.
 * Purged, filled, and written to until it is steady; what was done is saved as it goes on, so that
 * a preparation that was broken off continues where it was.
 */
#ifndef PREPARE_PREPARE_H
#define PREPARE_PREPARE_H

#include "prepare/prepare_target.h"

/*
 * Does it. Returns an exit code; *record is filled in as far as it came, and is worth writing when
 * its `runs` is not 0. Signals are caught: stop_signal_release() is the caller's, in any case.
 */
int prepare_run(const struct prepare_request *request, struct prepare_record *record,
	struct arena *arena, struct diag *diag);

#endif
