/* SPDX-License-Identifier: MIT */
/* A thread for each connection, which receives and sends by blocking calls. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "echo/echo_server.h"

enum { STACK_BYTES = 128 << 10, END_SECONDS = 1 };

struct server_sync;
struct server_connection {
	struct server_sync *all;
	struct echo_counts *counts; /* the thread's; those of threads before it stay in them */
	struct server_connection *next_free;
	char *buffer;
	int descriptor; /* with the lock; -1: no thread has it */
};

struct server_sync {
	struct echo_server *server;
	struct echo_counts *counts; /* of the thread that accepts */
	struct server_connection *connections;
	struct server_connection *first_free; /* with the lock, as the next one */
	unsigned thread_count;
	pthread_cond_t thread_ended;
	pthread_mutex_t lock;
	pthread_attr_t attributes;
};

/* False: the connection is over. */
static bool send_back(struct server_connection *connection, uint32_t *left, uint32_t length)
{
	struct echo_counts *counts = connection->counts;

	for (uint32_t done = 0; done < length;) {
		ssize_t sent;

		echo_count(&counts->syscalls, 1);
		sent = send(connection->descriptor, connection->buffer + done, length - done,
			MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR) {
			echo_count(&counts->resets, 1);
			return false;
		}
		if (sent < 0)
			continue;
		echo_count_sent(
			counts, left, (uint32_t)sent, connection->all->server->exchange_bytes);
		done += (uint32_t)sent;
	}
	return true;
}

static void serve(struct server_connection *connection)
{
	struct echo_counts *counts = connection->counts;
	const uint32_t room = connection->all->server->buffer_bytes;
	uint32_t left = 0;

	while (1) {
		ssize_t got;

		echo_count(&counts->syscalls, 1);
		got = recv(connection->descriptor, connection->buffer, room, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			echo_count(&counts->resets, got < 0);
			return;
		}
		echo_count(&counts->receives, 1);
		echo_count(&counts->bytes_received, (uint64_t)got);
		if (!send_back(connection, &left, (uint32_t)got))
			return;
	}
}

static void *be_thread(void *argument)
{
	struct server_connection *connection = argument;
	struct server_sync *all = connection->all;

	serve(connection);
	echo_count(&connection->counts->syscalls, 1);
	echo_count(&connection->counts->closes, 1);
	pthread_mutex_lock(&all->lock);
	close(connection->descriptor);
	connection->descriptor = -1;
	connection->next_free = all->first_free;
	all->first_free = connection;
	all->thread_count--;
	pthread_cond_signal(&all->thread_ended);
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

/* Wakes up the threads, and waits until they have ended or the time is over. */
static void end_threads(struct server_sync *all, int how)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += END_SECONDS;
	pthread_mutex_lock(&all->lock);
	for (unsigned i = 0; i < all->server->connection_limit; i++) {
		if (all->connections[i].descriptor >= 0)
			shutdown(all->connections[i].descriptor, how);
	}
	while (all->thread_count > 0 &&
		pthread_cond_timedwait(&all->thread_ended, &all->lock, &until) == 0)
		;
	pthread_mutex_unlock(&all->lock);
}

/* A send that has brought the client its last bytes is counted, whose thread had no CPU since. */
static void end_all(struct server_sync *all)
{
	end_threads(all, SHUT_RD);
	end_threads(all, SHUT_RDWR); /* of clients that take nothing */
}

static struct server_connection *take_free(struct server_sync *all, int descriptor)
{
	struct server_connection *connection;

	pthread_mutex_lock(&all->lock);
	connection = all->first_free;
	if (connection) {
		all->first_free = connection->next_free;
		connection->descriptor = descriptor;
		all->thread_count++;
	}
	pthread_mutex_unlock(&all->lock);
	return connection;
}

