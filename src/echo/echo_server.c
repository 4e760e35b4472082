/* SPDX-License-Identifier: MIT */
/* What a server says, in the memory that both processes see. */
#include "echo/echo_server.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/futex.h"
#include "echo/echo_address.h"
#include "echo/echo_shared.h"

struct echo_counts *echo_server_counts(const struct echo_server *server, unsigned index)
{
	return &server->shared->counts[index];
}

void echo_server_ready(struct echo_server *server)
{
	atomic_store(&server->shared->is_ready, 1);
	futex_wake(&server->shared->is_ready, INT_MAX);
}

bool echo_server_must_stop(const struct echo_server *server)
{
	return atomic_load_explicit(&server->shared->must_stop, memory_order_relaxed);
}

/* NULL: there is no room. More facts than that are a mistake of the server's. */
static struct echo_fact *next_fact(struct echo_server *server)
{
	unsigned count = atomic_load(&server->shared->fact_count);

	return count < ECHO_FACT_LIMIT ? &server->shared->facts[count] : NULL;
}

void echo_server_fact(struct echo_server *server, enum echo_fact_kind kind, const char *name,
	const char *format, ...)
{
	struct echo_fact *fact = next_fact(server);
	va_list arguments;

	if (!fact)
		return;
	fact->kind = kind;
	snprintf(fact->name, sizeof(fact->name), "%s", name);
	va_start(arguments, format);
	vsnprintf(fact->value, sizeof(fact->value), format, arguments);
	va_end(arguments);
	atomic_fetch_add(&server->shared->fact_count, 1);
}

void echo_server_refused(
	struct echo_server *server, const char *name, const char *value, const char *format, ...)
{
	struct echo_fact *fact = next_fact(server);
	va_list arguments;

	if (!fact)
		return;
	fact->kind = ECHO_REFUSED;
	snprintf(fact->name, sizeof(fact->name), "%s", name);
	snprintf(fact->value, sizeof(fact->value), "%s", value);
	va_start(arguments, format);
	vsnprintf(fact->why, sizeof(fact->why), format, arguments);
	va_end(arguments);
	atomic_fetch_add(&server->shared->fact_count, 1);
}

int echo_server_fail(
	struct echo_server *server, int error, const char *hint, const char *format, ...)
{
	struct echo_shared *shared = server->shared;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(shared->problem, sizeof(shared->problem), format, arguments);
	va_end(arguments);
	snprintf(shared->hint, sizeof(shared->hint), "%s", hint ? hint : "");
	atomic_store(&shared->error, error);
	return error;
}

/* One connection's, which was gone before it was accepted. */
static bool is_of_peer(int error)
{
	return error == ECONNABORTED || error == EPROTO;
}

int echo_server_accept(
	struct echo_server *server, struct echo_counts *counts, int flags, int *error)
{
	*error = 0;
	while (!echo_server_must_stop(server)) {
		int descriptor;

		echo_count(&counts->syscalls, 1);
		descriptor = accept4(server->listener, NULL, NULL, flags);
		if (descriptor >= 0)
			return descriptor;
		if (errno == EAGAIN) {
			echo_count(&counts->in_vain, 1);
			return -1;
		}
		if (errno != EINTR && !is_of_peer(errno)) {
			*error = echo_server_fail(server, -errno, echo_socket_hint(errno),
				"accept: %s", strerror(errno));
			return -1;
		}
	}
	return -1;
}
