/* SPDX-License-Identifier: MIT */
/*
 * What ranks have to say to the user: kept until all agree on something, then told by rank 0, each
 * message once, with whose it is.
 */
#ifndef CLUSTER_SAID_H
#define CLUSTER_SAID_H

#include <stdbool.h>
#include <stdio.h>

/* Takes what is said from here on. */
FILE *said_open(void);

/* Whether something was said that was not told yet. */
bool said_anything(void);

/* This rank's own, at once and as it is. */
void said_print(void);

/* All ranks at once: brings it to rank 0, which prints it on stderr. */
void said_tell(void);

/* What is left, on this rank's stderr: where there is no way to rank 0. */
void said_close(void);

#endif
