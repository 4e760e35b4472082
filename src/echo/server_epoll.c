/* SPDX-License-Identifier: MIT */
/* One thread on epoll(7), told of readiness while it lasts (level) or when it begins (edge). */
#include "echo/server_epoll.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "echo/echo_connection.h"

enum { EVENT_LIMIT = 256 }; /* of one wait */

struct epoll_server {
	struct echo_table table;
	struct echo_counts *counts;
	int epoll;
	bool is_edge;
	bool *is_sending; /* level: which connections wait to send */
};

/* epoll's word for the listener; connections have their numbers. */
#define LISTENER UINT64_MAX

static int set_events(
	struct epoll_server *server, int call, int descriptor, uint64_t word, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u64 = word};

	echo_count(&server->counts->syscalls, 1);
	if (epoll_ctl(server->epoll, call, descriptor, &event) == 0)
		return 0;
	return echo_server_fail(
		server->table.server, -errno, NULL, "epoll_ctl: %s", strerror(errno));
}

static int add(struct epoll_server *server, struct echo_connection *connection)
{
	uint32_t events = server->is_edge ? EPOLLIN | EPOLLOUT | EPOLLET : EPOLLIN;

	return set_events(server, EPOLL_CTL_ADD, connection->descriptor,
		echo_connection_number(&server->table, connection), events);
}

static int accept_all(struct epoll_server *server)
{
	struct echo_connection *connection;
	int error = 0;

	while (error == 0 && (connection = echo_table_accept(&server->table, &error)))
		error = add(server, connection);
	return error;
}

static int serve(struct epoll_server *server, unsigned number)
{
	struct echo_connection *connection = &server->table.connections[number];
	enum echo_wish wish;
	bool sends;

	/* It was closed by an earlier event of the same wait. */
	if (connection->descriptor < 0)
		return 0;
	wish = echo_connection_serve(&server->table, connection, server->is_edge);
	sends = wish == ECHO_WANTS_TO_SEND;
	if (server->is_edge || sends == server->is_sending[number])
		return 0;
	server->is_sending[number] = sends;
	/* A closed one is out of the set. */
	if (wish == ECHO_IS_CLOSED)
		return 0;
	return set_events(
		server, EPOLL_CTL_MOD, connection->descriptor, number, sends ? EPOLLOUT : EPOLLIN);
}

static int serve_events(struct epoll_server *server)
{
	struct epoll_event events[EVENT_LIMIT];
	int count, error = 0;

	while (error == 0 && !echo_server_must_stop(server->table.server)) {
		echo_count(&server->counts->syscalls, 1);
		echo_count(&server->counts->waits, 1);
		count = epoll_wait(server->epoll, events, EVENT_LIMIT, -1);
		for (int i = 0; i < count && error == 0; i++)
			error = events[i].data.u64 == LISTENER
					? accept_all(server)
					: serve(server, (unsigned)events[i].data.u64);
	}
	return error;
}

static int set_up(struct epoll_server *server, struct echo_server *all)
{
	int error = echo_table_open(&server->table, all);

	if (error != 0)
		return error;
	server->is_sending = calloc(all->connection_limit, sizeof(bool));
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!server->is_sending || server->epoll < 0)
		return echo_server_fail(all, -errno, NULL, "epoll_create1: %s", strerror(errno));
	if (all->listener >= 0)
		return set_events(server, EPOLL_CTL_ADD, all->listener, LISTENER,
			server->is_edge ? EPOLLIN | EPOLLET : EPOLLIN);
	for (unsigned i = 0; i < all->given_count && error == 0; i++)
		error = add(server, echo_table_add(&server->table, all->given[i]));
	return error;
}

static int epoll_run(struct echo_server *all)
{
	const struct echo_epoll_options *options = all->options;
	struct epoll_server server = {
		.counts = echo_server_counts(all, 0),
		.is_edge = options && options->is_edge,
	};
	int error = set_up(&server, all);

	if (error != 0)
		return error;
	echo_server_fact(all, ECHO_EFFECTIVE, "server_calls", "epoll_wait (%s), recv, send",
		server.is_edge ? "edge" : "level");
	echo_server_ready(all);
	return serve_events(&server);
}

const struct echo_server_class echo_server_epoll = {
	.name = "epoll",
	.summary = "one thread on epoll(7)",
	.run = epoll_run,
};
