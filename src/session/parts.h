/* SPDX-License-Identifier: MIT */
/*
 * The tables of a session. A comparison has one a point. A check runs jobs side by side that have
 * nothing to do with each other, each against a reference of its own or against none: each job is
 * a table, with its own reference, and no job is ranked among the others.
 */
#ifndef SESSION_PARTS_H
#define SESSION_PARTS_H

#include "session/record.h"

/* The point itself, or one for each of its jobs; returns their number. They live in `arena`. */
size_t parts_of_point(
	const struct record_point *point, struct arena *arena, struct record_point **parts);

/* Those of all points. */
size_t parts_of_record(
	const struct record *record, struct arena *arena, struct record_point **parts);

#endif
