/* SPDX-License-Identifier: MIT */
/* By number (Documentation/admin-guide/devices.txt in the kernel's source), or by sysfs's class. */
#include "host/character_node.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/text.h"

enum access { ACCESS_NONE, ACCESS_READ, ACCESS_BOTH };

enum {
	MEMORY_MAJOR = 1,
	ANY_MINOR = 0,
	LAST_MINOR = 0xfffff, /* MINORBITS, linux/kdev_t.h */
};

static const struct {
	unsigned first_major, last_major, first_minor, last_minor;
	enum access access;
	const char *what; /* "is …" */
} known[] = {
	{MEMORY_MAJOR, MEMORY_MAJOR, 3, 3, ACCESS_BOTH, "the null device"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 5, 5, ACCESS_BOTH, "the zero device"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 7, 9, ACCESS_BOTH, "full, random or urandom"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 1, 2, ACCESS_NONE, "the machine's memory"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 4, 4, ACCESS_NONE, "the machine's I/O ports"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 11, 11, ACCESS_READ, "the kernel's log"},
	{4, 4, 0, 63, ACCESS_BOTH, "a console"}, /* from 64 on they are serial lines */
	{5, 5, 0, 0, ACCESS_BOTH, "the terminal"},
	{136, 143, ANY_MINOR, LAST_MINOR, ACCESS_BOTH, "a terminal"},
	{10, 10, 183, 183, ACCESS_READ, "the hardware's random numbers"},
	{21, 21, ANY_MINOR, LAST_MINOR, ACCESS_NONE,
		"a SCSI generic node: commands go past every mount to the disk behind it"},
	{9, 9, ANY_MINOR, LAST_MINOR, ACCESS_NONE, "a tape: it moves when it is read or written"},
	{206, 206, ANY_MINOR, LAST_MINOR, ACCESS_NONE,
		"a tape: it moves when it is read or written"},
	{90, 90, ANY_MINOR, LAST_MINOR, ACCESS_READ,
		"flash memory, of which nobody says whether a file system (JFFS2, UBI) is on it"},
};

/* The class in sysfs, such as "bsg", "ubi", "nvme": their majors are given out as they come. */
static const char *class_of(dev_t number, struct arena *arena)
{
	char path[64], resolved[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/subsystem", major(number), minor(number));
	return realpath(path, resolved) ? arena_strdup(arena, strrchr(resolved, '/') + 1) : NULL;
}

const char *character_node_refusal(dev_t number, bool writes, struct arena *arena)
{
	unsigned major_number = major(number), minor_number = minor(number);
	const char *class;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (major_number < known[i].first_major || major_number > known[i].last_major ||
			minor_number < known[i].first_minor || minor_number > known[i].last_minor)
			continue;
		if (known[i].access >= (writes ? ACCESS_BOTH : ACCESS_READ))
			return NULL;
		return arena_printf(arena, "is %s", known[i].what);
	}
	class = class_of(number, arena);
	return arena_printf(arena,
		"is a character device%s%s%s (%u:%u), which may stand for storage in use or act "
		"when it is opened",
		class ? " of class '" : "", class ? class : "", class ? "'" : "", major_number,
		minor_number);
}

bool character_node_is_memory(dev_t number)
{
	unsigned minor_number = minor(number);

	return major(number) == MEMORY_MAJOR &&
	       (minor_number == 3 || minor_number == 5 || (minor_number >= 7 && minor_number <= 9));
}
