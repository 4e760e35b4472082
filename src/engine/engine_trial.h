/* SPDX-License-Identifier: MIT */
/*
 * Which engines, and which of their settings, work for this user on this target: each is opened
 * and reads one block. Driven by engines[] and their option tables. Nothing is ever written, and
 * nothing opened for writing.
 */
#ifndef ENGINE_ENGINE_TRIAL_H
#define ENGINE_ENGINE_TRIAL_H

#include <stdbool.h>

#include "engine/engine.h"
#include "host/ability.h"

struct engine_trial {
	const struct engine_class *class;
	struct ability engine; /* whether it works with its defaults */
	bool is_direct;        /* its settings were tried with O_DIRECT */
	/* One for each value tried, in the order of the option table; "direct" first, if tried. */
	struct ability_list settings;
	struct engine_trial *next;
};

/*
 * `target` as inspected, readable and safe to read; NULL: engines are only opened, on an empty
 * file in memory, and nothing is read. Not longer than a second for each setting, as far as the
 * engine keeps to the time it is given.
 */
struct engine_trial *engine_trials_run(const struct target *target, struct arena *arena);

/* One engine. */
void engine_trial_run(struct engine_trial *trial, const struct engine_class *class,
	const struct target *target, struct arena *arena);

#endif
