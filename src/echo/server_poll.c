/* SPDX-License-Identifier: MIT */
/* One thread on poll(2): the kernel looks at every connection in each wait. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "echo/echo_connection.h"

struct poll_server {
	struct echo_table table;
	struct echo_counts *counts;
	struct pollfd *entries; /* the listener's, and behind it those of connections, by number */
};

static void watch(struct poll_server *server, const struct echo_connection *connection)
{
	unsigned number = echo_connection_number(&server->table, connection);

	server->entries[1 + number] =
		(struct pollfd){.fd = connection->descriptor, .events = POLLIN};
}

static int accept_all(struct poll_server *server)
{
	struct echo_connection *connection;
	int error;

	while ((connection = echo_table_accept(&server->table, &error)))
		watch(server, connection);
	return error;
}

static void serve(struct poll_server *server, unsigned number)
{
	struct pollfd *entry = &server->entries[1 + number];
	struct echo_connection *connection = &server->table.connections[number];

	switch (echo_connection_serve(&server->table, connection, false)) {
	case ECHO_WANTS_TO_RECEIVE:
		entry->events = POLLIN;
		break;
	case ECHO_WANTS_TO_SEND:
		entry->events = POLLOUT;
		break;
	case ECHO_IS_CLOSED:
		entry->fd = -1; /* poll(2) passes over it */
		break;
	}
}

static int serve_all(struct poll_server *server)
{
	int error = 0;

	while (error == 0 && !echo_server_must_stop(server->table.server)) {
		unsigned used = server->table.used;
		int ready;

		echo_count(&server->counts->syscalls, 1);
		echo_count(&server->counts->waits, 1);
		ready = poll(server->entries, 1 + used, -1);
		for (unsigned i = 0; i < used && ready > 0; i++) {
			if (server->entries[1 + i].revents == 0)
				continue;
			ready--;
			serve(server, i);
		}
		if (ready > 0 && server->entries[0].revents != 0)
			error = accept_all(server);
	}
	return error;
}

static int poll_run(struct echo_server *all)
{
	struct poll_server server = {.counts = echo_server_counts(all, 0)};
	int error = echo_table_open(&server.table, all);

	if (error != 0)
		return error;
	server.entries = calloc(1 + all->connection_limit, sizeof(*server.entries));
	if (!server.entries)
		return echo_server_fail(all, -ENOMEM, NULL, "%s", strerror(ENOMEM));
	server.entries[0] = (struct pollfd){.fd = all->listener, .events = POLLIN};
	for (unsigned i = 0; i < all->given_count; i++)
		watch(&server, echo_table_add(&server.table, all->given[i]));
	echo_server_fact(all, ECHO_EFFECTIVE, "server_calls", "poll, recv, send");
	echo_server_ready(all);
	return serve_all(&server);
}

const struct echo_server_class echo_server_poll = {
	.name = "poll",
	.summary = "one thread on poll(2)",
	.run = poll_run,
};
