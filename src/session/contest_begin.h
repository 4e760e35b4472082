/* SPDX-License-Identifier: MIT */
/* What a point's contenders are, before anything runs: for the record, in words and figures. */
#ifndef SESSION_CONTEST_BEGIN_H
#define SESSION_CONTEST_BEGIN_H

#include "session/contender.h"
#include "session/record.h"

/* Fills contenders (with a control at the end, where there is to be one) and the summary. */
void contest_describe(struct record *record, struct record_point *point,
	const struct contender_point *setups, bool has_control);

/* What a result adds: what the engine was granted, refused and did, and the machine. */
void contest_take_result(
	struct record *record, struct contender *contender, const struct result *result);

/* The control becomes one of `reference`. */
void contest_name_control(struct record *record, struct record_point *point);

#endif
