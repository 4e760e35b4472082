/* SPDX-License-Identifier: MIT */
/* Which ringside this is: filled in by the Makefile. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

extern const char version_number[];   /* "0.1.0" */
extern const char version_git[];      /* git describe --always --dirty, or "unknown" */
extern const char version_compiler[]; /* "gcc 12.2.0 -O2" */

#endif
