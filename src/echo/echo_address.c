/* SPDX-License-Identifier: MIT */
#include "echo/echo_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define LOOPBACK_HINT "use tcp:127.0.0.1:0, tcp:[::1]:0, unix:PATH or pair:"

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool echo_address_is_one(const char *text)
{
	return begins(text, "tcp:") || begins(text, "unix:") || begins(text, "pair:");
}

/* ":PORT" or nothing. */
static bool read_port(struct echo_address *address, const char *text, uint16_t *port)
{
	char *end;
	unsigned long number;

	*port = 0;
	if (*text == '\0')
		return true;
	if (text[0] != ':' || text[1] < '0' || text[1] > '9')
		return false;
	number = strtoul(text + 1, &end, 10);
	if (*end != '\0' || number > UINT16_MAX)
		return false;
	*port = htons((uint16_t)number);
	address->has_port = number != 0;
	return true;
}

static const char *read_tcp(struct echo_address *address, const char *text, const char **hint)
{
	static const char first[] = "127.0.0.1", second[] = "[::1]";
	struct sockaddr_in *four = (struct sockaddr_in *)&address->address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address->address;
	uint16_t port;

	address->kind = ECHO_TCP;
	*hint = LOOPBACK_HINT;
	if (begins(text, first) && read_port(address, text + strlen(first), &port)) {
		four->sin_family = AF_INET;
		four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		four->sin_port = port;
		address->length = sizeof(*four);
		return NULL;
	}
	if (begins(text, second) && read_port(address, text + strlen(second), &port)) {
		six->sin6_family = AF_INET6;
		six->sin6_addr = in6addr_loopback;
		six->sin6_port = port;
		address->length = sizeof(*six);
		return NULL;
	}
	if (begins(text, first) || begins(text, second)) {
		*hint = "write a port of 0 to 65535 behind a colon; 0 is any free one";
		return "its port is none";
	}
	return "only loopback is measured, and nothing is sent to other machines";
}

static const char *read_unix(struct echo_address *address, const char *path, const char **hint)
{
	struct sockaddr_un *local = (struct sockaddr_un *)&address->address;

	address->kind = ECHO_UNIX;
	address->path = path;
	if (*path == '\0') {
		*hint = "write unix:PATH, of a file that is not there yet";
		return "it has no path";
	}
	if (strlen(path) >= sizeof(local->sun_path)) {
		*hint = "sockets have paths of up to 107 bytes: name one in a shorter folder";
		return "its path is too long";
	}
	local->sun_family = AF_UNIX;
	memcpy(local->sun_path, path, strlen(path) + 1);
	address->length = sizeof(*local);
	return NULL;
}

const char *echo_address_parse(struct echo_address *address, const char *text, const char **hint)
{
	*address = (struct echo_address){0};
	*hint = LOOPBACK_HINT;
	if (begins(text, "tcp:"))
		return read_tcp(address, text + strlen("tcp:"), hint);
	if (begins(text, "unix:"))
		return read_unix(address, text + strlen("unix:"), hint);
	if (strcmp(text, "pair:") == 0) {
		address->kind = ECHO_PAIR;
		return NULL;
	}
	return begins(text, "pair:") ? "nothing follows pair:" : "it is no address";
}

const char *echo_socket_hint(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
	case ENOSYS:
		return "sockets are forbidden here: run it outside of the sandbox";
	case EMFILE:
		return "raise the limit of open files (ulimit -n), or lower iodepth";
	default:
		return NULL;
	}
}

/* Why a socket cannot be bound there. */
static void explain(enum echo_address_kind kind, int error, const char **problem, const char **hint)
{
	static const struct {
		enum echo_address_kind kind;
		int error;
		const char *problem, *hint; /* problem NULL: strerror will do */
	} cases[] = {
		{ECHO_TCP, EADDRINUSE, "the port is in use",
			"name another port: port 0 is any free one"},
		{ECHO_TCP, EADDRNOTAVAIL, NULL,
			"this machine has no such loopback address: use tcp:127.0.0.1:0"},
		{ECHO_TCP, EACCES, NULL, "ports below 1024 are for root: port 0 is any free one"},
		/* It may be a server's that is at work: nobody is told to remove that. */
		{ECHO_UNIX, EADDRINUSE, "a file of that name exists",
			"name a path that is free; one that a server has left behind "
			"is removed by hand"},
		{ECHO_UNIX, EACCES, NULL, "name a path in a folder that you may write to"},
		{ECHO_UNIX, EROFS, NULL, "name a path in a folder that you may write to"},
		{ECHO_UNIX, ENOENT, "its folder is not there",
			"make the folder, or name a path in another one"},
		{ECHO_UNIX, ENOTDIR, NULL, "name a path in a folder that is there"},
	};

	*problem = strerror(error);
	*hint = echo_socket_hint(error);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].kind != kind || cases[i].error != error)
			continue;
		*hint = cases[i].hint;
		if (cases[i].problem)
			*problem = cases[i].problem;
	}
}

static int listen_on(struct echo_address *address, int descriptor, int backlog)
{
	const int on = 1;

	if (address->kind == ECHO_TCP) {
		/* Connections inherit it: a server need not set it on each. */
		(void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		(void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	}
	if (bind(descriptor, (const struct sockaddr *)&address->address, address->length) < 0)
		return -errno;
	if (address->kind == ECHO_UNIX && lstat(address->path, &address->made) < 0)
		return -errno;
	if (listen(descriptor, backlog) < 0 ||
		getsockname(descriptor, (struct sockaddr *)&address->address, &address->length) < 0)
		return -errno;
	return 0;
}

int echo_address_listen(
	struct echo_address *address, int backlog, const char **problem, const char **hint)
{
	int descriptor =
		socket(address->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (descriptor < 0) {
		error = -errno;
		*problem = strerror(-error);
		*hint = error == -EAFNOSUPPORT ? "this kernel has no such addresses: use "
						 "tcp:127.0.0.1:0 or unix:PATH"
					       : echo_socket_hint(-error);
		return error;
	}
	error = listen_on(address, descriptor, backlog);
	if (error == 0)
		return descriptor;
	explain(address->kind, -error, problem, hint);
	close(descriptor);
	echo_address_remove(address);
	return error;
}

int echo_address_connect(const struct echo_address *address)
{
	const int on = 1;
	int descriptor = socket(address->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (descriptor < 0)
		return -errno;
	/* A refusal shows in latencies, not in bytes. */
	if (address->kind == ECHO_TCP)
		(void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(descriptor, (const struct sockaddr *)&address->address, address->length) < 0 ||
		fcntl(descriptor, F_SETFL, O_NONBLOCK) < 0)
		error = -errno;
	if (error == 0)
		return descriptor;
	close(descriptor);
	return error;
}

void echo_address_remove(const struct echo_address *address)
{
	struct stat now;

	if (address->made.st_ino == 0 || lstat(address->path, &now) < 0 ||
		now.st_ino != address->made.st_ino || now.st_dev != address->made.st_dev)
		return;
	/* It is in nobody's way but of the next bind, which says so. */
	(void)unlink(address->path);
}
