/* SPDX-License-Identifier: MIT */
/* A made-up /sys for each test, and the arena of what is read there. After cmocka.h. */
#ifndef TESTS_UNIT_HOST_FAKE_SYS_H
#define TESTS_UNIT_HOST_FAKE_SYS_H

#include "base/arena.h"
#include "unit/host/fake_tree.h"

static struct fake_tree sys;
static struct arena arena;

static inline int open_sys(void **state)
{
	(void)state;
	fake_tree_open(&sys);
	return 0;
}

/* *state is where it is mounted; NULL: nowhere. */
static inline int close_sys(void **state)
{
	fake_tree_close(&sys, *state);
	*state = NULL;
	arena_free(&arena);
	return 0;
}

static inline void mount_sys(void **state)
{
	need_mount(fake_tree_mount(&sys, "/sys"));
	*state = (void *)"/sys";
}

/* A block device: its number in `folder`, and the link by which it is found. */
static inline void fake_device(const char *folder, unsigned major_number, unsigned minor_number)
{
	const char *number = arena_printf(&arena, "%u:%u", major_number, minor_number);

	fake_file(
		&sys, arena_printf(&arena, "%s/dev", folder), arena_printf(&arena, "%s\n", number));
	fake_link(&sys, arena_printf(&arena, "dev/block/%s", number),
		arena_printf(&arena, "../../%s", folder));
}

#endif
