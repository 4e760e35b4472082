/* SPDX-License-Identifier: MIT */
/* Connections of a server that waits for readiness: each a non-blocking socket with a buffer. */
#ifndef ECHO_ECHO_CONNECTION_H
#define ECHO_ECHO_CONNECTION_H

#include "echo/echo_server.h"

struct echo_connection {
	int descriptor;      /* -1: free */
	uint32_t start, end; /* of what is received and not sent back yet */
	uint32_t left;       /* echo_count_sent */
	unsigned next_free;
	char *buffer;
};

struct echo_table {
	struct echo_server *server;
	struct echo_counts *counts;
	struct echo_connection *connections; /* limit of them */
	unsigned limit, open_count;
	unsigned used;       /* numbers below it have been in use */
	unsigned first_free; /* limit: none */
};

enum echo_wish {
	ECHO_WANTS_TO_RECEIVE,
	ECHO_WANTS_TO_SEND, /* the peer does not take what it sent: nothing more is received */
	ECHO_IS_CLOSED,
};

/* 0, or -errno by echo_server_fail. */
int echo_table_open(struct echo_table *table, struct echo_server *server);

/* A connected socket; NULL: there is no room, and it is closed. */
struct echo_connection *echo_table_add(struct echo_table *table, int descriptor);
void echo_table_remove(struct echo_table *table, struct echo_connection *connection, bool is_error);

/* The next connection that waits to be accepted. NULL with *error 0: none does; else -errno. */
struct echo_connection *echo_table_accept(struct echo_table *table, int *error);

/* One receive and one send; with `drains`, until there is no more: edge-triggered events are told
 * once. */
enum echo_wish echo_connection_serve(
	struct echo_table *table, struct echo_connection *connection, bool drains);

static inline unsigned echo_connection_number(
	const struct echo_table *table, const struct echo_connection *connection)
{
	return (unsigned)(connection - table->connections);
}

#endif
