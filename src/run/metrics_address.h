/* SPDX-License-Identifier: MIT */
/*
 * Where figures are scraped: "unix:PATH", "PORT", "127.0.0.1:PORT" or "[::1]:PORT". Figures name
 * jobs and files' owners may not want to show them to a network, so other addresses than loopback
 * are refused unless they are allowed.
 */
#ifndef RUN_METRICS_ADDRESS_H
#define RUN_METRICS_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/diag.h"

enum { METRICS_URL_BYTES = 160 };

struct metrics_address {
	struct sockaddr_storage address;
	socklen_t length;
	const char *path; /* of "unix:PATH"; NULL: an address of the Internet's */
	struct stat made; /* the socket's file */
};

/* 0, or -EINVAL, reported; `text` lasts as long as the address. */
int metrics_address_parse(
	struct metrics_address *address, const char *text, bool allows_any, struct diag *diag);

/* A socket that listens there, non-blocking, or -errno, reported: a port in use, a path that
 * exists. Of port 0 the kernel's choice goes into `address`. */
int metrics_address_listen(struct metrics_address *address, struct diag *diag);

/* Removes the socket's file, unless another has taken its place. */
void metrics_address_remove(const struct metrics_address *address);

/* "http://127.0.0.1:9464/metrics" or "unix:PATH"; cut where it is too long. */
void metrics_address_url(const struct metrics_address *address, char url[METRICS_URL_BYTES]);

#endif
