/* SPDX-License-Identifier: MIT */
/* What no contender can be faster than: the drives' links, the CPUs, the cgroup. */
#ifndef SESSION_CEILING_H
#define SESSION_CEILING_H

#include "session/view.h"

/*
 * Bytes that a PCIe link carries in a second, one way, from sysfs's words: "8.0 GT/s PCIe x4"; NAN:
 * they are none. Line coding is off (8b/10b to 5 GT/s, 128b/130b above), packets' heads are not.
 */
double ceiling_of_link(const char *link);

/* "limited by the drive's PCIe link: …" for what holds the contender back; NULL: nothing known. */
const char *ceiling_sentence(const struct view *view, size_t contender);

#endif
