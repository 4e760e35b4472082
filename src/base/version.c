/* SPDX-License-Identifier: MIT */
/* The only object that is rebuilt when the commit changes; the Makefile passes the macros. */
#include "base/version.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char version_number[] = RINGSIDE_VERSION;
const char version_git[] = RINGSIDE_GIT;
const char version_compiler[] = COMPILER " " RINGSIDE_OPTIMISE;
