/* SPDX-License-Identifier: MIT */
/*
 * The client of every server: one thread, one connection for each of its exchanges in flight, by
 * epoll(7). An exchange sends a buffer and receives as many bytes; each begins and ends with a
 * stamp of its own, and what comes back must be what was sent. A peer that closes, resets, stalls
 * or sends half is an error of that exchange, and the next one connects again.
 *
 *     open -> { send -> wait } -> close
 */
#ifndef ECHO_ECHO_CLIENT_H
#define ECHO_ECHO_CLIENT_H

#include "echo/echo_address.h"

#include <stddef.h>
#include <stdint.h>

struct echo_client_spec {
	const struct echo_address *address;
	int *pair_ends; /* connections of a pair; become the client's, and -1 here; else NULL */
	unsigned connections;
	uint32_t exchange_bytes; /* of the longest one */
	uint64_t timeout_ns;     /* of an exchange; it ends within a quarter more. 0: none */
	bool compares_all;       /* every byte; else the stamps */
};

struct echo_client_counts {
	uint64_t exchanges; /* ended well */
	uint64_t syscalls;
	uint64_t connects, closes; /* of sockets: as many when it is closed */
	uint64_t ends;             /* peers that closed an idle connection, too */
	uint64_t halves;           /* of ends: in the middle of an exchange */
	uint64_t resets, stalls, mismatches, refusals;
};

struct echo_client_connection {
	int descriptor; /* -1: not connected */
	int result;     /* of its last exchange: bytes, or -errno */
	uint32_t length, sent, got;
	bool is_waiting; /* an exchange is in flight */
	bool wants_room; /* to send */
	unsigned ticks;  /* the timer's, while it is in flight */
	uint64_t number; /* of exchanges */
	const char *bytes;
	char *buffer;
};

struct echo_client {
	struct echo_client_spec spec;
	struct echo_client_connection *connections;
	unsigned *finished; /* a ring of numbers of connections */
	unsigned finished_first, finished_count, in_flight;
	int epoll, timer;
	char *buffers;
	size_t buffers_bytes;
	struct echo_client_counts counts;
};

/* 0, or -errno with why in *problem. Then all connections are made. */
int echo_client_open(
	struct echo_client *client, const struct echo_client_spec *spec, const char **problem);

/* Begins an exchange of `length` bytes on an idle connection. `bytes` get its stamps, and stay
 * until it has ended. What goes wrong is its result. */
void echo_client_send(
	struct echo_client *client, unsigned connection, char *bytes, uint32_t length);

/* Waits until `min` have ended, and gives up to `max` of them: their connections, whose results
 * are set. Fewer after a signal, or when `timeout_ns` (-1: none) ran out. Or -errno. */
int echo_client_wait(struct echo_client *client, unsigned *ended, unsigned min, unsigned max,
	int64_t timeout_ns);

void echo_client_close(struct echo_client *client); /* also one that failed to open, and twice */

#endif
