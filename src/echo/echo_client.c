/* SPDX-License-Identifier: MIT */
#include "echo/echo_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	EVENT_LIMIT = 256,
	TICKS = 4, /* of a timeout */
	STAMP_BYTES = sizeof(uint64_t),
};

#define TIMER UINT64_MAX /* epoll's word for the timer; connections have their numbers */

/* Another one for each exchange of each connection, at both of its ends. */
static uint64_t stamp_of(unsigned connection, uint64_t number, bool is_tail)
{
	uint64_t word = (((uint64_t)connection << 40) ^ (number << 1)) + is_tail;

	word *= 0x9e3779b97f4a7c15;
	return word ^ word >> 29;
}

static void write_stamps(char *bytes, uint32_t length, unsigned connection, uint64_t number)
{
	uint64_t head = stamp_of(connection, number, false),
		 tail = stamp_of(connection, number, true);
	uint32_t stamp = length < STAMP_BYTES ? length : STAMP_BYTES;

	memcpy(bytes, &head, stamp);
	if (length >= 2 * STAMP_BYTES)
		memcpy(bytes + length - STAMP_BYTES, &tail, STAMP_BYTES);
}

static bool is_what_was_sent(
	const struct echo_client *client, const struct echo_client_connection *connection)
{
	uint32_t length = connection->length, stamp = length < STAMP_BYTES ? length : STAMP_BYTES;
	uint32_t tail = length - stamp;

	if (client->spec.compares_all)
		return memcmp(connection->bytes, connection->buffer, length) == 0;
	return memcmp(connection->bytes, connection->buffer, stamp) == 0 &&
	       memcmp(connection->bytes + tail, connection->buffer + tail, stamp) == 0;
}

static unsigned number_of(
	const struct echo_client *client, const struct echo_client_connection *connection)
{
	return (unsigned)(connection - client->connections);
}

static void finish(
	struct echo_client *client, struct echo_client_connection *connection, int result)
{
	unsigned at = client->finished_first + client->finished_count++;

	if (at >= client->spec.connections)
		at -= client->spec.connections;
	client->finished[at] = number_of(client, connection);
	connection->result = result;
	connection->is_waiting = false;
}

static void disconnect(struct echo_client *client, struct echo_client_connection *connection)
{
	if (connection->descriptor < 0)
		return;
	client->counts.syscalls++;
	client->counts.closes++;
	close(connection->descriptor);
	connection->descriptor = -1;
	connection->wants_room = false;
}

/* The connection is of no use any more: `error` is its exchange's, where there is one. */
static void fail(struct echo_client *client, struct echo_client_connection *connection, int error)
{
	if (error == -ECONNRESET || error == -EPIPE)
		client->counts.resets++;
	else if (error == -ETIMEDOUT)
		client->counts.stalls++;
	else if (error == -EBADMSG)
		client->counts.mismatches++;
	disconnect(client, connection);
	if (connection->is_waiting)
		finish(client, connection, error);
}

static int set_events(
	struct echo_client *client, struct echo_client_connection *connection, int call)
{
	struct epoll_event event = {
		.events = connection->wants_room ? EPOLLIN | EPOLLOUT : EPOLLIN,
		.data.u64 = number_of(client, connection),
	};

	client->counts.syscalls++;
	return epoll_ctl(client->epoll, call, connection->descriptor, &event) < 0 ? -errno : 0;
}

static int connect_again(struct echo_client *client, struct echo_client_connection *connection)
{
	/* The ends of a pair are connected once. */
	int descriptor =
		client->spec.pair_ends ? -ENOTCONN : echo_address_connect(client->spec.address);

	client->counts.syscalls += 3; /* socket, connect, fcntl */
	if (descriptor < 0)
		return descriptor;
	client->counts.connects++;
	connection->descriptor = descriptor;
	return set_events(client, connection, EPOLL_CTL_ADD);
}