/* Threads begin with SIGTERM blocked: a stop is for the one that accepts, which has to wake up. */
static void block_stops(bool blocks)
{
	sigset_t stops;

	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	pthread_sigmask(blocks ? SIG_BLOCK : SIG_UNBLOCK, &stops, NULL);
}

/* A connected socket gets its thread. 0, or -errno by echo_server_fail. */
static int start(struct server_sync *all, int descriptor)
{
	struct server_connection *connection = take_free(all, descriptor);
	pthread_t thread;
	int error;

	echo_count(&all->counts->accepts, 1);
	if (!connection) {
		echo_count(&all->counts->syscalls, 1);
		echo_count(&all->counts->closes, 1);
		echo_count(&all->counts->turned_away, 1);
		close(descriptor);
		return 0;
	}
	block_stops(true);
	error = pthread_create(&thread, &all->attributes, be_thread, connection);
	block_stops(false);
	if (error == 0)
		return 0;
	return echo_server_fail(all->server, -error,
		"lower iodepth, or raise the limits of threads (ulimit -u, kernel.threads-max)",
		"a thread for each connection: %s", strerror(error));
}

static int accept_all(struct server_sync *all)
{
	int error = 0;

	while (error == 0 && !echo_server_must_stop(all->server)) {
		int descriptor = echo_server_accept(all->server, all->counts, SOCK_CLOEXEC, &error);

		if (descriptor >= 0)
			error = start(all, descriptor);
	}
	return error;
}

static int set_up(struct server_sync *all, struct echo_server *server)
{
	size_t limit = server->connection_limit;
	char *buffers = mmap(NULL, limit * server->buffer_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*all = (struct server_sync){.server = server, .counts = echo_server_counts(server, 0)};
	all->connections = calloc(limit, sizeof(*all->connections));
	if (!all->connections || buffers == MAP_FAILED)
		return echo_server_fail(server, -ENOMEM, "lower bs or iodepth",
			"no memory for %zu connections", limit);
	for (size_t i = limit; i-- > 0;) {
		struct server_connection *connection = &all->connections[i];

		*connection = (struct server_connection){
			.all = all,
			.counts = echo_server_counts(server, (unsigned)i + 1),
			.descriptor = -1,
			.next_free = all->first_free,
			.buffer = buffers + i * server->buffer_bytes,
		};
		all->first_free = connection;
	}
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->thread_ended, NULL);
	pthread_attr_init(&all->attributes);
	/* Neither fails for these: nothing is out of range. */
	(void)pthread_attr_setstacksize(&all->attributes, STACK_BYTES);
	(void)pthread_attr_setdetachstate(&all->attributes, PTHREAD_CREATE_DETACHED);
	return 0;
}

static int make_blocking(struct echo_server *server, int descriptor)
{
	if (fcntl(descriptor, F_SETFL, 0) == 0)
		return 0;
	return echo_server_fail(server, -errno, NULL, "fcntl: %s", strerror(errno));
}

static int start_given(struct server_sync *all)
{
	struct echo_server *server = all->server;
	int error = 0;

	for (unsigned i = 0; i < server->given_count && error == 0; i++) {
		error = make_blocking(server, server->given[i]);
		if (error == 0)
			error = start(all, server->given[i]);
	}
	return error;
}

static int sync_run(struct echo_server *server)
{
	struct server_sync all;
	int error = set_up(&all, server);

	if (error == 0)
		error = start_given(&all);
	if (error == 0 && server->listener >= 0)
		error = make_blocking(server, server->listener);
	if (error != 0)
		return error;
	echo_server_fact(server, ECHO_EFFECTIVE, "server_calls",
		"recv, send, by a thread for each connection");
	echo_server_ready(server);
	if (server->listener >= 0)
		error = accept_all(&all);
	while (error == 0 && !echo_server_must_stop(server))
		pause();
	end_all(&all);
	return error;
}

const struct echo_server_class echo_server_sync = {
	.name = "sync",
	.summary = "a thread for each connection",
	.run = sync_run,
};
