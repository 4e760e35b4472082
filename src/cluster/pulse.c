/* SPDX-License-Identifier: MIT */
/* Signs of life, sums, stops and losses, along the tree. */
#include "cluster/pulse.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/diag.h"
#include "cluster/link.h"
#include "cluster/roster.h"
#include "run/stop_signal.h"

#define LOOK_NS         (25 * NS_PER_MS)
#define PERIOD_NS       (250 * NS_PER_MS)
#define LOST_NS         (5 * NS_PER_S)
#define LOST_AT_TERM_NS (900 * NS_PER_MS)
#define FIRST_NS        (30 * NS_PER_S) /* ranks do not all start at once */
#define ADOPTED_NS      (2 * NS_PER_S)  /* hosts are lost with all of their ranks */
#define OUTCAST_NS      (20 * NS_PER_S) /* the others have ended by then */

enum { HOST_BYTES = 64 };

/* Of a rank and those below it. */
struct pulse {
	int32_t signal;    /* 0: none came */
	uint32_t stuck_ms; /* the sender's own (pulse_stuck_ms) */
	uint32_t ranks;    /* that measure */
	double ios_per_second, bytes_per_second;
	double slowest_ios_per_second; /* of `ranks` */
	uint32_t slowest;
	char slowest_host[HOST_BYTES];
};

struct neighbour {
	unsigned rank;
	uint64_t heard_ns;
	uint64_t limit_ns; /* so long it may be silent */
	struct pulse last;
};

static struct {
	pthread_mutex_t lock; /* of `own`, `main` and `all`, which the main thread has a part in */
	pthread_t thread;
	bool is_open;
	atomic_bool is_to_end;
	struct neighbour *neighbours; /* the children first, then the parent */
	unsigned *ranks;              /* room for those of all */
	size_t count, children;
	uint64_t looked_ns, sent_ns, outcast_ns;
	atomic_bool is_outcast;
	struct pulse_main main;
	int signal; /* that was passed on */
	struct {
		bool is_at_work;
		uint64_t told_ns, ios, bytes;
		double ios_per_second, bytes_per_second;
	} own;
	struct pulse all;
	struct peers_sum sum;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

void pulse_show_up(void)
{
	uint64_t now = clock_monotonic();

	pthread_mutex_lock(&state.lock);
	state.main.seen_ns = now;
	pthread_mutex_unlock(&state.lock);
}

static struct neighbour *find(unsigned rank)
{
	for (size_t i = 0; i < state.count; i++) {
		if (state.neighbours[i].rank == rank)
			return &state.neighbours[i];
	}
	return NULL;
}

/* Those of the tree as it is now; who was one before stays as it was, others have a limit. */
static void find_neighbours(uint64_t limit_ns)
{
	size_t children = roster_children(link_rank(), state.ranks), count = children;
	unsigned parent = roster_parent();
	struct neighbour *neighbours;

	if (parent != ROSTER_NONE)
		state.ranks[count++] = parent;
	neighbours = calloc(count + 1, sizeof(*neighbours));
	if (!neighbours)
		arena_exhausted();
	for (size_t i = 0; i < count; i++) {
		const struct neighbour *before = find(state.ranks[i]);

		neighbours[i] = before ? *before
				       : (struct neighbour){.rank = state.ranks[i],
						 .heard_ns = clock_monotonic(),
						 .limit_ns = limit_ns};
	}
	free(state.neighbours);
	state.neighbours = neighbours;
	state.children = children;
	state.count = count;
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
		memcpy(sum->slowest_host, other->slowest_host, sizeof(sum->slowest_host));
	}
	sum->ranks += other->ranks;
	sum->ios_per_second += other->ios_per_second;
	sum->bytes_per_second += other->bytes_per_second;
}

static struct pulse own_pulse(void)
{
	struct pulse pulse = {.signal = stop_signal_number(),
		.stuck_ms = pulse_stuck_ms(&state.main, clock_monotonic())};

	if (!state.own.is_at_work)
		return pulse;
	pulse.ranks = 1;
	pulse.ios_per_second = pulse.slowest_ios_per_second = state.own.ios_per_second;
	pulse.bytes_per_second = state.own.bytes_per_second;
	pulse.slowest = link_rank();
	strncpy(pulse.slowest_host, link_host(), sizeof(pulse.slowest_host) - 1);
	return pulse;
}

/* To all neighbours, those that it makes, too, and to itself: it may only have been stopped. */
static void lose(const struct roster_lost *lost)
{
	if (!roster_lose(lost))
		return;
	link_send(lost->rank, LINK_LOST, lost, sizeof(*lost));
	link_forget(lost->rank);
	find_neighbours(ADOPTED_NS);
	for (size_t i = 0; i < state.count; i++)
		link_send(state.neighbours[i].rank, LINK_LOST, lost, sizeof(*lost));
}

static void become_outcast(uint64_t now)
{
	if (state.outcast_ns != 0)
		return;
	state.outcast_ns = now;
	atomic_store(&state.is_outcast, true);
}

/* Its own loss: it was stopped or stuck, and goes on; the others do without it. */
static void take_losses(uint64_t now)
{
	struct link_message message;
	struct roster_lost lost;

	while (link_receive(LINK_ANY, LINK_LOST, &message)) {
		if (message.count == sizeof(lost)) {
			memcpy(&lost, message.bytes, sizeof(lost));
			if (lost.rank != link_rank())
				lose(&lost);
			else
				become_outcast(now);
		}
		link_message_free(&message);
	}
}