static void send_rest(struct echo_client *client, struct echo_client_connection *connection)
{
	bool wants_room;
	ssize_t sent;

	client->counts.syscalls++;
	sent = send(connection->descriptor, connection->bytes + connection->sent,
		connection->length - connection->sent, MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		fail(client, connection, -errno);
		return;
	}
	if (sent > 0)
		connection->sent += (uint32_t)sent;
	wants_room = connection->sent < connection->length;
	if (wants_room == connection->wants_room)
		return;
	connection->wants_room = wants_room;
	sent = set_events(client, connection, EPOLL_CTL_MOD);
	if (sent < 0)
		fail(client, connection, (int)sent);
}

void echo_client_send(struct echo_client *client, unsigned number, char *bytes, uint32_t length)
{
	struct echo_client_connection *connection = &client->connections[number];
	int error = 0;

	client->in_flight++;
	write_stamps(bytes, length, number, connection->number++);
	connection->bytes = bytes;
	connection->length = length;
	connection->sent = connection->got = connection->ticks = 0;
	connection->is_waiting = true;
	if (connection->descriptor < 0)
		error = connect_again(client, connection);
	if (error == 0) {
		send_rest(client, connection);
		return;
	}
	client->counts.refusals++;
	disconnect(client, connection);
	finish(client, connection, error);
}

static void receive(struct echo_client *client, struct echo_client_connection *connection)
{
	uint32_t left = connection->is_waiting ? connection->length - connection->got : 1;
	ssize_t got;

	client->counts.syscalls++;
	got = recv(connection->descriptor, connection->buffer + connection->got, left, 0);
	if (got < 0) {
		if (errno != EAGAIN && errno != EINTR)
			fail(client, connection, -errno);
		return;
	}
	if (got == 0) {
		client->counts.ends++;
		client->counts.halves += connection->is_waiting && connection->got > 0;
		fail(client, connection, -ECONNABORTED);
		return;
	}
	if (!connection->is_waiting) {
		fail(client, connection, -EBADMSG); /* Nothing was asked for. */
		return;
	}
	connection->got += (uint32_t)got;
	if (connection->got < connection->length)
		return;
	if (!is_what_was_sent(client, connection) || connection->sent < connection->length) {
		fail(client, connection, -EBADMSG);
		return;
	}
	client->counts.exchanges++;
	finish(client, connection, (int)connection->length);
}

/* A quarter of the timeout has passed. */
static void tick(struct echo_client *client)
{
	uint64_t expirations;

	client->counts.syscalls++;
	/* Its number does not matter: a late one is one. */
	if (read(client->timer, &expirations, sizeof(expirations)) < 0)
		return;
	for (unsigned i = 0; i < client->spec.connections; i++) {
		struct echo_client_connection *connection = &client->connections[i];

		if (connection->is_waiting && ++connection->ticks > TICKS)
			fail(client, connection, -ETIMEDOUT);
	}
}

static void serve(struct echo_client *client, const struct epoll_event *event)
{
	struct echo_client_connection *connection;

	if (event->data.u64 == TIMER) {
		tick(client);
		return;
	}
	connection = &client->connections[event->data.u64];
	if (event->events & EPOLLOUT && connection->wants_room && connection->descriptor >= 0)
		send_rest(client, connection);
	if (event->events & ~(uint32_t)EPOLLOUT && connection->descriptor >= 0)
		receive(client, connection);
}

/* epoll_pwait2(2) counts in ns; before Linux 5.11 there are only ms, rounded up. */
static int wait_for_events(
	struct echo_client *client, struct epoll_event *events, int64_t timeout_ns)
{
	struct timespec time = {timeout_ns / (int64_t)NS_PER_S, timeout_ns % (int64_t)NS_PER_S};
	int count;

	client->counts.syscalls++;
	if (timeout_ns <= 0)
		return epoll_wait(client->epoll, events, EVENT_LIMIT, timeout_ns < 0 ? -1 : 0);
	count = (int)syscall(SYS_epoll_pwait2, client->epoll, events, EVENT_LIMIT, &time, NULL, 0);
	if (count >= 0 || errno != ENOSYS)
		return count;
	return epoll_wait(client->epoll, events, EVENT_LIMIT,
		(int)((timeout_ns + (int64_t)NS_PER_MS - 1) / (int64_t)NS_PER_MS));
}

