/* SPDX-License-Identifier: MIT */
/* Addresses of scrapes: read, listened at, removed. */
#include "run/metrics_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { BACKLOG = 16 };

static int refuse(struct diag *diag, const char *text, const char *why, const char *hint)
{
	diag_error(diag, NULL, "--metrics=%s: %s", text, why);
	diag_hint(diag, "%s", hint);
	return -EINVAL;
}

static int parse_path(
	struct metrics_address *address, const char *text, const char *path, struct diag *diag)
{
	struct sockaddr_un *place = (struct sockaddr_un *)&address->address;

	if (*path == '\0')
		return refuse(
			diag, text, "no path", "--metrics=unix:PATH names the socket to make");
	if (strlen(path) >= sizeof(place->sun_path))
		return refuse(diag, text, "the path of a socket has at most 107 bytes",
			"choose a shorter one, or a relative one");
	place->sun_family = AF_UNIX;
	memcpy(place->sun_path, path, strlen(path) + 1);
	address->length = sizeof(*place);
	address->path = path;
	return 0;
}

static bool parse_port(const char *text, in_port_t *port)
{
	unsigned long value = 0;

	if (*text == '\0' || strlen(text) > 5)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (unsigned long)(*text - '0');
	}
	*port = htons((in_port_t)value);
	return value <= UINT16_MAX;
}

/* "HOST" or "[HOST]" as it stands before the last colon; numbers only, no names. */
static bool parse_host(struct metrics_address *address, const char *host, in_port_t port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)&address->address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address->address;
	size_t length = strlen(host);
	char inner[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = port;
		address->length = sizeof(*four);
		return true;
	}
	if (length < 2 || length - 2 >= sizeof(inner) || host[0] != '[' || host[length - 1] != ']')
		return false;
	memcpy(inner, host + 1, length - 2);
	inner[length - 2] = '\0';
	if (inet_pton(AF_INET6, inner, &six->sin6_addr) != 1)
		return false;
	six->sin6_family = AF_INET6;
	six->sin6_port = port;
	address->length = sizeof(*six);
	return true;
}

static bool is_loopback(const struct metrics_address *address)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)&address->address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address->address;

	if (address->address.ss_family == AF_INET)
		return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

int metrics_address_parse(
	struct metrics_address *address, const char *text, bool allows_any, struct diag *diag)
{
	const char *colon = strrchr(text, ':');
	const char *port_text = colon ? colon + 1 : text;
	AUTO_FREE char *host = colon ? strndup(text, (size_t)(colon - text)) : strdup("127.0.0.1");
	in_port_t port;

	*address = (struct metrics_address){.length = 0};
	if (!host)
		arena_exhausted();
	if (text_starts_with(text, "unix:"))
		return parse_path(address, text, text + strlen("unix:"), diag);
	if (!parse_port(port_text, &port) || !parse_host(address, host, port))
		return refuse(diag, text, "no address to be scraped at",
			"unix:PATH, PORT, 127.0.0.1:PORT or [::1]:PORT; port 0 takes a free one");
	if (!allows_any && !is_loopback(address))
		return refuse(diag, text, "the network could read the figures there",
			"use 127.0.0.1 (with a tunnel or a proxy), or add --metrics-any-address");
	return 0;
}

/* Why no socket can be made at a path that exists, and what helps. */
static void report_path(const struct metrics_address *address, struct diag *diag)
{
	int AUTO_CLOSE client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat there;
	bool is_socket = lstat(address->path, &there) == 0 && S_ISSOCK(there.st_mode);

	if (!is_socket) {
		diag_error(diag, NULL, "--metrics=unix:%s: there is a file that is no socket",
			address->path);
		diag_hint(diag, "choose another path: nothing is replaced");
	} else if (connect(client, (const struct sockaddr *)&address->address, address->length) ==
			   0 ||
		   errno != ECONNREFUSED) {
		diag_error(diag, NULL, "--metrics=unix:%s: another process listens there",
			address->path);
		diag_hint(diag, "choose another path");
	} else {
		diag_error(diag, NULL,
			"--metrics=unix:%s: there is a socket at which nobody listens, left by a "
			"program that was killed",
			address->path);
		diag_hint(diag, "remove it: rm -- '%s'", address->path);
	}
}

static void report_bind(const struct metrics_address *address, int error, struct diag *diag)
{
	char url[METRICS_URL_BYTES];

	if (address->path && error == EADDRINUSE) {
		report_path(address, diag);
		return;
	}
	metrics_address_url(address, url);
	diag_error(diag, NULL, "cannot be scraped at %s: %s", url, strerror(error));
	if (error == EADDRINUSE)
		diag_hint(diag, "another process listens there: choose another port; 0 takes a "
				"free one");
	else if (error == EACCES && !address->path)
		diag_hint(diag, "ports below 1024 need root: choose a larger one");
	else if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT)
		diag_hint(diag, "this machine does not have the address: `ip address` lists them");
	else
		diag_hint(diag, "choose another place: unix:PATH, or a port");
}

int metrics_address_listen(struct metrics_address *address, struct diag *diag)
{
	struct sockaddr *place = (struct sockaddr *)&address->address;
	int descriptor = socket(place->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1, error;

	/* Of connections that wait for their end; two that listen are still refused. */
	if (descriptor >= 0 && !address->path)
		(void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (descriptor < 0 || bind(descriptor, place, address->length) < 0) {
		error = errno;
		report_bind(address, error, diag);
		if (descriptor >= 0)
			close(descriptor);
		return -error;
	}
	if (address->path && lstat(address->path, &address->made) < 0)
		address->path = NULL; /* It is gone: nothing to remove. */
	if (listen(descriptor, BACKLOG) == 0 &&
		(address->path || getsockname(descriptor, place, &address->length) == 0))
		return descriptor;
	error = errno;
	report_bind(address, error, diag);
	metrics_address_remove(address);
	close(descriptor);
	return -error;
}

void metrics_address_remove(const struct metrics_address *address)
{
	struct stat there;

	if (address->path && lstat(address->path, &there) == 0 &&
		there.st_dev == address->made.st_dev && there.st_ino == address->made.st_ino)
		(void)unlink(address->path); /* A folder that became read-only keeps it. */
}

void metrics_address_url(const struct metrics_address *address, char url[METRICS_URL_BYTES])
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)&address->address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address->address;
	char host[INET6_ADDRSTRLEN] = "";

	if (address->address.ss_family == AF_UNIX) {
		snprintf(url, METRICS_URL_BYTES, "unix:%s",
			((const struct sockaddr_un *)&address->address)->sun_path);
	} else if (address->address.ss_family == AF_INET) {
		inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
		snprintf(url, METRICS_URL_BYTES, "http://%s:%u/metrics", host,
			ntohs(four->sin_port));
	} else {
		inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
		snprintf(url, METRICS_URL_BYTES, "http://[%s]:%u/metrics", host,
			ntohs(six->sin6_port));
	}
}