static void find_losses(uint64_t now)
{
	bool is_term = stop_signal_number() == SIGTERM;

	/*
	 * Who did not look for that long was stopped, by Ctrl-Z or with its whole machine, and the
	 * others may have been, too: they have their time from now on.
	 */
	if (now - state.looked_ns >= LOST_AT_TERM_NS) {
		for (size_t i = 0; i < state.count; i++)
			state.neighbours[i].heard_ns = now;
		pulse_show_up();
		return;
	}
	for (size_t i = 0; i < state.count; i++) {
		const struct neighbour *neighbour = &state.neighbours[i];
		uint64_t limit_ns = is_term ? LOST_AT_TERM_NS : neighbour->limit_ns;
		bool is_silent =
			neighbour->heard_ns <= now && now - neighbour->heard_ns >= limit_ns;
		struct roster_lost lost = {.rank = neighbour->rank};

		if (!is_silent && neighbour->last.stuck_ms == 0)
			continue;
		lost.is_stuck = !is_silent;
		lost.silent_ms = is_silent ? (uint32_t)((now - neighbour->heard_ns) / NS_PER_MS)
					   : neighbour->last.stuck_ms;
		lose(&lost);
		i = (size_t)-1; /* the neighbours are others */
	}
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
			from->limit_ns = LOST_NS;
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
	struct pulse down, up;

	pthread_mutex_lock(&state.lock);
	state.all = own_pulse();
	down = (struct pulse){.signal = state.all.signal, .stuck_ms = state.all.stuck_ms};
	for (size_t i = 0; i < state.children; i++)
		add(&state.all, &state.neighbours[i].last);
	up = state.all;
	pthread_mutex_unlock(&state.lock);
	for (size_t i = 0; i < state.count; i++)
		link_send(state.neighbours[i].rank, LINK_PULSE, i < state.children ? &down : &up,
			sizeof(down));
}

static void note_stop(uint64_t now)
{
	pthread_mutex_lock(&state.lock);
	state.main.stopped_ns = state.signal != 0 ? now : 0;
	pthread_mutex_unlock(&state.lock);
}

static void look(void)
{
	uint64_t now = clock_monotonic();
	bool is_news = take();

	take_losses(now);
	if (state.outcast_ns != 0 && now - state.outcast_ns > OUTCAST_NS)
		_exit(EXIT_RUN_FAILED);
	/* Its neighbours are others' by now. */
	if (state.outcast_ns == 0)
		find_losses(now);
	state.looked_ns = now;
	if (stop_signal_number() != state.signal) {
		state.signal = stop_signal_number();
		is_news = true;
		note_stop(now);
	}
	if (!is_news && now - state.sent_ns < PERIOD_NS)
		return;
	state.sent_ns = now;
	send();
}

static void *go(void *unused)
{
	const struct timespec nap = clock_timespec(LOOK_NS);

	(void)unused;
	while (!atomic_load(&state.is_to_end)) {
		look();
		nanosleep(&nap, NULL);
	}
	return NULL;
}

void pulse_open(void)
{
	sigset_t all, before;

	state.ranks = calloc(roster_count() + 1, sizeof(*state.ranks));
	if (!state.ranks)
		arena_exhausted();
	find_neighbours(FIRST_NS);
	state.looked_ns = state.main.seen_ns = clock_monotonic();
	state.main.is_exempt = link_rank() == 0;
	/* Signals interrupt the main thread's calls. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&state.thread, NULL, go, NULL) != 0)
		arena_exhausted();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	state.is_open = true;
}

void pulse_close(void)
{
	if (!state.is_open)
		return;
	atomic_store(&state.is_to_end, true);
	pthread_join(state.thread, NULL);
	state.is_open = false;
	free(state.neighbours);
	free(state.ranks);
}

static void tell(uint64_t now_ns, uint64_t ios, uint64_t bytes)
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

void pulse_tell(uint64_t now_ns, uint64_t ios, uint64_t bytes)
{
	pthread_mutex_lock(&state.lock);
	tell(now_ns, ios, bytes);
	pthread_mutex_unlock(&state.lock);
	pulse_show_up();
}

void pulse_plan(void)
{
	pthread_mutex_lock(&state.lock);
	state.main.is_exempt = false;
	pthread_mutex_unlock(&state.lock);
	pulse_show_up();
}

void pulse_start(void)
{
	pulse_plan();
	pthread_mutex_lock(&state.lock);
	state.main.is_at_work = true;
	pthread_mutex_unlock(&state.lock);
}

void pulse_rest(void)
{
	pthread_mutex_lock(&state.lock);
	memset(&state.own, 0, sizeof(state.own));
	state.main.is_at_work = false;
	state.main.is_exempt = link_rank() == 0;
	pthread_mutex_unlock(&state.lock);
	pulse_show_up();
}

bool pulse_is_outcast(void)
{
	return atomic_load(&state.is_outcast);
}

const struct peers_sum *pulse_sum(void)
{
	static struct pulse all;

	pthread_mutex_lock(&state.lock);
	all = state.all;
	pthread_mutex_unlock(&state.lock);
	state.sum = (struct peers_sum){
		.ranks = all.ranks,
		.ios_per_second = all.ios_per_second,
		.bytes_per_second = all.bytes_per_second,
		.slowest = all.slowest,
		.slowest_ios_per_second = all.slowest_ios_per_second,
		.slowest_host = all.slowest_host,
	};
	return &state.sum;
}