static unsigned take(struct echo_client *client, unsigned *ended, unsigned max)
{
	unsigned count = client->finished_count < max ? client->finished_count : max;

	for (unsigned i = 0; i < count; i++) {
		ended[i] = client->finished[client->finished_first++];
		if (client->finished_first == client->spec.connections)
			client->finished_first = 0;
	}
	client->finished_count -= count;
	client->in_flight -= count;
	return count;
}

int echo_client_wait(
	struct echo_client *client, unsigned *ended, unsigned min, unsigned max, int64_t timeout_ns)
{
	uint64_t deadline_ns = timeout_ns > 0 ? clock_now() + (uint64_t)timeout_ns : 0;
	bool only_looks = min == 0 && client->finished_count == 0;

	if (min > client->in_flight)
		min = client->in_flight;
	while (client->finished_count < min || only_looks) {
		struct epoll_event events[EVENT_LIMIT];
		int count = wait_for_events(
			client, events, only_looks ? 0 : clock_left(timeout_ns, deadline_ns));

		if (count < 0 && errno != EINTR && client->finished_count == 0)
			return -errno;
		for (int i = 0; i < count; i++)
			serve(client, &events[i]);
		if (count <= 0 || only_looks)
			break;
	}
	return (int)take(client, ended, max);
}

static int start_timer(struct echo_client *client)
{
	uint64_t each_ns = client->spec.timeout_ns / TICKS + 1;
	const struct timespec each = {(time_t)(each_ns / NS_PER_S), (long)(each_ns % NS_PER_S)};
	const struct itimerspec times = {each, each};
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = TIMER};

	if (client->spec.timeout_ns == 0)
		return 0;
	client->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (client->timer < 0 || timerfd_settime(client->timer, 0, &times, NULL) < 0 ||
		epoll_ctl(client->epoll, EPOLL_CTL_ADD, client->timer, &event) < 0)
		return -errno;
	return 0;
}

static int make_memory(struct echo_client *client)
{
	unsigned count = client->spec.connections;

	client->connections = calloc(count, sizeof(*client->connections));
	client->finished = calloc(count, sizeof(*client->finished));
	client->buffers_bytes = (size_t)count * client->spec.exchange_bytes;
	client->buffers = mmap(NULL, client->buffers_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (client->buffers == MAP_FAILED)
		client->buffers = NULL;
	if (!client->connections || !client->finished || !client->buffers)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		client->connections[i].descriptor = -1;
		client->connections[i].buffer =
			client->buffers + (size_t)i * client->spec.exchange_bytes;
	}
	return 0;
}

static int connect_all(struct echo_client *client)
{
	int error = 0;

	for (unsigned i = 0; i < client->spec.connections && error == 0; i++) {
		struct echo_client_connection *connection = &client->connections[i];

		if (!client->spec.pair_ends) {
			error = connect_again(client, connection);
			continue;
		}
		connection->descriptor = client->spec.pair_ends[i];
		client->spec.pair_ends[i] = -1;
		client->counts.connects++;
		error = set_events(client, connection, EPOLL_CTL_ADD);
	}
	return error;
}

int echo_client_open(
	struct echo_client *client, const struct echo_client_spec *spec, const char **problem)
{
	int error;

	*client = (struct echo_client){.spec = *spec, .epoll = -1, .timer = -1};
	*problem = "no memory for its connections";
	error = make_memory(client);
	if (error == 0) {
		*problem = "epoll_create1 or timerfd_create";
		client->epoll = epoll_create1(EPOLL_CLOEXEC);
		error = client->epoll < 0 ? -errno : start_timer(client);
	}
	if (error == 0) {
		*problem = "a connection cannot be made";
		error = connect_all(client);
	}
	if (error != 0)
		echo_client_close(client);
	return error;
}

void echo_client_close(struct echo_client *client)
{
	for (unsigned i = 0; client->connections && i < client->spec.connections; i++)
		disconnect(client, &client->connections[i]);
	if (client->epoll >= 0)
		close(client->epoll);
	if (client->timer >= 0)
		close(client->timer);
	if (client->buffers)
		munmap(client->buffers, client->buffers_bytes);
	free(client->connections);
	free(client->finished);
	client->connections = NULL;
	client->finished = NULL;
	client->buffers = NULL;
	client->epoll = client->timer = -1;
}
