/* SPDX-License-Identifier: MIT */
/* Reductions and spreads along the tree. */
#include "cluster/collective.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "cluster/pulse.h"
#include "cluster/roster.h"

#define EAGER_NS (500 * NS_PER_US) /* so long it looks without sleeping */
#define NAP_NS   (200 * NS_PER_US)
#define LONG_NAP (20 * NS_PER_MS)
#define FLUSH_NS (10 * NS_PER_S)
#define LEARN_NS (2 * NS_PER_S)

/*
 * Waits make room for others: there may be more ranks than CPUs, and 256 that look each 2 ms leave
 * two of them no time for the one that all wait for. The end of a wait is seen late by an eighth
 * of it at most.
 */
static void nap(uint64_t waited_ns)
{
	uint64_t nap_ns = waited_ns / 8;
	struct timespec nap;

	pulse_show_up();
	nap_ns = nap_ns < NAP_NS ? NAP_NS : nap_ns > LONG_NAP ? LONG_NAP : nap_ns;
	nap = clock_timespec(nap_ns);
	if (waited_ns < EAGER_NS)
		sched_yield();
	else
		nanosleep(&nap, NULL);
}

/* Before each message. */
struct label {
	uint64_t number; /* of the reduction, or of the spread */
	uint64_t lost;   /* so many losses its sender knew; of a spread: rank 0 */
};

/* Who was above may be lost before it has passed on what it got: then it is sent again. */
struct kept {
	struct kept *next;
	enum link_tag tag;
	size_t bytes; /* with the label */
	char text[];
};

static struct {
	uint64_t up;       /* the number of the last reduction */
	struct label down; /* of the last spread */
	struct kept *kept, **kept_end;
	bool is_open;
	bool root_is_done; /* it has written what there is */
	size_t lost_count; /* known here: parent and children are by that */
	unsigned parent, *children, *places;
	size_t child_count;
} state;

static void open_state(void)
{
	state.is_open = true;
	state.kept_end = &state.kept;
	state.children = calloc(roster_count() + 1, sizeof(*state.children));
	state.places = calloc(roster_count() + 1, sizeof(*state.places));
	if (!state.children || !state.places)
		arena_exhausted();
	state.lost_count = roster_lost(NULL, 0);
	state.parent = roster_parent();
	state.child_count = roster_children(link_rank(), state.children);
}

static const struct kept *keep(
	enum link_tag tag, const struct label *label, const void *bytes, size_t count)
{
	struct kept *kept = malloc(sizeof(*kept) + sizeof(*label) + count);

	if (!kept)
		arena_exhausted();
	*kept = (struct kept){.tag = tag, .bytes = sizeof(*label) + count};
	memcpy(kept->text, label, sizeof(*label));
	if (count > 0)
		memcpy(kept->text + sizeof(*label), bytes, count);
	*state.kept_end = kept;
	state.kept_end = &kept->next;
	return kept;
}

static void drop(enum link_tag tag)
{
	for (struct kept **at = &state.kept; *at;) {
		struct kept *kept = *at;

		if (kept->tag != tag) {
			at = &kept->next;
			continue;
		}
		*at = kept->next;
		free(kept);
	}
	state.kept_end = &state.kept;
	while (*state.kept_end)
		state.kept_end = &(*state.kept_end)->next;
}

static void send_again(unsigned to, enum link_tag tag)
{
	for (const struct kept *kept = state.kept; kept; kept = kept->next) {
		if (kept->tag == tag)
			link_send(to, tag, kept->text, kept->bytes);
	}
}

static bool is_child(unsigned rank)
{
	for (size_t i = 0; i < state.child_count; i++) {
		if (state.children[i] == rank)
			return true;
	}
	return false;
}

/* Without a result, or without its last word: it leaves once all others have come to the end. */
static _Noreturn void end_without_root(void)
{
	unsigned first = 1;

	/* The others have a result: they do without this rank, whose process its pulses end. */
	while (pulse_is_outcast())
		pause();
	if (state.root_is_done) {
		pulse_close();
		link_close(EXIT_DONE);
		_exit(EXIT_DONE);
	}
	while (first < link_rank() && !roster_has(first))
		first++;
	if (first == link_rank())
		fprintf(stderr, "ringside-mpi: error: rank 0 is lost, which writes the result: "
				"there is none\n");
	link_abort(EXIT_RUN_FAILED);
}

