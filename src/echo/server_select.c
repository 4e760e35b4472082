/* SPDX-License-Identifier: MIT */
/* One thread on select(2), which takes descriptors below FD_SETSIZE only. */
#include <errno.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "echo/echo_connection.h"

enum { OTHER_DESCRIPTORS = 8 }; /* stdin and the like, and the listener */

struct select_server {
	struct echo_table table;
	struct echo_counts *counts;
	fd_set receiving, sending; /* who waits for what */
	int highest;               /* descriptor that has ever been in them */
};

static void watch(struct select_server *server, int descriptor)
{
	FD_SET(descriptor, &server->receiving);
	if (descriptor > server->highest)
		server->highest = descriptor;
}

static int accept_all(struct select_server *server)
{
	struct echo_connection *connection;
	int error;

	while ((connection = echo_table_accept(&server->table, &error))) {
		if (connection->descriptor < FD_SETSIZE) {
			watch(server, connection->descriptor);
			continue;
		}
		echo_count(&server->counts->turned_away, 1);
		echo_table_remove(&server->table, connection, false);
	}
	return error;
}

static void serve(struct select_server *server, struct echo_connection *connection)
{
	int descriptor = connection->descriptor;
	enum echo_wish wish = echo_connection_serve(&server->table, connection, false);

	FD_CLR(descriptor, &server->receiving);
	FD_CLR(descriptor, &server->sending);
	if (wish == ECHO_WANTS_TO_RECEIVE)
		FD_SET(descriptor, &server->receiving);
	else if (wish == ECHO_WANTS_TO_SEND)
		FD_SET(descriptor, &server->sending);
}

static int serve_all(struct select_server *server)
{
	const int listener = server->table.server->listener;
	int error = 0;

	while (error == 0 && !echo_server_must_stop(server->table.server)) {
		fd_set receiving = server->receiving, sending = server->sending;
		unsigned used = server->table.used;
		int ready;

		echo_count(&server->counts->syscalls, 1);
		echo_count(&server->counts->waits, 1);
		ready = select(server->highest + 1, &receiving, &sending, NULL, NULL);
		for (unsigned i = 0; i < used && ready > 0; i++) {
			struct echo_connection *connection = &server->table.connections[i];

			if (connection->descriptor < 0 ||
				(!FD_ISSET(connection->descriptor, &receiving) &&
					!FD_ISSET(connection->descriptor, &sending)))
				continue;
			ready--;
			serve(server, connection);
		}
		if (ready > 0 && listener >= 0 && FD_ISSET(listener, &receiving))
			error = accept_all(server);
	}
	return error;
}

static int check_room(struct echo_server *all)
{
	const unsigned room = FD_SETSIZE - OTHER_DESCRIPTORS;

	if (all->connections <= room)
		return 0;
	return echo_server_fail(all, -EBADF,
		"use ioengine=poll or ioengine=epoll, or lower iodepth",
		"select takes descriptors below %d: no more than %u connections", FD_SETSIZE, room);
}

static int select_run(struct echo_server *all)
{
	struct select_server server = {.counts = echo_server_counts(all, 0)};
	int error = check_room(all);

	if (error == 0)
		error = echo_table_open(&server.table, all);
	if (error != 0)
		return error;
	FD_ZERO(&server.receiving);
	FD_ZERO(&server.sending);
	if (all->listener >= 0)
		watch(&server, all->listener);
	for (unsigned i = 0; i < all->given_count; i++)
		watch(&server, echo_table_add(&server.table, all->given[i])->descriptor);
	echo_server_fact(all, ECHO_EFFECTIVE, "server_calls", "select, recv, send");
	echo_server_ready(all);
	return serve_all(&server);
}

const struct echo_server_class echo_server_select = {
	.name = "select",
	.summary = "one thread on select(2)",
	.run = select_run,
};
