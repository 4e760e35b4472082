/* SPDX-License-Identifier: MIT */
/*
 * Looking for completions in user space before sleeping for them. The completing thread may need
 * this CPU, and a slow device is not worth a core: each time that looking was in vain it is left
 * out for twice as many waits.
 */
#ifndef ENGINE_ENGINE_SPIN_H
#define ENGINE_ENGINE_SPIN_H

#include <stdbool.h>

enum { ENGINE_SPIN_HOLIDAYS_LIMIT = 1024 };

/* All zeroes: looks at the first wait. */
struct engine_spin {
	unsigned holidays; /* waits that are still left out */
	unsigned vain;     /* as many come after the next look in vain, less one */
};

/* Whether to look at this wait. */
static inline bool engine_spin_is_due(struct engine_spin *spin)
{
	if (spin->holidays == 0)
		return true;
	spin->holidays--;
	return false;
}

static inline void engine_spin_found(struct engine_spin *spin)
{
	spin->vain = 0;
}

static inline void engine_spin_was_in_vain(struct engine_spin *spin)
{
	spin->holidays = spin->vain + 1;
	if (spin->holidays < ENGINE_SPIN_HOLIDAYS_LIMIT)
		spin->vain = 2 * spin->vain + 1;
}

static inline void engine_spin_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#endif
}

#endif
