/* SPDX-License-Identifier: MIT */
#include "echo/echo_connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int echo_table_open(struct echo_table *table, struct echo_server *server)
{
	size_t bytes = (size_t)server->connection_limit * server->buffer_bytes;
	char *buffers;

	*table = (struct echo_table){
		.server = server,
		.counts = echo_server_counts(server, 0),
		.limit = server->connection_limit,
		.first_free = server->connection_limit,
	};
	table->connections = calloc(table->limit, sizeof(*table->connections));
	/* Pages come when they are touched: most of them never are. */
	buffers = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!table->connections || buffers == MAP_FAILED)
		return echo_server_fail(server, -ENOMEM, "lower bs or iodepth",
			"no memory for %u connections", table->limit);
	for (unsigned i = 0; i < table->limit; i++) {
		table->connections[i].descriptor = -1;
		table->connections[i].buffer = buffers + (size_t)i * server->buffer_bytes;
	}
	return 0;
}

struct echo_connection *echo_table_add(struct echo_table *table, int descriptor)
{
	struct echo_connection *connection;

	echo_count(&table->counts->accepts, 1);
	if (table->first_free == table->limit && table->used == table->limit) {
		echo_count(&table->counts->syscalls, 1);
		echo_count(&table->counts->closes, 1);
		echo_count(&table->counts->turned_away, 1);
		close(descriptor);
		return NULL;
	}
	if (table->first_free < table->limit) {
		connection = &table->connections[table->first_free];
		table->first_free = connection->next_free;
	} else {
		connection = &table->connections[table->used++];
	}
	connection->descriptor = descriptor;
	connection->start = connection->end = connection->left = 0;
	table->open_count++;
	return connection;
}

void echo_table_remove(struct echo_table *table, struct echo_connection *connection, bool is_error)
{
	echo_count(&table->counts->syscalls, 1);
	echo_count(&table->counts->closes, 1);
	if (is_error)
		echo_count(&table->counts->resets, 1);
	close(connection->descriptor);
	connection->descriptor = -1;
	connection->next_free = table->first_free;
	table->first_free = echo_connection_number(table, connection);
	table->open_count--;
}

struct echo_connection *echo_table_accept(struct echo_table *table, int *error)
{
	struct echo_connection *connection = NULL;
	int descriptor = 0;

	/* One that is turned away may have others behind it. */
	while (!connection && descriptor >= 0) {
		descriptor = echo_server_accept(
			table->server, table->counts, SOCK_NONBLOCK | SOCK_CLOEXEC, error);
		if (descriptor >= 0)
			connection = echo_table_add(table, descriptor);
	}
	return connection;
}

/* False: not all of it was taken. */
static bool send_back(struct echo_table *table, struct echo_connection *connection, int *error)
{
	ssize_t sent;

	echo_count(&table->counts->syscalls, 1);
	sent = send(connection->descriptor, connection->buffer + connection->start,
		connection->end - connection->start, MSG_NOSIGNAL);
	if (sent < 0) {
		*error = errno == EAGAIN || errno == EINTR ? 0 : errno;
		if (*error == 0)
			echo_count(&table->counts->in_vain, 1);
		return false;
	}
	echo_count_sent(
		table->counts, &connection->left, (uint32_t)sent, table->server->exchange_bytes);
	connection->start += (uint32_t)sent;
	return connection->start == connection->end;
}

/* False: nothing is there, or the connection is over (*wish). */
static bool receive(
	struct echo_table *table, struct echo_connection *connection, enum echo_wish *wish)
{
	ssize_t got;

	echo_count(&table->counts->syscalls, 1);
	got = recv(connection->descriptor, connection->buffer, table->server->buffer_bytes, 0);
	if (got > 0) {
		echo_count(&table->counts->receives, 1);
		echo_count(&table->counts->bytes_received, (uint64_t)got);
		connection->start = 0;
		connection->end = (uint32_t)got;
		return true;
	}
	*wish = ECHO_WANTS_TO_RECEIVE;
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		echo_count(&table->counts->in_vain, 1);
		return false;
	}
	echo_table_remove(table, connection, got < 0);
	*wish = ECHO_IS_CLOSED;
	return false;
}

enum echo_wish echo_connection_serve(
	struct echo_table *table, struct echo_connection *connection, bool drains)
{
	bool is_full, was_pending;
	enum echo_wish wish;
	int error = 0;

	do {
		was_pending = connection->start != connection->end;
		if (!was_pending && !receive(table, connection, &wish))
			return wish;
		if (!send_back(table, connection, &error)) {
			if (error == 0)
				return ECHO_WANTS_TO_SEND;
			echo_table_remove(table, connection, true);
			return ECHO_IS_CLOSED;
		}
		is_full = connection->end == table->server->buffer_bytes;
		/* What came while it waited to send has been told of already. */
	} while (drains && (is_full || was_pending));
	return ECHO_WANTS_TO_RECEIVE;
}
