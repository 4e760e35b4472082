/* SPDX-License-Identifier: MIT */
/* Which commit is being checked. */
#ifndef CHECK_COMMIT_H
#define CHECK_COMMIT_H

#include "base/arena.h"

/*
 * What CI says (GITHUB_SHA, CI_COMMIT_SHA), else the commit that is checked out in `folder` or one
 * of its parents; NULL where there is none. Nothing is run for it.
 */
const char *commit_find(const char *folder, struct arena *arena);

#endif
