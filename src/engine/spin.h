/* SPDX-License-Identifier: MIT */
/*
 * Looking for completions in user space before sleeping for them. Whoever completes them may need
 * this CPU, and a slow device is not worth a core: each time that looking was in vain it is left
 * out for twice as many waits.
 */
#ifndef ENGINE_SPIN_H
#define ENGINE_SPIN_H

#include <stdbool.h>

enum { SPIN_HOLIDAYS_LIMIT = 1024 };

/* All zeroes: looks at the first wait. */
struct spin_habit {
	unsigned holidays; /* waits that are still left out */
	unsigned vain;     /* as many come after the next look in vain, less one */
};

/* Whether to look at this wait. */
static inline bool spin_is_due(struct spin_habit *habit)
{
	if (habit->holidays == 0)
		return true;
	habit->holidays--;
	return false;
}

static inline void spin_found(struct spin_habit *habit)
{
	habit->vain = 0;
}

static inline void spin_was_in_vain(struct spin_habit *habit)
{
	habit->holidays = habit->vain + 1;
	if (habit->holidays < SPIN_HOLIDAYS_LIMIT)
		habit->vain = 2 * habit->vain + 1;
}

static inline void spin_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#endif
}

#endif
