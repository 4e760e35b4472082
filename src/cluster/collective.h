/* SPDX-License-Identifier: MIT */
/*
 * What all ranks do together, along the tree, by messages of link.h: every wait knows for whom it
 * waits, and ends where that rank is lost. What is done by all then goes on without it: those below
 * it send what they had sent to it again, to who is above them now, and get what it had not passed
 * on. What came to rank 0 through it before counts, once: messages have numbers.
 *
 * Messages and bytes of N ranks: a reduction or a spread is N - 1 messages, log2(N) of them one
 * after the other at most, and no rank has more than log2(N) to handle: of 10,000 ranks 9,999, 14,
 * and 14. The result of a job (a document of D bytes, most of it histograms, which do not grow
 * when they are merged, and 200 bytes of each rank) comes to the root in log2(N) documents: of
 * 10,000 ranks and D = 60 KB 14 documents, the largest of 60 KB + 5,000 * 200 bytes = 1.1 MB, all
 * of them 2.8 MB; a gather of all would be 600 MB. An agreement is 2 (N - 1) messages of some 30
 * bytes; a pulse 2 (N - 1) of 104 bytes in each quarter of a second; the clocks 2 * 16 (N - 1) of
 * 16 bytes once a wave, of which a parent answers those of its log2(N) children one after the
 * other.
 */
#ifndef CLUSTER_COLLECTIVE_H
#define CLUSTER_COLLECTIVE_H

#include <stdbool.h>

#include "cluster/link.h"

/* Until a message comes from this rank. False: it is lost. Where rank 0 is, the process ends. */
bool collective_wait(unsigned from, enum link_tag tag, struct link_message *message);

/* From each child in turn: `merge` gets what it sent. Then send_up gives the parent the whole. */
void collective_from_children(
	void (*merge)(void *context, const struct link_message *message), void *context);
void collective_to_parent(const void *bytes, size_t count);

/* Rank 0's bytes to all: replaced in the others, malloc'd. */
void collective_spread(char **bytes, size_t *count);

/* Structs of one size, made one by `merge`, which all then have. */
void collective_unite(void *value, size_t bytes, void (*merge)(void *into, const void *from));

/* How many ranks rank 0 knew to be lost at the last spread: all ranks are told the same. */
size_t collective_lost(void);

/* All know that rank 0 has written what there is: one that is left behind later says nothing. */
void collective_end(void);

/* Until all that was sent has left. */
void collective_flush(void);

#endif
