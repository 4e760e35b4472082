/* SPDX-License-Identifier: MIT */
/* Signs of life, sums, and stops, along the tree. */
#include "cluster/pulse.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "cluster/link.h"
#include "cluster/tree.h"
#include "run/stop_signal.h"

#define PERIOD_NS (500 * NS_PER_MS)

enum { HOST_BYTES = 64 };

/* Of a rank and those below it. */
struct pulse {
	int32_t signal; /* 0: none came */
	uint32_t ranks; /* that measure */
	double ios_per_second, bytes_per_second;
	double slowest_ios_per_second; /* of `ranks` */
	uint32_t slowest;
	char slowest_host[HOST_BYTES];
};

struct neighbour {
	unsigned rank;
	uint64_t heard_ns;
	struct pulse last;
};

static struct {
	struct neighbour neighbours[1 + TREE_CHILDREN_LIMIT];
	unsigned count, children; /* the children first, then the parent */
	uint64_t sent_ns;
	int signal; /* that was passed on */
	struct {
		bool is_at_work;
		uint64_t told_ns, ios, bytes;
		double ios_per_second, bytes_per_second;
	} own;
	struct pulse all;
	struct peers_sum sum;
} state;

void pulse_open(void)
{
	unsigned children[TREE_CHILDREN_LIMIT];
	uint64_t now = clock_monotonic();

	state.children = state.count = tree_children(link_rank(), link_count(), children);
	for (unsigned i = 0; i < state.children; i++)
		state.neighbours[i] = (struct neighbour){.rank = children[i], .heard_ns = now};
	if (link_rank() > 0)
		state.neighbours[state.count++] =
			(struct neighbour){.rank = tree_parent(link_rank()), .heard_ns = now};
}

static void add(struct pulse *sum, const struct pulse *other)
{
	if (sum->signal == 0)
		sum->signal = other->signal;
	if (other->ranks == 0)
		return;
	if (sum->ranks == 0 || other->slowest_ios_per_second < sum->slowest_ios_per_second) {
		sum->slowest = other->slowest;
		sum->slowest_ios_per_second = other->slowest_ios_per_second;
		memcpy(sum->slowest_host, other->slowest_host, HOST_BYTES);
	}
	sum->ranks += other->ranks;
	sum->ios_per_second += other->ios_per_second;
	sum->bytes_per_second += other->bytes_per_second;
}

static struct pulse own_pulse(void)
{
	struct pulse pulse = {.signal = stop_signal_number()};

	if (!state.own.is_at_work)
		return pulse;
	pulse.ranks = 1;
	pulse.ios_per_second = pulse.slowest_ios_per_second = state.own.ios_per_second;
	pulse.bytes_per_second = state.own.bytes_per_second;
	pulse.slowest = link_rank();
	strncpy(pulse.slowest_host, link_host(), HOST_BYTES - 1);
	return pulse;
}

static struct neighbour *find(unsigned rank)
{
	for (unsigned i = 0; i < state.count; i++) {
		if (state.neighbours[i].rank == rank)
			return &state.neighbours[i];
	}
	return NULL;
}

/* Whether a stop came that this rank did not know. */
static bool take(void)
{
	struct link_message message;
	bool is_news = false;

	while (link_receive(LINK_ANY, LINK_PULSE, &message)) {
		struct neighbour *from = find(message.from);

		if (from && message.count == sizeof(from->last)) {
			memcpy(&from->last, message.bytes, sizeof(from->last));
			from->heard_ns = clock_monotonic();
			if (from->last.signal != 0 && stop_signal_number() == 0) {
				stop_signal_take(from->last.signal);
				is_news = true;
			}
		}
		link_message_free(&message);
	}
	return is_news;
}

static void send(void)
{
	struct pulse down = {.signal = stop_signal_number()};

	state.all = own_pulse();
	for (unsigned i = 0; i < state.children; i++)
		add(&state.all, &state.neighbours[i].last);
	for (unsigned i = 0; i < state.count; i++)
		link_send(state.neighbours[i].rank, LINK_PULSE,
			i < state.children ? &down : &state.all, sizeof(down));
}

void pulse_beat(void)
{
	uint64_t now = clock_monotonic();
	bool is_news = take();

	if (stop_signal_number() != state.signal) {
		state.signal = stop_signal_number();
		is_news = true;
	}
	if (!is_news && now - state.sent_ns < PERIOD_NS)
		return;
	state.sent_ns = now;
	send();
}

void pulse_tell(uint64_t now_ns, uint64_t ios, uint64_t bytes)
{
	uint64_t since_ns = now_ns - state.own.told_ns;
	double seconds = (double)since_ns / 1e9;

	if (state.own.is_at_work && since_ns < PERIOD_NS)
		return;
	/* The ramp's counters are thrown away. */
	if (state.own.is_at_work && ios >= state.own.ios) {
		state.own.ios_per_second = (double)(ios - state.own.ios) / seconds;
		state.own.bytes_per_second = (double)(bytes - state.own.bytes) / seconds;
	}
	state.own.is_at_work = true;
	state.own.told_ns = now_ns;
	state.own.ios = ios;
	state.own.bytes = bytes;
}

void pulse_rest(void)
{
	memset(&state.own, 0, sizeof(state.own));
}

uint64_t pulse_silence(unsigned rank)
{
	const struct neighbour *neighbour = find(rank);

	return neighbour ? clock_monotonic() - neighbour->heard_ns : 0;
}

const struct peers_sum *pulse_sum(void)
{
	state.sum = (struct peers_sum){
		.ranks = state.all.ranks,
		.ios_per_second = state.all.ios_per_second,
		.bytes_per_second = state.all.bytes_per_second,
		.slowest = state.all.slowest,
		.slowest_ios_per_second = state.all.slowest_ios_per_second,
		.slowest_host = state.all.slowest_host,
	};
	return &state.sum;
}