/* Where ranks are lost, those around them are neighbours now. */
static void adopt(void)
{
	size_t lost_count = roster_lost(NULL, 0), count;
	unsigned parent;

	if (!state.is_open)
		open_state();
	if (lost_count == state.lost_count)
		return;
	state.lost_count = lost_count;
	parent = roster_parent();
	if (link_rank() > 0 && parent == ROSTER_NONE)
		end_without_root();
	if (parent != state.parent)
		send_again(parent, LINK_UP);
	state.parent = parent;
	count = roster_children(link_rank(), state.places);
	for (size_t i = 0; i < count; i++) {
		if (!is_child(state.places[i]))
			send_again(state.places[i], LINK_DOWN);
	}
	memcpy(state.children, state.places, count * sizeof(*state.children));
	state.child_count = count;
}

bool collective_wait(unsigned from, enum link_tag tag, struct link_message *message)
{
	uint64_t since_ns = clock_monotonic();

	while (!link_receive(from, tag, message)) {
		if (!roster_has(from))
			return false;
		adopt();
		nap(clock_monotonic() - since_ns);
	}
	return true;
}

/* What the sender knew is on its way here. */
static void learn(size_t lost)
{
	uint64_t since_ns = clock_monotonic();

	while (roster_lost(NULL, 0) < lost && clock_monotonic() - since_ns < LEARN_NS)
		nap(clock_monotonic() - since_ns);
}

/* The one with this number; those before were sent again for somebody else's loss. */
static bool wait_for(unsigned from, enum link_tag tag, uint64_t number, struct label *label,
	struct link_message *message)
{
	while (collective_wait(from, tag, message)) {
		memcpy(label, message->bytes, sizeof(*label));
		if (label->number == number) {
			message->count -= sizeof(*label);
			memmove(message->bytes, message->bytes + sizeof(*label),
				message->count + 1);
			learn(label->lost);
			return true;
		}
		link_message_free(message);
	}
	return false;
}

/* In place of one that is lost those below it; what is to come moves aside. */
static size_t replace(unsigned *waited, size_t count, unsigned lost)
{
	unsigned *below = calloc(roster_count() + 1, sizeof(*below));
	size_t below_count;

	if (!below)
		arena_exhausted();
	below_count = roster_children(lost, below);
	memmove(waited + below_count, waited + 1, (count - 1) * sizeof(*waited));
	memcpy(waited, below, below_count * sizeof(*waited));
	free(below);
	return count - 1 + below_count;
}

void collective_from_children(
	void (*merge)(void *context, const struct link_message *message), void *context)
{
	unsigned *waited = calloc(roster_count() + 1, sizeof(*waited));
	size_t count, done = 0;
	uint64_t number;

	if (!waited)
		arena_exhausted();
	adopt();
	number = ++state.up;
	count = state.child_count;
	memcpy(waited, state.children, count * sizeof(*waited));
	while (done < count) {
		struct link_message message;
		struct label label;

		if (!wait_for(waited[done], LINK_UP, number, &label, &message)) {
			count = done + replace(waited + done, count - done, waited[done]);
			continue;
		}
		merge(context, &message);
		link_message_free(&message);
		done++;
	}
	free(waited);
	/* Who has sent this has got all that was spread before. */
	drop(LINK_DOWN);
}

void collective_to_parent(const void *bytes, size_t count)
{
	const struct label label = {state.up, roster_lost(NULL, 0)};
	const struct kept *kept;

	adopt();
	if (link_rank() == 0)
		return;
	kept = keep(LINK_UP, &label, bytes, count);
	link_send(state.parent, LINK_UP, kept->text, kept->bytes);
}

void collective_spread(char **bytes, size_t *count)
{
	const struct kept *kept;

	adopt();
	state.down.number++;
	state.down.lost = roster_lost(NULL, 0);
	while (link_rank() > 0) {
		struct link_message message;
		struct label label;

		if (!wait_for(state.parent, LINK_DOWN, state.down.number, &label, &message)) {
			adopt();
			continue;
		}
		/* The root has got all that was sent up before. */
		drop(LINK_UP);
		state.down = label;
		*bytes = message.bytes;
		*count = message.count;
		break;
	}
	kept = keep(LINK_DOWN, &state.down, *bytes, *count);
	for (size_t i = state.child_count; i-- > 0;) /* The one with most below it first. */
		link_send(state.children[i], LINK_DOWN, kept->text, kept->bytes);
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

void collective_end(void)
{
	char nothing = 0, *bytes = &nothing;
	size_t count = 1;

	collective_spread(&bytes, &count);
	if (bytes != &nothing)
		free(bytes);
	state.root_is_done = true;
}

size_t collective_lost(void)
{
	return state.down.lost;
}

void collective_flush(void)
{
	uint64_t since_ns = clock_monotonic();

	while (!link_has_sent_all() && clock_monotonic() - since_ns < FLUSH_NS)
		nap(clock_monotonic() - since_ns);
}
