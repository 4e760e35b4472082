/* SPDX-License-Identifier: MIT */
/* Reductions and spreads along the tree. */
#include "cluster/collective.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "cluster/pulse.h"
#include "cluster/tree.h"

#define EAGER_NS   (500 * NS_PER_US) /* so long it looks without sleeping */
#define NAP_NS     (200 * NS_PER_US)
#define LONG_NS    (100 * NS_PER_MS) /* after that it looks less often */
#define LONG_NAP   (2 * NS_PER_MS)
#define SILENCE_NS (10 * NS_PER_S) /* of a rank that is lost */

/* Waits make room for others: there may be more ranks than CPUs. */
static void nap(uint64_t waited_ns)
{
	const struct timespec nap = clock_timespec(waited_ns < LONG_NS ? NAP_NS : LONG_NAP);

	if (waited_ns < EAGER_NS)
		sched_yield();
	else
		nanosleep(&nap, NULL);
}

static _Noreturn void lose(unsigned rank)
{
	fprintf(stderr, "ringside-mpi: error: rank %u on %s: rank %u was not heard of for %llu s\n",
		link_rank(), link_host(), rank, SILENCE_NS / NS_PER_S);
	link_abort(EXIT_RUN_FAILED);
}

void collective_wait(unsigned from, enum link_tag tag, struct link_message *message)
{
	uint64_t since_ns = clock_monotonic();

	while (!link_receive(from, tag, message)) {
		pulse_beat();
		if (pulse_silence(from) > SILENCE_NS)
			lose(from);
		nap(clock_monotonic() - since_ns);
	}
}

void collective_from_children(
	void (*merge)(void *context, const struct link_message *message), void *context)
{
	unsigned children[TREE_CHILDREN_LIMIT];
	unsigned count = tree_children(link_rank(), link_count(), children);

	for (unsigned i = 0; i < count; i++) {
		struct link_message message;

		collective_wait(children[i], LINK_UP, &message);
		merge(context, &message);
		link_message_free(&message);
	}
}

void collective_to_parent(const void *bytes, size_t count)
{
	if (link_rank() > 0)
		link_send(tree_parent(link_rank()), LINK_UP, bytes, count);
}

void collective_spread(char **bytes, size_t *count)
{
	unsigned children[TREE_CHILDREN_LIMIT];
	unsigned child_count = tree_children(link_rank(), link_count(), children);

	if (link_rank() > 0) {
		struct link_message message;

		collective_wait(tree_parent(link_rank()), LINK_DOWN, &message);
		*bytes = message.bytes;
		*count = message.count;
	}
	for (unsigned i = child_count; i-- > 0;) /* The one with most below it first. */
		link_send(children[i], LINK_DOWN, *bytes, *count);
}

struct union_of {
	void *value;
	size_t bytes;
	void (*merge)(void *into, const void *from);
};

static void merge_one(void *context, const struct link_message *message)
{
	const struct union_of *of = context;

	if (message->count == of->bytes)
		of->merge(of->value, message->bytes);
}

void collective_unite(void *value, size_t bytes, void (*merge)(void *into, const void *from))
{
	struct union_of of = {value, bytes, merge};
	char *whole = value;

	collective_from_children(merge_one, &of);
	collective_to_parent(value, bytes);
	collective_spread(&whole, &bytes);
	if (whole != value) {
		memcpy(value, whole, bytes);
		free(whole);
	}
}

void collective_flush(void)
{
	uint64_t since_ns = clock_monotonic();

	while (!link_has_sent_all() && clock_monotonic() - since_ns < SILENCE_NS) {
		pulse_beat();
		nap(clock_monotonic() - since_ns);
	}
}
