/* SPDX-License-Identifier: MIT */
/*
 * Where an echo server listens: "tcp:127.0.0.1:PORT" or "tcp:[::1]:PORT" (port 0 or none: any free
 * one), "unix:PATH", or "pair:", connected sockets without an address. Nothing here leaves the
 * machine: other addresses are refused.
 */
#ifndef ECHO_ECHO_ADDRESS_H
#define ECHO_ECHO_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum echo_address_kind { ECHO_TCP, ECHO_UNIX, ECHO_PAIR };

struct echo_address {
	enum echo_address_kind kind;
	struct sockaddr_storage address;
	socklen_t length;
	const char *path; /* of ECHO_UNIX */
	bool has_port;    /* of ECHO_TCP: one that was asked for */
	struct stat made; /* of ECHO_UNIX: the socket's file; st_ino 0: there is none */
};

/* Whether a file name is an address: it begins with "tcp:", "unix:" or "pair:". */
bool echo_address_is_one(const char *text);

/* NULL, or why it is none, with what to try in *hint. `text` lasts as long as the address. */
const char *echo_address_parse(struct echo_address *address, const char *text, const char **hint);

/* What helps where a socket cannot be made or accepted at all; NULL: not known. */
const char *echo_socket_hint(int error);

/* A non-blocking socket that listens there, or -errno, with why in *problem and *hint (may be
 * NULL). Of port 0 the kernel's choice goes into `address`. */
int echo_address_listen(
	struct echo_address *address, int backlog, const char **problem, const char **hint);

/* A non-blocking socket that is connected to it, or -errno. Waits where the backlog is full. */
int echo_address_connect(const struct echo_address *address);

/* Removes the socket's file, unless another has taken its place. Also twice. */
void echo_address_remove(const struct echo_address *address);

#endif
