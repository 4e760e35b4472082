/* SPDX-License-Identifier: MIT */
/*
 * A server that sends back what it receives: the side of rw=echo that is measured. One file each
 * (server_*.c), one class each, and one interface for all. It runs in a process of its own
 * (echo_process.h), so that its CPU time, instructions and system calls are its alone.
 *
 *     run: set up -> echo_server_ready -> serve until echo_server_must_stop -> proof -> return
 *
 * A stop breaks system calls off (EINTR) and is repeated, so a server looks at
 * echo_server_must_stop before each call that may wait. Ends of connections are no errors of the
 * server: it counts them and closes the descriptor. It never ends because of a peer.
 */
#ifndef ECHO_ECHO_SERVER_H
#define ECHO_ECHO_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "echo/echo_shared.h"

/* What run is given. All of it lasts as long as the process. */
struct echo_server {
	const struct echo_server_class *class;
	const void *options; /* the class's own struct */
	int listener;        /* non-blocking, listening; -1: the connections are given */
	const int *given;    /* non-blocking, connected; NULL where there is a listener */
	unsigned given_count;
	unsigned connections;      /* the client's */
	unsigned connection_limit; /* open at once: more are turned away */
	uint32_t exchange_bytes;
	uint32_t buffer_bytes; /* of each connection; more than one exchange, so that a receive that
				* brings less has brought all there is */
	unsigned count_limit;  /* of echo_server_counts */
	struct echo_shared *shared;
};

struct echo_server_class {
	const char *name;    /* of the ioengine that it is asked for by, where there is one */
	const char *summary; /* one line for help */
	/* 0 after a stop, or -errno, by echo_server_fail. On the process's only thread. */
	int (*run)(struct echo_server *server);
};

/* Every server but io_uring's (engine/uring_echo.h), in the order that messages list them. */
extern const struct echo_server_class echo_server_sync, echo_server_select, echo_server_poll,
	echo_server_epoll;

/* Counts of thread `index`, below count_limit (connection_limit + 1). 0 is the first thread's. */
struct echo_counts *echo_server_counts(const struct echo_server *server, unsigned index);

/* Set up: the client may connect. */
void echo_server_ready(struct echo_server *server);
bool echo_server_must_stop(const struct echo_server *server);

/* What the result says of this server; `value` and the rest are copied, and cut at 159 bytes.
 * Before echo_server_ready, but for proofs, which come before run returns. */
void echo_server_fact(struct echo_server *server, enum echo_fact_kind kind, const char *name,
	const char *format, ...) __attribute__((format(printf, 4, 5)));
void echo_server_refused(struct echo_server *server, const char *name, const char *value,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Why it cannot run; `hint` may be NULL. Returns `error`, -errno. */
int echo_server_fail(struct echo_server *server, int error, const char *hint, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/*
 * The next connection that waits at the listener, by accept4(2) with these flags. -1 with *error 0:
 * none does, or it is to stop; else -errno, by echo_server_fail.
 */
int echo_server_accept(
	struct echo_server *server, struct echo_counts *counts, int flags, int *error);

/* By the one thread whose count it is: no locked instruction. */
static inline void echo_count(_Atomic uint64_t *count, uint64_t more)
{
	atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + more,
		memory_order_relaxed);
}

/* After a send of `bytes` on one connection. *left: what it has sent of its current exchange. */
static inline void echo_count_sent(
	struct echo_counts *counts, uint32_t *left, uint32_t bytes, uint32_t exchange_bytes)
{
	*left += bytes;
	echo_count(&counts->sends, 1);
	echo_count(&counts->bytes_sent, bytes);
	if (*left < exchange_bytes)
		return;
	echo_count(&counts->requests, *left / exchange_bytes);
	*left %= exchange_bytes;
}

#endif
