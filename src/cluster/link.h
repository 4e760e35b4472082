/* SPDX-License-Identifier: MIT */
/*
 * Messages between ranks. The only place that calls MPI (link.c), by calls of MPI-3 that never
 * wait: what is sent is copied, what has come is looked for. Messages of one tag from one rank
 * come in the order in which they were sent. One thread at a time is in MPI
 * (MPI_THREAD_SERIALIZED), whoever calls.
 */
#ifndef CLUSTER_LINK_H
#define CLUSTER_LINK_H

#include <stdbool.h>
#include <stddef.h>

enum link_tag {
	LINK_UP = 1, /* of collective.c: towards rank 0, */
	LINK_DOWN,   /* and from it */
	LINK_PULSE,  /* of pulse.c */
	LINK_LOST,   /* likewise */
	LINK_PING,   /* of clock_ask.c */
	LINK_PONG,
};

#define LINK_ANY (~0u) /* whoever sends */

struct link_message {
	unsigned from;
	char *bytes; /* malloc'd: link_message_free; a NUL stands behind them */
	size_t count;
};

/* Before anything else. 0, or -1: there is no MPI to be had, reported on stderr. */
int link_open(int *argc, char ***argv);
/* Once all others call it, too. Where one of them never does, the process ends with `code`. */
void link_close(int code);

unsigned link_rank(void);
unsigned link_count(void);
const char *link_host(void); /* the name of this rank's host, without its domain */

/* The bytes are copied. False: the rank cannot be reached any more. */
bool link_send(unsigned to, enum link_tag tag, const void *bytes, size_t count);

/* Whether a message has come whole; then it is in `message`. */
bool link_receive(unsigned from, enum link_tag tag, struct link_message *message);
void link_message_free(struct link_message *message);

/* A rank that is lost: nothing that is on its way to it, or from it, is waited for. */
void link_forget(unsigned rank);

/* Whether all that was sent has left. */
bool link_has_sent_all(void);

/* Ends all ranks at once, with this exit code: where there is no way to end them well. */
_Noreturn void link_abort(int code);

#endif
